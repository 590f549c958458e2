"""Pages that hurt or mislead whoever reads them (cases E)."""

from __future__ import annotations

import struct
import zlib
from typing import ClassVar

from tests.hostile.server import HTML, Fault, Heard, page

TEXT = "特种作业操作证查询，安全生产培训考核，请核对证书编号。" * 3
HIDDEN = "藏在后面的文字"


def html(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}<title>页面</title></head><body>{body}</body></html>"


def picture(width: int = 8, height: int = 8, bits: int = 8) -> bytes:
    """A black PNG of so many bits a pixel."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0))]
    parts += [(b"IDAT", zlib.compress((b"\0" + bytes(width * bits // 8)) * height)), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class Stored(Fault):
    """A page that is only bytes and a content type."""

    body: ClassVar[bytes] = HTML.encode()
    kind: ClassVar[str] = "text/html"

    def send(self, heard: Heard) -> bytes:
        return page(self.body, f"Content-Type: {self.kind}")


class GbkAsUtf8(Stored):
    body = html(TEXT).encode("gb18030")
    kind = "text/html; charset=utf-8"


class Utf8AsGbk(Stored):
    body = html(TEXT).encode()
    kind = "text/html; charset=gbk"


class RareLetters(Stored):
    body = html("朱镕基与喆，㐂字在此，应急管理部门公告栏目" * 2).encode("gb18030")
    kind = "text/html; charset=gb2312"


class NothingDeclared(Stored):
    """`/nothing_declared?<codec>`"""

    def send(self, heard: Heard) -> bytes:
        text = "繁體中文網站，歡迎您使用我們的服務，這是一個測試頁面。" * 3 if "big5" in heard.path else TEXT
        return page(html(text).replace("页面", "").encode(heard.path.partition("?")[2]), "Content-Type: text/html")


class TwoBytes(Stored):
    body = "证".encode("gb18030")


class LateMeta(Stored):
    body = html(TEXT, " " * (80 << 10) + '<meta charset="gbk">').encode("gb18030")


class TwoMetas(Stored):
    body = html(TEXT, '<meta charset="utf8mb5"><meta charset="gbk"><meta charset="big5">').encode("gb18030")


class MysqlCharset(Stored):
    body = html(TEXT, '<meta charset="utf8mb4">').encode()


class SevenBits(Stored):
    body = html("+ADw-script+AD4-alert(1)+ADw-/script+AD4- ~{VPND~}" + "plain text " * 30).encode()
    kind = "text/html; charset=utf-7"


class StrayBytes(Stored):
    body = html(TEXT).encode().replace("考".encode(), b"\xff", 1)[:-2] + "证".encode()[:2]


class Nested(Stored):
    body = html("<div>" * 3_000 + f"<p>{HIDDEN}</p>" + TEXT).encode()


class Siblings(Stored):
    body = ("<p>" * 2_700_000).encode()


class LongAttribute(Stored):
    body = html(f'<a title="{"x" * (5 << 20)}">{TEXT}</a>').encode()


class UnclosedLinks(Stored):
    body = (TEXT + "<a " * 1_000_000).encode()


class PictureAsPage(Stored):
    body = picture()


class PageAsPicture(Stored):
    kind = "image/png"


class EntityBomb(Stored):
    """Billion laughs, an external entity and an external DTD at `/victim`'s address."""

    kind = "application/xml"
    body = (
        '<?xml version="1.0"?><!DOCTYPE r SYSTEM "http://127.0.0.1/dtd" ['
        '<!ENTITY x SYSTEM "http://127.0.0.1/x"><!ENTITY l0 "laugh">'
        + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        + f"]><urlset><url><loc>&l9;&x;</loc></url><p>{TEXT}</p></urlset>"
    ).encode()


class Disguised(Stored):
    body = html(
        "<p>专业代\u200b办 特种作业\u200d操作证，正\u2060品保真，\u202e信微\u202c：ｚｓ＿ｔｅｓｔ１２３４</p>" * 3
        + TEXT
    ).encode()


class OnlyPicture(Stored):
    body = html('<img src="/offer.png" alt="">').encode()


class OnlyCanvas(Stored):
    body = html("<canvas id=c></canvas><script>draw()</script>").encode()


class FontMap(Stored):
    body = html(
        "办\ue001证\ue002\ue003，包\ue004过\ue005；" * 30, "<style>@font-face{font-family:x;src:url(x)}</style>"
    ).encode()


class IconFont(Stored):
    """Honest: a font of icons, each in its own element."""

    body = html(f"<i>&#xe601;</i><p>{TEXT}</p>" * 30, "<style>@font-face{font-family:icon;src:url(x)}</style>").encode()


class PriceBait(Stored):
    body = html("￥" + "1" * 100_000).encode()


class PhonePhoto(Stored):
    kind = "image/heic"
    body = b"\0\0\0\x18ftypheic" + bytes(400)

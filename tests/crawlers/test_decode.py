"""Character sets against false declarations, content encodings against bombs."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.decode import Decoded, decode, decode_exchange
from crawlers.records import Exchange

TEXT = "特种作业操作证查询，安全生产培训考核，请核对证书编号。" * 3
RARE = "朱镕基与喆，㐂字在此，应急管理部门公告栏目" * 2
TRADITIONAL = "繁體中文網站，歡迎您使用我們的服務，這是一個測試頁面。" * 3
UTF8 = [("Content-Type", "text/html; charset=utf-8")]
GBK = [("content-type", "text/html;charset=GBK")]
LATIN = [("Content-Type", "text/html; charset=ISO-8859-1")]


def page(text: str, label: str = "") -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={label}">' if label else ""
    return f"<html><head>{meta}</head><body>{text}</body></html>"


@pytest.mark.parametrize(
    ("body", "headers", "text", "encoding", "flags"),
    [
        (TEXT.encode(), UTF8, TEXT, "utf-8", ()),
        (TEXT.encode(), [], TEXT, "utf-8", ()),
        (TEXT.encode("gb18030"), GBK, TEXT, "gb18030", ()),
        (TEXT.encode("gb18030"), [], TEXT, "gb18030", ()),
        (TEXT.encode("gb18030"), UTF8, TEXT, "gb18030", ("charset_overruled",)),
        (TEXT.encode(), GBK, TEXT, "utf-8", ("charset_overruled",)),
        (TEXT.encode("gb18030"), LATIN, TEXT, "gb18030", ("charset_overruled",)),
        (RARE.encode("gb18030"), [("Content-Type", "text/html; charset=gb2312")], RARE, "gb18030", ()),
        (TRADITIONAL.encode("big5"), [], TRADITIONAL, "big5hkscs", ()),
        (b"\xef\xbb\xbf" + TEXT.encode(), GBK, TEXT, "utf-8", ()),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), [], TEXT, "utf-16-le", ()),
        (b"plain ascii", GBK, "plain ascii", "utf-8", ()),
        (b"", [], "", "utf-8", ()),
    ],
)
def test_the_text_is_what_was_written(
    body: bytes, headers: list[tuple[str, str]], text: str, encoding: str, flags: tuple[str, ...]
) -> None:
    assert decode(body, headers) == Decoded(text, encoding, flags)


def test_the_page_is_believed_before_the_header() -> None:
    written = page(TEXT, "gb2312")
    assert decode(written.encode("gb18030"), LATIN).text == written


def test_the_first_known_label_counts() -> None:
    written = page(TEXT, "no-such-thing") + '<meta charset="gbk"><meta charset="big5">'
    assert decode(written.encode("gb18030")).encoding == "gb18030"


def test_a_label_behind_a_desert_is_not_needed() -> None:
    written = " " * 70_000 + page(TEXT, "gbk")
    assert decode(written.encode("gb18030")).text == written


def test_a_bogus_label_of_a_database_means_utf8() -> None:
    assert decode(page(TEXT, "utf8mb4").encode()).flags == ()


@pytest.mark.parametrize("label", ["utf-7", "hz-gb-2312", "iso-2022-jp", "unicode_escape", "rot13", "idna", "hex"])
def test_codecs_no_browser_has_are_never_used(label: str) -> None:
    body = page("+ADw-script+AD4- ~{VPND~} \\u003c", label)
    assert decode(body.encode("ascii")) == Decoded(body, "utf-8", ())


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_character_cut_at_the_end_is_dropped(codec: str) -> None:
    decoded = decode(TEXT.encode(codec)[:-1])
    assert (decoded.text, decoded.encoding) == (TEXT[:-1], codec)


@given(st.integers(10, 60))
def test_a_stray_byte_costs_little(position: int) -> None:
    whole = (TEXT * 2).encode()
    body = whole[: position * 3] + b"\xff" + whole[position * 3 :]
    decoded = decode(body, UTF8)
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") == 1
    assert decoded.flags == ("low_confidence",)


def test_two_bytes_are_a_guess() -> None:
    assert "low_confidence" in decode("证".encode("gb18030")).flags


def test_western_pages_stay_western() -> None:
    text = "Réservé à l'été, naïf café, señor, Übergröße" * 2
    assert decode(text.encode("latin-1"), LATIN).text == text


@given(st.binary(max_size=300), st.sampled_from([UTF8, GBK, LATIN, []]))
def test_nothing_a_site_sends_raises(body: bytes, headers: list[tuple[str, str]]) -> None:
    assert isinstance(decode(body, headers).text, str)


def packed(*encodings: str) -> list[tuple[str, str]]:
    return [*UTF8, ("Content-Encoding", ", ".join(encodings))]


RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("body", "encodings"),
    [
        (gzip.compress(TEXT.encode(), mtime=0), ["gzip"]),
        (gzip.compress(TEXT.encode(), mtime=0), ["x-gzip"]),
        (gzip.compress(TEXT.encode()[:30], mtime=0) + gzip.compress(TEXT.encode()[30:], mtime=0) + bytes(9), ["GZIP"]),
        (zlib.compress(TEXT.encode()), ["deflate"]),
        (RAW_DEFLATE.compress(TEXT.encode()) + RAW_DEFLATE.flush(), ["deflate"]),
        (brotli.compress(TEXT.encode()), ["br"]),
        (gzip.compress(brotli.compress(TEXT.encode()), mtime=0), ["br", "gzip"]),
        (TEXT.encode(), ["identity"]),
    ],
)
def test_what_was_packed_is_unpacked(body: bytes, encodings: list[str]) -> None:
    assert decode(body, packed(*encodings)) == Decoded(TEXT, "utf-8", ())


BOMB = bytes(40 << 20)


@pytest.mark.parametrize(
    ("body", "encodings"),
    [
        (gzip.compress(BOMB, 1, mtime=0), ["gzip"]),
        (gzip.compress(gzip.compress(BOMB, 1, mtime=0)), ["gzip", "gzip"]),
        (zlib.compress(BOMB, 1), ["deflate"]),
        (brotli.compress(BOMB, quality=1), ["br"]),
        (b"x", ["gzip"] * 4),
    ],
)
def test_a_bomb_is_refused(body: bytes, encodings: list[str]) -> None:
    assert decode(body, packed(*encodings)) == Decoded("", "utf-8", ("bomb",))


def test_the_limit_is_exact() -> None:
    body = gzip.compress(b"x" * 1000)
    assert decode(body, packed("gzip"), max_bytes=1000).text == "x" * 1000
    assert decode(body, packed("gzip"), max_bytes=999).flags == ("bomb",)


@pytest.mark.parametrize(
    ("body", "encodings", "flag", "text"),
    [
        (TEXT.encode(), ["gzip"], "content_encoding_broken", TEXT),
        (TEXT.encode(), ["br"], "content_encoding_broken", TEXT),
        (TEXT.encode(), ["deflate"], "content_encoding_broken", TEXT),
        (TEXT.encode(), ["zstd"], "content_encoding_broken", TEXT),
        (TEXT.encode(), ["compress"], "content_encoding_unknown", TEXT),
        (gzip.compress(TEXT.encode(), mtime=0)[:-9], ["gzip"], "content_encoding_broken", TEXT),
    ],
)
def test_a_false_or_cut_packing_gives_what_there_is(body: bytes, encodings: list[str], flag: str, text: str) -> None:
    decoded = decode(body, packed(*encodings))
    assert decoded.flags[0] == flag
    assert text.startswith(decoded.text)
    assert len(decoded.text) > len(text) // 3


def test_an_exchange_is_decoded_by_its_own_headers() -> None:
    body = gzip.compress(TEXT.encode(), mtime=0)
    exchange = Exchange(url="http://a.test/", status=200, response_headers=tuple(packed("gzip")), body=body)
    assert decode_exchange(exchange).text == TEXT

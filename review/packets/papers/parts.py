"""Parts that several papers share: what was fetched, pictures, files, signatures, the mark of a draft."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from crawlers.records import FetchProfile
from review.packets import strings
from review.packets.evidence import genuine_path
from review.packets.hashes import sha256_hex, sm3_hex
from review.packets.item import Item
from review.packets.papers.model import (
    Block,
    Centred,
    Figure,
    Paragraph,
    Picture,
    Signature,
    Space,
    Table,
    Title,
    pairs,
    text,
)
from review.packets.papers.view import View
from review.packets.source import CaptureMaterial, Excerpt
from review.packets.times import beijing

TEXT_WIDTH_MM, PAIR_WIDTH_MM, DESKTOP_WIDTH_MM, PHONE_WIDTH_MM, CUT_MM = 156, 76, 100, 52, 105
PNG_SIGNATURE, PNG_SIZE_OFFSET = b"\x89PNG\r\n\x1a\n", 16
"""Width and height stand in the IHDR chunk, which always comes first (ISO/IEC 15948, 11.2.2)."""


def opening(title: str) -> list[Block]:
    """Head of a paper that is no letter."""
    return [Centred(strings.DRAFT), Space(), Title(title), Space()]


def excerpt(one: Excerpt) -> Paragraph:
    """The quoted passage marked among what stands around it."""
    return Paragraph(
        ((f"{one.capture}：…{one.before}", ""), (one.quote, "mark"), (f"{one.after}…", "")),
    )


def capture_rows(material: CaptureMaterial) -> list[tuple[str, str]]:
    """How one page was fetched and what came."""
    capture = material.capture
    moved = capture.url != capture.final_url
    rows = [
        ("编号", f"{capture.label}（保管链{strings.CUSTODY_LINE.format(seq=capture.custody_seq)}）"),
        ("输入网址" if moved else "输入及最终网址", capture.url),
        ("跳转", " → ".join(f"{hop.url}（{hop.status}）" for hop in capture.hops)),
        ("最终网址", capture.final_url if moved else ""),
        ("网页标题", capture.title),
        ("访问方式", f"{strings.ORIGINS[capture.origin.value]}，{strings.PROFILES[capture.profile.value]}"),
        ("时间（北京时间）", beijing(capture.fetched_at)),
        ("服务器地址、响应", "，".join(part for part in (capture.peer, str(capture.status)) if part)),
        ("内容 SHA-256", capture.sha256),
    ]
    return [row for row in rows if row[1]]


def captures(view: View) -> Iterator[Block]:
    for material in view.materials:
        yield pairs(capture_rows(material))
        yield Space()


def figures(view: View) -> Iterator[Block]:
    """The suspect beside the genuine page; then by desktop beside by phone; what is left over by itself."""
    shots = list(_shots(view))
    official = [page for page in view.source.genuine if page.picture]
    if shots and official:
        page, (_, suspect, caption) = official[0], shots.pop(0)
        path = genuine_path(page)
        said = strings.GENUINE_CAPTION.format(name=page.name, url=page.url, at=beijing(page.fetched_at), file=path)
        left = picture(suspect.path, suspect.content, caption, PAIR_WIDTH_MM)
        yield Figure((left, picture(path, page.picture, said, PAIR_WIDTH_MM)))
    phones = [shot for shot in shots if shot[0] is FetchProfile.PHONE]
    others = [shot for shot in shots if shot[0] is not FetchProfile.PHONE]
    for (_, item, caption), (_, beside, said) in zip(others, phones, strict=False):
        left = picture(item.path, item.content, caption, DESKTOP_WIDTH_MM)
        yield Figure((left, picture(beside.path, beside.content, said, PHONE_WIDTH_MM)))
    paired = min(len(others), len(phones))
    for profile, item, caption in [*others[paired:], *phones[paired:]]:
        width = PHONE_WIDTH_MM if profile is FetchProfile.PHONE else TEXT_WIDTH_MM
        yield Figure((picture(item.path, item.content, caption, width),))
    for one in view.source.marked:
        said = strings.MARKED_CAPTION.format(
            capture=one.capture, number=one.number, url=one.url, at=beijing(one.fetched_at), quotes=one.quotes
        )
        yield Figure((picture(f"marked-{one.number}.png", one.content, said, DESKTOP_WIDTH_MM),))


def _shots(view: View) -> Iterator[tuple[FetchProfile, Item, str]]:
    for material in view.materials:
        capture = material.capture
        for item in view.items_of(capture.label):
            if item.role == "screenshot" and item.content.startswith(PNG_SIGNATURE):
                said = {"url": capture.final_url, "at": beijing(capture.fetched_at), "file": item.path}
                yield capture.profile, item, strings.SUSPECT_CAPTION.format(**said, number=view.number_of(item.path))


def picture(path: str, content: bytes, caption: str, width: int) -> Picture:
    """Without a height the typesetter would crop a tall picture to its middle."""
    width_px, height_px = struct.unpack_from(">II", content, PNG_SIZE_OFFSET)
    height = max(1, round(width * height_px / max(width_px, 1)))
    return Picture(path.replace("/", "_"), caption, width, height, min(height, CUT_MM), content)


def file_table(items: Sequence[Item]) -> Table:
    """电子数据清单 as it is printed: every file with kind, format, size, time, source and both digests."""
    rows = [
        (
            str(number),
            f"{item.path}\n{strings.ROLES[item.role]}，{item.format}，{len(item.content)} 字节",
            "\n".join(part for part in (item.created and beijing(item.created), item.source) if part),
            "\n".join(part for part in (sha256_hex(item.content), sm3_hex(item.content)) if part),
        )
        for number, item in enumerate(items, 1)
    ]
    return Table((6, 34, 28, 32), tuple(rows), head=strings.FILE_TABLE_HEAD, mono=(3,), tiny=True)


def limits() -> Iterator[Block]:
    for number, limit in enumerate(strings.LIMITS, 1):
        yield text(f"（{number}）{limit}")


def recipe() -> Iterator[Block]:
    for number, step in enumerate(strings.RECIPE, 1):
        yield text(f"（{number}）{step}")


def citations(view: View, names: Iterable[str]) -> Iterator[Block]:
    """Below a table that cites in short: each provision once, in full."""
    full = [view.cited(name) for name in dict.fromkeys(names)]
    yield text(strings.CITED + "；".join(cited for cited in full if cited) + "。")


def sign_table(rows: Sequence[str]) -> Table:
    """Names left, room to write right; two to a line."""
    cells = [*rows, ""] if len(rows) % 2 else list(rows)
    lines = tuple((cells[n], "", cells[n + 1], "") for n in range(0, len(cells), 2))
    return Table((22, 28, 22, 28), lines, labels=(0, 2), tall=True)


def blank_table(rows: Sequence[str]) -> Table:
    """Names left, room to write right."""
    return Table((28, 72), tuple((row, "") for row in rows), labels=(0,), tall=True)


def dated(office: str) -> Signature:
    return Signature((strings.SEAL_HERE.format(office=office), strings.DATE_BLANK))

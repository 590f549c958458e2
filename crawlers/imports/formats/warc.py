"""WARC files of any tool, damaged ones too: what is good in them is kept, damaged places are listed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

from crawlers.foreign import Pair, pairs, to_exchange
from crawlers.imports.handed import File
from crawlers.imports.items import Format, Item, Page, Skipped
from crawlers.imports.problems import Place, Problem, Refused
from crawlers.records import ArchiveError
from crawlers.salvage import GZIP_MAGIC, Damage, Found, records
from crawlers.warcreader import read


def _recognises(file: File) -> bool:
    return file.start.startswith((GZIP_MAGIC, b"WARC/"))


def _read(file: File) -> Generator[Item, None, None]:
    if not any(isinstance(item, Found) for item in records(file.path)):
        raise Refused("no_record")
    yield from warc_items(file.path)


def warc_items(path: Path, inside: str = "") -> Iterator[Item]:
    """The pages of a WARC file; `inside` names it when it came in a zip."""
    for item in pairs(read(path, keep_mismatched=True)):
        if isinstance(item, Pair):
            if item.request is not None:
                yield Skipped("request")
            yield _page(item, inside)
        elif isinstance(item, Damage):
            yield _damage(item, inside)
        else:
            yield Skipped(item.kind or "unknown")


def _page(pair: Pair, inside: str) -> Page | Problem:
    try:
        foreign = to_exchange(pair)
    except ArchiveError as error:
        return _damage(Damage(pair.offset, str(error)), inside)
    told = (
        *((("entry", inside),) if inside else ()),
        ("file_offset", str(pair.offset)),
        ("record_id", pair.response.header("WARC-Record-ID")),
        ("target_uri", foreign.target_uri),
        ("warc_date", foreign.warc_date),
    )
    return Page(exchanges=(foreign.exchange,), place=Place("byte", pair.offset), flags=foreign.flags, provenance=told)


def _damage(damage: Damage, inside: str) -> Problem:
    reason = f"{inside}: {damage.reason}" if inside else damage.reason
    told = {"detail": reason, "cause": damage.code, "inside": inside}
    return Problem("damaged", Place("byte", damage.offset), told)


FORMAT = Format("warc", 10, _recognises, _read)

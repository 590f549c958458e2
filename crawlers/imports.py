"""Files handed in by people: what is in them is kept like any capture, with where it came from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from config.schema_profiles import Profile
from crawlers.decode import decode_exchange
from crawlers.foreign import Foreign, Pair, pairs, to_exchange
from crawlers.keeping import media_type
from crawlers.profiles import page_state
from crawlers.recognition import by_profile
from crawlers.recorder import Recorder
from crawlers.records import (
    ArchiveError,
    Exchange,
    Fetched,
    Hit,
    ImportRefused,
    Listing,
    Origin,
    Outcome,
    PageState,
    Task,
    TaskKind,
)
from crawlers.salvage import Damage, Found, records
from crawlers.tables import captures

NIGHT = "import"
SOURCE = "import"
PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/json")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of one file: captures kept, how many it held that were kept before, what was left out and why."""

    file: str
    sha256: str
    captures: tuple[int, ...]
    known: int
    skipped: dict[str, int]
    """Records that are not pages (`request`, `metadata`, `warcinfo`, …), by kind."""
    damaged: tuple[Damage, ...]


@dataclass
class _Run:
    """One import under way."""

    path: Path
    sha256: str
    recorder: Recorder
    night: str
    profiles: Sequence[Profile]
    futures: list[Future[int | None]] = field(default_factory=list)
    seen: set[tuple[str, str, str]] = field(default_factory=set)
    damaged: list[Damage] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    known: int = 0


def import_file(
    path: Path, *, recorder: Recorder, night: str = NIGHT, profiles: Sequence[Profile] = ()
) -> ImportReport:
    """Keep every page of a .warc or .warc.gz that is not kept yet (by URL, capture time and payload).

    Result pages of the sources that `profiles` know are kept with their hits and listings.
    Damaged places are left out and listed. ImportRefused, and nothing kept, when the file is not WARC or when no
    record in it can be read.
    """
    run = _Run(path, _sha256(path), recorder, night, profiles)
    if not any(isinstance(item, Found) for item in records(path)):
        raise ImportRefused(f"{path}: no record in it can be read, it is damaged from its beginning; nothing was kept")
    for item in pairs(_count_requests(run)):
        if isinstance(item, Pair):
            _take(run, item)
        elif isinstance(item, Damage):
            run.damaged.append(item)
        else:
            run.skipped[item.kind or "unknown"] += 1
    ids = tuple(capture_id for future in run.futures if (capture_id := future.result()) is not None)
    return ImportReport(path.name, run.sha256, ids, run.known, dict(run.skipped), tuple(run.damaged))


def _count_requests(run: _Run) -> Iterator[Found | Damage]:
    for item in records(run.path):
        if isinstance(item, Found) and item.record.kind == "request":
            run.skipped["request"] += 1
        yield item


def _take(run: _Run, pair: Pair) -> None:
    try:
        foreign = to_exchange(pair)
    except ArchiveError as error:
        run.damaged.append(Damage(pair.offset, str(error)))
        return
    exchange = foreign.exchange
    key = (exchange.url, exchange.fetched_at, hashlib.sha256(exchange.body).hexdigest())
    if key in run.seen or _kept(run.recorder, key):
        run.known += 1
        return
    run.seen.add(key)
    run.futures.append(run.recorder.submit(_fetched(run, pair, foreign)))


def _kept(recorder: Recorder, key: tuple[str, str, str]) -> bool:
    url, fetched_at, sha256 = key
    same = captures.c.sha256 == sha256, captures.c.final_url == url, captures.c.fetched_at == fetched_at
    with recorder.store.read() as connection:
        return connection.scalar(select(captures.c.id).where(*same).limit(1)) is not None


def _fetched(run: _Run, pair: Pair, foreign: Foreign) -> Fetched:
    exchange = foreign.exchange
    read = _read(exchange, run.profiles)
    return Fetched(
        task=Task(night=run.night, kind=TaskKind.SITE, source=read.source, target=exchange.url, origin=SOURCE),
        outcome=Outcome.CAPTURED,
        reason=read.reason,
        exchanges=(exchange,),
        page_state=read.state,
        flags=(*foreign.flags, *read.flags),
        hits=read.hits,
        listings=read.listings,
        origin=Origin.IMPORT,
        provenance=(
            ("file", run.path.name),
            ("file_sha256", run.sha256),
            ("file_offset", str(pair.offset)),
            ("record_id", pair.response.header("WARC-Record-ID")),
            ("target_uri", foreign.target_uri),
            ("warc_date", foreign.warc_date),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """What a page is: a source's result page with its rows, or any page."""

    state: PageState = PageState.RESULTS
    reason: str = ""
    flags: tuple[str, ...] = ()
    source: str = SOURCE
    hits: tuple[Hit, ...] = ()
    listings: tuple[Listing, ...] = ()


def _read(exchange: Exchange, profiles: Sequence[Profile]) -> _Read:
    if media_type(exchange) not in PAGE_TYPES:
        return _Read()
    decoded = decode_exchange(exchange)
    page = by_profile(profiles, exchange, decoded)
    if page is not None:
        return _Read(page.state, page.reason, decoded.flags, page.source, page.hits, page.listings)
    state, reason = page_state(None, status=exchange.status, url=exchange.url, text=decoded.text)
    return _Read(state, reason, decoded.flags)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error}") from error

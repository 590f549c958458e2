"""Replaying a profile: against the fixtures beside it, and against the newest archived pages of its source.

What it reads today is compared with what it should read, or with what it read when the page was kept. A fixture folder
holds pages (`normal.html`, `empty.json`, …) and for each the expected document (`normal.expected.json`, as
`ParsedPage.as_json` gives it).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from config.schema_profiles import Profile
from crawlers.archive import Archive
from crawlers.decode import decode_exchange
from crawlers.profiles import ParsedPage, parse
from crawlers.records import PageState, ProfileError, Reading
from crawlers.store import Store
from crawlers.tables import readings

EXPECTED = ".expected.json"


ARCHIVED_PAGES = 5
"""Newest archived pages replayed for each source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What a page gives: its state, and of the rows read the share that has a value, by field."""

    state: str
    reason: str
    layout: str
    rows: int
    filled: dict[str, float]

    @property
    def read(self) -> bool:
        return self.rows > 0 or self.state == PageState.EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedReplay:
    """An archived page: as it was read when it was kept, and as the present profile reads it."""

    capture: str
    url: str
    fetched_at: str
    before: Reread
    after: Reread

    @property
    def changes(self) -> tuple[str, ...]:
        return tuple(_changes(self.before, self.after))

    @property
    def worse(self) -> bool:
        """Rows or fields are lost that were read before."""
        lost = any(self.after.filled.get(name, 0) < share for name, share in self.before.filled.items())
        return self.after.rows < self.before.rows or (self.before.read and not self.after.read) or lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One page read again."""

    page: Path
    state: str
    reason: str
    layout: str
    rows: int
    filled: dict[str, float]
    """Share of rows in which a field has a value, by field."""
    differences: tuple[str, ...]
    """Places at which the page is not read as expected; empty when all is well."""


def fixture_pages(folder: Path) -> list[Path]:
    """The pages of a fixture folder, by name; none when there is no folder."""
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.name.endswith(EXPECTED))


def replay(profile: Profile, folder: Path) -> Iterator[Replay]:
    """Each page of the folder read again. Raises `ProfileError` for an expectation that cannot be read."""
    for page in fixture_pages(folder):
        parsed = parse(profile, page.read_bytes())
        yield Replay(
            page=page,
            state=parsed.state.value,
            reason=parsed.reason,
            layout=parsed.layout,
            rows=len(parsed.listings or parsed.results),
            filled=filled_fields(parsed),
            differences=tuple(_differences(_expected(page), parsed.as_json(), "")),
        )


def replay_archived(
    profile: Profile, store: Store, archive: Archive, pages: int = ARCHIVED_PAGES
) -> Iterator[ArchivedReplay]:
    """The newest pages of the profile's source that were kept with a reading, the newest first.

    Raises ArchiveError when the bytes of a page cannot be read.
    """
    newest = select(readings).where(readings.c.source == profile.id).order_by(readings.c.capture_id.desc())
    with store.read() as connection:
        rows = connection.execute(newest.limit(pages)).all()
    for row in rows:
        capture = store.capture(row.capture_id)
        exchange = archive.read(capture.place)
        decoded = decode_exchange(exchange)
        parsed = parse(profile, decoded.text, url=exchange.url, status=exchange.status, flags=decoded.flags)
        then = Reading(
            source=row.source,
            layout=row.layout,
            rows=row.rows,
            ads=row.ads,
            cards=row.cards,
            filled=tuple(json.loads(row.filled).items()),
        )
        yield ArchivedReplay(
            capture=capture.label,
            url=capture.final_url,
            fetched_at=capture.fetched_at,
            before=_reread(capture.page_state.value, capture.reason, then),
            after=_reread(parsed.state.value, parsed.reason, parsed.reading),
        )


def _reread(state: str, reason: str, reading: Reading) -> Reread:
    filled = {name: round(count / reading.rows, 3) for name, count in reading.filled} if reading.rows else {}
    return Reread(state=state, reason=reason, layout=reading.layout, rows=reading.rows, filled=filled)


def _changes(before: Reread, after: Reread) -> Iterator[str]:
    for name in ("state", "layout", "rows"):
        then, now = getattr(before, name), getattr(after, name)
        if then != now:
            yield f"{name}: {then or '-'} → {now or '-'}"
    for name in sorted(before.filled.keys() | after.filled.keys()):
        then, now = before.filled.get(name, 0.0), after.filled.get(name, 0.0)
        if then != now:
            yield f"{name}: {then:.0%} → {now:.0%}"


def filled_fields(parsed: ParsedPage) -> dict[str, float]:
    """Share of results that have a value, for every field of the document."""
    rows = parsed.as_json()["results"]
    names = rows[0] if rows else ()
    return {name: round(sum(row[name] not in ("", None, ()) for row in rows) / len(rows), 3) for name in names}


def _expected(page: Path) -> Any:
    path = page.with_name(page.stem + EXPECTED)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProfileError(f"{path}: {error}; write the document the page should give") from error


def _differences(expected: Any, found: Any, place: str) -> Iterator[str]:
    if isinstance(found, tuple):
        found = list(found)
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted(expected.keys() | found.keys()):
            yield from _differences(expected.get(name), found.get(name), f"{place}.{name}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(one, other, f"{place}[{number}]")
    elif expected != found:
        yield f"{place.lstrip('.')}: expected {expected!r}, read {found!r}"

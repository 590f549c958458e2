"""Whether a source still writes its pages as its profile knows them: tonight against its own last fourteen nights.

Compares what was read, and never judges what it means. Every finding names an archived page to look at.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import Any

from sqlalchemy import Connection, select

from crawlers.records import Origin, PageState
from crawlers.tables import captures, readings

HISTORY_DAYS = 14
HISTORY_MINIMUM = 3
"""Nights that must have read rows before tonight is compared with them."""
FIELD_FALL = 0.3
"""Of a field's usual share: what is lost before it is said."""
FIELD_USUAL = 0.5
"""A field that most rows never have says nothing when it is missing."""
ROWS_MINIMUM = 10
"""With fewer rows a share is chance."""
UNREAD = frozenset({"no_rows", "count_without_rows", "rows_without_items"})
"""Reasons of a partial page that seems to be one of the source's own and gave no row."""


class Kind(StrEnum):
    NO_ROWS = "no_rows"
    """The page says results, and not one was read."""
    UNKNOWN_LAYOUT = "unknown_layout"
    """Nothing in the page is what the profile looks for."""
    OTHER_LAYOUT = "other_layout"
    """Rows come by a layout that read none in the last fourteen nights."""
    FIELD = "field"
    """Fewer rows than usual have a value."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`now` and `before` are shares of rows or of pages; `what` names the field or the layout."""

    source: str
    kind: Kind
    capture_id: int
    pages: int
    what: str = ""
    now: float = 0.0
    before: float = 0.0

    @property
    def capture(self) -> str:
        return f"C-{self.capture_id:08d}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"kind": self.kind.value, "capture": self.capture}


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page of a source and what was read from it."""

    capture_id: int
    night: str
    source: str
    state: PageState
    reason: str
    layout: str
    rows: int
    others: int
    filled: dict[str, int]


@dataclass(slots=True)
class Run:
    """What one source gave in one night."""

    source: str
    night: str
    pages: list[ReadPage] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(page.rows for page in self.pages)

    @property
    def layouts(self) -> Counter[str]:
        """Pages with rows by the layout that read them."""
        return Counter(page.layout for page in self.pages if page.rows)

    @property
    def states(self) -> Counter[str]:
        return Counter(page.state.value for page in self.pages)

    def shares(self) -> dict[str, float]:
        """Of all rows, those with a value, by field."""
        counts: Counter[str] = Counter()
        for page in self.pages:
            counts.update(page.filled)
        return {name: count / self.rows for name, count in counts.items()} if self.rows else {}


def runs(connection: Connection, night: str) -> dict[str, list[Run]]:
    """By source the runs of the fourteen days up to a night, oldest first; the night's own is last if it is there."""
    found: dict[tuple[str, str], Run] = {}
    for page in _pages(connection, night):
        found.setdefault((page.source, page.night), Run(page.source, page.night)).pages.append(page)
    by_source: dict[str, list[Run]] = {}
    for _, run in sorted(found.items()):
        by_source.setdefault(run.source, []).append(run)
    return by_source


def _pages(connection: Connection, night: str) -> Iterator[ReadPage]:
    since = (date.fromisoformat(night[:10]) - timedelta(days=HISTORY_DAYS)).isoformat()
    wanted = captures.c.night >= since, captures.c.night <= night, captures.c.origin == Origin.CRAWL
    columns = (captures.c.night, captures.c.page_state, captures.c.reason, readings)
    statement = select(*columns).join(captures, captures.c.id == readings.c.capture_id).where(*wanted)
    for row in connection.execute(statement.order_by(readings.c.capture_id)):
        yield ReadPage(
            capture_id=row.capture_id,
            night=row.night,
            source=row.source,
            state=PageState(row.page_state),
            reason=row.reason,
            layout=row.layout,
            rows=row.rows,
            others=row.ads + row.cards,
            filled=json.loads(row.filled),
        )


def findings(tonight: Run, before: Sequence[Run]) -> list[Finding]:
    """What changed; of each kind one finding, with the page that shows it best."""
    return [*_without_rows(tonight), *_unknown(tonight), *_other_layouts(tonight, before), *_fields(tonight, before)]


def _without_rows(run: Run) -> Iterator[Finding]:
    bare = [page for page in run.pages if page.state is PageState.RESULTS and not page.rows]
    if bare:
        share = len(bare) / len(run.pages)
        yield Finding(run.source, Kind.NO_ROWS, bare[0].capture_id, len(bare), now=round(share, 3))


def _unknown(run: Run) -> Iterator[Finding]:
    unread = [
        page
        for page in run.pages
        if page.state is PageState.PARTIAL and page.reason.partition(":")[0] in UNREAD and not page.rows
    ]
    if unread:
        share = len(unread) / len(run.pages)
        yield Finding(run.source, Kind.UNKNOWN_LAYOUT, unread[0].capture_id, len(unread), now=round(share, 3))


def _other_layouts(run: Run, before: Sequence[Run]) -> Iterator[Finding]:
    known = sum((one.layouts for one in before), Counter[str]())
    if len([one for one in before if one.rows]) < HISTORY_MINIMUM:
        return
    for layout, count in run.layouts.items():
        if layout not in known:
            page = next(page for page in run.pages if page.rows and page.layout == layout)
            yield Finding(run.source, Kind.OTHER_LAYOUT, page.capture_id, count, what=layout)


def _fields(run: Run, before: Sequence[Run]) -> Iterator[Finding]:
    usual = [one.shares() for one in before if one.rows]
    if len(usual) < HISTORY_MINIMUM or run.rows < ROWS_MINIMUM:
        return
    now = run.shares()
    for name in sorted(set().union(*usual)):
        then = median(shares.get(name, 0.0) for shares in usual)
        share = now.get(name, 0.0)
        if then >= FIELD_USUAL and share < (1 - FIELD_FALL) * then:
            worst = min(
                (page for page in run.pages if page.rows), key=lambda page: page.filled.get(name, 0) / page.rows
            )
            less = sum(1 for page in run.pages if page.rows and page.filled.get(name, 0) < then * page.rows)
            yield Finding(run.source, Kind.FIELD, worst.capture_id, less, name, round(share, 3), round(then, 3))

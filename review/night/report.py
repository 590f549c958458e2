"""Stage 7: what a night did, per source, with a verdict and the one line to act on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ColumnElement, Table, case, func, select

from crawlers.drift import Finding, findings, runs
from crawlers.leases import TaskStatus
from crawlers.records import Capture, Hit, Listing, PageState, TaskKind
from crawlers.tables import captures, hits, listings, stamps
from review.night.health import HISTORY_NIGHTS, SourceHealth, judge, judge_sites, with_findings
from review.night.nights import reports
from review.strings import ALL_EMPTY, SOURCE_NORMAL

if TYPE_CHECKING:
    from review.night.ground import Ground

SILENT_PAGES = 6
ASKED = frozenset({TaskKind.SEARCH, TaskKind.MARKETPLACE})


def sources(ground: Ground) -> list[SourceHealth]:
    """Every source that was asked tonight, the open web last."""
    tasks = ground.store.tasks(night=ground.night)
    kept = list(ground.store.captures(night=ground.night))
    rows, new = _rows(ground)
    history = _history(ground)
    asked = _by_source([status for status in tasks if status.task.kind in ASKED])
    pages: defaultdict[str, list[Capture]] = defaultdict(list)
    for capture in kept:
        pages[capture.source].append(capture)
    found = [
        judge(
            source,
            asked[source],
            pages[source],
            rows=rows[source],
            new=new[source],
            history=history[source],
            title=_title(ground, source),
        )
        for source in sorted(asked)
    ]
    changed = _changes(ground)
    found = [with_findings(source, changed.get(source.source, ())) for source in found]
    visits = [status for status in tasks if status.task.kind not in ASKED]
    web = judge_sites(visits, pages["web"], browser=ground.config.settings.browser.enabled)
    return [*(_doubted(source, found, _title(ground, source.source)) for source in found), web]


def _title(ground: Ground, source: str) -> str:
    """What people call a source; its own name when its profile is gone."""
    profile = ground.config.engines.get(source) or ground.config.marketplaces.get(source)
    return profile.title if profile else source


def _changes(ground: Ground) -> dict[str, list[Finding]]:
    """By source what is other than in its last fourteen nights."""
    with ground.store.read() as connection:
        found = runs(connection, ground.night)
    tonight = {source: before.pop() for source, before in found.items() if before[-1].night == ground.night}
    return {source: findings(run, found[source]) for source, run in tonight.items()}


def _doubted(source: SourceHealth, all_sources: Sequence[SourceHealth], title: str) -> SourceHealth:
    """A source that says "nothing" on every page while others have much may be holding back: said, not judged."""
    silent = source.states.get(PageState.EMPTY) == source.pages >= SILENT_PAGES
    if not silent or not any(other.rows >= source.pages for other in all_sources):
        return source
    return replace(source, advice=ALL_EMPTY.format(source=title, pages=source.pages))


def _by_source(tasks: Sequence[TaskStatus]) -> dict[str, list[TaskStatus]]:
    found: defaultdict[str, list[TaskStatus]] = defaultdict(list)
    for status in tasks:
        found[status.task.source].append(status)
    return found


def _rows(ground: Ground) -> tuple[defaultdict[str, int], defaultdict[str, int]]:
    """Rows read tonight per source, and how many of them were never seen before."""
    rows: defaultdict[str, int] = defaultdict(int)
    new: defaultdict[str, int] = defaultdict(int)
    tonight: list[Hit | Listing] = [
        *ground.store.hits(night=ground.night),
        *ground.store.listings(night=ground.night),
    ]
    known = _known_hits(ground) | _known_listings(ground)
    for row in tonight:
        source, what = _key(row)
        rows[source] += 1
        if (source, what) not in known:
            new[source] += 1
            known.add((source, what))
    return rows, new


def _key(row: Hit | Listing) -> tuple[str, str]:
    return (row.engine, row.resolved or row.url) if isinstance(row, Hit) else (row.platform, row.item_id)


def _known_hits(ground: Ground) -> set[tuple[str, str]]:
    """Tonight's results that an earlier night had, found in the database: all nights' rows are too many to read."""
    target = case((hits.c.resolved != "", hits.c.resolved), else_=hits.c.url)
    return _known(ground, hits, hits.c.engine, target)


def _known_listings(ground: Ground) -> set[tuple[str, str]]:
    return _known(ground, listings, listings.c.platform, listings.c.item_id)


def _known(ground: Ground, rows: Table, source: Column[str], what: ColumnElement[str]) -> set[tuple[str, str]]:
    of_night = captures.c.night == ground.night
    tonight = select(source, what).join(captures, captures.c.id == rows.c.capture_id).where(of_night)
    first = select(func.min(rows.c.id)).join(captures).where(of_night).scalar_subquery()
    with ground.store.read() as connection:
        found = connection.execute(tonight.intersect(select(source, what).where(rows.c.id < first)))
        return {(name, target) for name, target in found}


def _history(ground: Ground) -> defaultdict[str, list[float]]:
    found: defaultdict[str, list[float]] = defaultdict(list)
    with ground.store.read() as connection:
        earlier = reports(connection, limit=HISTORY_NIGHTS, before=ground.night)
    for report in earlier:
        for source in report.get("sources", []):
            if source["verdict"] == SOURCE_NORMAL and source["pages"]:
                found[source["source"]].append(source["rows"] / source["pages"])
    return found


def stamps_queued(ground: Ground) -> int:
    """How many capture sets still wait for their time stamp."""
    with ground.store.read() as connection:
        query = select(func.count()).select_from(stamps).where(stamps.c.state == "queued")
        return connection.execute(query).scalar_one()


def as_json(health: Sequence[SourceHealth], **counts: Any) -> dict[str, Any]:
    return {"sources": [source.as_json() for source in health], **counts}

"""Stage 6: what people confirmed is looked at again: still up, changed, gone, or not to be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawlers.leases import TaskStatus
from crawlers.marks import mark
from crawlers.records import KNOWN_STATES, Capture, FetchProfile, Outcome, TaskKind
from review.cases import Case, CaseState, add_event, find
from review.clock import utc_now

if TYPE_CHECKING:
    from crawlers.store import Store
    from review.night.ground import Ground

STILL_UP, CHANGED, GONE, UNKNOWN = "still_up", "changed", "gone", "unknown"
GONE_STATUS = frozenset({404, 410, 451})
GONE_REASONS = frozenset({"dns", "connect"})


def due(store: Store) -> dict[int, str]:
    """Confirmed cases with the page on which they rest, by case id."""
    with store.read() as connection:
        confirmed = list(find(connection, state=CaseState.CONFIRMED))
    pages = {case.id: _page(store, case) for case in confirmed}
    return {case_id: page.final_url for case_id, page in pages.items() if page}


def _page(store: Store, case: Case) -> Capture | None:
    if not any(subject.startswith("site:") for subject in case.subjects):
        return None
    kept = store.captures(ids=list(case.capture_ids))
    return next((capture for capture in kept if capture.profile is FetchProfile.DESKTOP), None)


def write_down(ground: Ground) -> Counter[str]:
    """One event a case and night: what its page is now, and the capture that says so."""
    statuses = ground.store.tasks(night=ground.night, kinds=[TaskKind.RECHECK])
    seen: Counter[str] = Counter()
    for case_id, url in due(ground.store).items():
        asked = [status for status in statuses if status.task.target == url]
        if not asked:
            continue
        found, capture = _outcome(ground, case_id, asked)
        with ground.store.write() as connection:
            case = next(one for one in find(connection) if one.id == case_id)
            if not _noted(case, ground.night):
                detail = {"night": ground.night, "url": url, "found": found, "capture": capture}
                add_event(connection, case_id, "rechecked", detail, now=utc_now())
        mark("recheck-written")
        seen[found] += 1
    return seen


def _noted(case: Case, night: str) -> bool:
    return any(event.kind == "rechecked" and event.detail.get("night") == night for event in case.events)


def _outcome(ground: Ground, case_id: int, asked: Sequence[TaskStatus]) -> tuple[str, int | None]:
    ids = [status.task.id for status in asked if status.task.id is not None]
    captures = list(ground.store.captures(task_ids=ids))
    if not captures:
        reasons = {status.reason.rpartition(":")[2] for status in asked if status.outcome is Outcome.FAILED}
        return (GONE if reasons & GONE_REASONS else UNKNOWN), None
    capture = captures[0]
    if capture.status in GONE_STATUS:
        return GONE, capture.id
    if capture.page_state not in KNOWN_STATES:
        return UNKNOWN, capture.id
    before = {old.sha256 for old in _earlier(ground, case_id)}
    return (STILL_UP if capture.sha256 in before else CHANGED), capture.id


def _earlier(ground: Ground, case_id: int) -> list[Capture]:
    with ground.store.read() as connection:
        case = next(one for one in find(connection) if one.id == case_id)
    return list(ground.store.captures(ids=list(case.capture_ids)))

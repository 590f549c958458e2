"""Stage 6: what people confirmed is looked at again: still up, changed, gone, or not to be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.leases import TaskStatus
from crawlers.marks import mark
from crawlers.records import KNOWN_STATES, Capture, FetchProfile, Outcome, TaskKind
from review.cases import Case, CaseState, add_event, find, get
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
            if not _noted(get(connection, case_id), ground.night):
                detail = {"night": ground.night, "url": url, "found": found, "capture": capture}
                add_event(connection, case_id, "rechecked", detail, now=utc_now())
        mark("recheck-written")
        seen[found] += 1
    return seen


def _noted(case: Case, night: str) -> bool:
    return any(event.kind == "rechecked" and event.detail.get("night") == night for event in case.events)


def _outcome(ground: Ground, case_id: int, asked: Sequence[TaskStatus]) -> tuple[str, int | None]:
    """What one visitor still gets is up, whatever the other is shown; it is gone when it is gone for every visitor."""
    ids = [status.task.id for status in asked if status.task.id is not None]
    captures = {capture.task_id: capture for capture in ground.store.captures(task_ids=ids)}
    before = {old.sha256 for old in _earlier(ground, case_id)}
    said: dict[str, int | None] = {}
    for status in asked:
        capture = captures.get(status.task.id)
        found = _shown(capture, before) if capture else _unreached(ground, status)
        said.setdefault(found, capture.id if capture else None)
    found = next(word for word in (STILL_UP, CHANGED, UNKNOWN, GONE) if word in said)
    return found, said[found]


def _shown(capture: Capture, before: Collection[str]) -> str:
    if capture.status in GONE_STATUS:
        return GONE
    if capture.page_state not in KNOWN_STATES:
        return UNKNOWN
    return STILL_UP if capture.sha256 in before else CHANGED


def _unreached(ground: Ground, status: TaskStatus) -> str:
    """A site that cannot be reached is gone only when the network was there: another host answered that night."""
    reason = status.reason.rpartition(":")[2]
    if status.outcome is not Outcome.FAILED or reason not in GONE_REASONS:
        return UNKNOWN
    own = {service.url for service in ground.config.settings.services.values()}
    not_web = {urlsplit(url).hostname for url in (*own, status.task.target)}
    answered = (capture.host for capture in ground.store.captures(night=ground.night))
    return GONE if any(host not in not_web for host in answered) else UNKNOWN


def _earlier(ground: Ground, case_id: int) -> list[Capture]:
    """The case's captures of nights before this one: tonight's are in the case already when it is written down."""
    with ground.store.read() as connection:
        case = get(connection, case_id)
    kept = ground.store.captures(ids=list(case.capture_ids))
    return [capture for capture in kept if capture.night != ground.night]

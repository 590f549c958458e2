"""How each source did in a night: what was asked, what came, and whether to believe a silence.

A page that was blocked says nothing about what the source holds; it is never counted as "nothing found".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from crawlers.drift import Finding, Kind
from crawlers.leases import TaskStatus
from crawlers.records import KNOWN_STATES, Capture, Outcome, PageState, TaskKind
from review.strings import ADVICE, DRIFT, SOURCE_DEGRADED, SOURCE_FAILED, SOURCE_NORMAL
from review.telling import cause_told

COVERAGE_FALL = 0.3
"""A source whose rows per page fall this far below its own median is degraded, however green its pages look."""
HISTORY_NIGHTS = 14
HISTORY_MINIMUM = 3
SILENT_HOSTS = 3
"""So many sites do not die together in one night: when none of them answers, the network is ours to look at."""
NO_BROWSER = "no_browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """One source in one night. `advice` is the one line to act on; empty when there is nothing to do."""

    source: str
    verdict: str
    asked: int
    pages: int
    rows: int
    new: int
    states: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    advice: str = ""
    findings: tuple[Finding, ...] = ()
    """What changed in how the source writes its pages."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"findings": [told(finding) for finding in self.findings]}


def told(finding: Finding) -> dict[str, Any]:
    """A finding with its sentence."""
    return {**finding.as_json(), "sentence": sentence(finding)}


def sentence(finding: Finding) -> str:
    return DRIFT[finding.kind].format(**asdict(finding) | {"capture": finding.capture})


def with_findings(health: SourceHealth, findings: Sequence[Finding]) -> SourceHealth:
    """A change of layout is said beside everything else; one that loses rows or fields makes the source 降级."""
    if not findings:
        return health
    losing = [finding for finding in findings if finding.kind in LOSING and finding.now >= _noticed(finding)]
    if health.verdict != SOURCE_NORMAL or not losing:
        return replace(health, findings=tuple(findings))
    return replace(health, findings=tuple(findings), verdict=SOURCE_DEGRADED, advice=sentence(losing[0]))


LOSING = frozenset({Kind.NO_ROWS, Kind.FIELD, Kind.UNKNOWN_LAYOUT})
PAGES_WITHOUT_ROWS = 0.5
"""Share of pages: a page of adverts alone happens, half of them do not."""


def _noticed(finding: Finding) -> float:
    return PAGES_WITHOUT_ROWS if finding.kind is Kind.NO_ROWS else 0.0


def judge(
    source: str,
    tasks: Sequence[TaskStatus],
    captures: Sequence[Capture],
    *,
    rows: int,
    new: int,
    history: Iterable[float] = (),
    title: str = "",
) -> SourceHealth:
    """`history` holds the rows per page of earlier nights, newest first; advice calls the source by its `title`."""
    states = Counter(capture.page_state.value for capture in captures)
    errors = Counter(_error(status) for status in tasks if status.outcome not in {Outcome.CAPTURED, None})
    unended = sum(status.outcome is None for status in tasks)
    if unended:
        errors["unfinished"] += unended
    pages = len(captures)
    verdict, advice = _verdict(title or source, pages, states, errors, rows / pages if pages else 0.0, list(history))
    return SourceHealth(
        source=source,
        verdict=verdict,
        asked=len(tasks),
        pages=pages,
        rows=rows,
        new=new,
        states=dict(states),
        errors=dict(errors),
        advice=advice,
    )


def _error(status: TaskStatus) -> str:
    return status.reason or str(status.outcome)


def _verdict(
    source: str,
    pages: int,
    states: Counter[str],
    errors: Counter[str],
    rows_per_page: float,
    history: list[float],
) -> tuple[str, str]:
    worst = next((state for state in _WORST_FIRST if states[state]), None)
    if not pages and not errors:
        return SOURCE_NORMAL, ""
    if not pages:
        reason = errors.most_common(1)[0][0]
        return SOURCE_FAILED, ADVICE["failed"].format(source=source, reason=cause_told(reason))
    if worst:
        return SOURCE_DEGRADED, ADVICE[worst].format(source=source, count=states[worst], pages=pages)
    if errors:
        reason, count = errors.most_common(1)[0]
        return SOURCE_DEGRADED, ADVICE["errors"].format(source=source, reason=cause_told(reason), count=count)
    if rows_per_page == 0 and states[PageState.RESULTS]:
        return SOURCE_DEGRADED, ADVICE["no_rows"].format(source=source)
    if _fell(rows_per_page, history):
        return SOURCE_DEGRADED, ADVICE["coverage"].format(source=source, now=rows_per_page, before=median(history))
    return SOURCE_NORMAL, ""


_WORST_FIRST = [state.value for state in (PageState.BLOCKED, PageState.LOGIN, PageState.UNDECODABLE, PageState.PARTIAL)]
assert {*_WORST_FIRST, *KNOWN_STATES} == set(PageState)


def _fell(rows_per_page: float, history: list[float]) -> bool:
    if len(history) < HISTORY_MINIMUM:
        return False
    return rows_per_page < (1 - COVERAGE_FALL) * median(history[:HISTORY_NIGHTS])


def judge_sites(tasks: Sequence[TaskStatus], captures: Sequence[Capture], *, browser: bool = True) -> SourceHealth:
    """The open web as one source: a dead site is a finding, not a fault; a dead door or network is, and so is a
    browser that is wanted (`browser`) and not there."""
    states = Counter(capture.page_state.value for capture in captures)
    errors = Counter(_error(status) for status in tasks if status.outcome not in {Outcome.CAPTURED, None})
    unended = sum(status.outcome is None for status in tasks)
    if unended:
        errors["unfinished"] += unended
    advice = _web_fault(tasks, errors, browser)
    verdict = (SOURCE_DEGRADED if captures else SOURCE_FAILED) if advice else SOURCE_NORMAL
    return SourceHealth(
        source="web",
        verdict=verdict,
        asked=len(tasks),
        pages=len(captures),
        rows=0,
        new=0,
        states=dict(states),
        errors=dict(errors),
        advice=advice,
    )


def _web_fault(tasks: Sequence[TaskStatus], errors: Counter[str], browser: bool) -> str:
    """The one line to act on; empty when what failed can be the sites' own doing."""
    for reason in ("door_down", "unfinished"):
        if errors[reason]:
            return ADVICE["web"].format(reason=cause_told(reason), count=errors[reason])
    if browser and errors[NO_BROWSER]:
        return ADVICE[NO_BROWSER].format(count=errors[NO_BROWSER])
    shown = [status for status in tasks if status.task.kind is TaskKind.BROWSER and status.reason != NO_BROWSER]
    plain = [status for status in tasks if status.task.kind not in (TaskKind.BROWSER, TaskKind.LOOKALIKE)]
    for visits in (plain, shown):
        if _silent(visits):
            reason = Counter(map(_error, visits)).most_common(1)[0][0]
            return ADVICE["web_silent"].format(reason=cause_told(reason), count=len(visits))
    return ""


def _silent(visits: Sequence[TaskStatus]) -> bool:
    """Several hosts were asked and not one answered."""
    hosts = {urlsplit(visit.task.target).hostname for visit in visits}
    return len(hosts) >= SILENT_HOSTS and all(visit.outcome is Outcome.FAILED for visit in visits)

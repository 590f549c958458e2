"""How a night on a practice web compares with the truth about it: found, missed, wrongly accused, sources misjudged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from crawlers.practice import Truth
    from review.cases import Case
    from review.night.health import SourceHealth

AXES = ("impersonation", "selling")


@dataclass(frozen=True, slots=True)
class Flag:
    """One accusation a case makes: a site's host (and pages) or an offer, on one axis."""

    case_id: int
    subject: str
    axis: str
    cls: str
    imitates: str
    pages: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The subject as the truth writes it: a host, or `platform:item_id`."""
        return self.subject.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison; `outcome` is found, missed or accused."""

    subject: str
    axis: str
    outcome: str
    cls: str = ""
    imitates: str = ""
    expected: str = ""
    level: str = ""
    """Of a missed one: what the night thought of it; empty when it never saw it."""


Seen = Mapping[tuple[str, str], str]
"""What the night thought: (subject as stored, axis) → flag, watch or clear."""


@dataclass(frozen=True, slots=True)
class Comparison:
    rows: tuple[Row, ...]
    sources: Mapping[str, tuple[str, str]]
    """Per source: what the night said, and what the truth says (empty when it says nothing)."""
    right_cases: frozenset[int]
    """Cases that rest on at least one accusation the truth confirms."""
    innocents: int = 0
    innocents_seen: int = 0
    """Of the subjects the truth clears, how many the night looked at: what it never saw it did not clear."""

    def subjects(self, outcome: str) -> list[str]:
        return list(dict.fromkeys(row.subject for row in self.rows if row.outcome == outcome))

    @property
    def planted(self) -> int:
        return len({row.subject for row in self.rows if row.outcome != "accused"})

    @property
    def sources_wrong(self) -> dict[str, tuple[str, str]]:
        """Sources judged otherwise than the truth says; where it says nothing there is nothing to be wrong about."""
        return {source: (said, true) for source, (said, true) in self.sources.items() if true and said != true}


def flags(cases: Iterable[Case], pages: Mapping[int, str]) -> list[Flag]:
    """Every accusation of the cases. `pages` gives the address of each capture."""
    return [
        Flag(
            case.id,
            subject,
            axis,
            verdict["class"],
            verdict.get("imitates", ""),
            tuple(pages[number] for number in case.capture_ids if number in pages),
        )
        for case in cases
        for subject, assessment in zip(case.subjects, case.assessments, strict=True)
        for axis in AXES
        if (verdict := assessment.get(axis)) and verdict["verdict"] == "flag"
    ]


def compare(
    truth: Sequence[Truth], accusations: Sequence[Flag], health: Iterable[SourceHealth], seen: Seen | None = None
) -> Comparison:
    seen = seen or {}
    rows: list[Row] = []
    right: set[Flag] = set()
    for line in truth:
        if line.axis in AXES and line.verdict == "flag":
            hits = [flag for flag in accusations if flag.axis == line.axis and _same(line.subject, flag)]
            right.update(hits)
            rows.append(_planted(line, hits, seen))
    tolerated = [line for line in truth if line.verdict == "watch"]
    rows += [
        Row(flag.name, flag.axis, "accused", flag.cls, flag.imitates)
        for flag in accusations
        if flag not in right and not any(line.axis == flag.axis and _same(line.subject, flag) for line in tolerated)
    ]
    expected = {line.subject: line.verdict for line in truth if line.axis == "source"}
    guilty = {line.subject for line in truth if line.verdict in {"flag", "watch"}}
    innocent = {line.subject for line in truth if line.verdict == "clear"} - guilty
    return Comparison(
        rows=tuple(rows),
        sources={source.source: (source.verdict, expected.get(source.source, "")) for source in health},
        right_cases=frozenset(flag.case_id for flag in right),
        innocents=len(innocent),
        innocents_seen=sum(any(_level(subject, axis, seen) for axis in AXES) for subject in innocent),
    )


def _planted(line: Truth, hits: Sequence[Flag], seen: Seen) -> Row:
    if hits:
        return Row(line.subject, line.axis, "found", hits[0].cls, hits[0].imitates, line.imitates)
    return Row(line.subject, line.axis, "missed", expected=line.imitates, level=_level(line.subject, line.axis, seen))


def _level(subject: str, axis: str, seen: Seen) -> str:
    return next((level for (name, side), level in seen.items() if side == axis and _names(subject, name)), "")


def _same(subject: str, flag: Flag) -> bool:
    """Whether the truth's subject is the flag's: an offer, a host, or one page of a host."""
    if not _names(subject, flag.subject):
        return False
    path = urlsplit(subject if "//" in subject else f"//{subject}").path.rstrip("/")
    if flag.subject.startswith("listing:") or not path:
        return True
    return any(urlsplit(page).path.rstrip("/") == path for page in flag.pages)


def _names(subject: str, stored: str) -> bool:
    """Whether a subject of the truth is on the host, or is the offer, that the store names `stored`."""
    kind, _, name = stored.partition(":")
    if kind == "listing":
        return subject == name
    parts = urlsplit(subject if "//" in subject else f"//{subject}")
    return _ascii(name.partition("/")[0]) == _ascii(parts.hostname or "")


def _ascii(host: str) -> str:
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return host.lower()

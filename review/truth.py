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


@dataclass(frozen=True, slots=True)
class Comparison:
    rows: tuple[Row, ...]
    sources: Mapping[str, tuple[str, str]]
    """Per source: what the night said, and what the truth says (empty when it says nothing)."""
    right_cases: frozenset[int]
    """Cases that rest on at least one accusation the truth confirms."""

    def subjects(self, outcome: str) -> list[str]:
        return list(dict.fromkeys(row.subject for row in self.rows if row.outcome == outcome))

    @property
    def planted(self) -> int:
        return len({row.subject for row in self.rows if row.outcome != "accused"})

    @property
    def sources_right(self) -> bool:
        return all(said == true for said, true in self.sources.values() if true)


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


def compare(truth: Sequence[Truth], accusations: Sequence[Flag], health: Iterable[SourceHealth]) -> Comparison:
    planted = [line for line in truth if line.axis in AXES and line.verdict == "flag"]
    rows: list[Row] = []
    right: set[Flag] = set()
    for line in planted:
        hits = [flag for flag in accusations if flag.axis == line.axis and _same(line.subject, flag)]
        right.update(hits)
        found = hits[0] if hits else None
        rows.append(
            Row(line.subject, line.axis, "found", found.cls, found.imitates, line.imitates)
            if found
            else Row(line.subject, line.axis, "missed", expected=line.imitates)
        )
    tolerated = [line for line in truth if line.verdict == "watch"]
    rows += [
        Row(flag.name, flag.axis, "accused", flag.cls, flag.imitates)
        for flag in accusations
        if flag not in right and not any(line.axis == flag.axis and _same(line.subject, flag) for line in tolerated)
    ]
    expected = {line.subject: line.verdict for line in truth if line.axis == "source"}
    sources = {source.source: (source.verdict, expected.get(source.source, "")) for source in health}
    return Comparison(tuple(rows), sources, frozenset(flag.case_id for flag in right))


def _same(subject: str, flag: Flag) -> bool:
    """Whether the truth's subject is the flag's: an offer, a host, or one page of a host."""
    if flag.subject.startswith("listing:"):
        return subject == flag.name
    parts = urlsplit(subject if "//" in subject else f"//{subject}")
    host = _ascii(parts.hostname or "")
    if _ascii(flag.name.partition("/")[0]) != host:
        return False
    if parts.path in {"", "/"}:
        return True
    return any(urlsplit(page).path.rstrip("/") == parts.path.rstrip("/") for page in flag.pages)


def _ascii(host: str) -> str:
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return host.lower()

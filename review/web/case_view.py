"""One case as people see it, in the queue and on its own page: reasons with where they rest, pictures, facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, select

from crawlers import queries
from crawlers.records import Capture, FetchProfile, Listing, Origin
from detectors.tables import judgements, page_references, verdicts
from review import cases
from review.campaigns import labels_of
from review.cases import Case
from review.desk.tables import desk as desk_rows
from review.findings import QUOTES_MAX, cut, gist
from review.web.desk import Desk, desk
from review.web.signing import address

if TYPE_CHECKING:
    from detectors.campaigns import Campaign

AXES = ("impersonation", "selling")
SHOWN_QUOTE_CHARS = 140
MAX_CAPTURES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What speaks against the subject, sentences of one gist together; `capture` and `name` say where it can be seen.

    `alike` are the sentences and passages beyond `quotes`."""

    axis: str
    cls: str
    text: str
    weight: float
    quotes: Sequence[str]
    where: str
    capture: int | None = None
    name: str = ""
    alike: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A captured picture: where to see it small, and of what it is."""

    url: str
    capture: Capture
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    case: Case
    row: RowMapping
    captures: Sequence[Capture]
    reasons: Sequence[Reason]
    contacts: Sequence[Mapping[str, Any]]
    offer: Listing | None
    suspect: Picture | None
    other: Picture | None
    """The same as another visitor sees it: shown where there is nothing genuine to compare with."""
    genuine: Picture | None
    official: Sequence[Any]
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)

    @property
    def main(self) -> Capture | None:
        """The capture that shows most: of the browser, with a picture; else the newest page."""
        return self.suspect.capture if self.suspect else next(iter(self.captures), None)

    @property
    def verdicts(self) -> dict[str, Mapping[str, Any]]:
        """The strongest verdict of each axis over the case's subjects."""
        found: dict[str, Mapping[str, Any]] = {}
        for assessment in self.case.assessments:
            for axis in AXES:
                said = assessment.get(axis)
                if said and said.get("verdict", "clear") != "clear":
                    found[axis] = max(found.get(axis, said), said, key=lambda one: float(one.get("score", 0)))
        return found


def view(connection: Connection, case_id: int) -> CaseView:
    """Raises CaseError when there is none of that number."""
    place, case = desk(), cases.get(connection, case_id)
    row = connection.execute(select(desk_rows).where(desk_rows.c.case_id == case_id)).mappings().one()
    kept = _captures(connection, case.capture_ids)
    suspect = _suspect(place, kept)
    return CaseView(
        case=case,
        row=row,
        captures=kept,
        reasons=_reasons(connection, case, kept),
        contacts=[contact for assessment in case.assessments for contact in assessment.get("contacts", [])],
        offer=_offer(connection, case),
        suspect=suspect,
        other=_suspect(place, [one for one in kept if suspect and one.profile is not suspect.capture.profile]),
        genuine=_genuine(connection, place, case),
        official=_official(place, case),
        campaigns=labels_of(connection, case.subjects),
    )


def _captures(connection: Connection, ids: Sequence[int]) -> list[Capture]:
    """Newest first."""
    wanted = queries.capture_filter(ids=list(ids)[-MAX_CAPTURES:])
    return queries.captures(connection, wanted, after_id=0, limit=MAX_CAPTURES)[::-1]


def picture_of(place: Desk, capture: Capture, *, width: int, height: int) -> Picture | None:
    """The screenshot of a capture, small."""
    shot = next((one for one in capture.artefacts if one.role == "screenshot"), None)
    if shot is None:
        return None
    url = address(place, "picture", sha256=shot.sha256, width=width, height=height)
    return Picture(url=url, capture=capture, sha256=shot.sha256)


def _suspect(place: Desk, kept: Iterable[Capture]) -> Picture | None:
    ordered = sorted(kept, key=lambda one: (one.profile is not FetchProfile.DESKTOP, -one.id))
    shown = (
        picture_of(place, capture, width=560, height=420) for capture in ordered if capture.origin is Origin.BROWSER
    )
    return next((picture for picture in shown if picture), None)


def _genuine(connection: Connection, place: Desk, case: Case) -> Picture | None:
    """The collected page of the body that is imitated, where there is one."""
    if not case.imitates:
        return None
    known = select(page_references.c.capture_id).where(
        page_references.c.name == case.imitates, page_references.c.retired_at == ""
    )
    ids = list(connection.scalars(known.order_by(page_references.c.version.desc()).limit(8)))
    kept = queries.captures(connection, queries.capture_filter(ids=ids), after_id=0, limit=8)
    shown = (picture_of(place, capture, width=560, height=420) for capture in kept)
    return next((picture for picture in shown if picture), None)


def _official(place: Desk, case: Case) -> list[Any]:
    """Where the imitated body really is, by the office's registry."""
    if not case.imitates:
        return []
    sites = place.config.official.sites
    return [site for site in sites if site.status == "current" and case.imitates in (site.name, *site.short_names)][:3]


def _offer(connection: Connection, case: Case) -> Listing | None:
    for subject in case.subjects:
        if subject.startswith("listing:"):
            found = queries.listings(connection, subject=subject.removeprefix("listing:"))
            if found:
                return found[-1]
    return None


def _reasons(connection: Connection, case: Case, kept: Sequence[Capture]) -> list[Reason]:
    """Each gist once, heaviest first; a passage that can be seen in a capture leads there."""
    places = _places(connection, [capture.id for capture in kept])
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for axis in AXES:
        for assessment in case.assessments:
            for signal in assessment.get(axis, {}).get("signals", []):
                if signal["weight"] > 0:
                    groups.setdefault((axis, signal["class"], gist(signal["reason"])), []).append(signal)
    found = [_reason(axis, signals, places) for (axis, _, _), signals in groups.items()]
    return sorted(found, key=lambda reason: -reason.weight)


def _reason(axis: str, signals: Sequence[Mapping[str, Any]], places: Mapping[Any, tuple[int, str]]) -> Reason:
    ordered = sorted(signals, key=lambda signal: -signal["weight"])
    said = list(dict.fromkeys((one["reason"].rstrip("。"), cut(one["quote"], SHOWN_QUOTE_CHARS)) for one in ordered))
    quotes = list(dict.fromkeys(quote for _, quote in said if quote))[:QUOTES_MAX]
    capture, name = next((places[key] for one in ordered if (key := _same(axis, one)) in places), (None, ""))
    return Reason(
        axis=axis,
        cls=ordered[0]["class"],
        text=said[0][0],
        weight=ordered[0]["weight"],
        quotes=quotes,
        where=ordered[0]["where"],
        capture=capture,
        name=name,
        alike=[(text, quote) for text, quote in said[1:] if quote not in quotes],
    )


def _same(axis: str, signal: Mapping[str, Any]) -> tuple[Any, ...]:
    return (axis, signal["detector"], signal["reason"], signal["quote"], signal["start"])


def _places(connection: Connection, capture_ids: Sequence[int]) -> dict[Any, tuple[int, str]]:
    """Signal → capture and mark, of the newest judgement of each page; names as in `marking.signals_of`."""
    judged = select(judgements.c.id, judgements.c.capture_id).where(
        judgements.c.capture_id.in_(capture_ids), judgements.c.listing_id.is_(None)
    )
    newest = {row.capture_id: row.id for row in connection.execute(judged.order_by(judgements.c.id))}
    by_judgement = {number: capture for capture, number in newest.items()}
    said = select(verdicts.c.judgement_id, verdicts.c.axis, verdicts.c.signals)
    rows = connection.execute(said.where(verdicts.c.judgement_id.in_(list(by_judgement)))).all()
    grouped: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        signals = [{**signal, "axis": row.axis} for signal in json.loads(row.signals) if signal["weight"] > 0]
        grouped.setdefault(row.judgement_id, []).extend(signals)
    found: dict[Any, tuple[int, str]] = {}
    for number, signals in sorted(grouped.items()):
        for at, signal in enumerate(sorted(signals, key=lambda one: -one["weight"]), 1):
            found[_same(signal["axis"], signal)] = (by_judgement[number], f"m{at}")
    return found

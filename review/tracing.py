"""From cases to what else shows a value of theirs (倒查): by campaigns, and by contacts of confirmed cases anywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from detectors import campaigns
from detectors.hosts import Owner
from detectors.tables import contacts, judgements, newest, traces
from detectors.ties import table
from review.campaigns import cases_of
from review.cases import CaseState, parse_label
from review.tables import case_subjects, cases

if TYPE_CHECKING:
    from sqlalchemy import Row, Table

    from detectors.campaigns import Campaign
    from detectors.context import Context

CONFIRMED_POINTS, TIED_POINTS = 2000, 1000
"""What a tie to a case that people confirmed, or to another one, counts beside a score of at most 1000."""
MAX_CARRIERS = 12
"""What more subjects show is a platform's own number, or one that everybody warns of."""
CHUNK = 400
"""Values that are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What a subject shares with a case: `kind` of value, as it is `shown`, and the case with its state."""

    case_id: int
    state: CaseState
    kind: str
    shown: str
    weight: float

    @property
    def points(self) -> int:
        return CONFIRMED_POINTS if self.state is CaseState.CONFIRMED else TIED_POINTS


def ties_of(connection: Connection, names: Iterable[str]) -> dict[str, Tie]:
    """Of each subject of a campaign the weightiest tie to a case, one that people confirmed before others."""
    wanted = frozenset(names)
    held = campaigns.of_subjects(connection, wanted)
    found: dict[str, Tie] = {}
    for number in sorted(set(held.values())):
        for subject, tie in _within(connection, campaigns.get(connection, number), wanted):
            best = found.get(subject)
            if best is None or (tie.points, tie.weight) > (best.points, best.weight):
                found[subject] = tie
    return found


def _within(connection: Connection, campaign: Campaign, wanted: frozenset[str]) -> Iterator[tuple[str, Tie]]:
    held = cases_of(connection, campaign.subjects)
    accused = {name: case for name, case in held.items() if case[1] is not CaseState.EXCLUDED}
    for tie in campaign.ties:
        seen = [subject for subject, _ in tie.seen]
        with_it = sorted((accused[name] for name in seen if name in accused), key=lambda case: _order(*case))
        if with_it:
            label, state = with_it[0]
            for subject in wanted.intersection(seen):
                yield subject, Tie(parse_label(label), state, tie.kind, tie.shown, tie.weight)


def _order(label: str, state: CaseState) -> tuple[bool, str]:
    return state is not CaseState.CONFIRMED, label


def sharing(connection: Connection, context: Context) -> dict[str, Tie]:
    """Subjects in no case that show what only a confirmed case's people are reached by, whatever was judged of them.

    Hosts of state organs are none: they quote such values in warnings.
    """
    found: dict[str, Tie] = {}
    for rows, shown in ((contacts, contacts.c.masked), (traces, traces.c.shown)):
        known = _of_confirmed(connection, rows)
        for start in range(0, len(known), CHUNK):
            keys = sorted(known)[start : start + CHUNK]
            statement = (
                select(judgements.c.subject, rows.c.kind, rows.c.hmac, shown.label("shown"))
                .join(judgements, judgements.c.id == rows.c.judgement_id)
                .where(rows.c.hmac.in_(keys), newest())
                .distinct()
            )
            for row in _rare(connection.execute(statement)):
                if not _is_of_state(row.subject, context):
                    weight = table().kinds[row.kind].weight
                    tie = Tie(known[row.hmac], CaseState.CONFIRMED, row.kind, row.shown, weight)
                    found.setdefault(row.subject, tie)
    in_cases = set(connection.scalars(select(case_subjects.c.subject)))
    return {subject: tie for subject, tie in found.items() if subject not in in_cases}


def _of_confirmed(connection: Connection, rows: Table) -> dict[str, int]:
    """HMAC → the first confirmed case of which a subject shows it, of values that alone tie whoever shows them."""
    personal = [name for name, kind in table().kinds.items() if not kind.site and kind.weight >= table().together]
    held = (
        select(rows.c.hmac, cases.c.id)
        .join(judgements, judgements.c.id == rows.c.judgement_id)
        .join(case_subjects, case_subjects.c.subject == judgements.c.subject)
        .join(cases, cases.c.id == case_subjects.c.case_id)
        .where(cases.c.state == CaseState.CONFIRMED, rows.c.kind.in_(personal), newest())
        .order_by(cases.c.id.desc())
    )
    return {row.hmac: row.id for row in connection.execute(held)}


def _rare(found: Iterable[Row[tuple[str, str, str, str]]]) -> Iterator[Row[tuple[str, str, str, str]]]:
    by_value: defaultdict[str, list[Row[tuple[str, str, str, str]]]] = defaultdict(list)
    for row in found:
        by_value[row.hmac].append(row)
    for carriers in by_value.values():
        if len({row.subject for row in carriers}) <= MAX_CARRIERS:
            yield from carriers


def _is_of_state(subject: str, context: Context) -> bool:
    kind, _, name = subject.partition(":")
    host = urlsplit("//" + name).hostname or "" if kind == "site" else ""
    return bool(host) and context.registry.owner(host)[0] in (Owner.OFFICIAL, Owner.STATE)

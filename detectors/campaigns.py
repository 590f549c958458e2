"""Campaigns: subjects that belong together, under numbers that stay when groups grow, merge or fall apart."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from detectors.base import DetectorsError
from detectors.gathering import Gathering
from detectors.tables import campaign_subjects, campaign_ties, campaigns
from detectors.ties import Group, Tie, groups

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, RowMapping

    from detectors.context import Context


class NoCampaign(DetectorsError):
    """No campaign ever had this number."""


MAX_TIES = 60
"""Of one campaign; the weightiest are kept."""


@dataclass(frozen=True, slots=True)
class KeptTie:
    """A tie as it stands in a row; `seen` names each subject with the capture that shows the value."""

    kind: str
    key: str
    shown: str
    weight: float
    carriers: int
    seen: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Campaign:
    """`merged_into` is the number of the older campaign that took its subjects."""

    id: int
    opened_at: str
    updated_at: str
    merged_into: int | None
    subjects: tuple[str, ...]
    ties: tuple[KeptTie, ...]

    @property
    def label(self) -> str:
        return f"K-{self.id:06d}"


def build(
    connection: Connection,
    context: Context,
    *,
    now: str,
    excluded: Collection[str] = (),
    related: Sequence[Sequence[str]] = (),
) -> int:
    """Bring the campaigns to what is stored now; returns how many hold subjects. Nothing changes twice.

    A campaign holds at least one flagged subject; subjects at watch may belong to it. What `excluded` subjects show
    counts as innocent; subjects that are `related` have been put into one case by people.
    """
    gathering = Gathering(connection, context, excluded)
    found = [one for one in groups(gathering.values(), related) if gathering.flagged.intersection(one.subjects)]
    held = _numbers(connection.execute(select(campaign_subjects)))
    heirs = _heirs(found, held)
    numbers = [_number(connection, position, heirs, now) for position in range(len(found))]
    for number, group in zip(numbers, found, strict=True):
        _keep(connection, number, group, held, now)
    _release(connection, {subject for group in found for subject in group.subjects}, held)
    _merge(connection, numbers, heirs, now)
    return len(found)


def _heirs(found: Sequence[Group], held: Mapping[str, int]) -> dict[int, int]:
    """For each number, which group it goes to: the one with most of its subjects, then the first by name."""
    shares: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for position, group in enumerate(found):
        for subject in group.subjects:
            if subject in held:
                shares[held[subject]][position] += 1
    return {number: max(share, key=lambda one: (share[one], -one)) for number, share in shares.items()}


def _number(connection: Connection, position: int, heirs: Mapping[int, int], now: str) -> int:
    """The oldest number that goes to the group, or a new one."""
    inherited = [number for number, heir in heirs.items() if heir == position]
    if inherited:
        return min(inherited)
    row = insert(campaigns).values(opened_at=now, updated_at=now).returning(campaigns.c.id)
    return int(connection.execute(row).scalar_one())


def _keep(connection: Connection, number: int, group: Group, held: Mapping[str, int], now: str) -> None:
    of_campaign = campaign_ties.c.campaign_id == number
    ties = [_row(number, tie) for tie in group.ties[:MAX_TIES]]
    known = connection.execute(select(campaign_ties).where(of_campaign)).mappings()
    members = {subject for subject, held_by in held.items() if held_by == number}
    if members == set(group.subjects) and _same(map(dict, known), ties):
        return
    connection.execute(delete(campaign_ties).where(of_campaign))
    connection.execute(delete(campaign_subjects).where(campaign_subjects.c.subject.in_(group.subjects)))
    rows = [{"subject": subject, "campaign_id": number} for subject in group.subjects]
    connection.execute(insert(campaign_subjects), rows)
    if ties:
        connection.execute(insert(campaign_ties), ties)
    connection.execute(update(campaigns).where(campaigns.c.id == number).values(updated_at=now, merged_into=None))


def _same(known: Iterable[Mapping[str, Any]], ties: Iterable[Mapping[str, Any]]) -> bool:
    def order(rows: Iterable[Mapping[str, Any]]) -> list[str]:
        return sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)

    return order(known) == order(ties)


def _row(number: int, tie: Tie) -> dict[str, Any]:
    seen = [{"subject": subject, "capture": capture} for subject, capture in tie.seen]
    return {
        "campaign_id": number,
        "kind": tie.value.kind,
        "hmac": tie.value.key,
        "shown": tie.value.shown,
        "weight": round(tie.weight, 4),
        "carriers": tie.carriers,
        "seen": json.dumps(seen, ensure_ascii=False, separators=(",", ":")),
    }


def _release(connection: Connection, grouped: Collection[str], held: Mapping[str, int]) -> None:
    """Subjects that no longer belong to anybody, and ties of campaigns that hold none."""
    alone = [subject for subject in held if subject not in grouped]
    connection.execute(delete(campaign_subjects).where(campaign_subjects.c.subject.in_(alone)))
    left = select(campaign_subjects.c.campaign_id)
    connection.execute(delete(campaign_ties).where(campaign_ties.c.campaign_id.not_in(left)))


def _merge(connection: Connection, numbers: Sequence[int], heirs: Mapping[int, int], now: str) -> None:
    """Numbers whose subjects went to an older campaign point to it."""
    for number, heir in heirs.items():
        if numbers[heir] != number:
            values = {"merged_into": numbers[heir], "updated_at": now}
            connection.execute(update(campaigns).where(campaigns.c.id == number).values(values))


def find(connection: Connection) -> list[Campaign]:
    """Campaigns that hold subjects, the largest first, then the oldest."""
    numbers = connection.scalars(select(campaign_subjects.c.campaign_id).distinct()).all()
    found = [get(connection, number) for number in numbers]
    return sorted(found, key=lambda one: (-len(one.subjects), one.id))


def get(connection: Connection, number: int) -> Campaign:
    """The campaign of a number; of one that was merged, the one that holds its subjects now."""
    row = connection.execute(select(campaigns).where(campaigns.c.id == number)).mappings().first()
    if row is None:
        raise NoCampaign(f"no campaign has the number {number}: see `zhengshao campaign list`")
    if row["merged_into"] is not None:
        return get(connection, int(row["merged_into"]))
    of_campaign = campaign_subjects.c.campaign_id == number
    subjects = connection.scalars(select(campaign_subjects.c.subject).where(of_campaign)).all()
    order = (campaign_ties.c.weight.desc(), campaign_ties.c.kind, campaign_ties.c.hmac)
    ties = connection.execute(select(campaign_ties).where(campaign_ties.c.campaign_id == number).order_by(*order))
    names = ("id", "opened_at", "updated_at", "merged_into")
    return Campaign(
        **{name: row[name] for name in names},
        subjects=tuple(sorted(subjects)),
        ties=tuple(_tie(tie) for tie in ties.mappings()),
    )


def _tie(row: RowMapping) -> KeptTie:
    seen = tuple((one["subject"], one["capture"]) for one in json.loads(row["seen"]))
    return KeptTie(row["kind"], row["hmac"], row["shown"], row["weight"], row["carriers"], seen)


def of_subjects(connection: Connection, subjects: Iterable[str]) -> dict[str, int]:
    """Subject → number of its campaign, for those that belong to one."""
    wanted = campaign_subjects.c.subject.in_(list(subjects))
    return _numbers(connection.execute(select(campaign_subjects).where(wanted)))


def _numbers(rows: Iterable[Row[Any]]) -> dict[str, int]:
    return {row.subject: row.campaign_id for row in rows}

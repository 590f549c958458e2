"""Kits as the store holds them: what pages of confirmed cases are made of, less what innocent pages show too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from detectors.base import Axis, Level
from detectors.kits import MAKE, Kit
from detectors.tables import judgements, newest, traces, verdicts

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A case that people found true, as far as detectors need it."""

    label: str
    cls: str
    imitates: str
    axis: Axis
    subjects: frozenset[str]


def load(connection: Connection, confirmed: Sequence[Confirmed]) -> tuple[Kit, ...]:
    """One kit a case; a case whose pages show nothing of their own has none."""
    shown = _shown(connection, sorted({subject for case in confirmed for subject in case.subjects}))
    common = _innocent(connection, sorted({key for features in shown.values() for key in features}))
    found = []
    for case in confirmed:
        held = {key: kind for subject in case.subjects for key, kind in shown.get(subject, {}).items()}
        features = {key: kind for key, kind in held.items() if key not in common}
        if features:
            found.append(Kit(case.label, case.cls, case.imitates, case.axis, case.subjects, features))
    return tuple(found)


def _shown(connection: Connection, subjects: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for some in _chunks(subjects):
        statement = (
            select(judgements.c.subject, traces.c.hmac, traces.c.kind)
            .join(judgements, judgements.c.id == traces.c.judgement_id)
            .where(newest(), judgements.c.subject.in_(some), traces.c.kind.in_(MAKE))
        )
        for row in connection.execute(statement):
            found.setdefault(row.subject, {})[row.hmac] = row.kind
    return found


def _innocent(connection: Connection, keys: Sequence[str]) -> frozenset[str]:
    """Those that a page shows of a subject nobody ever accused."""
    accused = select(judgements.c.subject).join(verdicts).where(verdicts.c.level != Level.CLEAR.value)
    found: set[str] = set()
    for some in _chunks(keys):
        statement = (
            select(traces.c.hmac)
            .join(judgements, judgements.c.id == traces.c.judgement_id)
            .where(traces.c.hmac.in_(some), judgements.c.subject.not_in(accused))
            .distinct()
        )
        found.update(connection.scalars(statement))
    return frozenset(found)


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _CHUNK):
        yield names[start : start + _CHUNK]

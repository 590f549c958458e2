"""What the detectors flagged, as suspects: tonight's for preservation, everything kept for cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from detectors.base import Level
from detectors.judge import SubjectAssessment, latest_assessments
from detectors.tables import judgements, verdicts
from review.cases import Suspect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawlers.store import Store

CHUNK = 200
"""Subjects whose judgements are in memory at a time."""


def suspects(store: Store, *, night: str | None = None) -> list[Suspect]:
    """Subjects with a flag on either axis, the worst first.

    With `night` as that night's captures show them; without, as all that is kept does, whichever night fetched it
    or whoever handed it in.
    """
    found = [suspect_of(subject) for subject in _assessed(store, night) if _flagged(subject)]
    return sorted(found, key=lambda suspect: (-suspect.score, suspect.subject))


def _assessed(store: Store, night: str | None) -> Iterator[SubjectAssessment]:
    accused = select(judgements.c.subject).join(verdicts).where(verdicts.c.level == Level.FLAG.value).distinct()
    with store.read() as connection:
        names = connection.execute(accused.order_by(judgements.c.subject)).scalars().all()
    for start in range(0, len(names), CHUNK):
        yield from latest_assessments(store, night=night, subjects=names[start : start + CHUNK])


def _flagged(subject: SubjectAssessment) -> bool:
    return Level.FLAG in {subject.impersonation.level, subject.selling.level}


def suspect_of(subject: SubjectAssessment) -> Suspect:
    """A subject as a case takes it, under the verdict that accuses more."""
    main = subject.main
    return Suspect(
        subject=subject.subject,
        title=subject.title or subject.subject,
        cls=main.cls,
        score=main.score,
        imitates=subject.impersonation.imitates if subject.impersonation.level is Level.FLAG else "",
        assessment={
            "impersonation": subject.impersonation.as_json(),
            "selling": subject.selling.as_json(),
            "contacts": [dict(contact) for contact in subject.contacts],
        },
        capture_ids=subject.capture_ids,
    )

"""What the detectors left of the night, as suspects for preservation and cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detectors.base import Level
from detectors.judge import SubjectAssessment, latest_assessments
from review.cases import Suspect

if TYPE_CHECKING:
    from review.night.ground import Ground


def suspects(ground: Ground) -> list[Suspect]:
    """Subjects with a flag on either axis, the worst first."""
    found = [_suspect(subject) for subject in latest_assessments(ground.store, night=ground.night) if _flagged(subject)]
    return sorted(found, key=lambda suspect: (-suspect.score, suspect.subject))


def _flagged(subject: SubjectAssessment) -> bool:
    return Level.FLAG in {subject.impersonation.level, subject.selling.level}


def _suspect(subject: SubjectAssessment) -> Suspect:
    verdicts = (subject.impersonation, subject.selling)
    main = max(verdicts, key=lambda verdict: (verdict.level is Level.FLAG, verdict.score))
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

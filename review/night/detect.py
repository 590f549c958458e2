"""Stage 3: everything not yet judged by the present detectors is judged; what they want fetched next becomes Tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawlers.marks import mark
from detectors.judge import JudgeReport, judge_pending, pending_followups
from review.night.targets import from_followups

if TYPE_CHECKING:
    from review.night.ground import Ground


def detect(ground: Ground) -> JudgeReport:
    report = judge_pending(ground.store, ground.archive, ground.context, blobs=ground.blobs)
    mark("detect-ended")
    return report


def plan_followups(ground: Ground, round_: int) -> int:
    """At most `followups_per_subject` of each subject; what an earlier round fetched is not planned again."""
    share = ground.config.settings.night.followups_per_subject
    wanted = pending_followups(ground.store, night=ground.night, per_subject=share)
    return ground.store.plan(from_followups(ground.config, ground.night, wanted, round_=round_))

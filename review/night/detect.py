"""Stage 3: everything not yet judged by the present detectors is judged; what they want fetched next becomes Tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawlers.imports import NIGHT as IMPORTS
from crawlers.marks import mark
from crawlers.urls import canonical
from detectors.judge import JudgeReport, judge_pending, pending_followups
from review.night.handed_in import never_asked
from review.night.targets import from_followups

if TYPE_CHECKING:
    from detectors.base import FollowUp
    from review.night.ground import Ground


def detect(ground: Ground) -> JudgeReport:
    report = judge_pending(ground.store, ground.archive, ground.context, blobs=ground.blobs)
    mark("detect-ended")
    return report


def plan_followups(ground: Ground, round_: int) -> int:
    """At most `followups_per_subject` of each subject; what an earlier round fetched is not planned again."""
    share = ground.config.settings.night.followups_per_subject
    wanted = pending_followups(ground.store, night=ground.night, per_subject=share)
    wanted += _of_imports(ground, share)
    return ground.store.plan(from_followups(ground.config, ground.night, wanted, round_=round_))


def _of_imports(ground: Ground, share: int) -> list[FollowUp]:
    """What pages that were handed in lead to and no night has visited."""
    wanted = {canonical(one.url): one for one in pending_followups(ground.store, night=IMPORTS, per_subject=share)}
    with ground.store.read() as connection:
        return [wanted[address] for address in never_asked(connection, wanted)]

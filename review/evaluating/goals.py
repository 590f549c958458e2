"""Goals an evaluation must reach: `recall=0.95,fpr=0.01,fpr@training=0,recall@hidden=0.9`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from detectors.base import Level
from review.errors import ReviewError
from review.strings import GOAL_FORM, GOAL_MISSED, GOAL_NOTHING

if TYPE_CHECKING:
    from review.evaluating.evaluation import Evaluation

Metric = Literal["recall", "precision", "fpr"]
_AT_MOST = {"fpr"}
_METRICS = ("recall", "precision", "fpr")


class GoalError(ReviewError):
    """A goal that is not written as one."""


@dataclass(frozen=True, slots=True)
class Goal:
    """`bound` is a minimum of recall and precision, a maximum of the false-positive rate.

    `group` is any label, difficulty, family or axis; empty for all rows of each axis.
    """

    metric: Metric
    bound: float
    group: str = ""

    @property
    def name(self) -> str:
        return f"{self.metric}@{self.group}" if self.group else self.metric


def parse(written: str) -> list[Goal]:
    return [_goal(part.strip()) for part in written.split(",") if part.strip()]


def _goal(part: str) -> Goal:
    name, _, value = part.partition("=")
    metric, _, group = name.strip().partition("@")
    try:
        bound = float(value)
    except ValueError:
        bound = -1.0
    if metric not in _METRICS or not 0 <= bound <= 1:
        raise GoalError(GOAL_FORM.format(written=part))
    return Goal(cast("Metric", metric), bound, group)


def missed(goals: list[Goal], found: Evaluation) -> list[str]:
    """A sentence for each goal that is not reached; what could not be counted is not reached."""
    return [sentence for goal in goals for sentence in _missed(goal, found)]


def _missed(goal: Goal, found: Evaluation) -> Iterator[str]:
    """With no group every axis on which the share can be counted must reach the goal."""
    names = [goal.group] if goal.group else list(found.overall)
    shares = [
        (axis, getattr(tally.at[Level.FLAG], goal.metric)) for name in names for axis, tally in found.tallies(name)
    ]
    counted = [(axis, share) for axis, share in shares if share.value is not None]
    if not counted:
        yield GOAL_NOTHING.format(goal=goal.name)
    for axis, share in counted:
        if share.value > goal.bound if goal.metric in _AT_MOST else share.value < goal.bound:
            yield GOAL_MISSED.format(
                goal=goal.name, axis=axis, value=share.value, part=share.part, whole=share.whole, bound=goal.bound
            )

"""All judged rows added up: shares by label, difficulty and family, agreement of classes, and every confusion."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from detectors.base import Level
from review.evaluating.counts import Share, Tally
from review.evaluating.judged import Judged, Outcome

GROUPS = ("label", "difficulty", "family")
_STATE = "中华人民共和国"
_SHOWN_LABELS = ("label", "difficulty", "family", "class")

Tallies = dict[str, Tally]
"""By axis."""


@dataclass(slots=True)
class Evaluation:
    overall: Tallies = field(default_factory=dict)
    groups: dict[str, dict[str, Tallies]] = field(default_factory=lambda: {key: {} for key in GROUPS})
    classes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Class a selling row is labelled with, to the classes of its verdicts at `watch` or above."""
    confusions: list[dict[str, Any]] = field(default_factory=list)
    misnamed: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def agreement(self) -> Share:
        """Of the rows with a class whose text was noticed, those that got that class."""
        agreed = sum(said[cls] for cls, said in self.classes.items())
        return Share(agreed, sum(said.total() for said in self.classes.values()))

    def tallies(self, name: str) -> Iterator[tuple[str, Tally]]:
        """(axis, tally) of every group called `name`, whether that is a label, a difficulty, a family or an axis."""
        if name in self.overall:
            yield name, self.overall[name]
        for named in self.groups.values():
            yield from named.get(name, {}).items()

    def as_json(self) -> dict[str, Any]:
        groups = {
            key: {name: _as_json(tallies) for name, tallies in sorted(named.items())}
            for key, named in self.groups.items()
        }
        return {
            "overall": _as_json(self.overall),
            **groups,
            "classes": {cls: dict(said.most_common()) for cls, said in sorted(self.classes.items())},
            "class_agreement": self.agreement.as_json(),
            "confusions": self.confusions,
            "misnamed": self.misnamed,
            "errors": self.errors,
        }


def _as_json(tallies: Tallies) -> dict[str, Any]:
    return {axis: tally.as_json() for axis, tally in tallies.items()}


def evaluate(judged: Iterable[Judged], *, blind: bool = False) -> Evaluation:
    """`blind` leaves out of the confusions whatever would show what the texts say."""
    found = Evaluation()
    for one in judged:
        found.errors += [{"id": one.id, "error": error} for error in one.errors]
        for outcome in one.outcomes:
            _count(found, one, outcome)
            if outcome.wrong:
                found.confusions.append(_confusion(one, outcome, blind))
            elif _misnamed(one, outcome):
                names = {"imitates": one.labels["imitates"], "named": outcome.imitates}
                found.misnamed.append({"id": one.id, **names})
    return found


def _count(found: Evaluation, one: Judged, outcome: Outcome) -> None:
    found.overall.setdefault(outcome.axis, Tally()).add(truth=outcome.truth, level=outcome.level)
    for key, named in found.groups.items():
        if one.labels.get(key) is not None:
            tallies = named.setdefault(str(one.labels[key]), {})
            tallies.setdefault(outcome.axis, Tally()).add(truth=outcome.truth, level=outcome.level)
    cls = one.labels.get("class")
    if outcome.axis == "selling" and outcome.truth and outcome.level is not Level.CLEAR and isinstance(cls, str):
        found.classes[cls][outcome.cls] += 1


def _misnamed(one: Judged, outcome: Outcome) -> bool:
    """Whether neither name contains the other, the state's name before a ministry's aside; an expectation that is not
    given is met."""
    if outcome.axis != "impersonation" or not outcome.truth:
        return False
    expected, said = str(one.labels.get("imitates") or "").removeprefix(_STATE), outcome.imitates
    return bool(expected) and (not said or (expected not in said and said not in expected))


def _confusion(one: Judged, outcome: Outcome, blind: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": one.id,
        "axis": outcome.axis,
        "truth": outcome.truth,
        "verdict": outcome.level.value,
        "class": outcome.cls,
        "label": one.labels.get("label", ""),
        "labels": {key: one.labels[key] for key in _SHOWN_LABELS if one.labels.get(key) is not None},
    }
    if not blind:
        told |= {"excerpt": outcome.excerpt, "reasons": list(outcome.reasons), "nearly": list(outcome.nearly)}
    return told

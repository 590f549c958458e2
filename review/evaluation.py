"""How well judgements agree with labels: precision, recall, false-positive rate with intervals; confusions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from detectors.base import Level

if TYPE_CHECKING:
    from detectors.base import Assessment, Verdict
    from review.assessing import Document

_Z95 = 1.959963984540054
AXES = {"selling": "is_selling", "impersonation": "is_impersonation"}
"""Axis to the row's key that holds the truth of it."""


@dataclass(slots=True)
class Count:
    """A 2 × 2 table; `positive` is a verdict `flag`."""

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0
    true_negative: int = 0

    def add(self, *, truth: bool, flagged: bool) -> None:
        name = ("true" if truth == flagged else "false") + ("_positive" if flagged else "_negative")
        setattr(self, name, getattr(self, name) + 1)

    def as_json(self) -> dict[str, Any]:
        found, wrong = self.true_positive, self.false_positive
        return {
            "rows": found + wrong + self.false_negative + self.true_negative,
            "precision": _share(found, found + wrong),
            "recall": _share(found, found + self.false_negative),
            "false_positive_rate": _share(wrong, wrong + self.true_negative),
        }


@dataclass(slots=True)
class Evaluation:
    """Counts per axis for all rows, and per label and difficulty; `confusions` say why each wrong row was judged so."""

    overall: dict[str, Count] = field(default_factory=dict)
    groups: dict[str, dict[str, dict[str, Count]]] = field(default_factory=dict)
    confusions: list[dict[str, Any]] = field(default_factory=list)
    misnamed: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        groups = {
            key: {
                name: {axis: count.as_json() for axis, count in counts.items()}
                for name, counts in sorted(named.items())
            }
            for key, named in self.groups.items()
        }
        return {
            "overall": {axis: count.as_json() for axis, count in self.overall.items()},
            **groups,
            "confusions": self.confusions,
            "misnamed": self.misnamed,
        }


def evaluate(judged: Iterable[tuple[Document, Assessment]]) -> Evaluation:
    found = Evaluation(groups={"label": {}, "difficulty": {}, "family": {}})
    for document, assessment in judged:
        for axis, truth, verdict in _truths(document, assessment):
            flagged = verdict.level is Level.FLAG
            found.overall.setdefault(axis, Count()).add(truth=truth, flagged=flagged)
            for key, named in found.groups.items():
                if key in document.row:
                    counts = named.setdefault(str(document.row[key]), defaultdict(Count))
                    counts[axis].add(truth=truth, flagged=flagged)
            if truth != flagged:
                found.confusions.append(_confusion(document, axis, truth, verdict))
            elif truth and axis == "impersonation" and not _names(document.row.get("imitates", ""), verdict.imitates):
                found.misnamed.append(
                    {"id": document.id, "imitates": document.row["imitates"], "named": verdict.imitates}
                )
    return found


def _truths(document: Document, assessment: Assessment) -> Iterator[tuple[str, bool, Verdict]]:
    for axis, key in AXES.items():
        truth = document.row.get(key)
        if isinstance(truth, bool):
            yield axis, truth, getattr(assessment, axis)


def _names(expected: str, said: str) -> bool:
    """Whether one name contains the other; an expectation that is not given is met."""
    return not expected or (bool(said) and (expected in said or said in expected))


def _confusion(document: Document, axis: str, truth: bool, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": document.id,
        "axis": axis,
        "truth": truth,
        "verdict": verdict.level.value,
        "class": verdict.cls,
        "label": document.row.get("label", ""),
        "reasons": [f"{signal.reason}：“{signal.quote[:60]}”" for signal in verdict.signals[:3]],
    }


def _share(part: int, whole: int) -> dict[str, Any]:
    """The share with its 95 % Wilson score interval (Wilson 1927); `value` is null when there is nothing to count."""
    low, high = wilson(part, whole)
    return {
        "value": round(part / whole, 4) if whole else None,
        "of": whole,
        "low": round(low, 4),
        "high": round(high, 4),
    }


def wilson(part: int, whole: int) -> tuple[float, float]:
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _Z95 * _Z95
    centre = (share + square / (2 * whole)) / (1 + square / whole)
    half = _Z95 * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, centre - half), min(1.0, centre + half)


def table(found: Evaluation) -> Iterator[str]:
    """Lines for people."""
    yield f"{'':24}{'rows':>6}  {'precision':>22}  {'recall':>22}  {'false positives':>22}"
    for axis, count in found.overall.items():
        yield _row(axis, count)
    for key, named in found.groups.items():
        for name, counts in sorted(named.items()):
            yield from (_row(f"{key}={name} {axis}", count) for axis, count in counts.items())
    for one in found.confusions:
        yield f"{'missed' if one['truth'] else 'accused'} {one['id']} {one['axis']} {one['verdict']} {one['class']}"
        yield from (f"    {reason}" for reason in one["reasons"])
    yield from (f"misnamed {one['id']}: {one['imitates']} → {one['named']}" for one in found.misnamed)


def _row(name: str, count: Count) -> str:
    shown = count.as_json()
    shares = (shown["precision"], shown["recall"], shown["false_positive_rate"])
    return f"{name:24}{shown['rows']:>6}  " + "  ".join(f"{_text(share):>22}" for share in shares)


def _text(share: dict[str, Any]) -> str:
    return "–" if share["value"] is None else f"{share['value']:.3f} [{share['low']:.3f}, {share['high']:.3f}]"

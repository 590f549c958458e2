"""What a case's reasons rest on, in a captured page: the kept signals, each at its passage.

Kept quotes are masked, and a page's text may be cut otherwise by a later version of the program: a passage is marked
only where it reads as it was quoted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from detectors.features import Page
from detectors.tables import judgements, verdicts
from review.evidence_view import Mark

MASK = "*"
AXES = ("impersonation", "selling")


def signals_of(connection: Connection, capture_id: int) -> list[dict[str, Any]]:
    """Signals that speak against what a capture shows, by its newest judgement, heaviest first; `name` is `m1`, …"""
    newest = select(judgements.c.id).where(judgements.c.capture_id == capture_id, judgements.c.listing_id.is_(None))
    judged = connection.scalar(newest.order_by(judgements.c.id.desc()).limit(1))
    kept = select(verdicts.c.axis, verdicts.c.signals).where(verdicts.c.judgement_id == judged)
    found = [
        {**signal, "axis": row.axis}
        for row in connection.execute(kept)
        for signal in json.loads(row.signals)
        if signal["weight"] > 0
    ]
    ordered = sorted(found, key=lambda signal: -signal["weight"])
    return [{**signal, "name": f"m{number}"} for number, signal in enumerate(ordered, 1)]


def marks(page: Page, signals: Iterable[Mapping[str, Any]]) -> list[Mark]:
    """One mark for each passage that is still there, the heaviest where they overlap; in the order of the text."""
    kept: list[Mark] = []
    for signal in signals:
        start, end = signal["start"], signal["end"]
        if signal["where"] != "text" or end <= start or not reads_as(page.text[start:end], signal["quote"]):
            continue
        if all(end <= mark.start or start >= mark.end for mark in kept):
            kept.append(Mark(start, end, f"{signal['class']}：{signal['reason']}", signal["name"]))
    return sorted(kept, key=lambda mark: mark.start)


def reads_as(text: str, quote: str) -> bool:
    """Whether a masked quote is of this text."""
    return len(text) == len(quote) and all(
        there == said or said == MASK for there, said in zip(text, quote, strict=True)
    )

"""What follows every judging: cases of the flagged, campaigns of the tied, the watch list of the doubtful."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawlers.marks import mark
from review import watching
from review.campaigns import build as build_campaigns
from review.clock import utc_now
from review.night.open_cases import open_cases

if TYPE_CHECKING:
    from crawlers.store import Store
    from detectors.context import Context


@dataclass(frozen=True, slots=True)
class Settled:
    """`cases` counts what became of them; `campaigns` hold subjects, `watched` wait on the list."""

    cases: Counter[str]
    campaigns: int
    watched: int


def settle(store: Store, context: Context, night: str) -> Settled:
    """Each step takes what the one before left; all may run again. `night` names the run in which cases are found."""
    cases = open_cases(store, night)
    count = build_campaigns(store, context, now=utc_now())
    mark("campaigns-built")
    return Settled(cases, count, watching.refresh(store, context, now=utc_now()))

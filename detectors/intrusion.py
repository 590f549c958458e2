"""An offer on the page of an official host: somebody has put it there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors import strings
from detectors.base import Axis, Signal, detector
from detectors.hosts import Owner
from detectors.pitch import said

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page


@detector("intrusion", version=1, title="网页被植入", axis=Axis.SELLING, budget_ms=5000)
def intrusion(page: Page, context: Context) -> Iterator[Signal]:
    """On an official host an offer in the speaker's own voice is an intrusion, not the organ's offer."""
    if not page.host or context.registry.owner(page.host)[0] not in (Owner.OFFICIAL, Owner.STATE):
        return
    strongest = next(iter(said(page, context)), None)
    if strongest is None or strongest.strength < context.thresholds.selling.flag:
        return
    yield Signal(
        detector="intrusion",
        version=1,
        axis=Axis.SELLING,
        cls=strings.INTRUDED,
        weight=strongest.strength,
        reason=strings.INTRUDED_REASON.format(host=page.host),
        quote=page.text[strongest.start : strongest.end],
        start=strongest.start,
        end=strongest.end,
    )

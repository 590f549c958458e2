"""An offer on the host of a state organ, a school or a hospital: somebody has put it there."""

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


@detector("intrusion", version=2, title="网页被植入", axis=Axis.SELLING, budget_ms=5000)
def intrusion(page: Page, context: Context) -> Iterator[Signal]:
    """On the host of a state organ, a school or a hospital an offer in the speaker's own voice has been put there by
    others: a class of its own, and not the owner's offer."""
    named = _named(page.host, context) if page.host else None
    strongest = next(iter(said(page, context)), None) if named else None
    if named is None or strongest is None or strongest.strength < context.thresholds.selling.flag:
        return
    cls, reason = named
    yield Signal(
        detector="intrusion",
        version=2,
        axis=Axis.SELLING,
        cls=cls,
        weight=strongest.strength,
        reason=reason.format(host=page.host),
        quote=page.text[strongest.start : strongest.end],
        start=strongest.start,
        end=strongest.end,
    )


def _named(host: str, context: Context) -> tuple[str, str] | None:
    """Class and reason for an offer on a host, where its owner is no seller."""
    if context.registry.owner(host)[0] in (Owner.OFFICIAL, Owner.STATE):
        return strings.INTRUDED, strings.INTRUDED_REASON
    return (strings.PLANTED, strings.PLANTED_REASON) if context.registry.is_institution(host) else None

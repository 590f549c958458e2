"""From signals to verdicts: levels by what single clauses weigh, never by how many words a page has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from crawlers.records import PageState
from detectors import strings
from detectors.base import Axis, Level, Signal, Verdict

if TYPE_CHECKING:
    from config.schema import Threshold
    from detectors.context import Context
    from detectors.features import Page

UNREADABLE = frozenset({PageState.BLOCKED, PageState.LOGIN, PageState.UNDECODABLE})
"""States in which a page says nothing about its subject."""
_STEEPNESS = 1.2


def selling(page: Page, signals: Sequence[Signal], context: Context) -> Verdict:
    """The strongest single offer decides; others only move the score."""
    if not signals:
        return _silent(Axis.SELLING, _quiet(page))
    own = _ordered(signals, Axis.SELLING)
    offers = [signal for signal in own if signal.weight > 0 and signal.cls != strings.EVASION]
    level = _level(offers[0].weight if offers else 0.0, context.thresholds.selling)
    cls = _offered(offers) if offers and level is not Level.CLEAR else _quiet(page)
    planted = [signal for signal in offers if signal.cls in (strings.INTRUDED, strings.PLANTED)]
    if planted and level is Level.FLAG:
        cls = planted[0].cls
    return Verdict(axis=Axis.SELLING, level=level, cls=cls, score=_score(offers), signals=tuple(own))


def _offered(offers: Sequence[Signal]) -> str:
    """The class of the strongest. Where that is one clause of the text, the passage that reads most as an offer is
    asked instead, if there is one: the whole of it names better what is sold than the clause that weighs most."""
    if offers[0].detector != "wording":
        return offers[0].cls
    return next((signal.cls for signal in offers if signal.detector == "pitch"), offers[0].cls)


def impersonation(page: Page, signals: Sequence[Signal], context: Context) -> Verdict:
    """Independent marks of one borrowed identity add up; a mark that speaks for the host outweighs all of them."""
    if not signals:
        return _silent(Axis.IMPERSONATION, _quiet(page))
    own = _ordered(signals, Axis.IMPERSONATION)
    against = [signal for signal in own if signal.weight > 0]
    total = min(1.0, sum(signal.weight for signal in against))
    cleared = any(signal.weight <= -1.0 for signal in own)
    level = Level.CLEAR if cleared else _level(total, context.thresholds.impersonation)
    named = level is not Level.CLEAR and against
    return Verdict(
        axis=Axis.IMPERSONATION,
        level=level,
        cls=_class(against) if named else _quiet(page),
        score=0.0 if cleared else _score(against),
        imitates=_imitated(against) if named else "",
        signals=tuple(own),
    )


def _class(against: Sequence[Signal]) -> str:
    """A query page is named before a site, a site before a mere name."""
    present = {signal.cls for signal in against}
    for cls in (strings.FAKE_QUERY, strings.FAKE_SITE):
        if cls in present:
            return cls
    return against[0].cls


def _imitated(against: Sequence[Signal]) -> str:
    """Whom the page itself names goes before whom its address names."""
    named = [signal for signal in against if signal.imitates]
    own = [signal for signal in named if signal.cls in (strings.FAKE_QUERY, strings.FAKE_SITE)]
    return next((signal.imitates for signal in (*own, *named)), "")


def _ordered(signals: Sequence[Signal], axis: Axis) -> list[Signal]:
    own = [signal for signal in signals if signal.axis is axis]
    return (
        own
        if len(own) < 2
        else sorted(own, key=lambda signal: (-abs(signal.weight), -signal.weight, signal.start, signal.cls))
    )


def _level(weight: float, threshold: Threshold) -> Level:
    if weight >= threshold.flag - 1e-9:
        return Level.FLAG
    return Level.WATCH if weight >= threshold.watch - 1e-9 else Level.CLEAR


def _quiet(page: Page) -> str:
    """What a subject is called that shows nothing: `clear` proves nothing about a page that was not read."""
    return strings.UNREADABLE if page.state in UNREADABLE else strings.CLEAR


@cache
def _silent(axis: Axis, cls: str) -> Verdict:
    """Where there is no signal at all."""
    return Verdict(axis=axis, level=Level.CLEAR, cls=cls, score=0.0)


def _score(signals: Sequence[Signal]) -> float:
    return 1.0 - math.exp(-_STEEPNESS * sum(signal.weight for signal in signals)) if signals else 0.0

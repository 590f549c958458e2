"""What nearly spoke in a text that was not flagged: rules that lack one part, and the concepts that were heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.wording import Reader
from review.strings import NEARLY_HEARD, NEARLY_LACKS, NEARLY_UNTIED

if TYPE_CHECKING:
    from config.schema_wording import Rule
    from detectors.context import Context
    from detectors.features import Page
    from detectors.lexicon import Hit

_MAX_ANCHORS = 20
_MAX_RULES = 3
_MAX_HEARD = 8
_MAX_NAMES = 4


def nearly(page: Page, context: Context, masked: str) -> tuple[str, ...]:
    """Sentences; quotations are taken from `masked`, which has the text's length."""
    reader = Reader.of(page, context)
    spoke = {offer.rule.id for offer in reader.offers()}
    found = sorted(_rules(reader, spoke), key=lambda one: -one[0].weight)[:_MAX_RULES]
    lines = [_told(rule, _words(masked, hit), lacks) for rule, hit, lacks in found]
    heard = [
        f"{concept.id}“{_words(masked, hits[0])}”"
        for concept in reader.wording.concept
        if (hits := reader.hits.of(concept.id))
    ]
    return (*lines, NEARLY_HEARD.format(heard="、".join(heard[:_MAX_HEARD]))) if heard else tuple(lines)


def _rules(reader: Reader, spoke: set[str]) -> Iterator[tuple[Rule, Hit, str]]:
    """Each silent rule whose anchor is in the text and which lacks at most one demand, there where it lacks least."""
    for rule in reader.wording.rule:
        if rule.id in spoke:
            continue
        places = ((_lacking(reader, rule, anchor), anchor) for anchor in reader.hits.of(rule.anchor)[:_MAX_ANCHORS])
        lacking, anchor = min(places, key=lambda place: len(place[0]), default=([], None))
        if anchor is not None and len(lacking) <= 1:
            yield rule, anchor, "".join(lacking)


def _lacking(reader: Reader, rule: Rule, anchor: Hit) -> list[str]:
    near = [name for name, window in rule.near.items() if not _within(reader, name, anchor, window)]
    few = [
        f"{count}×{name}"
        for name, count in rule.distinct.items()
        if len({hit.term for hit in _within(reader, name, anchor, rule.distinct_window)}) < count
    ]
    return near + few


def _within(reader: Reader, name: str, anchor: Hit, window: int) -> list[Hit]:
    return reader.hits.within(name, anchor.start, anchor.end, window)


def _told(rule: Rule, quote: str, lacks: str) -> str:
    sentence = NEARLY_LACKS if lacks else NEARLY_UNTIED
    names = lacks.split("|")
    lacks = "|".join(names[:_MAX_NAMES]) + ("|…" if len(names) > _MAX_NAMES else "")
    return sentence.format(rule=rule.id, named=rule.named, quote=quote, lacks=lacks)


def _words(text: str, hit: Hit) -> str:
    return " ".join(text[hit.start : hit.end].split())

"""Which certificate a promise is about: the one in its own sentence, else in the one beside it, else in the title."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.schema_wording import Rule
    from detectors.base import Contact
    from detectors.features import Page
    from detectors.hits import Hits
    from detectors.lexicon import Hit
    from detectors.speakers import Speakers

_NEIGHBOURS = 2
"""Sentences, or short lines of one block, over which one offer may be spread."""
_SHORT_CHARS = 60
_REACHED_CHARS = 150
_MUST = "must"
_TITLES = frozenset({"title", "h1"})


class Links:
    """Answers for one page."""

    def __init__(self, page: Page, hits: Hits, speakers: Speakers, personal: Sequence[Contact]) -> None:
        self.page = page
        self.hits = hits
        self.speakers = speakers
        self.personal = personal
        self._titles, self._headings = page.of_kind("title")[:1], page.of_kind("h1")[:1]
        self._demands: dict[tuple[int, int], bool] = {}
        self._reaches: dict[tuple[int, int], tuple[int, int]] = {}

    def first_held(self, anchor: Hit, hits: Sequence[Hit]) -> Hit | None:
        """The first of some hits that belongs to the offer of a rule's anchor."""
        low, high = self._reach(anchor) if hits else (0, 0)
        return next((hit for hit in hits if low <= hit[0] < high and self.hold(anchor, hit)), None)

    def hold(self, anchor: Hit, hit: Hit) -> bool:
        """Whether `hit` and the anchor of a rule belong to one offer."""
        if self.page.kind == "listing":
            return True
        apart = self._sentences_apart(anchor, hit)
        if apart == 0:
            return True
        if apart > _NEIGHBOURS or not self._same_block(anchor, hit):
            return False
        return not self._says_must(anchor) and not self._says_must(hit)

    def _reach(self, anchor: Hit) -> tuple[int, int]:
        """Where that begins which may belong to an anchor."""
        place = anchor[:2]
        if place not in self._reaches:
            ends = self.speakers.ends
            first, last = bisect_right(ends, anchor.start), bisect_right(ends, anchor.end - 1)
            low = ends[first - _NEIGHBOURS - 1] if first > _NEIGHBOURS else 0
            high = ends[min(last + _NEIGHBOURS, len(ends) - 1)]
            self._reaches[place] = (0, ends[-1]) if self.page.kind == "listing" else (low, high)
        return self._reaches[place]

    def in_title(self, concept: str, anchor: Hit) -> Hit | None:
        """The hit in the page's title or first heading, where the anchor's speaker can be reached beside it."""
        if not self._reachable(anchor) or self._says_must(anchor):
            return None
        for passage in (*self._titles, *self._headings):
            found = self.hits.within(concept, passage.start, passage.end, 0)
            if found:
                return found[0]
        return None

    def about_another(self, rule: Rule, anchor: Hit) -> bool:
        """Whether the sentence speaks of another trade: insurance, translation, a company's licences.

        An offer's title names the goods, wherever in the offer the anchor stands (a shop's name, say).
        """
        others = [name for name in rule.excluded_by if name in self.hits.possible]
        if not others:
            return False
        spans = [self.speakers.sentence(anchor.start, anchor.end)]
        if self.page.kind == "listing":
            spans += [(passage.start, passage.end) for passage in self._titles]
        return any(
            start <= hit.start < end
            for start, end in spans
            for name in others
            for hit in self.hits.within(name, start, end, 0)
        )

    def _reachable(self, anchor: Hit) -> bool:
        near = (anchor.start - _REACHED_CHARS, anchor.end + _REACHED_CHARS)
        return any(near[0] <= contact.start <= near[1] for contact in self.personal) or (
            bool(self.hits.within("self", *near, 0)) and bool(self.hits.within("reach", *near, 0))
        )

    def _says_must(self, hit: Hit) -> bool:
        """Whether its sentence says what the law asks for."""
        if not self.hits.of(_MUST):
            return False
        place = hit[:2]
        known = self._demands.get(place)
        if known is None:
            known = self._demands[place] = bool(self.hits.within(_MUST, *self.speakers.sentence(*place), 0))
        return known

    def _sentences_apart(self, anchor: Hit, hit: Hit) -> int:
        ends = self.speakers.ends
        first, last = bisect_right(ends, anchor.start), bisect_right(ends, anchor.end - 1)
        other = bisect_right(ends, hit.start)
        return max(0, first - other, other - last)

    def _same_block(self, anchor: Hit, hit: Hit) -> bool:
        """Within one passage, or in passages beside each other of which one is a short line."""
        first, last = sorted((anchor, hit))
        # words read in columns span many lines and may overlap
        here, there = sorted((self.page.passage_index(first.end - 1), self.page.passage_index(last.start)))
        if here == there:
            return True
        if there - here > _NEIGHBOURS:
            return False
        between = self.page.passages[here : there + 1]
        return all(one.kind == between[0].kind or one.kind in _TITLES for one in between) and any(
            one.end - one.start <= _SHORT_CHARS for one in (between[0], between[-1])
        )

"""Which certificate a promise is about: the one in its own sentence, else in the one beside it, else in the title."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from detectors.lazy import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


class _Reach(NamedTuple):
    """Where that begins which may belong to an anchor: from `low` to `high`, of that in its own sentences from `first`
    to `last`."""

    low: int
    first: int
    last: int
    high: int


class Links:
    """Answers for one page."""

    def __init__(self, page: Page, hits: Hits, speakers: Speakers, personal: Sequence[Contact]) -> None:
        self.page = page
        self.hits = hits
        self.speakers = speakers
        self.personal = personal
        self._titles, self._headings = page.of_kind("title")[:1], page.of_kind("h1")[:1]
        self._demands: dict[tuple[int, int], bool] = {}
        self._reaches: dict[tuple[int, int], _Reach] = {}

    def first_held(self, anchor: Hit, hits: Iterable[Hit]) -> Hit | None:
        """The first of some hits that belongs to the offer of a rule's anchor."""
        return next((hit for hit in hits if self.hold(anchor, hit)), None)

    def hold(self, anchor: Hit, hit: Hit) -> bool:
        """Whether `hit` and the anchor of a rule belong to one offer."""
        low, first, last, high = self._reaches.get(anchor[:2]) or self._reach(anchor)
        if first <= hit[0] < last:
            return True
        if not low <= hit[0] < high or not self._same_block(anchor, hit):
            return False
        return not self._says_must(anchor) and not self._says_must(hit)

    def _reach(self, anchor: Hit) -> _Reach:
        edges = self._edges
        first, last = bisect_right(edges, anchor.start) - 1, bisect_right(edges, anchor.end - 1)
        low, high = max(0, first - _NEIGHBOURS), min(last + _NEIGHBOURS, len(edges) - 1)
        reach = self._reaches[anchor[:2]] = _Reach(edges[low], edges[first], edges[last], edges[high])
        return reach

    @lazy
    def _edges(self) -> tuple[int, ...]:
        """Where sentences begin, and where the last one ends; an offer that is listed is one."""
        return (0, len(self.page.text) + 1) if self.page.kind == "listing" else (0, *self.speakers.ends)

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

    def _same_block(self, anchor: Hit, hit: Hit) -> bool:
        """Within one passage, or in passages beside each other of which one is a short line."""
        first, last = (anchor, hit) if anchor < hit else (hit, anchor)
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

"""Who is speaking: whether an offer at a place in a text is the speaker's own or quoted, negated, reported, asked."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import takewhile
from operator import attrgetter
from typing import TYPE_CHECKING

from detectors.lazy import lazy
from detectors.text import sentence_ends

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.schema_wording import Frame
    from detectors.base import Contact
    from detectors.features import Page, Passage
    from detectors.hits import Hits
    from detectors.lexicon import Hit

_QUOTED = re.compile(r"“[^“”]{1,300}”|「[^「」]{1,300}」|『[^『』]{1,300}』|‘[^‘’]{1,300}’|\"[^\"\n]{1,200}\"")
_CLAUSE_BREAK = re.compile(r"[，,。；;：:！!？?\n]")
_MAX_SENTENCE_CHARS = 240
_NEAR_QUOTE_CHARS = 200
_NAME_CHARS = 8
"""A quotation so short, its marks among them, may be a name."""
_NEAR_PASSAGES, _SHORT_CHARS = 3, 80
"""So many passages before and after one may belong to what it says, as long as they are so short."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The frame that takes an offer from the speaker, and the words that show it."""

    frame: Frame
    start: int
    end: int


class Speakers:
    """Answers for one page; `personal` are contacts by which its author can be reached."""

    def __init__(self, page: Page, hits: Hits, frames: Sequence[Frame], personal: Sequence[Contact]) -> None:
        self.page = page
        self.hits = hits
        self._known_frames = frames
        self.personal = personal
        self.ends = sentence_ends(page.text)
        self.quotes = [match.span() for match in _QUOTED.finditer(page.text)]
        self.quote_starts = [start for start, _ in self.quotes]
        self._known: dict[tuple[int, int], Spoken | None] = {}
        self._beside: dict[int, tuple[int, int]] = {}

    @lazy
    def frames(self) -> list[Frame]:
        """Those of which something is in the text, in the order of the configuration."""
        hits = self.hits
        here = {called for name, called in hits.frames.items() if name in hits.possible and hits.of(name)}
        return [one for one in self._known_frames if one.id in here or one.scope == "quoted"]

    def frame_of(self, offer: Hit) -> Spoken | None:
        """The first frame, in the order of the configuration, that holds for `offer`."""
        place = (offer.start, offer.end)
        if place not in self._known:
            self._known[place] = self._frame_of(offer)
        return self._known[place]

    def _frame_of(self, offer: Hit) -> Spoken | None:
        quote = self.quote_around(offer)
        sentence = self.sentence(*(quote or (offer.start, offer.end)))
        for frame in self.frames:
            spoken = self._applies(frame, offer, sentence, quote)
            if spoken is not None:
                return spoken
        return None

    def _applies(
        self, frame: Frame, offer: Hit, sentence: tuple[int, int], quote: tuple[int, int] | None
    ) -> Spoken | None:
        name = f"frame:{frame.id}"
        if frame.scope == "before":
            return self._before(frame, offer)
        if frame.scope == "after":
            return None if self._yields(frame, offer, sentence, quote) else self._after(frame, offer)
        if frame.scope == "quoted":
            if quote is None or self._reachable_outside(quote) or self._names_own(quote, sentence):
                return None
            return Spoken(frame, *quote)
        scope = self._scope(frame, offer, sentence)
        found = [hit for hit in self._in(name, scope) if not (hit.start >= offer.start and hit.end <= offer.end)]
        if len({hit.term for hit in found}) < frame.count or self._yields(frame, offer, sentence, quote):
            return None
        return Spoken(frame, found[0].start, found[0].end)

    def _scope(self, frame: Frame, offer: Hit, sentence: tuple[int, int]) -> tuple[int, int]:
        if frame.scope == "sentence":
            return sentence
        if frame.scope == "passage":
            return self.passage(offer)
        return offer.end, min(offer.end + frame.gap, self.beside(offer.start)[1])

    def beside(self, offset: int) -> tuple[int, int]:
        """What may belong to what is said at a place: its own passage and short ones around it; what is pasted above
        and below an offer is long."""
        first = max(0, self.page.passage_index(offset))
        if first not in self._beside:
            passages = self.page.passages
            before = takewhile(_is_short, reversed(passages[max(0, first - _NEAR_PASSAGES) : first]))
            after = takewhile(_is_short, passages[first + 1 : first + 1 + _NEAR_PASSAGES])
            near = sorted([*before, *passages[first : first + 1], *after], key=attrgetter("start"))
            self._beside[first] = (near[0].start, near[-1].end) if near else (0, len(self.page.text))
        return self._beside[first]

    def _reachable_outside(self, quote: tuple[int, int]) -> bool:
        """Whether the author, not the one he quotes, gives a way to be reached near a quotation."""
        return any(
            quote[0] - _NEAR_QUOTE_CHARS <= contact.start <= quote[1] + _NEAR_QUOTE_CHARS
            and self._unquoted(contact.start)
            for contact in self.personal
        )

    def _names_own(self, quote: tuple[int, int], sentence: tuple[int, int]) -> bool:
        """Whether a quotation is no more than the name that `we` give our own way: 我们采用“先出后款”模式."""
        return quote[1] - quote[0] <= _NAME_CHARS and any(
            hit.end <= quote[0] or hit.start >= quote[1] for hit in self._in("self", sentence)
        )

    def _unquoted(self, offset: int) -> bool:
        index = bisect_right(self.quote_starts, offset) - 1
        return index < 0 or self.quotes[index][1] <= offset

    def _before(self, frame: Frame, offer: Hit) -> Spoken | None:
        for hit in reversed(self.hits.within(f"frame:{frame.id}", offer.start - frame.gap - 4, offer.start, 0)):
            between = self.page.text[hit.end : offer.start]
            if hit.end <= offer.start and len(between) <= frame.gap and not _CLAUSE_BREAK.search(between):
                return Spoken(frame, hit.start, hit.end)
        return None

    def _after(self, frame: Frame, offer: Hit) -> Spoken | None:
        for hit in self.hits.within(f"frame:{frame.id}", offer.end, offer.end + frame.gap, 0):
            if hit.start >= offer.end and not _CLAUSE_BREAK.search(self.page.text[offer.end : hit.start]):
                return Spoken(frame, hit.start, hit.end)
        return None

    def _yields(self, frame: Frame, offer: Hit, sentence: tuple[int, int], quote: tuple[int, int] | None) -> bool:
        """Whether something beside the frame shows that the speaker sells: a way to reach him, or `we`."""
        if quote is not None:
            return False
        if "contact" in frame.yields_to and any(
            sentence[0] <= contact.start <= sentence[1] + 60 for contact in self.personal
        ):
            return True
        return "self" in frame.yields_to and bool(self._in("self", sentence))

    def _in(self, name: str, span: tuple[int, int]) -> list[Hit]:
        return [hit for hit in self.hits.within(name, span[0], span[1], 0) if span[0] <= hit.start < span[1]]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a span, at most `_MAX_SENTENCE_CHARS` on either side."""
        index = bisect_right(self.ends, start)
        first = self.ends[index - 1] if index else 0
        last = self.ends[min(bisect_right(self.ends, max(start, end - 1)), len(self.ends) - 1)]
        return max(first, start - _MAX_SENTENCE_CHARS), min(last, end + _MAX_SENTENCE_CHARS)

    def passage(self, offer: Hit) -> tuple[int, int]:
        passage = self.page.passage_at(offer.start)
        span = (passage.start, passage.end) if passage else (0, len(self.page.text))
        return max(span[0], offer.start - 600), min(span[1], offer.end + 600)

    def quote_around(self, offer: Hit) -> tuple[int, int] | None:
        index = bisect_right(self.quote_starts, offer.start) - 1
        if index >= 0 and self.quotes[index][1] >= offer.end:
            return self.quotes[index]
        return None


def _is_short(passage: Passage) -> bool:
    return passage.end - passage.start <= _SHORT_CHARS

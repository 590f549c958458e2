"""Offers known by their manner: passages that are worded as sellers word theirs, whether or not a rule foresaw them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from detectors import strings
from detectors.base import Axis, Signal, detector
from detectors.limits import MAX_SIGNALS_PER_DETECTOR
from detectors.passages import LONG_CHARS, WARE
from detectors.text import all_at_joined, chinese_chars
from detectors.wording import Offer, Reader, apart, evasion, signal

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page
    from detectors.lexicon import Hit
    from detectors.manner import Window

VERSION = 7
_WATCH_WEIGHT, _FLAG_WEIGHT, _MOST_WEIGHT = 0.3, 0.6, 0.85
_WATCHED_MOST = 0.5
_JOB = "job"
"""The frame of a text that looks for workers: sellers look for agents and for cards in the same words."""
_HANDICRAFT, _CRAFT, _SLANG, _LEARNING = "handicraft", "craft", "slang", "learning"
_MUST, _OFFENCE = "#must", "offence"
"""The mark of the law's own demand, and what meanings that break it are in an offer."""
_SAID = frozenset({_OFFENCE, "act"})
"""What meanings are that say something of a certificate and do not only name it."""
_OF_ANYBODY = frozenset({"agentry"})
"""What dealers say of themselves (专业, 多年, 实力), and whoever else speaks of himself."""
_SCENES = frozenset(
    {"worksite", "learning", "hurdle", "schooling", "post", "place_of_proof", "proof", "material", "coop"}
)
"""Concepts of where certificates are asked for, earned and proved, of what is handed in for one and who helps to it."""
_OTHERS = frozenset(
    {"other_trade", "other_service", "other_exam", "business", "driving", "invoice", "photo_shop", "handicraft"}
    | {"errand", "software"}
)
"""Concepts of trades that go to sites and schools and ask for papers and photographs, too."""
_PER_SCORE = 0.15
"""How much heavier a passage is for each point above what flags it."""
_PER_DOUBLING = 0.05
"""How much further above what flags it a passage must lie for each doubling of the passages that are weighed beside it:
the highest of many honest ones lies higher."""
_SURE_OF_NAMES, _SURE, _SURE_OF_OTHERS = 0.47, 0.77, 1.07
"""So far above what flags a passage reads as an offer beyond doubt: though it only names certificates, whatever it
names, and whoever seems to speak."""
_MIN_CHARS = 6
"""Less is no sentence: a word or two tell nothing of a manner."""
_LAWFUL, _LAWFUL_MIN = "lawful", 4
"""What schools speak of, and how many different words of it tell a school."""
_TELLING = 3
_PITCHES = "pitches"
_WORD_MAX_CHARS = 16
_QUOTE_MAX_CHARS = 120
_NEAR_CHARS = 150
_CLAUSE = re.compile(r"[^，,。；;：:！!？?|｜“”\n]+")
_CLAUSE_MAX_CHARS = 30


@dataclass(frozen=True, slots=True)
class Pitch:
    """A passage that reads as an offer. `start`, `end` are its most telling sentence."""

    strength: float
    named: str
    start: int
    end: int
    words: tuple[str, ...]
    """What weighs most, as it stands in the text."""
    grounds: str
    """The clause that speaks most for `named`, as it stands in the text."""


class _Found(NamedTuple):
    """A passage that reads as an offer, or nearly so, before it is told of. `start`, `end` are its most telling
    sentence."""

    strength: float
    start: int
    end: int
    window: Window


def pitches(reader: Reader) -> list[Pitch]:
    """Strongest first, each sentence once."""
    if _PITCHES not in reader.page.memo:
        tell([reader])
    found: list[Pitch] = reader.page.memo[_PITCHES]
    return found


def tell(readers: Sequence[Reader]) -> None:
    """The pitches of many texts at once."""
    find_telling(readers)
    found = [(reader, list(_once_each(_found(reader)))) for reader in readers]
    asked = [_Passage.of(reader, one.window) for reader, ones in found for one in ones]
    passages = {(id(one.reader), one.start): one for one in asked}
    _name(list(passages.values()))
    told = iter(asked)
    for reader, ones in found:
        reader.page.memo[_PITCHES] = [_pitch(one, passages[id(reader), next(told).start]) for one in ones]


def _pitch(one: _Found, passage: _Passage) -> Pitch:
    words = _words(passage.reader, one.window)
    return Pitch(one.strength, passage.named, one.start, one.end, words, passage.grounds)


@dataclass(slots=True)
class _Passage:
    """What `Pitch` says of the whole passage that a window is of."""

    reader: Reader
    start: int
    end: int
    text: str
    named: str = ""
    grounds: str = ""

    @classmethod
    def of(cls, reader: Reader, window: Window) -> _Passage:
        whole = reader.passages.whole(window)
        return cls(reader, whole.start, whole.end, whole.text)


def _name(passages: list[_Passage]) -> None:
    """The class and its grounds of some passages."""
    if not passages:
        return
    classes = passages[0].reader.context.classes
    clauses = [_clauses(one) for one in passages]
    weighed = iter(
        classes.weigh([text for one, cut in zip(passages, clauses, strict=True) for text in (one.text, *cut.values())])
    )
    for one, cut in zip(passages, clauses, strict=True):
        one.named = classes.named_by(next(weighed), _supported(one))
        best = classes.most_telling(one.named, [next(weighed) for _ in cut])
        if best is not None:
            first, last = list(cut)[best]
            one.grounds = one.reader.page.text[first:last].strip()[:_CLAUSE_MAX_CHARS]


def _once_each(found: Iterable[_Found]) -> Iterator[_Found]:
    """Windows lie within windows: one sentence may tell the most of several."""
    seen: set[int] = set()
    for one in sorted(found, key=lambda one: (-one.strength, one.start)):
        if one.start not in seen:
            seen.add(one.start)
            yield one


def _found(reader: Reader) -> Iterator[_Found]:
    for score, window in _told(reader):
        start, end = _sentence(reader, window)
        most = _WATCHED_MOST if _is_held(reader, window, score) else _MOST_WEIGHT
        yield _Found(min(most, _strength(reader, score)), start, end, window)


def _told(reader: Reader) -> list[tuple[float, Window]]:
    """Passages that read as offers, or nearly so."""
    return reader.page.once("told", lambda: list(_read_as_offers(reader)))


def _read_as_offers(reader: Reader) -> Iterator[tuple[float, Window]]:
    told = min(reader.manner.watch, reader.manner.flag)
    for score, window in reader.windows:
        if score >= told and score >= _least(reader, window) and len(window.text) >= _MIN_CHARS:
            yield score, window


def find_telling(readers: Sequence[Reader]) -> None:
    """The sentence of each such passage that speaks most for an offer, of many texts at once."""
    asked = [
        (reader, window)
        for reader in readers
        for _, window in _told(reader)
        if window.telling is None and len(window.sentences) > 1
    ]
    if asked:
        sentences = [reader.passages.plain(span) for reader, window in asked for span in window.sentences]
        told = iter(readers[0].manner.telling(sentences))
        for _, window in asked:
            told_of = zip(window.sentences, told)  # noqa: B905 - of all windows
            window.telling = max(told_of, key=lambda one: (one[1], -one[0][0]))[0]


def _least(reader: Reader, window: Window) -> float:
    """From where a passage is told: one in which nothing is named that could be sold is no more than any shop's talk
    until it reads as an offer of certificates outright, and one of a long page that names neither papers nor an act
    that breaks the law (芯片, 一套, 无线耳机), or is mostly code, is never told."""
    lexicon, names = reader.lexicon, window.names
    if len(reader.page.text) > LONG_CHARS and (names.isdisjoint(lexicon.outright) or not _is_chinese(window.text)):
        return math.inf
    return reader.manner.flag if names.isdisjoint(lexicon.sold) else reader.manner.watch


def _is_chinese(text: str) -> bool:
    """Whether it is speech for the most part, and no data or code between it."""
    return 2 * chinese_chars(text) >= len(text)


def _is_held(reader: Reader, window: Window, score: float) -> bool:
    """Whether a passage is watched at most, however it reads; what it reads like beyond doubt counts for more than
    what it does not name, and than a question or a quotation in it."""
    beyond = score - reader.manner.flag - _PER_DOUBLING * math.log2(max(1, len(reader.passages.groups)))
    if beyond < 0:
        return True
    if beyond < _SURE_OF_NAMES and _says_nothing_of_it(reader, window):
        return True
    whole = window.within or window
    if beyond < _SURE and (
        _names_nothing(reader, window) or _is_of_wares(reader, window) or _is_among_lawful(reader, whole)
    ):
        return True
    if any(_demands(reader, one) for one in (window, window.within) if one):
        return True
    return beyond < _SURE_OF_OTHERS and _is_spoken(reader.offers_within(whole.start, whole.end))


def _is_spoken(offers: list[Offer]) -> bool:
    """Whether every offer that a rule finds there is somebody else's: quoted, asked about, forbidden, disowned."""
    frames = {one.spoken.frame.id if one.spoken else "" for one in offers}
    return bool(frames - {_JOB}) and "" not in frames


def _names_nothing(reader: Reader, window: Window) -> bool:
    """Whether a passage names nothing of the trade, be it in its cant, no act that breaks the law, nothing that hints
    at them and no place where certificates are asked for: every shop talks so (新鲜出炉, 联系我们), and none may be
    accused for a tone that is not the sellers' own beyond doubt."""
    names = window.names
    if not names.isdisjoint(reader.lexicon.named):
        return False
    return names.isdisjoint(_SCENES) or not names.isdisjoint(_OTHERS)


def _is_of_wares(reader: Reader, window: Window) -> bool:
    """Whether a passage offers sleeves, frames and prizes, and nothing that breaks the law but how they are made; or
    what one learns from and is only named after a certificate (电工证题库), and no certificate."""
    lexicon, names = reader.lexicon, window.names
    if _HANDICRAFT in names and not any(lexicon.roles.get(name) == _OFFENCE for name in names - {_CRAFT}):
        return True
    return {WARE, _LEARNING} <= names and all(lexicon.goods.get(name) in (None, _SLANG) for name in names)


def _is_among_lawful(reader: Reader, whole: Window) -> bool:
    """Whether a passage, a school's list of prices say, stands among lines that speak as schools do. What is pasted
    around an offer is no line of it (`Speakers.beside`)."""
    start, end = reader.speakers.beside(whole.start)[0], reader.speakers.beside(whole.end - 1)[1]
    near = reader.hits.within(_LAWFUL, start, end, 0) if _LAWFUL in reader.hits.possible else []
    around = {hit.term for hit in near if hit.end <= whole.start or hit.start >= whole.end}
    return len(around) >= _LAWFUL_MIN


def _says_nothing_of_it(reader: Reader, window: Window) -> bool:
    """Whether certificates are only named: so do rosters, forms, curricula vitae and lists of fields. An offer says
    something of them: what breaks the law, how to have one, for how much, from whom."""
    names = window.names | window.within.names if window.within else window.names
    roles = reader.lexicon.roles
    return not any(roles.get(name) in _SAID for name in names - _OF_ANYBODY)


def _demands(reader: Reader, window: Window) -> bool:
    """Whether the speaker says what the law asks for, and nothing that breaks it."""
    roles = reader.lexicon.roles
    return _MUST in window.marks and not any(roles.get(mark[1:]) == _OFFENCE for mark in window.marks)


def _strength(reader: Reader, score: float) -> float:
    flag, watch = reader.manner.flag, reader.manner.watch
    if score >= flag:
        return min(_MOST_WEIGHT, _FLAG_WEIGHT + _PER_SCORE * (score - flag))
    return _WATCH_WEIGHT + (_FLAG_WEIGHT - _WATCH_WEIGHT - 0.01) * (score - watch) / (flag - watch)


def _supported(passage: _Passage) -> set[str]:
    """The classes that rules name in a passage: of those that are nearly as likely one of them is taken."""
    offers = passage.reader.offers_within(passage.start, passage.end)
    return {one.rule.named for one in offers if one.spoken is None}


def _clauses(passage: _Passage) -> dict[tuple[int, int], str]:
    """Where its clauses are, and how each is weighed."""
    reader = passage.reader
    spans = [match.span() for match in _CLAUSE.finditer(reader.page.text, passage.start, passage.end)]
    cuts = all_at_joined(reader.matches.views, [offset for span in spans for offset in span])
    plain = reader.matches.plain
    return {span: plain[first:last] for span, first, last in zip(spans, cuts[::2], cuts[1::2], strict=True)}


def _sentence(reader: Reader, window: Window) -> tuple[int, int]:
    """The sentence that speaks most for an offer, trimmed."""
    text = reader.page.text
    start, end = window.telling or window.sentences[0]
    while start < end - 1 and text[start].isspace():
        start += 1
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    return start, min(end, start + _QUOTE_MAX_CHARS)


def _words(reader: Reader, window: Window) -> tuple[str, ...]:
    """How the meanings are said that weigh most, none inside another; a contact or a single character says nothing."""
    ranks, marks = reader.manner.ranks, window.marks
    found: list[Hit] = []
    for name in sorted(window.names & ranks.keys() - {"contact"}, key=ranks.__getitem__):
        if len(found) == _TELLING:
            break
        hits = reader.hits.within(name, window.start, window.end, 0) if f"#{name}" in marks else []
        hit = next((one for one in hits if one.end - one.start > 1), None)
        if hit and not any(hit.start < one.end and one.start < hit.end for one in found):
            found.append(hit)
    return tuple(reader.page.text[hit.start : hit.end][:_WORD_MAX_CHARS] for hit in found)


def said(page: Page, context: Context) -> list[Offer | Pitch]:
    """Every offer of the page's own voice and every pitch, strongest first."""
    reader = Reader.of(page, context)
    found: list[Offer | Pitch] = [*(offer for offer in reader.offers() if offer.strength > 0), *pitches(reader)]
    return sorted(found, key=lambda one: -one.strength)


def signals(page: Page, context: Context, most: int) -> Iterator[Signal]:
    """What a page's text says on the axis of selling: up to so many offers, and as many pitches."""
    reader = Reader.of(page, context)
    yield from (signal(page, offer) for offer in apart(reader.offers(), most))
    yield from (_signal(page, one) for one in pitches(reader)[:most])


def _signal(page: Page, one: Pitch) -> Signal:
    words = "、".join(f"“{word}”" for word in one.words)
    reason = strings.PITCH_LIKE.format(words=words) if words else strings.PITCH
    return Signal(
        detector="pitch",
        version=VERSION,
        axis=Axis.SELLING,
        cls=one.named,
        weight=one.strength,
        reason=reason + (strings.PITCH_CLASSED.format(named=one.named, grounds=one.grounds) if one.grounds else ""),
        quote=page.text[one.start : one.end],
        start=one.start,
        end=one.end,
    )


@detector("pitch", version=VERSION, title="招揽口吻", axis=Axis.SELLING, budget_ms=5000)
def pitch(page: Page, context: Context) -> Iterator[Signal]:
    """Passages worded as sellers word their offers, by weights learnt from labelled texts; quoted by their most telling
    sentence. Meanings in others' words (quoted, asked about, forbidden) are weighed apart from the page's own."""
    reader = Reader.of(page, context)
    found = pitches(reader)[:MAX_SIGNALS_PER_DETECTOR]
    yield from (_signal(page, one) for one in found)
    if found and not any(offer.disguise for offer in reader.offers()):
        hidden = _hidden(reader, found[0])
        if hidden is not None:
            yield evasion(page, hidden)


def _hidden(reader: Reader, one: Pitch) -> Hit | None:
    """A word of what is sold, or of what breaks the law, that is written to evade, near the most telling sentence."""
    near = (one.start - _NEAR_CHARS, one.end + _NEAR_CHARS)
    names = sorted(reader.lexicon.sold & reader.hits.possible)
    return next((hit for name in names for hit in reader.hits.within(name, *near, 0) if hit.disguised), None)

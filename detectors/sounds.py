"""Words written by ear: homophones, pinyin and first letters, read by their sound beside something written plainly."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from detectors import disguise, ordinary, phonetics
from detectors import text as folding
from detectors.lexicon import Hit
from detectors.views import View, spliced, unchanged

if TYPE_CHECKING:
    from detectors.lexicon import Lexicon, Sound

_REACH_CHARS = 100
"""How far from an exact word another one is listened for: in between, any text has words of the same sound."""
_MAX_CHARS = 5_000
_SURE_CHARS = 3
"""A word so long is heard even where none of its characters is written plainly."""
_LETTERS = re.compile("[a-z]+")
_LAST_LETTER = "z"
_NAME = re.compile(r"[0-9a-zA-Z._@\-]{2}")
_NAME_SIGN = re.compile(r"[0-9_@]")
_BREAK = re.compile(r"[，,。；;：:！!？?、\n]")


class _Short(NamedTuple):
    """Words by their first letters, anywhere, and only after certain characters."""

    initials: dict[str, str]
    letters: dict[str, dict[str, str]]


@cache
def _short() -> _Short:
    with (folding.DATA / "sounds.toml").open("rb") as stream:
        known = tomllib.load(stream)
    return _Short(known["initials"], known["letters"])


def hear(views: folding.Views, lexicon: Lexicon, beside: Collection[tuple[int, int]]) -> dict[str, list[Hit]]:
    """Hits by concept within reach of the spans `beside` of the original text; none that are written plainly."""
    found: dict[str, list[Hit]] = defaultdict(list)
    if not beside:
        return found
    listened = 0
    for start, end in _windows(beside, len(views.original)):
        listened += end - start
        if listened > _MAX_CHARS:
            break
        for concept, hit in _in_window(views, folding.at_joined(views, start), folding.at_joined(views, end), lexicon):
            found[concept].append(hit)
    return dict(found)


def _windows(beside: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """The surroundings of the spans, those that touch joined."""
    first = last = 0
    for start, end in sorted(beside):
        low, high = max(0, start - _REACH_CHARS), min(length, end + _REACH_CHARS)
        if low > last and last:
            yield first, last
            first = low
        elif not last:
            first = low
        last = max(last, high)
    if last:
        yield first, last


def _in_window(views: folding.Views, begin: int, stop: int, lexicon: Lexicon) -> Iterator[tuple[str, Hit]]:
    """What is heard in a span of the densest view."""
    plain, written = views.joined.text[begin:stop], views.original
    spelled = _spelled(plain)
    sounds, lettered = spelled.text, not spelled.is_identity
    for one, first, last in lexicon.by_sound(sounds, in_letters=lettered):
        if not (one.named or _may_be_meant(sounds[first:last], one)):
            continue
        if lettered:
            first, last = spelled.original(first, last)
        if not _is_heard(plain, first, last, one, lexicon):
            continue
        span = folding.through_joined(views, begin + first, begin + last)
        in_letters = _LETTERS.search(plain, first, last) is not None
        if not _BREAK.search(written[slice(*span)]) and not (in_letters and _is_in_name(written, *span)):
            yield one.concept, Hit(*span, one.term, True, disguise.PINYIN if in_letters else disguise.HOMOPHONE)


def _may_be_meant(said: str, one: Sound) -> bool:
    """Whether a term that is not named may be heard in some sounds: letters are among them, or it is long and begins as
    it is written."""
    return (one.long and said[0] == one.term[0]) or not (min(said) > _LAST_LETTER and max(said) < phonetics.FIRST_CODE)


def _is_in_name(written: str, start: int, end: int) -> bool:
    """Whether letters are part of an address or an account's name, which are often pinyin."""
    edges = (written[max(0, start - 1) : start + 1], written[end - 1 : end + 1])
    return any(map(_NAME.fullmatch, edges)) or _NAME_SIGN.search(written, start, end) is not None


def _spelled(text: str) -> View:
    """The text with runs of letters as the sounds they stand for; what stands for nothing stays."""
    if not _LETTERS.search(text):
        return unchanged(text, len(text))
    kept, written, sounds = [""], list[str](), list[str]()
    last = 0
    for match in _LETTERS.finditer(text):
        kept[-1] = text[last : match.start()]
        for letters, sound in _sounds(match.group(), text[match.start() - 1 : match.start()]):
            written.append(letters)
            sounds.append(sound)
            kept.append("")
        last = match.end()
    kept[-1] = text[last:]
    return spliced(kept, written, sounds)


def _sounds(run: str, before: str) -> Iterable[tuple[str, str]]:
    """A run of letters piece by piece, each with the codes of what it sounds like."""
    letter = _short().letters.get(run)
    if letter and before and before in letter["after"]:
        return [(run, phonetics.encoded(letter["of"]))]
    return _pieces(run) if len(run) <= phonetics.RUN_MAX_LETTERS else [(run, run)]


@lru_cache(maxsize=4096)
def _pieces(run: str) -> tuple[tuple[str, str], ...]:
    """The same of a run anywhere: people write the same ones again and again."""
    if syllables := phonetics.cut(run, phonetics.code):
        return tuple((syllable, phonetics.code(syllable)) for syllable in syllables)
    initials = _short().initials
    if words := phonetics.cut(run, initials.get):
        return tuple((word, phonetics.encoded(initials[word])) for word in words)
    return ((run, run),)


def _is_heard(plain: str, start: int, end: int, one: Sound, lexicon: Lexicon) -> bool:
    """Whether a word of the same sound is meant: it is in letters, or some of it is written plainly or it is long, and
    none of its other characters belongs to an ordinary word, or to one of the lexicon (补考 is not 不考). Of a word
    that is not named as one to listen for, both ends are written plainly: beside any word stands another."""
    written = plain[start:end]
    if _LETTERS.search(written):
        return set(_LETTERS.sub("", written)) <= set(one.term)
    other = [start + at for at, pair in enumerate(zip(written, one.term, strict=True)) if pair[0] != pair[1]]
    if len(other) == len(one.term) < _SURE_CHARS:
        return False
    if not one.named and not (one.long and {start, end - 1}.isdisjoint(other)):
        return False
    if any(ordinary.is_in_word(plain, at, start, end) for at in other):
        return False
    edge = max(0, start - 1)
    words = [(first + edge, last + edge) for _, first, last in lexicon.find(plain[edge : end + 1]) if last - first > 1]
    return not any(first <= at < last for first, last in words for at in other)

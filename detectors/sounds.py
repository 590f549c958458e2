"""Words written by ear: homophones and Latin letters, read by their sound beside something written plainly."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from detectors import text as folding
from detectors.lexicon import Hit

if TYPE_CHECKING:
    from detectors.lexicon import Lexicon

_REACH_CHARS = 100
"""How far from an exact word another one is listened for: in between, any text has words of the same sound."""
_MAX_CHARS = 5_000
_LETTER = re.compile("[a-z]")
_BREAK = re.compile(r"[，,。；;：:！!？?、\n]")
_INITIALS = r"(?<=[免用去不])ks?(?![a-z])|(?<=[工高作])z(?![a-z])"


class _Tables(NamedTuple):
    heard: dict[int, str]
    """Character to the plain one of the same sound."""
    latin: re.Pattern[str]
    letters: dict[str, str]
    guards: dict[str, str]


@cache
def _tables() -> _Tables:
    with (folding.DATA / "sounds.toml").open("rb") as stream:
        known: dict[str, Any] = tomllib.load(stream)
    syllables: dict[str, str] = known["syllables"]
    heard = {ord(one): plain[0] for plain in syllables.values() for one in plain}
    heard |= {ord(one): syllables[sound][0] for sound, looks in known["looks"].items() for one in looks}
    letters = {sound: plain[0] for sound, plain in syllables.items()} | {"k": "考", "ks": "考", "z": "证"}
    longest = sorted(syllables, key=len, reverse=True)
    return _Tables(heard, re.compile("|".join([*longest, _INITIALS])), letters, known["guards"])


def hear(text: str, lexicon: Lexicon, beside: Iterable[tuple[int, int]]) -> dict[str, list[Hit]]:
    """Hits by concept within reach of the spans `beside`, in the offsets of `text`; none that are written plainly."""
    found: dict[str, list[Hit]] = defaultdict(list)
    listened = 0
    for start, end in _windows(beside, len(text)):
        listened += end - start
        if listened > _MAX_CHARS:
            break
        for concept, hit in _in_window(text[start:end], lexicon):
            found[concept].append(hit._replace(start=hit.start + start, end=hit.end + start))
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


def _in_window(written: str, lexicon: Lexicon) -> Iterator[tuple[str, Hit]]:
    tables = _tables()
    views = folding.views(written)
    joined = views.dense if views.parts is None else views.parts
    spelled = folding.one_for_each(joined, tables.latin, tables.letters) if _LETTER.search(joined.text) else None
    plain = joined.text if spelled is None else spelled.text
    sound = plain.translate(tables.heard)
    if sound == joined.text:
        return
    through = folding.through_dense if views.parts is None else folding.through_parts
    for concept, start, end in lexicon.by_sound(sound):
        first, last = (start, end) if spelled is None else spelled.original(start, end)
        if joined.text[first:last] == sound[start:end] or _ordinary(plain, start, end, sound, tables.guards):
            continue
        span = through(views, first, last)
        if not _BREAK.search(written[slice(*span)]):
            yield concept, Hit(*span, sound[start:end], True)


def _ordinary(plain: str, start: int, end: int, sound: str, guards: dict[str, str]) -> bool:
    """Whether a replaced character begins an ordinary word."""
    return any(
        plain[at] != sound[at] and at + 1 < len(plain) and plain[at + 1] in guards.get(plain[at], "")
        for at in range(start, end)
    )

"""Folding: views of a text in which disguised words read plainly, each with a map back to the original offsets."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufe00-\ufe0f\ufeff\u20e3\U000e0000-\U000e007f"
)
_COMPOUND = "⑩-⑳⑽-⒇⒑-⒛⓫-⓴㉑-㉟㊱-㊿⓾"
_SPECIAL = re.compile(f"[{_INVISIBLE}]+|[{_COMPOUND}]")
_WORD_RUN = re.compile(r"[0-9a-zA-Z\u3400-\u9fff\uf900-\ufaff@+]+")
_GAPS_AND_WORDS = re.compile(f"({_WORD_RUN.pattern})")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
_ORDINARY_GAP = re.compile(r"[\s，,。、；;：:！!？?（）()《》“”\"'‘’\-]+")
_LONG_WORD = 4
_GAP_MAX_CHARS = 4
_FEW_GLYPHS = 40


@dataclass(frozen=True, slots=True)
class View:
    """`text` and, for each run in it, where the run starts here and in the original."""

    text: str
    here: tuple[int, ...]
    origin: tuple[int, ...]
    lengths: tuple[int, ...]
    """Original length of each run; a run of equal lengths maps character by character."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original span [start, end) of a span of this view; `end > start`."""
        first, last = bisect_right(self.here, start) - 1, bisect_right(self.here, end - 1) - 1
        return self._at(first, start), self._at(last, end - 1) + self._width(last)

    def _at(self, run: int, offset: int) -> int:
        shift = offset - self.here[run]
        return self.origin[run] + (shift if self._plain(run) else 0)

    def _width(self, run: int) -> int:
        return 1 if self._plain(run) else self.lengths[run]

    def _plain(self, run: int) -> bool:
        following = self.here[run + 1] if run + 1 < len(self.here) else len(self.text)
        return following - self.here[run] == self.lengths[run]

    @property
    def is_identity(self) -> bool:
        """Whether offsets here are offsets in the original."""
        return len(self.here) == 1 and self.lengths[0] == len(self.text)

    def crosses_run(self, start: int, end: int) -> bool:
        """Whether a span of this view goes over something that was dropped or joined."""
        following = bisect_right(self.here, start)
        return following < len(self.here) and self.here[following] < end

    def starts_run(self, start: int) -> bool:
        return self.here[bisect_right(self.here, start) - 1] == start

    def ends_run(self, end: int) -> bool:
        run = bisect_right(self.here, end - 1)
        return end == (self.here[run] if run < len(self.here) else len(self.text))

    def runs_between(self, start: int, end: int) -> int:
        """How many runs a span of this view touches."""
        return bisect_right(self.here, end - 1) - bisect_right(self.here, start) + 1


@dataclass(frozen=True, slots=True)
class Views:
    """The three views of one text. `parts` is None where the text holds no split character."""

    original: str
    folded: View
    dense: View
    parts: View | None


@cache
def tables() -> dict[str, Any]:
    with (DATA / "fold.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def one_to_one() -> dict[int, str]:
    """Every character whose folded form is one other character: width, case, style, digits, traditional form."""
    table: dict[int, str] = {}
    for point in (*range(0x80, 0x3400), *range(0xF900, 0x10000), *range(0x1D400, 0x1D800), *range(0x1F100, 0x1F200)):
        folded = unicodedata.normalize("NFKC", chr(point))
        plain = folded.strip(".,()").lower() if len(folded) > 1 else folded.lower()
        if len(plain) == 1 and plain != chr(point):
            table[point] = plain
    table.update({point: chr(point + 32) for point in range(ord("A"), ord("Z") + 1)})
    with (DATA / "simplify.toml").open("rb") as stream:
        forms = tomllib.load(stream)
    table.update({ord(old): new for old, new in zip(forms["traditional"], forms["simplified"], strict=True)})
    table.update({ord(glyph): plain for glyph, plain in tables()["glyphs"].items() if len(glyph) == 1})
    return table


@cache
def _changing() -> re.Pattern[str]:
    """Any character that folding may replace or drop; all of them beyond the basic plane."""
    glyphs = "".join(re.escape(chr(point)) for point in sorted(one_to_one()) if point < 0x10000)
    return re.compile(f"[{glyphs}{_INVISIBLE}{_COMPOUND}\U00010000-\U0010ffff]")


def replace_glyphs(text: str, glyphs: set[str], table: dict[int, str]) -> str:
    """`text.translate(table)`, where `glyphs` are all characters of the text that the table may change.

    `translate` looks up every character; few glyphs, none of which another one turns into, go quicker one by one.
    """
    plain = {glyph: table[ord(glyph)] for glyph in glyphs if ord(glyph) in table}
    if len(plain) > _FEW_GLYPHS or not plain.keys().isdisjoint(plain.values()):
        return text.translate(table)
    for glyph, form in plain.items():
        text = text.replace(glyph, form)
    return text


def fold(text: str) -> View:
    """Width, case, style and traditional characters undone; invisible characters dropped."""
    if text.isascii():
        return View(text.lower(), (0,), (0,), (len(text),))
    glyphs = set(_changing().findall(text))
    if not any(map(_SPECIAL.match, glyphs)):
        return View(replace_glyphs(text, glyphs, one_to_one()), (0,), (0,), (len(text),))
    pieces: list[str] = []
    runs = _Runs()
    last = 0
    for match in _SPECIAL.finditer(text):
        if match.start() > last:
            runs.add(match.start() - last, last, match.start() - last)
            pieces.append(text[last : match.start()])
        last = match.end()
        if len(match.group()) == 1 and unicodedata.normalize("NFKC", match.group()) != match.group():
            number = unicodedata.normalize("NFKC", match.group()).strip(".()")
            runs.add(len(number), match.start(), 1)
            pieces.append(number)
    if last < len(text) or not pieces:
        runs.add(len(text) - last, last, len(text) - last)
        pieces.append(text[last:])
    return runs.view(replace_glyphs("".join(pieces), glyphs, one_to_one()))


class _Runs:
    """Builds the run tables of a view."""

    def __init__(self) -> None:
        self.here: list[int] = []
        self.origin: list[int] = []
        self.lengths: list[int] = []
        self.length = 0

    def add(self, here: int, origin: int, length: int) -> None:
        self.here.append(self.length)
        self.origin.append(origin)
        self.lengths.append(length)
        self.length += here

    def view(self, text: str) -> View:
        return View(text, tuple(self.here), tuple(self.origin), tuple(self.lengths))


def condense(folded: View) -> View:
    """The folded text with everything dropped that is neither letter, digit nor hanzi; maps to the folded text."""
    pieces = _GAPS_AND_WORDS.split(folded.text)
    sizes = list(map(len, pieces))
    lengths = tuple(sizes[1::2]) or (0,)
    origin = tuple(accumulate(sizes))[:-1:2] or (0,)
    return View("".join(pieces[1::2]), (0, *accumulate(lengths[:-1])), origin, lengths)


@cache
def _parts_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, tables()["parts"]), key=len, reverse=True)))


def join_parts(dense: View) -> View | None:
    """The dense text with split characters put together again, or None when there are none."""
    joined = tables()["parts"]
    return one_for_each(dense, _parts_pattern(), joined)


def one_for_each(view: View, pattern: re.Pattern[str], forms: dict[str, str]) -> View | None:
    """The text of a view with one character in place of each match of `pattern`, or None when there is no match."""
    matches = list(pattern.finditer(view.text))
    if not matches:
        return None
    runs = _Runs()
    pieces: list[str] = []
    last = 0
    for match in matches:
        if match.start() > last:
            runs.add(match.start() - last, last, match.start() - last)
            pieces.append(view.text[last : match.start()])
        runs.add(1, match.start(), match.end() - match.start())
        pieces.append(forms[match.group()])
        last = match.end()
    if last < len(view.text):
        runs.add(len(view.text) - last, last, len(view.text) - last)
        pieces.append(view.text[last:])
    return runs.view("".join(pieces))


def views(text: str) -> Views:
    folded = fold(text)
    dense = condense(folded)
    return Views(text, folded, dense, join_parts(dense))


def through_dense(views: Views, start: int, end: int) -> tuple[int, int]:
    """Original span of a span of the dense view."""
    return views.folded.original(*views.dense.original(start, end))


def through_parts(views: Views, start: int, end: int) -> tuple[int, int]:
    """Original span of a span of the view with joined parts."""
    assert views.parts is not None
    return through_dense(views, *views.parts.original(start, end))


def separators_are_disguise(views: Views, start: int, end: int) -> bool:
    """Whether what was dropped inside a dense span is decoration, not the ordinary end of one word before another.

    A decoration always is. Blanks are inside a long word, or where each character stands alone between blanks.
    """
    first, last = views.dense.original(start, end)
    gaps = _WORD_RUN.split(views.folded.text[first:last])[1:-1]
    if not gaps or any(len(gap) > _GAP_MAX_CHARS for gap in gaps):
        return False
    if not any(_ORDINARY_GAP.fullmatch(gap) for gap in gaps):
        return True
    if any(gap.strip() for gap in gaps):
        return False
    if end - start > _LONG_WORD:
        return True
    alone = views.dense.runs_between(start, end) == end - start
    return alone and views.dense.starts_run(start) and views.dense.ends_run(end)


def is_evasive(views: Views, start: int, end: int) -> bool:
    """Whether a word of the dense view was pulled apart on purpose: by ornaments, or a blank after every character.

    One blank or line break inside a phrase is how people write.
    """
    first, last = views.dense.original(start, end)
    gaps = _WORD_RUN.split(views.folded.text[first:last])[1:-1]
    if any(not _ORDINARY_GAP.fullmatch(gap) for gap in gaps):
        return True
    return len(gaps) == end - start - 1 >= 2 and not any("\n" in gap or gap.strip() for gap in gaps)


def sentence_ends(text: str) -> tuple[int, ...]:
    """Offsets just after each sentence's end, the end of the text last."""
    return (*(match.end() for match in _SENTENCE_END.finditer(text)), len(text) + 1)


def is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"

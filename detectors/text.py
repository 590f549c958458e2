"""Folding: views of a text in which disguised words read plainly, each with a map back to the original offsets."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate, chain, filterfalse
from operator import methodcaller
from pathlib import Path
from string import ascii_uppercase
from typing import Any, NamedTuple

from detectors.parts import join_parts
from detectors.phonetics import is_reading_of
from detectors.views import View, spliced, unchanged

DATA = Path(__file__).parent / "data"

HAN = "\u3400-\u9fff\uf900-\ufaff"
WORD_RUN = re.compile(f"[0-9a-zA-Z{HAN}@+]+")
ONE_HAN = re.compile(f"[{HAN}]")
INVISIBLE = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20ff\u3099\u309a\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uff9e-\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef"
)
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_OPENING, _CLOSING = "(（【\\[〔〈《「{", ")）】\\]〕〉》」}"
_LATIN = f"[a-zA-Z{_TONED}ü]"
_MARK = (
    f"(?<=[{HAN}])[{_OPENING}]\\s?(?:(?P<again>[{HAN}])?\\s?[:：]\\s?)?(?P<sound>{_LATIN}{{1,6}})[1-5]?\\s?[{_CLOSING}]"
    f"|[{_OPENING}](?P<inner>[{HAN}])\\s?[:：]\\s?{_LATIN}{{1,6}}[1-5]?[{_CLOSING}]"
    f"|(?<=[{HAN}])(?P<after>[a-zA-Z]{{0,4}}[{_TONED}][a-zA-Z]{{0,4}})(?!{_LATIN})"
)
"""A character's reading beside it: 学(xué), 考【考:kǎo】, 学xué; or the character in brackets with it: 【考:kǎo】."""
_PLAIN_MARK = re.compile(f"[{_OPENING}](?:[{HAN}]?\\s?[:：])?\\s?[a-zA-Z]{{1,6}}[1-5]?\\s?[{_CLOSING}]")
_ASTRAL = "\U00010000-\U0010ffff"
_ONE_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_INVISIBLES = re.compile(f"([{INVISIBLE}]+)")
_TONE = re.compile(f"[{_TONED}]")
_GAPS_AND_WORDS = re.compile(f"({WORD_RUN.pattern})")
_CLAUSE_EDGE = re.compile(r"[，,。；;：:！!？?、\s【】\[\]（）()“”\"]")
_EDGE_CHARS = 16
"""How far from a span its clause's edge is looked for."""
_SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
_ONE = r"[^。！？!?；;\n]"
_COLUMN_END = re.compile(rf"\n(?:(?<=\n{_ONE}\n)|(?<=\A{_ONE}\n))(?={_ONE}(?:\n|\Z))")
"""After a line of one character, before another such line."""
_END = methodcaller("end")
_LONGEST_CHAIN = 3
_FEW_GLYPHS = 300
_FEW_PLACES = 16
"""One of so many characters."""
_USUAL = set("，：；！？（）")
"""Wide punctuation: in nearly every text."""
_ROMAN = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅰⅱⅲⅳⅴⅵⅶⅷⅸ"
_ROMANS = str.maketrans(_ROMAN, "123456789123456789")
_ROMAN_NUMBER = re.compile(f"[\\d①-⑨⓪⓿❶-❾➀-➈➊-➒⓵-⓽🄋🄌{_ROMAN}]{{7,20}}")
"""Digits that may have Roman numerals among them."""


def chinese_chars(text: str) -> int:
    """How many of its characters are Chinese."""
    return len(ONE_HAN.findall(text))


class Views(NamedTuple):
    """The three views of one text. `parts` is None where the text holds no split character."""

    original: str
    folded: View
    dense: View
    parts: View | None
    gaps: list[str]
    """What the dense view drops between two of its runs."""

    @property
    def joined(self) -> View:
        """The densest view: split characters put together where there are any."""
        return self.dense if self.parts is None else self.parts


@cache
def tables() -> dict[str, Any]:
    with (DATA / "fold.toml").open("rb") as stream:
        return tomllib.load(stream)


def _by_glyph(forms: dict[str, str]) -> dict[str, str]:
    return {glyph: plain for plain, glyphs in forms.items() for glyph in glyphs}


@cache
def one_to_one() -> dict[int, str]:
    """Every character whose folded form is one other character: width, case, style, digits, traditional form."""
    table = {point: plain for point in _compatible() if (plain := _plain(chr(point))) and plain != chr(point)}
    table.update({ord(old): new for old, new in traditional().items()})
    for name in ("hanzi", "letters"):
        table.update({ord(glyph): plain for glyph, plain in _by_glyph(tables()[name]).items()})
    return {point: _last(plain, table) for point, plain in table.items()}


def _last(plain: str, table: dict[int, str]) -> str:
    """Where a chain of forms ends: a wide Cyrillic capital is a small letter, which is a Latin one."""
    for _ in range(_LONGEST_CHAIN):
        plain = table.get(ord(plain), plain)
    return plain


@cache
def traditional() -> dict[str, str]:
    """The simplified form of each traditional, regional or Japanese one."""
    with (DATA / "simplify.toml").open("rb") as stream:
        forms = tomllib.load(stream)
    return dict(zip(forms["traditional"], forms["simplified"], strict=True))


@cache
def reading_mark() -> re.Pattern[str]:
    return re.compile(_MARK)


def _compatible() -> Iterator[int]:
    """Code points of the blocks with forms of letters, digits and ideographs that have a plain one."""
    yield from range(ord("A"), ord("Z") + 1)
    yield from chain(range(0x80, 0x3400), range(0xA620, 0xABFA), range(0xF900, 0x10000), range(0x104A0, 0x104AA))
    yield from chain(range(0x11066, 0x11070), range(0x1D400, 0x1D800), range(0x1F100, 0x1F266), range(0x1FBF0, 0x1FBFA))


def _plain(character: str) -> str:
    """The one character that another stands for; empty when there is none."""
    number = unicodedata.numeric(character, None)
    if number is not None and number in range(10) and unicodedata.category(character) in ("Nd", "No"):
        return str(int(number))
    name = unicodedata.name(character, "")
    if name.startswith("NEGATIVE ") and " LATIN CAPITAL LETTER " in name:
        return name[-1].lower()
    folded = unicodedata.normalize("NFKC", character)
    plain = folded.strip(".,()〔〕").lower() if len(folded) > 1 else folded.lower()
    base = unicodedata.normalize("NFD", plain)[:1] if "LATIN" in name else plain
    return base if len(base) == 1 else ""


@cache
def _numbers() -> dict[str, str]:
    """Characters that are a number of two digits: ⑬ ⒔ ⓭ 🔟."""
    found = {"🔟": "10"}
    for character in map(chr, chain(range(0x2469, 0x2500), range(0x2776, 0x2794), range(0x3248, 0x32C0))):
        number = unicodedata.numeric(character, None)
        if number is not None and 10 <= number < 100 and unicodedata.category(character) == "No":
            found[character] = str(int(number))
    return found


@cache
def _special() -> re.Pattern[str]:
    """What folding drops, or replaces by more or fewer characters than one, or only in some places."""
    after = tables()["after"]
    return re.compile(
        f"(?P<number>[{''.join(_numbers())}])"
        f"|(?<=[{after['first']}])(?P<second>[{after['信']}])"
        f"|(?P<label>[{''.join(_labels())}])(?=\ufe0f?[\\s:：=]{{0,3}}[@+]?[0-9a-zA-Z])"
        f"|{_MARK}|[{INVISIBLE}]+"
    )


@cache
def _first(toned: bool) -> re.Pattern[str]:
    """The characters that a match of `_special` begins with. Letters do so only in a text that has some with tones."""
    occasional = "".join(sorted(glyph for glyph in _occasional() if glyph < _ASTRAL[0]))
    signs = f"{_OPENING}{INVISIBLE}{occasional}{_ASTRAL}"
    if not toned:
        return re.compile(f"[{signs}]")
    return re.compile(f"[a-zA-Z{_TONED}{signs}](?:(?<!{_LATIN})|(?<=[{HAN}].))")


@cache
def _labels() -> dict[str, str]:
    return _by_glyph(tables()["labels"])


@cache
def _occasional() -> frozenset[str]:
    """Characters, other than invisible ones, by which a text may hold what `_special` matches."""
    return frozenset(chain(_numbers(), tables()["after"]["信"], _labels(), _TONED))


@cache
def _changing() -> re.Pattern[str]:
    """Any character that folding may replace or drop, but for the usual ones and Latin capitals; all of them beyond the
    basic plane."""
    glyphs = ({chr(point) for point in one_to_one()} | _occasional()) - set(ascii_uppercase)
    listed = "".join(re.escape(glyph) for glyph in sorted(glyphs) if glyph < _ASTRAL[0] and glyph not in _USUAL)
    return re.compile(f"[{listed}{INVISIBLE}{_ASTRAL}]")


@cache
def _usual() -> tuple[tuple[str, str], ...]:
    return tuple((glyph, one_to_one()[ord(glyph)]) for glyph in sorted(_USUAL))


def replace_glyphs(text: str, found: Sequence[str], table: dict[int, str]) -> str:
    """`text.translate(table)`, where `found` are all places of `_changing` in the text.

    `translate` looks up every character; few places, or few glyphs none of which another one turns into, go quicker
    one by one.
    """
    # of bytes only Latin capitals are lowered
    text = text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    if len(found) * _FEW_PLACES < len(text):
        return _changing().sub(lambda place: table.get(ord(place[0]), place[0]), text) if found else text
    plain = {glyph: table[ord(glyph)] for glyph in set(found) if ord(glyph) in table}
    if len(plain) > _FEW_GLYPHS or not plain.keys().isdisjoint(plain.values()):
        return text.translate(table)
    for glyph, form in plain.items():
        text = text.replace(glyph, form)
    return text


def fold(text: str) -> View:
    """Width, case, style and traditional characters undone; invisible characters and reading marks dropped."""
    if text.isascii():
        return unchanged(text.lower(), len(text))
    for glyph, form in _usual():
        text = text.replace(glyph, form)
    found = _changing().findall(text)
    glyphs = set(found)
    written = text if glyphs.isdisjoint(_ROMAN) else _ROMAN_NUMBER.sub(_as_digits, text)
    if not glyphs.isdisjoint(_occasional()) or _PLAIN_MARK.search(written):
        view = _without_specials(written, toned=not glyphs.isdisjoint(_TONED))
    elif any(map(_ONE_INVISIBLE.match, glyphs)):
        view = _without_invisible(written)
    else:
        return unchanged(replace_glyphs(written, found, one_to_one()), len(text))
    return View(replace_glyphs(view.text, found, one_to_one()), view.here, view.origin, view.lengths)


def _as_digits(match: re.Match[str]) -> str:
    number = match.group()
    first = number[0] if number[0] in "Ⅴⅴ" else number[0].translate(_ROMANS)
    return first + number[1:].translate(_ROMANS)


def _without_invisible(text: str) -> View:
    pieces = _INVISIBLES.split(text)
    return spliced(pieces[::2], pieces[1::2], [""] * (len(pieces) // 2))


def _without_specials(text: str, *, toned: bool) -> View:
    matches = list(_specials(text, toned=toned))
    starts = (*(match.start() for match in matches), len(text))
    ends = (0, *(match.end() for match in matches))
    kept = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    return spliced(kept, [match.group() for match in matches], [_form(text, match) for match in matches])


def _specials(text: str, *, toned: bool) -> Iterator[re.Match[str]]:
    """The matches of `_special`, looked for only where one can begin: `re` would try every way at every place."""
    match_at = _special().match
    end = 0
    for first in _first(toned).finditer(text):
        match = match_at(text, first.start()) if first.start() >= end else None
        if match:
            end = match.end()
            yield match


def _form(text: str, match: re.Match[str]) -> str:
    """What is read for a match of `_special`."""
    written, kind = match.group(), match.lastgroup
    if kind is None:
        return ""
    if kind == "number":
        return _numbers()[written]
    if kind == "label":
        return _labels()[written]
    if kind == "second":
        return "信"
    return _without_reading(match, text[match.start() - 1 : match.start()])


def _without_reading(match: re.Match[str], before: str) -> str:
    """What is left of a match of `_MARK`: nothing of a reading of the character before it, the character that stands
    in the mark itself, or all. A reading with its tone needs no check."""
    inner = match["inner"] or match["again"]
    if inner:
        return "" if inner == before else inner
    if match["sound"] and _TONE.search(match["sound"]):
        return ""
    return "" if is_reading_of(match["sound"] or match["after"], before) else match.group()


def condense(folded: str) -> tuple[View, list[str]]:
    """A folded text with everything dropped that is neither letter, digit nor hanzi, and what was dropped in between;
    maps to the folded text."""
    pieces = _GAPS_AND_WORDS.split(folded)
    sizes = list(map(len, pieces))
    lengths = tuple(sizes[1::2]) or (0,)
    origin = tuple(accumulate(sizes))[:-1:2] or (0,)
    return View("".join(pieces[1::2]), (0, *accumulate(lengths[:-1])), origin, lengths), pieces[2:-1:2]


def views(text: str) -> Views:
    folded = fold(text)
    dense, gaps = condense(folded.text)
    return Views(text, folded, dense, join_parts(dense.text), gaps)


def through_dense(views: Views, start: int, end: int) -> tuple[int, int]:
    """Original span of a span of the dense view."""
    return views.folded.original(*views.dense.original(start, end))


def through_joined(views: Views, start: int, end: int) -> tuple[int, int]:
    """Original span of a span of the densest view."""
    return through_dense(views, *((start, end) if views.parts is None else views.parts.original(start, end)))


def at_joined(views: Views, offset: int) -> int:
    """Where in the densest view stands what begins at an original offset, or after it."""
    dense = views.dense.at(offset if views.folded.is_identity else views.folded.at(offset))
    return dense if views.parts is None else views.parts.at(dense)


def all_at_joined(views: Views, offsets: list[int]) -> list[int]:
    """`at_joined` of each."""
    if not views.folded.is_identity:
        offsets = list(map(views.folded.at, offsets))
    dense = views.dense.all_at(offsets)
    return dense if views.parts is None else list(map(views.parts.at, dense))


def clauses(text: str, start: int, end: int) -> tuple[int, int]:
    """A span widened to the clauses that it begins and ends in, where their edges are near."""
    before = list(_CLAUSE_EDGE.finditer(text, max(0, start - _EDGE_CHARS), start))
    after = _CLAUSE_EDGE.search(text, end, end + _EDGE_CHARS)
    first = before[-1].end() if before else start if start > _EDGE_CHARS else 0
    last = after.start() if after else end if end + _EDGE_CHARS < len(text) else len(text)
    return first, last


def sentence_ends(text: str) -> tuple[int, ...]:
    """Offsets just after each sentence's end, the end of the text last. The lines of a column of single characters
    are no sentences."""
    ends = map(_END, _SENTENCE_END.finditer(text))
    in_columns = set(map(_END, _COLUMN_END.finditer(text)))
    return (*(filterfalse(in_columns.__contains__, ends) if in_columns else ends), len(text) + 1)


def is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"

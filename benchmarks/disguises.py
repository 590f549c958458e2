"""Disguises of a text: seeded, composable, in three strengths; what sellers do to slip past a filter.

.venv/bin/python benchmarks/disguises.py "电工证免考" [KIND…]
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

from benchmarks import glyphs

STRENGTHS = (1, 2, 3)
SHARES = {1: 0.2, 2: 0.5, 3: 0.9}
"""Strength to the share of the characters or words hit, of those that can be."""
COLUMNS = {1: 1, 2: 2, 3: 4}
MIXED = 3
"""Kinds that are mixed in one text."""
_WORDS_IN_BETWEEN = re.compile(r"(?<=[\w])(?=[\w])")
_CLAUSES = re.compile(r"([，,。；;！!？?\s]+)")
_SENTENCE = re.compile(r"(?<=[。！？!?\n])")
_MARKS = ("({tone})", "【{character}:{tone}】", "〔{plain}〕", "（{tone}）")

Random = random.Random
Allowed = Callable[[str, str], bool]
"""Whether a word may be replaced by a form."""
Apply = Callable[[str, Random, int], str]


def _any(word: str, form: str) -> bool:
    return True


SUBSTITUTIONS: dict[str, Callable[[], glyphs.Table]] = {
    "full width": glyphs.full_width,
    "radicals and compatibility": glyphs.compatible,
    "circled digits": glyphs.circled_digits,
    "mathematical": glyphs.mathematical,
    "chinese digits": glyphs.chinese_digits,
    "keycaps": glyphs.keycaps,
    "traditional": glyphs.traditional,
    "look-alikes": glyphs.look_alikes,
    "homophones": glyphs.homophones,
    "near homophones": glyphs.near_homophones,
    "split characters": glyphs.split,
    "emoji": partial(glyphs.own, "emoji"),
    "foreign letters": glyphs.foreign_letters,
    "martian": partial(glyphs.own, "martian"),
}
"""Kinds that put something else in the place of characters."""


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(SUBSTITUTIONS[kind](), key=len, reverse=True)))


def substitute(kind: str, text: str, chance: Random, strength: int, allowed: Allowed = _any) -> str:
    table = SUBSTITUTIONS[kind]()

    def replaced(match: re.Match[str]) -> str:
        word = match.group()
        forms = [form for form in table[word] if allowed(word, form)]
        return chance.choice(forms) if forms and chance.random() < SHARES[strength] else word

    return _pattern(kind).sub(replaced, text)


def _insert(marks: Sequence[str], text: str, chance: Random, strength: int) -> str:
    """A mark between some of the characters of words; mostly the same one in a text."""
    usual = chance.choice(marks)

    def mark(_: re.Match[str]) -> str:
        if chance.random() >= SHARES[strength]:
            return ""
        return usual if chance.random() < 0.8 else chance.choice(marks)

    return _WORDS_IN_BETWEEN.sub(mark, text)


def separators(text: str, chance: Random, strength: int) -> str:
    return _insert(glyphs.lists()["separators"], text, chance, strength)


def zero_width(text: str, chance: Random, strength: int) -> str:
    return _insert(glyphs.lists()["invisible"], text, chance, strength)


def decorations(text: str, chance: Random, strength: int) -> str:
    """As many ornaments as the strength says between all characters."""
    marks = glyphs.lists()["decorations"]
    usual = chance.choices(marks, k=strength)
    return "".join(usual).join(text)


def reading_marks(text: str, chance: Random, strength: int) -> str:
    style = chance.choice(_MARKS)

    def marked(character: str) -> str:
        tone = glyphs.reading(character) if glyphs.sound(character) else ""
        if not tone or chance.random() >= SHARES[strength]:
            return character
        return character + style.format(tone=tone, plain=glyphs.sound(character), character=character)

    return "".join(map(marked, text))


def pinyin(text: str, chance: Random, strength: int) -> str:
    """Characters spelled out, now and then with tones or a capital."""

    def spelled(character: str) -> str:
        syllable = glyphs.sound(character)
        if not syllable or chance.random() >= SHARES[strength]:
            return character
        return chance.choice((syllable, syllable, syllable.capitalize(), glyphs.reading(character)))

    return "".join(map(spelled, text))


def reversed_text(text: str, chance: Random, strength: int) -> str:
    """Clauses from back to front; at full strength every line as a whole."""
    if strength == max(STRENGTHS):
        return "\n".join(line[::-1] for line in text.split("\n"))
    return "".join(
        part[::-1] if chance.random() < SHARES[strength] and not _CLAUSES.fullmatch(part) else part
        for part in _CLAUSES.split(text)
    )


def vertical(text: str, _: Random, strength: int) -> str:
    """From top to bottom, the columns from right to left."""
    columns = COLUMNS[strength]
    characters = "".join(text.split())
    height = -(-len(characters) // columns)
    padded = characters.ljust(height * columns, "\u3000")
    rows = (padded[row::height] for row in range(height))
    return "\n".join(row[::-1].rstrip("\u3000") for row in rows)


def filler(text: str, chance: Random, strength: int) -> str:
    """Literature before and after; at full strength between the sentences, too."""
    return _among(glyphs.lists()["texts"]["filler"], text, chance, strength, between=strength == max(STRENGTHS))


def news(text: str, chance: Random, strength: int) -> str:
    """Official news before and after, in paragraphs of its own."""
    return _among(glyphs.lists()["texts"]["news"], text, chance, strength, between=False)


def _among(others: list[str], text: str, chance: Random, strength: int, *, between: bool) -> str:
    parts = [part for part in _SENTENCE.split(text) if part.strip()] if between else [text]
    spread = [piece for part in parts for piece in (part, chance.choice(others))] if between else parts
    before, after = (chance.sample(others, strength) for _ in range(2))
    return "\n".join([*before, *spread, *after])


def mixed(text: str, chance: Random, strength: int) -> str:
    """Several kinds one after another, as those do who know what filters undo."""
    for kind in chance.sample(_MIXABLE, MIXED):
        text = KINDS[kind](text, chance, strength)
    return text


KINDS: dict[str, Apply] = {
    **{kind: partial(substitute, kind) for kind in SUBSTITUTIONS},
    "separators": separators,
    "zero width": zero_width,
    "decorations": decorations,
    "reading marks": reading_marks,
    "pinyin": pinyin,
    "reversed": reversed_text,
    "vertical": vertical,
    "filler": filler,
    "official news": news,
    "mixed": mixed,
}
_MIXABLE = [kind for kind in KINDS if kind not in ("reversed", "vertical", "mixed", "pinyin", "decorations")]


def disguise(text: str, kinds: Iterable[str], strength: int, seed: object, allowed: Allowed = _any) -> str:
    """The kinds one after another; equal for equal arguments, on every machine."""
    for kind in kinds:
        chance = random.Random(f"{seed}:{kind}:{strength}")
        if kind in SUBSTITUTIONS:
            text = substitute(kind, text, chance, strength, allowed)
        else:
            text = KINDS[kind](text, chance, strength)
    return text


def main() -> None:
    text, *kinds = sys.argv[1:] or ["低压电工证，免考试，七天拿证，微信 abc_12345，电话 13800001234"]
    for kind in kinds or KINDS:
        for strength in STRENGTHS:
            print(f"{kind:28}{strength}  {disguise(text, [kind], strength, 0)!r}")


if __name__ == "__main__":
    main()

"""How words are hidden: a name for each way, by which a signal can say how."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from detectors import gaps
from detectors import text as folding

INVISIBLE, GLYPHS, SEPARATORS, VERTICAL = "invisible", "glyphs", "separators", "vertical"
REVERSED, SPLIT, LOOK_ALIKE, HOMOPHONE, PINYIN = "reversed", "split", "look-alike", "homophone", "pinyin"
TRADITIONAL, READING_MARKS, DIGITS = "traditional", "reading-marks", "digits"

_REMEMBERED_CHARS = 64
"""Words are hidden in the same way again and again."""
INNOCENT = frozenset({TRADITIONAL, READING_MARKS})
"""How lawful pages are written, too: never evasion by itself."""


@cache
def _signs() -> dict[str, re.Pattern[str]]:
    """What in the original text tells a way to write, by its name; evasion first."""
    evasive = folding.tables()["evasive"]
    return {
        INVISIBLE: re.compile(f"[{folding.INVISIBLE}]"),
        GLYPHS: re.compile(f"[{evasive}]"),
        DIGITS: re.compile(
            "[\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\U0001d7ce-\U0001d7ff]"
        ),
        TRADITIONAL: re.compile(f"[{''.join(folding.traditional().keys() - set(evasive))}]"),
        READING_MARKS: folding.reading_mark(),
    }


def kinds(written: str) -> list[str]:
    """The ways in which a quotation is written that folding undoes, what hides it first."""
    return [name for name, sign in _signs().items() if sign.search(written)]


def of_glyphs(written: str) -> str:
    """How a word that folds to a plain one is hidden; empty when people write so: wide, traditional, with readings."""
    return _of_glyphs(written) if len(written) <= _REMEMBERED_CHARS else _of_glyphs.__wrapped__(written)


@lru_cache(maxsize=4096)
def _of_glyphs(written: str) -> str:
    return next((kind for kind in kinds(written) if kind in (INVISIBLE, GLYPHS)), "")


@lru_cache(maxsize=4096)
def of_gaps(written: str, count: int, *, alone: bool) -> str | None:
    """How a word of so many characters was pulled apart; empty when one blank or line break merely stands in it, None
    when it is no word but the ends of two. `alone` as `gaps.separators_are_disguise` has it."""
    between = gaps.between(written)
    if not gaps.separators_are_disguise(between, count, alone=alone):
        return None
    if not gaps.is_evasive(between, count):
        return ""
    return VERTICAL if gaps.is_column(between) else SEPARATORS

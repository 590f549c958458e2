"""What stands between the characters of a word: decoration that hides it, or the ordinary end of one before another."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from detectors.text import WORD_RUN, Views

_ORDINARY_GAP = re.compile(r"[\s，,。、；;：:！!？?（）()《》“”\"'‘’\-]+")
_DIVIDER = re.compile(r"[\s|/\\★☆◆◇●○■□▲△▼▶►→➤✔√✓☑•~～—–=<>「」【】\[\]]+")
_CLAUSE_END = re.compile(r"[，,。！？!?；;：:\n]")
LONG_WORD = 4
_GAP_MAX_CHARS = 4
_ORNAMENT_MAX_CHARS = 16


class Seams(NamedTuple):
    """Where, in the dense view, something was dropped that may be decoration, in ascending order."""

    any_word: list[int]
    long_words: list[int]
    """Only blanks were dropped between longer runs: of short words they are the ordinary ends."""


def seams(views: Views) -> Seams:
    """Not where an ordinary end of a word was dropped."""
    kinds = {gap: _kind(gap) if len(gap) <= _GAP_MAX_CHARS else _kind.__wrapped__(gap) for gap in set(views.gaps)}
    dense = views.dense
    found = Seams([], [])
    any_word, long_words = found.any_word.append, found.long_words.append
    if any(kinds.values()) or 1 in dense.lengths:
        lengths = dense.lengths
        told = zip(dense.here[1:], map(kinds.__getitem__, views.gaps), lengths, lengths[1:], strict=False)
        for at, kind, before, after in told:
            if kind:
                if kind == _ORNAMENT or before == 1 or after == 1:
                    any_word(at)
                else:
                    long_words(at)
            elif before == 1 == after:
                any_word(at)
    return found


_USUAL, _BLANK, _ORNAMENT = range(3)


@lru_cache(maxsize=4096)
def _kind(gap: str) -> int:
    """Whether it can only be the end of a word before another (unless single characters stand on both sides), is
    blank, or may be an ornament."""
    if _is_no_ornament(gap):
        return _USUAL
    if _ORDINARY_GAP.fullmatch(gap) is None:
        return _ORNAMENT
    return _USUAL if gap.strip() else _BLANK


def between(written: str) -> list[str]:
    """What the dense view drops between the characters of a word."""
    return WORD_RUN.split(written)[1:-1]


def separators_are_disguise(gaps: list[str], count: int, *, alone: bool) -> bool:
    """Whether what the dense view drops within a word of so many characters is decoration, not the ordinary end of one
    word before another; `alone` says whether something was dropped before and after it, too.

    A decoration is, but for one divider between two words. Blanks are inside a long word, or where each character
    stands alone between blanks.
    """
    if not gaps:
        return False
    apart = alone and len(gaps) == count - 1
    if any(map(_is_no_ornament, gaps)):
        return apart and len(gaps) > 1 and len(set(gaps)) == 1 and _is_figure(gaps[0])
    if not all(map(_ORDINARY_GAP.fullmatch, gaps)):
        return len(gaps) > 1 or not _DIVIDER.fullmatch(gaps[0]) or apart
    if any(gap.strip() for gap in gaps):
        return apart and len(gaps) > 1 and len(set(gaps)) == 1
    return count > LONG_WORD or apart


def _is_no_ornament(gap: str) -> bool:
    """Whether more stands there than a decoration: several words of it, or one beside the end of a clause or line."""
    if len(gap) > _GAP_MAX_CHARS:
        return len(gap) > _ORNAMENT_MAX_CHARS or _CLAUSE_END.search(gap) is not None
    return _CLAUSE_END.search(gap) is not None and not _ORDINARY_GAP.fullmatch(gap)


def _is_figure(gap: str) -> bool:
    """Whether it may be a drawing of several signs, whatever signs these are: (｡･ω･｡)."""
    return len(gap) <= _ORNAMENT_MAX_CHARS and "\n" not in gap and not _ORDINARY_GAP.fullmatch(gap)


def is_evasive(gaps: list[str], count: int) -> bool:
    """Whether a word of so many characters was pulled apart on purpose: by ornaments, or a blank after every one.

    One blank or line break inside a phrase is how people write; a line of its own for every character is not.
    """
    if not all(map(_ORDINARY_GAP.fullmatch, gaps)):
        return True
    if len(gaps) != count - 1 or len(gaps) < 2:
        return False
    return is_column(gaps) or len(set(gaps)) == 1 or not any("\n" in gap or gap.strip() for gap in gaps)


def is_column(gaps: list[str]) -> bool:
    """Whether every character stands in a line of its own."""
    return len(gaps) > 1 and "\n" in gaps[0] and all("\n" in gap for gap in gaps)

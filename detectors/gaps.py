"""What stands between the characters of a word: decoration that hides it, or the ordinary end of one before another."""

from __future__ import annotations

import re
from functools import lru_cache

from detectors.text import WORD_RUN, Views

_ORDINARY_GAP = re.compile(r"[\s，,。、；;：:！!？?（）()《》“”\"'‘’\-]+")
_DIVIDER = re.compile(r"[\s|/\\★☆◆◇●○■□▲△▼▶►→➤✔√✓☑•~～—–=<>「」【】\[\]]+")
_CLAUSE_END = re.compile(r"[，,。！？!?；;：:\n]")
_LONG_WORD = 4
_GAP_MAX_CHARS = 4
_ORNAMENT_MAX_CHARS = 16
_REMEMBERED_CHARS = 64
"""Words that somebody pulls apart are written so again and again."""


def seams(views: Views) -> list[int]:
    """Where, in the dense view, something was dropped that may be decoration: not at the ordinary ends of words."""
    text, dense = views.folded.text, views.dense
    ends = map(int.__add__, dense.origin, dense.lengths)
    gaps = [text[end:start] for end, start in zip(ends, dense.origin[1:], strict=False)]
    usual = {gap: _is_short_usual(gap) if len(gap) <= _GAP_MAX_CHARS else _is_usual(gap) for gap in set(gaps)}
    lengths = dense.lengths
    return [
        at
        for at, gap, before, after in zip(dense.here[1:], gaps, lengths, lengths[1:], strict=False)
        if not usual[gap] or before == after == 1
    ]


def _is_usual(gap: str) -> bool:
    """Whether it can only be the end of a word before another, unless single characters stand on both sides."""
    return (_ORDINARY_GAP.fullmatch(gap) is not None and bool(gap.strip())) or _is_no_ornament(gap)


_is_short_usual = lru_cache(maxsize=4096)(_is_usual)


def gaps_within(views: Views, start: int, end: int) -> list[str]:
    """What was dropped between the characters of a span of the dense view."""
    first, last = views.dense.original(start, end)
    written = views.folded.text[first:last]
    return _gaps(written) if last - first <= _REMEMBERED_CHARS else _gaps.__wrapped__(written)


@lru_cache(maxsize=4096)
def _gaps(written: str) -> list[str]:
    return WORD_RUN.split(written)[1:-1]


def separators_are_disguise(views: Views, start: int, end: int) -> bool:
    """Whether what was dropped inside a dense span is decoration, not the ordinary end of one word before another.

    A decoration is, but for one divider between two words. Blanks are inside a long word, or where each character
    stands alone between blanks.
    """
    gaps = gaps_within(views, start, end)
    if not gaps:
        return False
    apart = views.dense.starts_run(start) and views.dense.ends_run(end) and len(gaps) == end - start - 1
    if any(map(_is_no_ornament, gaps)):
        return apart and len(gaps) > 1 and len(set(gaps)) == 1 and _is_figure(gaps[0])
    if any(not _ORDINARY_GAP.fullmatch(gap) for gap in gaps):
        return len(gaps) > 1 or not _DIVIDER.fullmatch(gaps[0]) or apart
    if any(gap.strip() for gap in gaps):
        return apart and len(gaps) > 1 and len(set(gaps)) == 1
    return end - start > _LONG_WORD or apart


def _is_no_ornament(gap: str) -> bool:
    """Whether more stands there than a decoration: several words of it, or one beside the end of a clause or line."""
    if len(gap) > _GAP_MAX_CHARS:
        return len(gap) > _ORNAMENT_MAX_CHARS or _CLAUSE_END.search(gap) is not None
    return _CLAUSE_END.search(gap) is not None and not _ORDINARY_GAP.fullmatch(gap)


def _is_figure(gap: str) -> bool:
    """Whether it may be a drawing of several signs, whatever signs these are: (｡･ω･｡)."""
    return len(gap) <= _ORNAMENT_MAX_CHARS and "\n" not in gap and not _ORDINARY_GAP.fullmatch(gap)


def is_evasive(views: Views, start: int, end: int) -> bool:
    """Whether a word of the dense view was pulled apart on purpose: by ornaments, or a blank after every character.

    One blank or line break inside a phrase is how people write; a line of its own for every character is not.
    """
    gaps = gaps_within(views, start, end)
    if any(not _ORDINARY_GAP.fullmatch(gap) for gap in gaps):
        return True
    if len(gaps) != end - start - 1 or len(gaps) < 2:
        return False
    return is_column(gaps) or len(set(gaps)) == 1 or not any("\n" in gap or gap.strip() for gap in gaps)


def is_column(gaps: list[str]) -> bool:
    """Whether every character stands in a line of its own."""
    return len(gaps) > 1 and all("\n" in gap for gap in gaps)

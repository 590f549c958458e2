"""How words are hidden: a name for each way, by which a signal can say how."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from detectors import text as folding

INVISIBLE, GLYPHS, SEPARATORS, VERTICAL = "invisible", "glyphs", "separators", "vertical"
REVERSED, SPLIT, LOOK_ALIKE, HOMOPHONE, PINYIN = "reversed", "split", "look-alike", "homophone", "pinyin"


@cache
def _hiding() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Characters that nobody writes within a word but to hide it: those that show nothing, those that look alike."""
    return re.compile(f"[{folding.INVISIBLE}]"), re.compile(f"[{folding.tables()['evasive']}]")


def of_glyphs(written: str) -> str:
    """How a word that folds to a plain one is hidden; empty when people write so: wide, traditional, with readings."""
    unseen, unlike = _hiding()
    return INVISIBLE if unseen.search(written) else GLYPHS if unlike.search(written) else ""


def of_gaps(views: folding.Views, start: int, end: int) -> str:
    """How a word of the dense view was pulled apart; empty when one blank or line break merely stands in it."""
    if not folding.is_evasive(views, start, end):
        return ""
    return VERTICAL if folding.is_column(folding.gaps_within(views, start, end)) else SEPARATORS


def innocent(written: str) -> frozenset[str]:
    """What folding undid in a span that is no disguise by itself: `width`, `traditional`, `reading-marks`."""
    kinds = set()
    if any(unicodedata.normalize("NFKC", one) != one for one in written):
        kinds.add("width")
    return frozenset(kinds)

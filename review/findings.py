"""Signals as people read them: what is said alike once, heaviest first, with the passages it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from detectors.strings import PARTICULARS
from review.strings import ALIKE

QUOTE_CHARS, QUOTES_MAX = 60, 3
_FILLED = re.compile(r"(?:“[^”]*”、?)+|\d+")
_PARTICULARS = re.compile("|".join(PARTICULARS))


def gist(reason: str) -> str:
    """What sentences share that differ only in what they quote, count or add: “第 2 张图片里的文字” and “第 5 张…”."""
    return _FILLED.sub("…", _PARTICULARS.split(reason, maxsplit=1)[0].rstrip("。"))


def by_reason(
    signals: Iterable[Mapping[str, Any]], quote_chars: int = QUOTE_CHARS, quotes_max: int = QUOTES_MAX
) -> dict[str, list[str]]:
    """Reasons that speak against the subject → some of the passages they rest on.

    Sentences of one class and one gist are told once, in the words of the heaviest, with how many there are beyond
    those whose passages are shown. Passages have their white space folded and are cut at `quote_chars`. The record
    keeps all.
    """
    groups: dict[tuple[str, str], dict[tuple[str, str], None]] = {}
    for signal in sorted(signals, key=lambda signal: -signal["weight"]):
        if signal["weight"] > 0:
            reason, quote = signal["reason"].rstrip("。"), cut(signal["quote"], quote_chars)
            groups.setdefault((signal["class"], gist(reason)), {})[(reason, quote)] = None
    return dict(_told(list(group), quotes_max) for group in groups.values())


def _told(group: list[tuple[str, str]], quotes_max: int) -> tuple[str, list[str]]:
    quotes = list(dict.fromkeys(quote for _, quote in group if quote))[:quotes_max]
    more = len(group) - max(1, sum(quote in quotes for _, quote in group))
    return group[0][0] + (ALIKE.format(count=more) if more > 0 else ""), quotes


def cut(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"

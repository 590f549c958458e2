"""Signals as people read them: each reason once, heaviest first, with the passages it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

QUOTE_CHARS = 60


def by_reason(signals: Iterable[Mapping[str, Any]], quote_chars: int = QUOTE_CHARS) -> dict[str, list[str]]:
    """Reasons that speak against the subject → their different quotes, white space folded, cut at `quote_chars`."""
    found: dict[str, dict[str, None]] = {}
    for signal in sorted(signals, key=lambda signal: -signal["weight"]):
        if signal["weight"] > 0:
            quotes = found.setdefault(signal["reason"].rstrip("。"), {})
            if signal["quote"]:
                quotes[_cut(signal["quote"], quote_chars)] = None
    return {reason: list(quotes) for reason, quotes in found.items()}


def _cut(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"

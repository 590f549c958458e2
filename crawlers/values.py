"""Values as pages write them: folded text, prices in yuan, moments."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from html import unescape
from typing import Any

PRICE_MAX_CHARS = 64
_CURRENCY = r"[¥￥]|CNY|RMB|人民币"
_NUMBER = r"(\d{1,12}(?:\.\d{1,4})?)\s{0,3}(万|千|[kK])?"
_PRICE = re.compile(rf"{_NUMBER}(?:\s{{0,3}}[-~–—至到]\s{{0,3}}(?:{_CURRENCY})?\s{{0,3}}{_NUMBER})?")
_AFTER_CURRENCY = re.compile(rf"(?:{_CURRENCY})\s{{0,3}}(?=\d)")
_UNITS = {"万": 10_000, "千": 1_000, "k": 1_000, "K": 1_000}
_MARKUP = re.compile(r"</?(?:em|b|i|u|strong|span|font|mark|br|p|a)(?:\s[^<>]{0,400})?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|\w{1,31});")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_UNKEPT = re.compile("[\0\ud800-\udfff]")
_UNKEPT_IN_JSON = re.compile(r"[\ud800-\udfff]|\\u0000")


def fold(text: str) -> str:
    """The text on one line: runs of white space become one blank."""
    return " ".join(text.split())


def keepable_text(text: str) -> str:
    """A text without what no database or terminal can hold: `keepable`."""
    return _UNKEPT.sub("\ufffd", text)


def keepable(value: Any) -> Any:
    """A JSON value without what JSON can write and no database or terminal can hold: halves of surrogate pairs and
    zero bytes. In their place stands the replacement character."""
    return _mended(value) if _UNKEPT_IN_JSON.search(json.dumps(value, ensure_ascii=False)) else value


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return keepable_text(value)
    if isinstance(value, list):
        return [_mended(item) for item in value]
    return {_mended(name): _mended(item) for name, item in value.items()} if isinstance(value, dict) else value


def without_markup(text: str) -> str:
    """Text of a JSON field that carries the emphasis tags and entities of a results page."""
    bare = _MARKUP.sub("", text) if "<" in text else text
    return _ENTITY.sub(lambda match: unescape(match[0]), bare)


def price_cny(shown: str) -> float | None:
    """Yuan from a price as shown; the lower end of a range; None when no amount above nothing is stated.

    Reads "¥１９９．00", "1.2万", "199-299", "1,299元起"; "面议" and "0" are None.
    """
    text = unicodedata.normalize("NFKC", shown[:PRICE_MAX_CHARS]).replace(",", "").replace("¥ ", "¥")
    sign = _AFTER_CURRENCY.search(text)
    match = _PRICE.search(text, sign.end() if sign else 0)
    if match is None:
        return None
    low, low_unit, high, high_unit = match.groups()
    amounts = [float(low) * _UNITS.get(low_unit or high_unit or "", 1)]
    if high is not None:
        amounts.append(float(high) * _UNITS.get(high_unit or "", 1))
    return round(min(amounts), 4) or None


def moment(shown: str) -> str:
    """UTC in ISO 8601 for epoch seconds or milliseconds; anything else as it is shown."""
    text = shown.strip()
    if not _EPOCH.fullmatch(text):
        return fold(text)
    seconds = int(text) / (1000 if len(text) == 13 else 1)
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

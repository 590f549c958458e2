"""What may stand in a row: contacts and personal numbers masked, and an HMAC under the office's key to link by."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detectors.base import Contact, Signal

STAR = "*"
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])T?\d{15}(?:\d{2}[\dXx])?(?![0-9A-Za-z])|(?<!\d)1[3-9]\d{9}(?!\d)")
_KEEP_START, _KEEP_END = 3, 2


def mask(value: str) -> str:
    """The first three and last two characters of a long value, less of a short one; the rest stars, length kept."""
    if len(value) <= _KEEP_START + _KEEP_END:
        return value[:1] + STAR * (len(value) - 1)
    keep = _KEEP_START if len(value) > 2 * _KEEP_START else 1
    return value[:keep] + STAR * (len(value) - keep - _KEEP_END) + value[-_KEEP_END:]


def mask_text(text: str) -> str:
    """Mobile, identity and certificate numbers in a text masked, every other character and the length kept."""
    return _PERSONAL.sub(lambda match: mask(match.group()), text)


def mask_signal(signal: Signal, contacts: Sequence[Contact]) -> Signal:
    """The signal with every contact inside its quote masked; its offsets still hold."""
    quote = signal.quote
    if signal.where == "text":
        for contact in contacts:
            start, end = max(contact.start, signal.start) - signal.start, min(contact.end, signal.end) - signal.start
            if start < end:
                quote = quote[:start] + mask(quote[start:end]) + quote[end:]
    return replace(signal, quote=mask_text(quote), reason=mask_text(signal.reason))


def link(kind: str, value: str, key: bytes) -> str:
    """HMAC-SHA-256 of a normalised value; equal for equal values of one office, useless without its key."""
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()

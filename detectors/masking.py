"""What may stand in a row: contacts and personal numbers masked, and an HMAC under the office's key to link by."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from crawlers import identities
from detectors.contacts import find, is_personal
from detectors.text import views

if TYPE_CHECKING:
    from detectors.base import Contact, Signal, Verdict

mask = identities.masked


def mask_text(text: str) -> str:
    """Personal contacts, identity and certificate numbers in a text masked, all else and the length kept."""
    found = (contact for contact in find(views(text)) if is_personal(contact))
    return identities.mask(_without(text, [(contact.start, contact.end) for contact in found]))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + mask(text[start:end]) + text[end:]
    return text


def mask_signal(signal: Signal, contacts: Sequence[Contact]) -> Signal:
    """The signal with every contact inside its quote masked; its offsets still hold."""
    quote = mask_quote(signal.quote, signal.start, contacts if signal.where == "text" else ())
    return replace(signal, quote=quote, reason=mask_text(signal.reason))


def mask_quote(quote: str, start: int, contacts: Sequence[Contact]) -> str:
    """What stands at `start` of a text, masked where the text's contacts reach into it, and where numbers stand."""
    end = start + len(quote)
    inside = ((max(contact.start, start) - start, min(contact.end, end) - start) for contact in contacts)
    return mask_text(_without(quote, (span for span in inside if span[0] < span[1])))


def shown(contact: Contact) -> Contact:
    """The contact as people may see it where contacts are shown in full: the number of a card is masked even there."""
    if contact.kind != "certificate":
        return contact
    return replace(contact, value=mask(contact.value), quote=mask(contact.quote))


def shown_verdict(verdict: Verdict) -> Verdict:
    """The verdict as people may see it where contacts are shown in full: numbers of persons and cards are masked in
    what is quoted, the length kept."""
    signals = (
        replace(one, quote=identities.mask(one.quote), reason=identities.mask(one.reason)) for one in verdict.signals
    )
    return replace(verdict, signals=tuple(signals))


def link(kind: str, value: str, key: bytes) -> str:
    """HMAC-SHA-256 of a normalised value; equal for equal values of one office, useless without its key."""
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()

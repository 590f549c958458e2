"""What a copy for circulation may show: the people whom a page exposes are masked, the operator's contacts stay.

Rules (PIPL 6, 28, 51): identity and certificate numbers keep six and four characters, mobile numbers three and four,
names the surname; other ways to reach a person are masked unless they are the operator's. A name is found by the label
before it or the words around it, and then everywhere; others are not found, and the copy says so (`checksheet`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawlers import identities
from detectors.contacts import find, is_personal
from detectors.text import views
from review.packets import names

STAR = "*"
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[\s-]?\d){8}(?!\d)")
_ID_KEEP_START, _ID_KEEP_END, _PHONE_KEEP_START, _PHONE_KEEP_END = 6, 4, 3, 4


@dataclass(frozen=True, slots=True)
class Found:
    """One masked value: `kind` is name, identity, phone or contact."""

    kind: str
    value: str


@dataclass(slots=True)
class Masker:
    """Masks texts of one packet. `keep` are the operator's contacts; `found` grows with every text."""

    keep: frozenset[str]
    names: set[str] = field(default_factory=set)
    likely: set[str] = field(default_factory=set)
    """Names by the words around them: masked, too, but an ordinary word may be among them."""
    found: dict[Found, None] = field(default_factory=dict)

    @classmethod
    def of(cls, contacts: Collection[Mapping[str, Any]], texts: Collection[str]) -> Masker:
        """For what these texts say: names that one of them announces are masked in all."""
        made = cls(frozenset(str(contact["value"]) for contact in contacts))
        for text in texts:
            made._learn(text)
        return made

    def _learn(self, text: str) -> None:
        self.names |= names.labelled(text)
        self.likely |= names.spoken_of(text) - self.names

    def text(self, text: str) -> str:
        """The text with what must not be shown masked; as long as before."""
        self._learn(text)
        text = self._spans(text, [(one.start, one.end) for one in identities.find(text)], "identity")
        text = self._spans(text, [match.span() for match in _MOBILE.finditer(text)], "phone")
        others = [(one.start, one.end) for one in find(views(text)) if is_personal(one) and not self._kept(one.value)]
        text = self._spans(text, others, "contact")
        for name in sorted(self.names | self.likely, key=len, reverse=True):
            if name in text:
                self.found[Found("name", name)] = None
                text = text.replace(name, mask_name(name))
        return text

    def value(self, value: Any) -> Any:
        """The same for every string in plain JSON."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(inner) for key, inner in value.items()}
        return [self.value(inner) for inner in value] if isinstance(value, list | tuple) else value

    def _spans(self, text: str, spans: list[tuple[int, int]], kind: str) -> str:
        for start, end in spans:
            value = text[start:end]
            if not self._kept(value) and STAR not in value:
                self.found[Found(kind, value)] = None
                text = text[:start] + mask_value(value, kind) + text[end:]
        return text

    def _kept(self, value: str) -> bool:
        plain = re.sub(r"[\s-]", "", value)
        return bool({value, plain, identities.masked(plain)} & self.keep)


def mask_value(value: str, kind: str) -> str:
    """One value by the rule of its kind; as long as before."""
    if kind == "identity":
        start = _ID_KEEP_START + (not value[0].isdigit())  # the T of a certificate's number
        return _middle(value, start, _ID_KEEP_END)
    if kind == "phone":
        return _middle(value, _PHONE_KEEP_START, _PHONE_KEEP_END)
    return mask_name(value) if kind == "name" else identities.masked(value)


def _middle(value: str, start: int, end: int) -> str:
    return value[:start] + STAR * max(0, len(value) - start - end) + value[-end:]


def mask_name(name: str) -> str:
    """The surname, and a star for each other character."""
    keep = 2 if len(name) > 2 and name.startswith(names.compound()) else 1
    return name[:keep] + STAR * (len(name) - keep)

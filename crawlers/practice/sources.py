"""What engines and shops of a practice web have in common: states, captcha counters, opaque links, highlighting."""

from __future__ import annotations

import base64
import re
from abc import ABC, abstractmethod
from functools import cached_property
from hashlib import sha256
from itertools import cycle
from typing import ClassVar

from markupsafe import Markup, escape

from crawlers.practice.answers import Answer, Ask, html, page
from crawlers.practice.format import SourcePlan

SLOW_SECONDS = 2.0


class Source(ABC):
    """An engine or a shop: answers on its own hosts, in its own words."""

    id: ClassVar[str]
    own_hosts: ClassVar[tuple[str, ...]]
    default_per_page: ClassVar[int] = 10

    def __init__(self, plan: SourcePlan) -> None:
        self._plan = plan
        self._asked = 0

    @property
    def hosts(self) -> tuple[str, ...]:
        return self.own_hosts

    @property
    def served(self) -> bool:
        return self._plan.serve and not self.dead

    @property
    def dead(self) -> bool:
        return self._plan.state == "dead"

    @property
    def refuses(self) -> bool:
        return self._plan.state == "refuse"

    @cached_property
    def per_page(self) -> int:
        return self._plan.per_page or self.default_per_page

    def answer(self, ask: Ask) -> Answer | None:
        """None: not a page of this source, its host's folder may have it."""
        return self._search_in_state(ask) if self.is_search(ask) else self.other(ask)

    def _search_in_state(self, ask: Ask) -> Answer:
        state = self._plan.state
        if state == "timeout":
            return Answer(0, hangs=True)
        if state == "error":
            return html(page("status", status=503), 503)
        if state == "login":
            return self.login(ask)
        self._asked += 1
        if state == "captcha" or 0 < self._plan.captcha_after < self._asked:
            return self.blocked(ask)
        answer = self.search(ask)
        return answer.late(SLOW_SECONDS) if state == "slow" else answer

    @property
    def finds_nothing(self) -> bool:
        return self._plan.state == "empty"

    @abstractmethod
    def is_search(self, ask: Ask) -> bool: ...

    @abstractmethod
    def search(self, ask: Ask) -> Answer: ...

    @abstractmethod
    def blocked(self, ask: Ask) -> Answer:
        """How this source turns a visitor away."""

    def login(self, ask: Ask) -> Answer:
        """How this source asks for an account; most block instead."""
        return self.blocked(ask)

    def other(self, ask: Ask) -> Answer | None:
        """Redirects, verification pages, single offers."""
        return None


def seal(secret: str, url: str) -> str:
    """An opaque token for a link of an engine; only `unseal` with the same secret reads it."""
    return base64.urlsafe_b64encode(_crossed(secret, url.encode())).decode().rstrip("=")


def unseal(secret: str, token: str) -> str:
    """The address behind a token; "" when it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        url = _crossed(secret, raw).decode()
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""


def _crossed(secret: str, data: bytes) -> bytes:
    key = cycle(sha256(secret.encode()).digest())
    return bytes(byte ^ mask for byte, mask in zip(data, key, strict=False))


def emphasised(text: str, query: str, tag: str = "em", css: str = "") -> Markup:
    """`text` escaped, with the query's words (or, for a long Chinese query, its pairs) marked as engines do."""
    pattern = _pattern(query)
    if pattern is None:
        return escape(text)
    opening, closing = _tags(tag, css)
    parts = pattern.split(text)
    marked = (opening + part + closing if number % 2 else escape(part) for number, part in enumerate(parts))
    return Markup("").join(marked)


def _tags(tag: str, css: str) -> tuple[Markup, Markup]:
    name = Markup(tag)  # noqa: S704 - a constant of the caller
    attribute = Markup(' class="{}"').format(css) if css else ""
    return Markup("<{}{}>").format(name, attribute), Markup("</{}>").format(name)


def _pattern(query: str) -> re.Pattern[str] | None:
    words = [word for word in query.split() if len(word) > 1]
    pairs = [word[at : at + 2] for word in words if not word.isascii() for at in range(len(word) - 1)]
    either = "|".join(re.escape(word) for word in sorted({*words, *pairs}, key=lambda w: (-len(w), w)))
    return re.compile(f"((?:{either})+)", re.IGNORECASE) if either else None


def excerpt(text: str, query: str, chars: int = 90) -> str:
    """A piece of the text round the first word of the query in it."""
    pattern = _pattern(query)
    found = pattern.search(text) if pattern else None
    start = max(0, found.start() - chars // 3) if found else 0
    piece = text[start : start + chars]
    return ("..." if start else "") + piece + ("..." if start + chars < len(text) else "")

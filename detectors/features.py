"""One page as every detector sees it: parsed once, its text with offsets, and what its markup says."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

from crawlers.needles import encoded
from crawlers.records import PageState

if TYPE_CHECKING:
    from crawlers.records import Listing

T = TypeVar("T")
PLAIN_HOST = re.compile(r"https?://([a-z0-9][a-z0-9.-]*[a-z0-9])(?:[/?#]|$)")
"""An address whose host needs no closer look."""
LINKED_HOST = re.compile(r"(?:https?:)?//([a-z0-9][a-z0-9.-]*[a-z0-9])(?:[/?#]|$)")
"""The same of a link, which may leave the scheme to its page."""

_QUERY = r"(?:\?[^\s#;]+)?"
_WHOLE_ADDRESS = re.compile(rf"https?://[a-z0-9.-]+/[^\s?#;]*{_QUERY}")
_ROOTED_ADDRESS = re.compile(rf"(?=/)(?!\S*/\.)/(?!/)[^\s?#;]*{_QUERY}")
_NESTED_ADDRESS = re.compile(rf"[\w%~-](?!\S*/[./])[^\s?#;:]*{_QUERY}")
"""Addresses that `urljoin`, which takes a link apart and puts it together again, leaves as they are."""


UNSEEN = ("title", "alt", "meta", "script", "code")
"""Kinds of passages that are no text of the page."""


class Passage(NamedTuple):
    """A block of the text. `kind`: title h1 header nav body code written footer alt meta script; `hidden` when
    markup hides it. `written` stands where `document.write` puts it, `script` in any other string of a script."""

    kind: str
    start: int
    end: int
    hidden: bool = False


class Link(NamedTuple):
    href: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `label` is the visible text that stands directly before it, or its <label>."""

    name: str
    kind: str
    label: str
    placeholder: str
    start: int
    value: str = ""
    """What is filled in beforehand, of fields in which people write."""

    @property
    def words(self) -> str:
        return f"{self.label} {self.placeholder} {self.name}"


@dataclass(frozen=True, slots=True)
class Form:
    """A form, or (with `action` None) the inputs that stand outside every form."""

    action: str | None
    fields: tuple[Field, ...]


class Image(NamedTuple):
    src: str
    alt: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """A mark by which a site names itself; `kind` is what sort of mark it is."""

    kind: str
    value: str
    quote: str
    start: int = 0
    end: int = 0
    where: str = "text"


@dataclass(slots=True)
class Markup:
    """What the walk over a document collects besides its text; hrefs and sources as written."""

    links: list[Link] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    metas: dict[str, str] = field(default_factory=dict)
    canonical: str = ""
    base: str = ""
    assets: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    frame_titles: list[str] = field(default_factory=list)
    marks: list[Identifier] = field(default_factory=list)
    saved_from: str = ""
    emblem_ids: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    """What style sheets write into the page."""


_NO_MARKUP = Markup()
"""Of texts and offers."""


@dataclass(slots=True, kw_only=True)
class Page:
    """The feature object. `text` is what offsets refer to; for plain text it is the input itself."""

    text: str
    url: str = ""
    kind: str = "text"
    """html | text | listing"""
    title: str = ""
    passages: tuple[Passage, ...] = ()
    markup: Markup = field(default_factory=lambda: _NO_MARKUP)
    state: PageState = PageState.RESULTS
    state_reason: str = ""
    truncated: bool = False
    source: str = field(default="", repr=False)
    """The document itself, as far as it was read; empty for texts and offers."""
    favicon: bytes = field(default=b"", repr=False)
    """The site's own icon, when it was kept with the page."""
    images: tuple[bytes, ...] = ()
    """Bodies of images kept with the page, when the caller has them."""
    counterpart: Page | None = None
    """The same address as another visitor saw it, when there is one to compare with."""
    memo: dict[str, Any] = field(default_factory=dict, repr=False)
    """What detectors compute once and share; never part of a result."""

    @classmethod
    def from_html(cls, html: str, url: str = "", status: int = 200) -> Page:
        """Never raises; the page's state is read from the markup and the HTTP status."""
        from detectors.extract import extract

        return extract(html, url, status)

    @classmethod
    def from_text(cls, text: str, url: str = "") -> Page:
        from detectors.limits import MAX_TEXT_CHARS

        cut = text[:MAX_TEXT_CHARS]
        return cls(text=cut, url=url, passages=_paragraphs(cut), truncated=len(cut) < len(text))

    @classmethod
    def from_listing(cls, listing: Listing) -> Page:
        """Title, description, seller and place as one text, a passage each."""
        parts = [("title", listing.title), ("body", listing.text), ("seller", listing.seller), ("price", listing.price)]
        passages: list[Passage] = []
        text = ""
        for kind, part in parts:
            if part:
                start = len(text)
                text += part
                passages.append(Passage(kind, start, len(text)))
                text += "\n"
        return cls(text=text, url=listing.url, kind="listing", title=listing.title, passages=tuple(passages))

    @property
    def parts(self) -> SplitResult:
        return self.once("parts", lambda: _split(self.url))

    @property
    def host(self) -> str:
        """Lower-case ASCII host without port and trailing dot; empty when unknown."""
        if "host" not in self.memo:
            plain = PLAIN_HOST.match(self.url)
            self.memo["host"] = plain[1] if plain else _host(self.parts)
        host: str = self.memo["host"]
        return host

    def joined(self, address: str) -> str:
        """What an address that stands in the page leads to. ValueError for one that is broken."""
        root, folder = self.once("places", self._places)
        if root and _WHOLE_ADDRESS.fullmatch(address):
            return address
        if root and _ROOTED_ADDRESS.fullmatch(address):
            return root + address
        return folder + address if folder and _NESTED_ADDRESS.fullmatch(address) else urljoin(self.url, address)

    def _places(self) -> tuple[str, str]:
        """Where addresses of its site begin, and those of its folder; empty where that takes a closer look."""
        scheme, netloc, path = self.parts[:3]
        root = f"{scheme}://{netloc}" if scheme in ("http", "https") and netloc else ""
        plain = root and "/." not in path and "//" not in path and ";" not in path
        return root, f"{root}{path.rpartition('/')[0]}/" if plain else ""

    def once(self, key: str, make: Callable[[], T]) -> T:
        """The value of `make()`, computed at the first call."""
        memo = self.memo
        if key not in memo:
            memo[key] = make()
        made: T = memo[key]
        return made

    def passage_index(self, offset: int) -> int:
        """Number of the last passage that begins at or before `offset`, -1 before the first."""
        starts = self.once("passage_starts", lambda: [passage.start for passage in self.passages])
        return bisect_right(starts, offset) - 1

    def passage_at(self, offset: int) -> Passage | None:
        index = self.passage_index(offset)
        if index < 0 or self.passages[index].end < offset:
            return None
        return self.passages[index]

    @property
    def shown_chars(self) -> int:
        """How much text the page itself shows, without what its scripts, pictures and head say."""
        return self.once("shown_chars", lambda: sum(p.end - p.start for p in self.passages if p.kind not in UNSEEN))

    @property
    def data(self) -> bytes:
        """The document in UTF-8, where some things are found faster."""
        return self.once("data", lambda: encoded(self.source))

    @property
    def addresses(self) -> str:
        """What all its links lead to, a line each: where a word is not in them, it is in none."""
        return self.once("addresses", lambda: "\n".join([link.href for link in self.markup.links]))

    def of_kind(self, *kinds: str) -> list[Passage]:
        if len(kinds) == 1:
            return self.once("by_kind", self._by_kind).get(kinds[0], [])
        return [passage for passage in self.passages if passage.kind in kinds]

    def _by_kind(self) -> dict[str, list[Passage]]:
        found: dict[str, list[Passage]] = {}
        for passage in self.passages:
            found.setdefault(passage.kind, []).append(passage)
        return found

    def quote(self, passage: Passage) -> str:
        return self.text[passage.start : passage.end]


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _host(parts: SplitResult) -> str:
    try:
        host = (parts.hostname or "").rstrip(".").lower()
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""


def _paragraphs(text: str) -> tuple[Passage, ...]:
    passages: list[Passage] = []
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            passages.append(Passage("body", start, start + len(line.rstrip("\r\n"))))
        start += len(line)
    return tuple(passages)

"""What the engines of a practice web know: pages and offers, found by shared character pairs, in a fixed order."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from selectolax.lexbor import LexborHTMLParser

from crawlers.decode import decode
from crawlers.practice.format import ENGINE_IDS
from crawlers.practice.names import ascii_host
from crawlers.practice.reading import Web
from crawlers.practice.sites import file_headers

TITLE_WEIGHT = 4
MIN_SHARE = 1 / 3
"""At least this share of a query's sequences must occur in a match."""
TEXT_MAX_CHARS = 20_000
_RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_INDEX_FILE = re.compile(r"(?<=/)index\.html?$")
_SITE = re.compile(r"\bsite:(\S+)")


def sequences(text: str) -> list[str]:
    """Two-character sequences of Chinese runs (a lone character stands for itself), whole Latin words."""
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run.isascii() or len(run) == 1:
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found


class Entry(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def key(self) -> str:
        """Decides between equal scores."""


E = TypeVar("E", bound=Entry)


class Index(Generic[E]):
    """Entries with their sequences; small enough to be scanned for every query."""

    def __init__(self, entries: Iterable[E]) -> None:
        self._entries = [(e, set(sequences(e.title)), Counter(sequences(e.text))) for e in entries]
        spread = Counter(gram for _, title, text in self._entries for gram in title | text.keys())
        self._weight = {gram: math.log(1 + len(self._entries) / count) for gram, count in spread.items()}

    def search(self, query: str, admitted: Callable[[E], bool] = lambda _: True) -> list[E]:
        grams = set(sequences(query))
        scored = [(self._score(grams, title, text), e) for e, title, text in self._entries if admitted(e)]
        return [e for score, e in sorted(scored, key=lambda pair: (-pair[0], pair[1].key)) if score > 0]

    def _score(self, grams: set[str], title: set[str], text: Counter[str]) -> float:
        shared = [gram for gram in grams if gram in title or gram in text]
        if not shared or len(shared) < len(grams) * MIN_SHARE:
            return 0.0
        return sum(self._weight[g] * (TITLE_WEIGHT * (g in title) + min(text[g], 3)) for g in sorted(shared))


@dataclass(frozen=True, slots=True)
class Document:
    """A page as an engine knows it."""

    url: str
    host: str
    title: str
    text: str
    description: str = ""
    author: str = ""
    published: str = ""
    engines: frozenset[str] = field(default=frozenset())
    """Engines that know it this way; empty: all that index the host."""

    @property
    def key(self) -> str:
        return self.url


def split_site(query: str) -> tuple[str, str]:
    """`("焊工证", "example.com")` of `焊工证 site:example.com`."""
    site = _SITE.search(query)
    return _SITE.sub("", query).strip(), ascii_host(site[1]) if site else ""


def documents(web: Web) -> list[Document]:
    """Every page of the hosts that may be known, then the entries of `[[index]]` in place of or beside them."""
    pages = [page for host, folder in web.folders.items() for page in _pages(web, host, folder)]
    said = {entry.url: entry for entry in web.plan.index}
    replaced = {url for url, entry in said.items() if not entry.engines}
    extra = [Document(e.url, _host(e.url), e.title, e.text, engines=frozenset(e.engines)) for e in web.plan.index]
    kept = [page for page in pages if page.url not in replaced]
    return [_without(page, said[page.url].engines) if page.url in said else page for page in kept] + extra


def _without(page: Document, engines: tuple[str, ...]) -> Document:
    """What the file says, for the engines an `[[index]]` entry does not name."""
    return replace(page, engines=frozenset(ENGINE_IDS) - frozenset(engines))


def _host(url: str) -> str:
    return url.split("/")[2]


def _pages(web: Web, host: str, folder: Path) -> Iterable[Document]:
    schemes = web.plan.hosts.get(host)
    scheme = "http" if schemes and not schemes.https else "https"
    for path in sorted(folder.rglob("*.htm*")):
        parts = path.relative_to(folder).parts
        if path.name == "404.html" or any(part.startswith(("_", ".")) for part in parts):
            continue
        place = "/" + "/".join(parts)
        address = f"{scheme}://{host}{_INDEX_FILE.sub('', place)}"
        page = _read(path, address, host, folder, place)
        if page:
            yield page


def _read(path: Path, url: str, host: str, folder: Path, place: str) -> Document | None:
    headers = tuple(file_headers(folder, place))
    tree = LexborHTMLParser(decode(path.read_bytes(), headers).text)
    if "noindex" in _meta(tree, "robots"):
        return None
    title = tree.css_first("title")
    for node in tree.css("script, style, noscript, template"):
        node.decompose()
    text = " ".join(tree.body.text(separator=" ").split()) if tree.body else ""
    return Document(
        url=url,
        host=host,
        title=" ".join(title.text().split()) if title else url,
        text=text[:TEXT_MAX_CHARS],
        description=_meta(tree, "description"),
        author=_meta(tree, "author"),
        published=_meta(tree, "PubDate"),
    )


def _meta(tree: LexborHTMLParser, name: str) -> str:
    node = tree.css_first(f'meta[name="{name}" i]')
    return (node.attributes.get("content") or "").strip() if node else ""

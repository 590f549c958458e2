"""A search engine: which pages it knows, what it finds, and what stands beside the results."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from crawlers.practice.answers import Answer, Ask, redirect
from crawlers.practice.format import EnginePlan, Placement
from crawlers.practice.index import Document, Index, split_site
from crawlers.practice.names import host_matches
from crawlers.practice.sources import Source, emphasised, excerpt, seal, unseal


@dataclass(frozen=True, slots=True)
class Row:
    """One result as a layout shows it; `link` is what stands in `href`."""

    rank: int
    url: str
    link: str
    title: Markup
    snippet: Markup
    document: Document

    @property
    def host(self) -> str:
        return self.document.host

    @property
    def date(self) -> str:
        return self.document.published[:10]


@dataclass(frozen=True, slots=True)
class Paid:
    """An advert or a card as a layout shows it."""

    number: int
    url: str
    link: str
    host: str
    title: Markup
    text: Markup
    advertiser: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results."""

    query: str
    start: int
    total: int
    rows: list[Row]
    ads: list[Paid]
    cards: list[Paid]
    more: bool


class Engine(Source):
    """Subclasses say where they answer, read their own parameters and render `Found`."""

    default_hosts: ClassVar[tuple[str, ...]] = ("*",)
    ad_prefix: ClassVar[str] = ""
    """Address of the engine's own click counter; the sealed target is appended."""

    def __init__(self, plan: EnginePlan, index: Index[Document]) -> None:
        super().__init__(plan)
        self._engine_plan = plan
        self._index = index

    def knows(self, document: Document) -> bool:
        if document.engines and self.id not in document.engines:
            return False
        wanted = self.default_hosts if self._engine_plan.hosts is None else self._engine_plan.hosts
        within = any(host_matches(document.host, glob) for glob in wanted)
        return within and not any(host_matches(document.host, glob) for glob in self._engine_plan.exclude)

    def matching(self, query: str) -> list[Document]:
        """All that this engine knows for a query; `site:` restricts to a host and what is below it."""
        words, site = split_site(query)
        if self.finds_nothing:
            return []
        return self._index.search(words, lambda d: self.knows(d) and _within(d.host, site))

    def find(self, query: str, start: int, count: int = 0) -> Found:
        count = count or self.per_page
        matches = self.matching(query)
        paid = self._engine_plan if start == 0 and not self.finds_nothing else EnginePlan()
        return Found(
            query=query,
            start=start,
            total=len(matches),
            rows=[self._row(d, query, start + n) for n, d in enumerate(matches[start : start + count], 1)],
            ads=self._paid(paid.ads, query, self.ad_link),
            cards=self._paid(paid.cards if matches else (), query, str),
            more=start + count < len(matches),
        )

    def link(self, document: Document, rank: int) -> str:
        """What stands in `href`: the address itself unless the engine counts clicks."""
        return document.url

    def ad_link(self, url: str) -> str:
        return self.ad_prefix + self.seal(url)

    def seal(self, url: str) -> str:
        return seal(self.id, url)

    def follow(self, token: str) -> Answer | None:
        """The engine's own redirect, when the token is one of ours."""
        url = unseal(self.id, token)
        return redirect(url) if url else None

    def _row(self, document: Document, query: str, rank: int) -> Row:
        text = document.description or excerpt(document.text, query)
        return Row(
            rank=rank,
            url=document.url,
            link=self.link(document, rank),
            title=emphasised(document.title, query),
            snippet=emphasised(text, query),
            document=document,
        )

    def _paid(self, placements: tuple[Placement, ...], query: str, link: Callable[[str], str]) -> list[Paid]:
        shown = [placement for placement in placements if placement.shown_for(query)]
        return [
            Paid(
                number=number,
                url=p.target,
                link=link(p.target),
                host=p.target.split("/")[2],
                title=emphasised(p.title, query),
                text=emphasised(p.text, query),
                advertiser=p.advertiser,
            )
            for number, p in enumerate(shown, 1)
        ]

    @abstractmethod
    def is_search(self, ask: Ask) -> bool: ...


def _within(host: str, site: str) -> bool:
    return not site or host == site or host.endswith("." + site)

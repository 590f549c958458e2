"""A marketplace or forum: its offers, found by keyword, promoted ones first, and a page for each."""

from __future__ import annotations

from dataclasses import dataclass

from crawlers.practice.answers import Answer, html, page
from crawlers.practice.format import MarketplacePlan, Offer
from crawlers.practice.index import Index
from crawlers.practice.sources import Source


@dataclass(frozen=True, slots=True)
class OfferEntry:
    """An offer as the index wants it."""

    offer: Offer

    @property
    def title(self) -> str:
        return self.offer.title

    @property
    def text(self) -> str:
        return self.offer.text

    @property
    def key(self) -> str:
        return self.offer.item_id


class Shop(Source):
    default_per_page = 30

    def __init__(self, plan: MarketplacePlan, offers: tuple[Offer, ...]) -> None:
        super().__init__(plan)
        self._offers = {offer.item_id: offer for offer in offers if offer.platform == self.id}
        self._index = Index([OfferEntry(offer) for offer in self._offers.values()])

    def find(self, keyword: str, start: int) -> tuple[list[Offer], int]:
        """One page of offers and how many there are in all."""
        if self.finds_nothing:
            return [], 0
        found = [entry.offer for entry in self._index.search(keyword)]
        found.sort(key=lambda offer: not offer.promoted)
        return found[start : start + self.per_page], len(found)

    def offer_page(self, item_id: str) -> Answer | None:
        """The page of one offer; a shop's "gone" page when there is none."""
        offer = self._offers.get(item_id)
        if offer is None:
            return html(page("offer_gone"), 404)
        return html(page("offer", offer=offer, shop=self.id))

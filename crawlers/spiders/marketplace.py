"""Marketplaces and forums: one page of offers per task, read by the marketplace's profile."""

from __future__ import annotations

from typing import ClassVar

from config.schema_profiles import Profile
from crawlers.records import ProfileError, TaskKind
from crawlers.spiders.search import ProfileSpider


class MarketplaceSpider(ProfileSpider):
    name = "marketplace"
    kinds: ClassVar = (TaskKind.MARKETPLACE,)

    def profile(self, source: str) -> Profile:
        known = self.equipment.config.marketplaces
        if source not in known:
            raise ProfileError(f"no marketplace {source!r}: config/marketplaces/ has {', '.join(known)}")
        return known[source]

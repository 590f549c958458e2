"""A practice web without a server: which hosts exist, and what each answers."""

from __future__ import annotations

from collections.abc import Iterator

from crawlers.practice.answers import Answer, Ask
from crawlers.practice.engines.baidu import Baidu, BaiduNews, BaiduSite
from crawlers.practice.engines.base import Engine
from crawlers.practice.engines.bing import Bing
from crawlers.practice.engines.searxng import Searxng
from crawlers.practice.engines.so360 import So360
from crawlers.practice.engines.sogou import Sogou, SogouWeixin
from crawlers.practice.engines.toutiao import Toutiao
from crawlers.practice.format import EnginePlan, MarketplacePlan
from crawlers.practice.index import Index, documents
from crawlers.practice.names import ascii_host
from crawlers.practice.reading import Web
from crawlers.practice.shops.base import Shop
from crawlers.practice.shops.bilibili import Bilibili
from crawlers.practice.shops.classified import Classified
from crawlers.practice.shops.jd import Jd
from crawlers.practice.shops.taobao import Taobao
from crawlers.practice.shops.tieba import Tieba
from crawlers.practice.shops.weibo import Weibo
from crawlers.practice.shops.xianyu import Xianyu
from crawlers.practice.sites import Sites
from crawlers.practice.sources import Source

ENGINES: tuple[type[Engine], ...] = (Baidu, BaiduNews, BaiduSite, Sogou, SogouWeixin, So360, Bing, Toutiao)
SHOPS: tuple[type[Shop], ...] = (Xianyu, Taobao, Jd, Tieba, Weibo, Bilibili, Classified)


class Town:
    """Engines and shops answer first, then the folder of the host."""

    def __init__(self, web: Web) -> None:
        plan = web.plan
        index = Index(documents(web))
        self._sites = Sites(web)
        self.searxng = Searxng(plan.engines.get("searxng", EnginePlan()), index)
        self._sources: list[Source] = [kind(plan.engines.get(kind.id, EnginePlan()), index) for kind in ENGINES]
        self._sources += [kind(plan.marketplaces.get(kind.id, MarketplacePlan()), web.offers) for kind in SHOPS]
        self._schemes = plan.hosts
        self.registrations = plan.registrations

    def answer(self, ask: Ask) -> Answer:
        for source in self._at(ask.host):
            answer = source.answer(ask)
            if answer is not None:
                return answer
        return self._sites.answer(ask)

    def ask_searxng(self, ask: Ask) -> Answer:
        return self.searxng.answer(ask) or self._sites.answer(ask)

    def doors(self) -> Iterator[tuple[str, bool, bool]]:
        """Every host whose name exists, and whether it listens on http and on https."""
        names = {ascii_host(host) for source in self._sources if source.served for host in source.hosts}
        for host in sorted(names | self._sites.hosts()):
            gone = any(source.dead for source in self._all_at(host)) or self._sites.whole_state(host) == "dead"
            if gone:
                continue
            closed = any(source.refuses for source in self._at(host)) or self._sites.whole_state(host) == "refuse"
            schemes = self._schemes.get(host)
            http, https = (schemes.http, schemes.https) if schemes else (True, True)
            yield host, http and not closed, https and not closed

    def _at(self, host: str) -> Iterator[Source]:
        return (source for source in self._all_at(host) if source.served)

    def _all_at(self, host: str) -> Iterator[Source]:
        return (source for source in self._sources if host in source.hosts)

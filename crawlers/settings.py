"""Scrapy's settings, hardened; what an office may change (delays, limits) is laid over them from `crawl.toml`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from config import Config

# Scrapy's cookie middleware would fetch the public suffix list by itself, past the door and inside the reactor.
os.environ["TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS"] = ""

BOT_NAME = "zhengshao"
SPIDER_MODULES = ["crawlers.spiders"]
NEWSPIDER_MODULE = "crawlers.spiders"
SPIDER_LOADER_WARN_ONLY = False
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
LOG_LEVEL = "INFO"

# Nothing listens, nothing is read from disk, nothing leaves but through the door.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
HTTPPROXY_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawlers.wire.WireHandler",
    "https": "crawlers.wire.WireHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}

# Asked and obeyed where a source's profile says so (`robots = "obey"`). Elsewhere evidence is gathered where a visitor
# would look, pace and volume are bounded instead: a counterfeit's robots.txt must not switch the monitor off.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "zhengshao"

COOKIES_ENABLED = False
COMPRESSION_ENABLED = False  # bodies are kept as sent and unpacked once, by crawlers.decode
METAREFRESH_ENABLED = False  # read from the decoded text, by the sites spider
REFERER_ENABLED = False
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]
RETRY_EXCEPTIONS = ["crawlers.wire.FetchFailed"]
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
RETRY_PRIORITY_ADJUST = 0
REDIRECT_PRIORITY_ADJUST = 2
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the store knows what was asked before
CONCURRENT_ITEMS = 1  # one page, one item; Scrapy starts this many asyncio tasks for every response
WARN_ON_GENERATOR_RETURN_VALUE = False  # would parse the callback's source again for every response
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 64 << 20  # pages wait here for their batch's fsync
MEMUSAGE_CHECK_INTERVAL_SECONDS = 5

# The base lists name all of Scrapy's own parts that run: a part it adds in a later version, or one that is off, is not
# even imported. Counting downloads is left to the spiders, who count by source.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
}
DOWNLOADER_MIDDLEWARES = {
    "crawlers.middlewares.RestedSources": 60,
    "crawlers.robots.Robots": 100,
    "crawlers.middlewares.Redirects": 600,
    "crawlers.middlewares.HopRecorder": 900,
}
SPIDER_MIDDLEWARES_BASE = {"scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25}  # every status is an answer
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.logstats.LogStats": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}
EXTENSIONS = {"crawlers.memory.Memory": 0}
ITEM_PIPELINES = {"crawlers.pipelines.KeepPipeline": 100}


def apply(settings: BaseSettings, config: Config) -> None:
    """Lay an office's limits over the above."""
    crawl = config.crawl
    values: dict[str, object] = {
        "CONCURRENT_REQUESTS": crawl.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": crawl.concurrency_per_host,
        "DOWNLOAD_DELAY": crawl.delay_seconds,
        "ROBOTSTXT_EVERYWHERE": crawl.obey_robots,
        "AUTOTHROTTLE_ENABLED": crawl.delay_seconds > 0,
        "AUTOTHROTTLE_START_DELAY": crawl.delay_seconds,
        "DOWNLOAD_TIMEOUT": crawl.timeout_seconds,
        "DOWNLOAD_MAXSIZE": crawl.max_body_bytes,
        "REDIRECT_MAX_TIMES": crawl.redirect_max,
        "RETRY_TIMES": crawl.retry_times,
        "MEMUSAGE_LIMIT_MB": config.settings.night.child_memory_mb,
    }
    values["DOWNLOAD_SLOTS"] = {
        host: {"delay": profile.delay_seconds, "concurrency": 1, "randomize_delay": False}
        for profile in (*config.engines.values(), *config.marketplaces.values())
        for host in profile.hosts
        if profile.delay_seconds is not None
    }
    for name, value in values.items():
        settings.set(name, value, priority="spider")

"""robots.txt as nobody should write it: read within bounds, or taken for one that says nothing."""

from __future__ import annotations

import time

import pytest
from scrapy.robotstxt import ProtegoRobotParser

from crawlers.robots import MAX_ROBOTS_BYTES
from tests.hostile.fuzz import MAX_SECONDS, spoilt

SEEDS, MANY = 300, 30_000
AGENT, URL = "zhengshao", "http://a.test/" + "a" * 2000 + ".html?x=1&y=证"
ALL = b"User-agent: *\n"
GOOD = (
    b"# rules\nUser-agent: *\nDisallow: /admin/*.php$\nAllow: /admin/x\nCrawl-delay: 2\nRequest-rate: 1/5s 0900-1800\n"
    b"Sitemap: http://a.test/s.xml\nUser-agent: zhengshao\nUser-agent: b\nDisallow: /*?id=*&a=%e4%bd\nHost: a.test\n"
)
ODD = {
    "binary": bytes(range(256)) * 2000,
    "zeros": bytes(MAX_ROBOTS_BYTES),
    "colons": b":" * MAX_ROBOTS_BYTES,
    "long line": ALL + b"Disallow: /" + b"b" * MAX_ROBOTS_BYTES,
    "percent": ALL + b"Disallow: /" + b"%e4" * 100_000,
    "groups": b"".join(b"User-agent: bot%d\nDisallow: /\n" % number for number in range(12_000)),
    "agents": b"".join(b"User-agent: z%d\n" % number for number in range(25_000)) + b"Disallow: /\n",
    "rules": ALL + b"".join(b"Disallow: /x%d\n" % number for number in range(25_000)),
    "wildcards": ALL + b"".join(b"Disallow: /%s*b%d$\n" % (b"*a" * 20, number) for number in range(5000)),
    "one wildcard": ALL + b"Disallow: /" + b"*a" * 100_000 + b"*b$\n",
    "no numbers": ALL + b"Crawl-delay: nan\nRequest-rate: 1/0d 99999-1\nVisit-time: \xb2-1\nDisallow: /%ff%zz%\n",
    "no addresses": b"Sitemap: http://[\nHost: [\n" + ALL + b"Disallow: http://[/x\n",
    "utf-16": "User-agent: *\nDisallow: /\n".encode("utf-16"),
    "gbk": "User-agent: *\nDisallow: /证书\n".encode("gbk"),
}
REFUSING = {
    "bom": b"\xef\xbb\xbf" + ALL + b"Disallow: /\n",
    "cr": b"User-agent: *\rDisallow: /\r",
    "half a pair": ALL + b"Disallow: /\xed\xa0\x80\nDisallow: /a\n",
}


def allowed(body: bytes) -> bool:
    """As the middleware asks it, a longer file cut."""
    started = time.process_time()
    said = ProtegoRobotParser(body[:MAX_ROBOTS_BYTES], None).allowed(URL, AGENT)
    assert time.process_time() - started < MAX_SECONDS
    return said


@pytest.mark.parametrize("name", ODD)
def test_odd_rules_are_read_in_time_and_refuse_nothing_they_do_not_name(name: str) -> None:
    assert allowed(ODD[name])


@pytest.mark.parametrize("name", REFUSING)
def test_rules_with_odd_line_ends_and_marks_are_obeyed(name: str) -> None:
    assert not allowed(REFUSING[name])


@pytest.mark.parametrize("seeds", [SEEDS, pytest.param(MANY, marks=pytest.mark.long)])
def test_spoilt_rules_are_rules(seeds: int) -> None:
    said = [allowed(spoilt(GOOD, seed)) for seed in range(seeds)]
    assert 0 < sum(said) < seeds

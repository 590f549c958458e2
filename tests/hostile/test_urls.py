"""Cases U: addresses that lie about where they lead."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request

import config
from crawlers.addresses import canonical_host
from crawlers.client import Target
from crawlers.dialing import DoorVerdict
from crawlers.doorway import understand
from crawlers.framing import Head
from crawlers.records import FetchProfile, Hit, HitKind, Outcome
from crawlers.urls import canonical, page_key
from detectors.base import FollowUp, Level
from detectors.context import Context
from detectors.hosts import Owner
from detectors.suffixes import registrable
from review.night.targets import from_followups, from_hits, is_official
from tests.conftest import ROOT
from tests.hostile.conftest import Visit
from tests.hostile.world import NIGHT, World

LONG = "x" * 100_000


@cache
def context() -> Context:
    return Context.build(config.load())


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    "host",
    ["127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "①②⑦.0.0.1", "[::ffff:127.0.0.1]", "127.0.0.1.",
     "[::]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "０x7f.1", "127。0。0。1", "localhost.", "a.localhost", "0"],
)  # fmt: skip
def test_u01_no_spelling_of_a_private_address_is_dialled(visit: Visit, host: str) -> None:
    assert visit(f"http://{host}/").ending == (Outcome.REFUSED, "private_address")


@pytest.mark.parametrize(
    ("url", "one"),
    [
        ("http://user:pass@a.test/", "http://a.test/"),
        ("http://a.test\\@127.0.0.1/", "http://a.test/@127.0.0.1/"),
        ("http:\\\\a.test\\x", "http://a.test/x"),
        ("http://a.test/b/%2e%2e/%2E/c", "http://a.test/c"),
        ("ht\ntp://a\t.test/\r", "http://a.test/"),
        (f"http://a.test/{LONG}", ""),
        ("http://a.test?@127.0.0.1/", "http://a.test/?@127.0.0.1/"),
        ("http://a.test#@127.0.0.1/", "http://a.test/"),
        ("http://[::1]:80:90/", ""),
    ],
)
def test_u02_an_odd_address_has_one_spelling_or_none(url: str, one: str) -> None:
    assert canonical(url) == one


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("path", ["http://a.test\\@127.0.0.1/good", f"http://a.test/{LONG}", "http://u:p@a.test/good"])
def test_u02_an_odd_address_is_visited_where_a_browser_would_go(visit: Visit, path: str) -> None:
    seen = visit(path)
    assert seen.task.outcome in (Outcome.CAPTURED, Outcome.FAILED)


PIECES = st.sampled_from(
    [
        *(
            "http://",
            "https://",
            "//",
            "@",
            ":",
            "/",
            "\\",
            "?",
            "#",
            "%2e",
            "%00",
            "\t",
            "\n",
            " ",
            ".",
            "[",
            "]",
            "::",
        ),
        *("a.test", "127.0.0.1", "0x7f.1", "80", "99999", "①", "。", "é", "😀", "xn--a", "user", "\x00", "%5c", "&"),
    ]
)
ADDRESSES = st.lists(PIECES, max_size=12).map(lambda parts: "http://" + "".join(parts))


@given(ADDRESSES)
def test_u02_no_two_readers_of_an_address_disagree(url: str) -> None:
    """What is planned, what Scrapy asks and what the door judges is one host, or nothing is asked."""
    planned = canonical(url)
    assert planned == canonical(planned) or not planned
    try:
        target = Target.of(Request(planned or url).url)
        start = f"GET http://{target.netloc}{target.path} HTTP/1.1".encode()
        asked = understand(Head(start, ()), "crawler")
        judged = canonical_host(asked.host)
    except (ValueError, DoorVerdict):
        return
    assert canonical_host(target.host) == judged
    assert not planned or canonical_host(Target.of(planned).host) == judged


@pytest.mark.parametrize("host", ["😀.test", "xn--a.test", "xn--ls8h.test", "a_b.test", "-a.test"])
def test_u03_a_host_that_idna_forbids_is_visited_and_flagged(visit: Visit, host: str) -> None:
    seen = visit(f"http://{host}/good")
    assert seen.ending == (Outcome.CAPTURED, "")
    assert canonical(f"http://{host}/")
    assert ("invalid_idn" in seen.flags) == (host not in ("a_b.test", "-a.test"))


@pytest.mark.parametrize(
    ("name", "kind"), [("www.mеm.gov.cn.test", "prefix"), ("cx.mem-gov.cn", ""), ("特种作业操作证查询.网店", "")]
)
def test_u04_a_name_that_looks_like_an_official_one_is_said_to(name: str, kind: str) -> None:
    verdict = context().names.judge(name)
    assert verdict.level is not Level.CLEAR
    assert verdict.imitates or verdict.official


@pytest.mark.parametrize("host", ["A.Test", "a.test.", "a。test", "ａ．test", "A｡TEST。"])
def test_u05_a_host_has_one_key(host: str) -> None:
    assert canonical(f"HTTP://{host}:80") == "http://a.test/"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.a.公司.cn", "a.公司.cn"),
        ("x.a.com.cn", "a.com.cn"),
        ("com.cn", "com.cn"),
        ("yj.a.gov.cn", "a.gov.cn"),
        ("shop1.myshopify.com", "shop1.myshopify.com"),
        ("a.b.github.io", "b.github.io"),
    ],
)
def test_u06_the_registered_domain_is_known_offline(host: str, domain: str) -> None:
    ascii_host, ascii_domain = (name.encode("idna").decode() for name in (host, domain))
    assert registrable(ascii_host) == ascii_domain


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("host", ["a..test", f"{'x' * 64}.test", ".".join(["x" * 60] * 4 + ["xxxxxxx", "test"])])
def test_u07_what_no_resolver_should_be_asked_is_refused(visit: Visit, world: World, host: str) -> None:
    before = len(world.dialled())
    assert visit(f"http://{host}/").ending == (Outcome.REFUSED, "name")
    assert len(world.dialled()) == before + 1, "only the good page was dialled"
    assert canonical(f"http://{host}/") == ""


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(("port", "ending"), [
    (0, (Outcome.REFUSED, "port")), (22, (Outcome.REFUSED, "port")), (6379, (Outcome.REFUSED, "port")),
    (65536, (Outcome.FAILED, "url")),
])  # fmt: skip
def test_u08_ports_that_serve_no_pages_are_refused(visit: Visit, port: int, ending: tuple[Outcome, str]) -> None:
    assert visit(f"http://u8.test:{port}/").ending == ending


def hit(url: str, **more: object) -> Hit:
    shown = {"engine": "baidu", "query": "q", "kind": HitKind.AD, "rank": 1, "title": "证", "url": url, "resolved": url}
    return Hit(**{**shown, **more})  # type: ignore[arg-type]


def test_u09_forty_tracking_parameters_make_one_page() -> None:
    crawl = config.load().crawl
    names = [name.replace("*", "source") for name in crawl.tracking_parameters][:40]
    urls = [f"http://shop.example/item?id=7&{name}=x{number}" for number, name in enumerate(names)]
    assert len(urls) == 40
    assert {page_key(url, crawl.tracking_parameters) for url in urls} == {"http://shop.example/item?id=7"}
    planned = from_hits(config.load(), NIGHT, [hit(url) for url in urls], round_=0)
    assert {task.target for task in planned} == {urls[0]}
    assert {task.profile for task in planned} == {*FetchProfile}


@pytest.mark.parametrize("url", [
    "http://www.mem.gov.cn.evil.top/", "http://evil.top/www.mem.gov.cn/", "http://www.mem.gov.cn@evil.top/",
    "http://evil.top\\@www.mem.gov.cn/", "http://evil.top#@www.mem.gov.cn/", "http://xwww.mem.gov.cn.evil.top/",
])  # fmt: skip
def test_u10_an_official_name_elsewhere_is_not_official(url: str) -> None:
    planned = canonical(url)
    host = planned.split("/")[2]
    assert host.endswith("evil.top")
    assert not is_official(config.load(), host)
    assert context().registry.owner(host)[0] is Owner.UNKNOWN
    assert from_hits(config.load(), NIGHT, [hit(url)], round_=0)


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("kind", ["qr", "short_link"])
def test_u11_a_code_or_short_link_is_followed_under_the_same_guard(visit: Visit, world: World, kind: str) -> None:
    short = world.url(f"away/{quote('http://127.1/pay')}")
    followup = FollowUp(detector="images", kind=kind, url=short, reason="")
    (task, _) = from_followups(config.load(), NIGHT, [followup], round_=1)
    assert visit(task.target).ending == (Outcome.REFUSED, "private_address")
    token = FollowUp(detector="images", kind=kind, url="￥abc123￥ 复制打开淘宝", reason="")
    assert from_followups(config.load(), NIGHT, [token], round_=1) == []


def test_u12_a_list_of_a_million_names_is_streamed(tmp_path: Path) -> None:
    """BOM, CRLF, duplicates and lines that are no names; every hundredth line is bad and is told."""
    lines = (f"{'bad name' if number % 100 == 0 else f'a{number % 5000}.example'}\r\n" for number in range(1_000_000))
    (tmp_path / "names.txt").write_bytes(b"\xef\xbb\xbf" + "".join(lines).encode())
    code = """
import resource, sys
from detectors.lookalike.hostname import read_line
from review.screening.lists import blocks
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
good, bad = set(), 0
for block in blocks(open(sys.argv[1], "rb")):
    for line in block.decode().splitlines():
        host = line.strip()
        if " " in host or not read_line(host).host: bad += 1
        else: good.add(host)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(len(good), bad, grown // (1024 if sys.platform == "linux" else 1 << 20))
"""
    command = [sys.executable, "-c", code, str(tmp_path / "names.txt")]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()
    assert said[:2] == ["4950", "10000"]
    assert int(said[2]) <= 48


def test_half_a_surrogate_pair_is_what_a_browser_makes_of_it() -> None:
    assert canonical("http://a.test/\ud800?q=\udfff") == "http://a.test/%EF%BF%BD?q=%EF%BF%BD"

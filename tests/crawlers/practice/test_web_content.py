"""The practice web's content: whole, reachable, varied, and naming nobody who exists."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import combinations, islice
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

import config
from crawlers.decode import decode
from crawlers.practice.format import EnginePlan, Offer, Truth
from crawlers.practice.index import Document, Index, documents, sequences
from crawlers.practice.names import ascii_host, host_matches
from crawlers.practice.reading import Web, read_truth, read_web
from detectors.context import Context
from detectors.lookalike.variants import variants

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "crawlers" / "practice" / "web"
QUERIES = tomllib.loads((ROOT / "config" / "queries.toml").read_text(encoding="utf-8"))
RESULTS_READ = 20
"""Two result pages of ten."""
DEAF_STATES = {"captcha", "login", "empty", "error", "dead", "refuse", "timeout"}
ONLY_BY_NAME = "tzczzcx.com"
"""A counterfeit that no engine indexes and no code points to."""
UNASSIGNED_PREFIXES = ("142", "143", "154")
"""Mobile prefixes of the numbering plan that no operator holds."""
QQ_HIGHEST_ISSUED = 4_300_000_000
SIMILAR = 0.6
"""Jaccard index of character 5-grams from which two pages are the same text."""
MASTHEAD_CLONES = {
    frozenset(pair)
    for pair in (
        ("cx.mem.gov.cn", "cx-tzzyczz.top"),
        ("yjt.hunan.gov.cn", "www.hunan-yjt.cn"),
        ("www.mem.gov.cn", "www.mem-gov-cn.com"),
        ("news.dongtingzx.com", "news.dongtingzx.com"),
    )
}


@pytest.fixture(scope="module")
def web() -> Web:
    return read_web(FOLDER)


@pytest.fixture(scope="module")
def truth() -> list[Truth]:
    return read_truth(FOLDER)


@pytest.fixture(scope="module")
def twins() -> dict[str, str]:
    """Innocent -> the counterfeit it resembles."""
    rows = (json.loads(line) for line in (FOLDER / "truth.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["subject"]: row["twin"] for row in rows if "twin" in row}


def host_of(subject: str) -> str:
    """The host a site subject lies on: a URL's, or the subject itself."""
    return ascii_host(urlsplit(subject).hostname or "") if "://" in subject else ascii_host(subject)


def is_listing(subject: str) -> bool:
    return ":" in subject and "://" not in subject


def flagged(truth: list[Truth]) -> set[str]:
    return {row.subject for row in truth if row.verdict == "flag"}


def text_of(path: Path) -> str:
    """Title and visible text."""
    tree = LexborHTMLParser(decode(path.read_bytes(), ()).text)
    title = tree.css_first("title")
    for node in tree.css("script, style, title"):
        node.decompose()
    body = tree.body.text(separator=" ") if tree.body else ""
    return f"{title.text() if title else ''} {body}"


def pages(web: Web) -> Iterator[tuple[str, Path]]:
    for host, folder in web.folders.items():
        yield from ((host, path) for path in sorted(folder.rglob("*.html")))


def everything_written(web: Web) -> Iterator[tuple[str, str]]:
    """Where, and the text folded as a reader (or a phone's dialler) would take it."""
    sources = [(str(path.relative_to(FOLDER)), decode(path.read_bytes(), ()).text) for _, path in pages(web)]
    sources += [(path.name, path.read_text(encoding="utf-8")) for path in FOLDER.rglob("*.js")]
    sources += [(offer.item_id, f"{offer.title} {offer.text} {offer.seller}") for offer in web.offers]
    for where, text in sources:
        yield where, unicodedata.normalize("NFKC", text).replace("\u200b", "")


def test_the_folder_is_read_without_a_warning(web: Web) -> None:
    assert web.warnings == ()


PROFILES = {"classified": "listing_html"}
"""By which profile the offers of a platform are read, where it has another name."""


def offered(web: Web) -> set[str]:
    """The offers as the truth names them."""
    return {f"{PROFILES.get(offer.platform, offer.platform)}:{offer.item_id}" for offer in web.offers}


def test_every_subject_of_the_truth_exists(web: Web, truth: list[Truth]) -> None:
    offers = offered(web)
    for row in truth:
        if row.axis == "source":
            continue
        if is_listing(row.subject):
            assert row.subject in offers
        else:
            assert host_of(row.subject) in web.folders, row.subject
        if "://" in row.subject:
            assert (web.folders[host_of(row.subject)] / urlsplit(row.subject).path.strip("/")).is_file(), row.subject


def test_every_offer_and_every_ordinary_host_is_judged(web: Web, truth: list[Truth]) -> None:
    subjects = {
        row.subject if is_listing(row.subject) else host_of(row.subject) for row in truth if row.axis != "source"
    }
    assert offered(web) <= subjects
    unjudged = {"dcs.conac.cn", "zfwzgl.www.gov.cn", "gw.tupiancdn.com", "www.dgzcx-net.top"}
    assert set(web.folders) - subjects == unjudged


def test_whoever_is_imitated_stands_in_the_registry(truth: list[Truth]) -> None:
    registry = tomllib.loads((ROOT / "config" / "official_sites.toml").read_text(encoding="utf-8"))["sites"]
    names = {name for site in registry for name in (site["name"], *site.get("short_names", ()))}
    imitated = [row.imitates for row in truth if row.axis == "impersonation" and row.verdict != "clear"]
    assert imitated
    assert set(imitated) <= names


def test_there_are_enough_of_each_kind(web: Web, truth: list[Truth], twins: dict[str, str]) -> None:
    guilty = {host_of(s) for s in flagged(truth) if not is_listing(s)}
    sites = {row.subject for row in truth if row.axis != "source" and not is_listing(row.subject)}
    innocent = {s for s in sites if host_of(s) not in guilty and not s.endswith((".mem.gov.cn", "yjt.hunan.gov.cn"))}
    assert len(guilty) >= 20
    assert len(innocent) >= 40
    assert len(web.offers) >= 40
    assert len([s for s in flagged(truth) if is_listing(s)]) >= 12
    assert len([s for s in innocent if s in twins]) * 2 >= len(innocent)


def test_every_twin_is_a_guilty_or_doubtful_subject(truth: list[Truth], twins: dict[str, str]) -> None:
    verdicts: dict[str, set[str]] = {}
    for row in truth:
        verdicts.setdefault(row.subject, set()).add(row.verdict)
    for innocent, counterfeit in twins.items():
        assert verdicts[innocent] == {"clear"}, innocent
        assert verdicts[counterfeit] & {"flag", "watch"}, counterfeit


def engines_that_answer(web: Web) -> dict[str, EnginePlan]:
    return {name: plan for name, plan in web.plan.engines.items() if plan.state not in DEAF_STATES}


def knows(engine: str, plan: EnginePlan, document: Document) -> bool:
    listed = any(host_matches(document.host, glob) for glob in plan.hosts or ("*",))
    return listed and (not document.engines or engine in document.engines)


def shown(web: Web, queries: list[str]) -> set[str]:
    """URLs on the engines' first two result pages, in adverts and in cards."""
    index = Index(documents(web))
    urls: set[str] = set()
    for name, plan in engines_that_answer(web).items():
        for query in queries:
            found = index.search(query, partial(knows, name, plan))
            urls |= {document.url for document in found[:RESULTS_READ]}
            urls |= {placed.target for placed in (*plan.ads, *plan.cards) if placed.shown_for(query)}
    return urls


def follow_redirects(web: Web, urls: set[str]) -> set[str]:
    """Where the short links lead, through all hops."""
    leads = {rule.origin.split("://")[-1]: rule.to for rule in web.plan.redirects}
    reached, waiting = set(urls), list(urls)
    while waiting:
        target = leads.get(waiting.pop().split("://")[-1])
        if target and target not in reached:
            reached.add(target)
            waiting.append(target)
    return reached


def codes_on(folder: Path) -> set[str]:
    """What the QR codes on a host's pictures say."""
    pictures = (Image.open(path).convert("RGB") for path in folder.rglob("*.png"))
    return {code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)}


def test_every_flagged_site_can_be_reached(web: Web, truth: list[Truth]) -> None:
    asked = [*QUERIES["verbatim"], "电工证 免考", "焊工证 代办", "衡阳电工证办理"]
    urls = follow_redirects(web, shown(web, asked))
    hosts = {host_of(url) for url in urls}
    urls |= {code for host in hosts for code in codes_on(web.folders[host])}
    reached = urls | {host_of(url) for url in urls if url.startswith("http")}
    sites = {s if "://" in s else host_of(s) for s in flagged(truth) if not is_listing(s)}
    assert sites - reached == {ONLY_BY_NAME}


def test_the_host_that_no_engine_knows_is_among_the_names_of_a_night() -> None:
    settings = config.load()
    made = variants(Context.build(settings).names, settings.places, settings.settings.office.region)
    assert ONLY_BY_NAME in set(islice(made, settings.crawl.budget.lookalikes_per_night))


def test_the_landing_page_is_reached_by_its_code_alone(web: Web) -> None:
    urls = follow_redirects(web, shown(web, list(QUERIES["verbatim"])))
    assert "zs.tzzyqr.vip" not in {host_of(url) for url in urls}
    codes = codes_on(web.folders["www.kuaizheng-hn.cn"])
    assert {host_of(code) for code in codes} == {"zs.tzzyqr.vip"}


class Entry:
    """An offer as a shop's search knows it."""

    def __init__(self, offer: Offer) -> None:
        platform = PROFILES.get(offer.platform, offer.platform)
        self.title, self.text, self.key = offer.title, offer.text, f"{platform}:{offer.item_id}"


def test_every_flagged_offer_is_found_by_the_configured_keywords(web: Web, truth: list[Truth]) -> None:
    found = set()
    for platform in {offer.platform for offer in web.offers}:
        index = Index([Entry(offer) for offer in web.offers if offer.platform == platform])
        found |= {entry.key for keyword in QUERIES["keywords"] for entry in index.search(keyword)}
    assert {s for s in flagged(truth) if is_listing(s)} - found == set()


def test_every_script_image_and_style_is_served_by_the_web_itself(web: Web) -> None:
    missing = []
    for host, path in pages(web):
        tree = LexborHTMLParser(decode(path.read_bytes(), ()).text)
        sources = [n.attributes.get("src") for n in tree.css("img[src], script[src]")]
        sources += [n.attributes.get("href") for n in tree.css("link[rel=stylesheet]")]
        for source in filter(None, sources):
            parts = urlsplit(source)
            root = web.folders.get(parts.hostname) if parts.hostname else web.folders[host]
            here = root if root and source.startswith(("/", "http")) else path.parent
            if root is None or here is None or not (here / parts.path.lstrip("/")).is_file():
                missing.append(f"{path.relative_to(FOLDER)}: {source}")
    assert missing == []


def grams(text: str) -> frozenset[str]:
    bare = "".join(text.split())
    return frozenset(bare[at : at + 5] for at in range(len(bare) - 4))


def test_no_two_pages_are_the_same_text_but_for_the_clones(web: Web) -> None:
    known = [(host, path, grams(text_of(path))) for host, path in pages(web)]
    alike = set()
    for (one, _, a), (other, _, b) in combinations([row for row in known if len(row[2]) > 40], 2):
        if len(a & b) > SIMILAR * len(a | b):
            alike.add(frozenset((one, other)))
    assert alike <= MASTHEAD_CLONES
    assert frozenset(("cx.mem.gov.cn", "cx-tzzyczz.top")) in alike


def test_pages_differ_in_length_and_none_is_huge(web: Web) -> None:
    sizes = sorted(path.stat().st_size for _, path in pages(web))
    assert sizes[-1] < 40_000
    assert sizes[-1] > 5 * sizes[len(sizes) // 2]
    assert len({size // 100 for size in sizes}) > 20


def valid_identity_number(number: str) -> bool:
    """GB 11643-1999 (ISO 7064 MOD 11-2)."""
    weights = [2 ** (17 - at) % 11 for at in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()


def test_the_identity_check_knows_a_right_number_from_a_wrong_one() -> None:
    assert valid_identity_number("11010519491231002X")
    assert not valid_identity_number("110105194912310021")


def test_nobody_has_the_identity_numbers(web: Web) -> None:
    for where, text in everything_written(web):
        for number in re.findall(r"(?<!\d)\d{17}[\dXx](?!\d)", text):
            assert not valid_identity_number(number), where


def test_nobody_has_the_telephone_numbers(web: Web) -> None:
    mobiles: Counter[str] = Counter()
    for where, text in everything_written(web):
        for number in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.sub(r"(?<=\d)[ \-](?=\d)", "", text)):
            assert number.startswith(UNASSIGNED_PREFIXES), f"{where}: {number}"
            mobiles[number] += 1
        for area, local in re.findall(r"(?<!\d)(0\d{2,3})-(\d{7,8})(?!\d)", text):
            assert local[0] in "01", f"{where}: {area}-{local} could be a subscriber's"
    assert len(mobiles) >= 12


def test_nobody_has_the_qq_numbers(web: Web) -> None:
    found = [int(n) for _, text in everything_written(web) for n in re.findall(r"QQ?[ :]*(\d{5,11})", text)]
    assert len(found) >= 4
    assert min(found) > QQ_HIGHEST_ISSUED


def test_registration_numbers_are_plainly_invented(web: Web) -> None:
    for where, text in everything_written(web):
        for number in re.findall(r"ICP备(\d+)号", text):
            assert number.startswith("0099"), f"{where}: {number}"
        for number in re.findall(r"公网安备 ?(\d+)号", text):
            assert number[2:6] in {"0199", "9999"}, f"{where}: {number}"


def test_copied_identifiers_agree_with_the_originals(web: Web) -> None:
    originals = {code for host in web.folders if host.endswith(".gov.cn") for code in identifiers(web.folders[host])}
    for clone in (
        "cx-tzzyczz.top",
        "www.mem-gov-cn.com",
        "www.hunan-yjt.cn",
        "www.zlaq-mohurd.net",
        "www.zhonghanzs.cc",
    ):
        copied = identifiers(web.folders[clone])
        assert copied, clone
        assert copied <= originals, clone


def identifiers(folder: Path) -> set[str]:
    """Site codes and ICP numbers printed on a host's pages."""
    text = "".join(path.read_text(encoding="utf-8", errors="replace") for path in folder.rglob("*.html"))
    return set(re.findall(r"bm\d{8}|(?<!\d)43\d{8}(?!\d)|.ICP备\d+号", text))


def test_sources_out_of_order_are_said_to_be(web: Web, truth: list[Truth]) -> None:
    said = {row.subject: row.verdict for row in truth if row.axis == "source"}
    plans = {**web.plan.engines, **web.plan.marketplaces}
    troubled = {name for name, plan in plans.items() if plan.state in {"captcha", "login"} or plan.captcha_after}
    assert troubled == {name for name, verdict in said.items() if verdict == "降级"}
    assert said["baidu_site"] == "正常"
    assert web.plan.engines["baidu_site"].state == "empty"


def test_the_disguised_page_hides_its_words_from_a_plain_search(web: Web) -> None:
    raw = (web.folders["www.bszy86.top"] / "index.html").read_text(encoding="utf-8")
    assert "低压电工" not in raw
    assert "低压电工" in raw.replace("\u200b", "")
    assert "焊工证" not in raw
    assert sequences("火旱工") != sequences("焊工")

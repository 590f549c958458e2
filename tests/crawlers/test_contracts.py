"""What every source must bring: a profile that says all there is to know, and fixtures that it reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from config.schema_profiles import Layout, Profile, Step
from crawlers.islands import find
from crawlers.profiles import parse, request_for
from crawlers.redirects import DECODERS
from crawlers.replay import EXPECTED, fixture_pages, replay
from crawlers.shelf import PACKAGED, load_profile, profile_paths

FIXTURES = Path(__file__).parents[1] / "fixtures"
SOURCES = sorted(profile_paths())


def expected(source: str, page: str) -> Any:
    return json.loads((FIXTURES / source / f"{page}{EXPECTED}").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=SOURCES)
def profile(request: pytest.FixtureRequest) -> Profile:
    return load_profile(request.param)


def test_sources_named_by_the_parse_command_exist() -> None:
    promised = (
        "baidu baidu_news baidu_site sogou sogou_weixin so360 bing toutiao google searxng xianyu taobao jd tieba weibo"
    )
    assert set(promised.split()) <= set(SOURCES)


def test_profile_is_named_like_its_file(profile: Profile) -> None:
    path = profile_paths()[profile.id]
    assert path.stem == profile.id
    assert path.parent.name == ("engines" if profile.kind == "engine" else "marketplaces")
    assert re.search("[\u4e00-\u9fff]", profile.title)
    assert re.search("[\u4e00-\u9fff]", profile.politeness)


def test_profile_says_why_its_robots_policy_is_what_it_is(profile: Profile) -> None:
    assert re.search("[\u4e00-\u9fff]", profile.robots_reason)
    if profile.robots == "obey":
        assert profile.access in ("anonymous", "import")


def test_the_page_of_sources_tells_of_it(profile: Profile, root: Path) -> None:
    assert f"`{profile.id}`" in (root / "docs" / "sources.md").read_text(encoding="utf-8")


def test_fixtures_stand_beside_it(profile: Profile) -> None:
    stems = {page.stem for page in fixture_pages(FIXTURES / profile.id)}
    assert {"normal", "empty"} <= stems, f"tests/fixtures/{profile.id}/ needs at least a normal and an empty page"
    if profile.access != "service" and profile.id != "baidu_site":
        assert stems & {"blocked", "login"}, f"tests/fixtures/{profile.id}/ needs the page of a captcha or login"


def test_fixtures_are_read_as_expected(profile: Profile) -> None:
    replays = list(replay(profile, FIXTURES / profile.id))
    assert replays
    assert [(one.page.name, one.differences) for one in replays if one.differences] == []


def test_normal_page_has_results(profile: Profile) -> None:
    document = expected(profile.id, "normal")
    assert document["state"] == "results"
    assert len(document["results"]) >= 2
    for row in document["results"]:
        assert row["title"]
        assert row["url"].startswith(("http://", "https://"))
    assert [row["rank"] for row in document["results"]] == list(range(1, len(document["results"]) + 1))


def test_empty_page_has_none_and_says_so(profile: Profile) -> None:
    document = expected(profile.id, "empty")
    assert (document["state"], document["results"], document["ads"]) == ("empty", [], [])


@pytest.mark.parametrize("state", ["blocked", "login", "partial"])
def test_other_states_carry_their_name_and_a_reason(profile: Profile, state: str) -> None:
    for page in fixture_pages(FIXTURES / profile.id):
        if page.stem.split("_")[0] == state:
            parsed = parse(profile, page.read_bytes())
            assert parsed.state.value == state, page.name
            assert parsed.reason


def test_the_page_of_another_source_is_never_empty(profile: Profile) -> None:
    """Nothing found may only be concluded from a page that says so."""
    page = "<html><head><title>x</title></head><body><p>欢迎光临</p></body></html>"
    parsed = parse(profile, page)
    assert parsed.state.value not in ("empty", "results")
    assert parsed.reason


@pytest.mark.parametrize(
    "body", [b"", b"\x00\x01\x02" * 400, b"{", b"<", "没有找到".encode("gbk")[:-1], b"null", b"[]"]
)
def test_no_body_makes_it_raise_or_claim_results(profile: Profile, body: bytes) -> None:
    parsed = parse(profile, body)
    assert parsed.state.value != "results"
    assert not (parsed.hits or parsed.listings)


def test_selectors_and_expressions_are_sound(profile: Profile) -> None:
    tree = LexborHTMLParser("<p>x</p>")
    for layout in profile.layouts:
        for step in steps(layout):
            if step.select and layout.format == "html":
                tree.css(step.select)
            if step.without:
                tree.css(step.without)
            compiles(step.json_path)
            compiles(step.select if layout.format == "json" else "")
        for rule in layout.kinds:
            for selector in filter(None, (rule.matches, rule.has, rule.label)):
                assert layout.format == "html", f"{layout.id}: a json layout has no selectors"
                tree.css(selector)
            compiles(rule.where)
        for row in layout.rows:
            compiles(row) if layout.format == "json" else tree.css(row)
    for state in profile.states:
        for selector in filter(None, (state.css, state.lacks)):
            tree.css(selector)
        compiles(state.where)
        compiles(state.reason_path)


def steps(layout: Layout) -> list[Step]:
    return [step for name in type(layout.fields).model_fields for step in getattr(layout.fields, name)]


def compiles(expression: str) -> None:
    import jmespath

    if expression:
        jmespath.compile(expression)
        assert not re.search(r"!\s*[\w]+\.", expression), f"`!a.b` means `(!a).b` in jmespath: {expression}"
        find(expression, {})


def test_decoder_exists(profile: Profile) -> None:
    assert profile.redirect.decoder in DECODERS


def test_request_is_for_one_of_its_hosts(profile: Profile) -> None:
    asked = request_for(profile, "电工证 办理&加急", 2)
    if profile.request.service:
        assert asked.url.startswith("/")
        assert asked.service == profile.request.service
    else:
        assert re.match(r"https?://([^/]+)", asked.url)[1] in profile.hosts  # type: ignore[index]
    assert "{" not in asked.url
    assert "电" not in asked.url
    assert b"{query}" not in asked.body
    if profile.request.body:
        assert "电工证 办理&加急" in str(json.loads(asked.body))
    assert "&加急" not in asked.url


def test_pages_of_a_query_differ(profile: Profile) -> None:
    if profile.request.pages == 1:
        return
    pages = {(asked.url, asked.body) for asked in (request_for(profile, "x", page) for page in (1, 2, 3))}
    assert len(pages) == 3


def test_reader_knows_no_source_by_name() -> None:
    """What differs between sources stands in their profiles; code names only decoders."""
    names = {source for source in SOURCES if source not in ("listing_html",)}
    modules = ("profiles", "rows", "islands", "states", "shelf", "asking", "values", "replay")
    for module in modules:
        code = (PACKAGED.parent / "crawlers" / f"{module}.py").read_text(encoding="utf-8")
        words = set(re.findall(r"""["'](\w+)["']""", code))
        assert not words & names, module

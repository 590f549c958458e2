from __future__ import annotations

from dataclasses import replace

import pytest

from config import Config, load
from crawlers.records import FetchProfile, Hit, HitKind, TaskKind
from detectors.base import FollowUp
from review.night.targets import canonical, from_followups, from_hits, in_browser, is_official


@pytest.fixture(scope="module")
def config() -> Config:
    return load()


def _hit(url: str, *, kind: HitKind = HitKind.ORGANIC, rank: int = 1, resolved: str = "") -> Hit:
    return Hit(engine="baidu", query="焊工证", kind=kind, rank=rank, title="t", url=url, resolved=resolved)


def test_adverts_are_visited_first(config: Config) -> None:
    hits = [_hit("https://a.example.top/"), _hit("https://b.example.top/", kind=HitKind.AD, rank=9)]
    planned = from_hits(config, "N", hits, round_=0)
    assert [task.target for task in planned[::2]] == ["https://b.example.top/", "https://a.example.top/"]
    assert planned[0].priority > planned[2].priority
    assert (planned[0].origin, planned[2].origin) == ("ad", "hit")


def test_a_page_is_seen_by_desktop_and_by_phone_from_a_search_engine(config: Config) -> None:
    desktop, phone = from_hits(config, "N", [_hit("https://a.example.top/x?y=1#z")], round_=1)
    assert (desktop.target, desktop.profile, desktop.referrer) == (
        "https://a.example.top/x?y=1",
        FetchProfile.DESKTOP,
        "",
    )
    assert (phone.profile, phone.referrer, phone.round) == (FetchProfile.PHONE, config.crawl.phone.referrer, 1)


def test_official_hosts_are_not_visited_but_their_imitators_are(config: Config) -> None:
    hits = [_hit("https://cx.mem.gov.cn/special"), _hit("https://cx.mem.gov.cn.example.top/")]
    assert {task.target for task in from_hits(config, "N", hits, round_=0)} == {"https://cx.mem.gov.cn.example.top/"}


@pytest.mark.parametrize(
    ("host", "official"),
    [("www.mem.gov.cn", True), ("a.www.mem.gov.cn", True), ("xwww.mem.gov.cn", False), ("hunansafety.gov.cn", False)],
)
def test_only_current_official_hosts_count(config: Config, host: str, official: bool) -> None:
    assert is_official(config, host) is official


def test_the_resolved_address_counts_and_doubles_are_one(config: Config) -> None:
    hits = [
        _hit("http://www.baidu.com/link?url=1", resolved="https://a.example.top/"),
        _hit("http://www.baidu.com/link?url=2", resolved="https://A.example.top"),
    ]
    assert {task.target for task in from_hits(config, "N", hits, round_=0)} == {"https://a.example.top/"}


def test_a_result_only_the_engine_can_resolve_is_left_out_when_another_engine_shows_it(config: Config) -> None:
    opaque = replace(_hit("http://www.baidu.com/link?url=1"), display="a.example.top/x", title="特种作业证查询 - 官网…")
    plain = replace(
        opaque, url="https://a.example.top/x", resolved="https://a.example.top/x", title="特种作业证查询 - 官网"
    )
    assert {task.target for task in from_hits(config, "N", [opaque, plain], round_=0)} == {"https://a.example.top/x"}
    paid = replace(opaque, kind=HitKind.AD)
    assert len(from_hits(config, "N", [paid, plain], round_=0)) == 4


def test_one_host_cannot_take_the_whole_night(config: Config) -> None:
    hits = [_hit("x", resolved=f"https://a.example.top/{number}", rank=number) for number in range(1, 50)]
    planned = from_hits(config, "N", [*hits, _hit("x", resolved="https://b.example.top/", rank=99)], round_=0)
    pages = {task.target for task in planned}
    assert "https://b.example.top/" in pages
    assert len(pages) == config.crawl.budget.inner_pages_per_site + 2


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "ftp://a.example/", "http://", "http://[::1/", "weixin://x"]
)
def test_what_is_not_a_web_page_is_never_planned(config: Config, url: str) -> None:
    assert canonical(url) == ""
    assert from_hits(config, "N", [_hit(url)], round_=0) == []
    assert in_browser(config, "N", [url], origin="preserve", round_=0) == []


def test_followups_and_browser_visits_become_tasks(config: Config) -> None:
    followup = FollowUp(detector="qr", kind="qr", url="http://T.example.cn/a1", reason="二维码")
    (first, second) = from_followups(config, "N", [followup], round_=1)
    assert (first.kind, first.target, first.origin) == (TaskKind.SITE, "http://t.example.cn/a1", "followup")
    assert second.profile is FetchProfile.PHONE
    shown = in_browser(config, "N", ["http://t.example.cn/a1", "http://T.example.cn/a1"], origin="preserve", round_=0)
    assert [task.kind for task in shown] == [TaskKind.BROWSER] * 2

"""Campaigns of a small store: who is tied by what, numbers that stay, and nothing personal in a row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import config
from crawlers.records import Listing, TaskKind
from detectors import campaigns
from detectors.campaigns import Campaign, NoCampaign
from detectors.context import Context
from detectors.judge import judge_pending
from detectors.tables import campaign_ties, traces
from detectors.tables import campaigns as campaign_rows
from tests.crawlers.keeping import House, exchange, page, task
from tests.crawlers.keeping import house as open_house

NOW, LATER = "2026-11-21T00:00:00.000Z", "2026-11-22T00:00:00.000Z"
SALE = "<title>办证{n}</title><p>焊工证电工证不用考试三天拿证，先拿证后付款，联系{contact}</p>{more}"
COUNT = '<script src="https://hm.baidu.com/hm.js?{account}"></script>'
ACCOUNT = "0123456789abcdef0123456789abcdef"
FLOWERS = "<title>花店</title><p>本店供应鲜花绿植，欢迎到店选购。</p>{more}"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "data") as made:
        yield made


@pytest.fixture(scope="module")
def keyed() -> Context:
    return Context.build(config.load(), key=b"k" * 32)


def keep(house: House, url: str, html: str) -> None:
    house.keep(page(task(url), exchange(url, html.encode())))


def sale(house: House, host: str, contact: str = "方式见店内", more: str = "") -> None:
    keep(house, f"http://{host}/", SALE.format(n=host, contact=contact, more=more))


def build(house: House, context: Context, now: str = NOW, excluded: tuple[str, ...] = ()) -> list[Campaign]:
    judge_pending(house.store, house.archive, context)
    with house.store.write() as connection:
        campaigns.build(connection, context, now=now, excluded=excluded)
        return campaigns.find(connection)


def hosts(found: list[Campaign]) -> dict[str, list[str]]:
    return {one.label: [subject.removeprefix("site:") for subject in one.subjects] for one in found}


def rows(house: House, table: Any) -> list[dict[str, Any]]:
    with house.store.read() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def test_sellers_with_one_number_are_one_campaign(house: House, keyed: Context) -> None:
    sale(house, "a.example", "电话14200001234")
    sale(house, "b.example", "壹肆贰零零零零壹贰叁肆")
    sale(house, "c.example", "电话14200009999")
    (found,) = build(house, keyed)
    assert hosts([found]) == {"K-000001": ["a.example", "b.example"]}
    (tie,) = found.ties
    assert (tie.kind, tie.shown, tie.weight, tie.carriers) == ("phone", "142******34", 1.0, 2)
    assert tie.seen == (("site:a.example", 1), ("site:b.example", 2))
    assert "14200001234" not in json.dumps([rows(house, one) for one in (campaign_ties, traces)])


def test_an_account_for_counting_visitors_ties(house: House, keyed: Context) -> None:
    for host in ("a.example", "b.example"):
        sale(house, host, more=COUNT.format(account=ACCOUNT))
    (found,) = build(house, keyed)
    assert [(tie.kind, tie.shown) for tie in found.ties if tie.weight == 1.0] == [("analytics", f"baidu {ACCOUNT}")]


def test_what_an_innocent_or_official_page_shows_ties_less_or_nothing(house: House, keyed: Context) -> None:
    for host in ("a.example", "b.example"):
        sale(house, host, "电话0730-0000123", more=COUNT.format(account=ACCOUNT))
    keep(house, "http://flowers.example/", FLOWERS.format(more=COUNT.format(account=ACCOUNT)))
    keep(house, "http://www.invented.gov.cn/", FLOWERS.format(more="<p>咨询电话0730-0000123</p>"))
    assert build(house, keyed) == []


def test_a_notice_that_warns_of_a_seller_does_not_untie_him(house: House, keyed: Context) -> None:
    sale(house, "a.example", "微信zs_invented_5")
    sale(house, "b.example", "微信zs_invented_5")
    keep(
        house,
        "http://www.invented.gov.cn/",
        "<title>警示</title><p>微信zs_invented_5 自称能办证，是骗局。</p>",
    )
    (found,) = build(house, keyed)
    assert found.ties[0].carriers == 3


def test_a_code_leads_from_a_card_through_a_short_link_to_the_site(house: House, keyed: Context) -> None:
    from tests.detectors.test_images import qr

    sale(house, "zs.example")
    short, target = "http://t.example/abc", "http://zs.example/c?id=1"
    redirect = exchange(short, b"", status=302, response_headers=(("Location", target),))
    house.keep(page(task(short), redirect, exchange(target, SALE.format(n=1, contact="", more="").encode())))
    picture = exchange("http://img.example/card.png", qr(short), response_headers=(("Content-Type", "image/png"),))
    offer = Listing(
        platform="xianyu",
        item_id="77",
        title="焊工证 不用考试 三天拿证",
        url="https://x.example/77",
        images=("http://img.example/card.png",),
    )
    shown = page(task("焊工证", kind=TaskKind.MARKETPLACE, source="xianyu"), exchange("https://x.example/s", b"{}"))
    house.keep(type(shown)(**{name: getattr(shown, name) for name in shown.__slots__} | {"listings": (offer,)}))
    house.keep(page(task("http://img.example/card.png"), picture))
    (found,) = build(house, keyed)
    assert found.subjects == ("listing:xianyu:77", "site:zs.example")
    assert [(tie.kind, tie.shown) for tie in found.ties] == [("points_to", "zs.example")]


def test_offers_of_one_seller_belong_together(house: House, keyed: Context) -> None:
    offers = tuple(
        Listing(
            platform="xianyu",
            item_id=str(n),
            title=f"焊工证 不用考试{n}",
            url="u",
            seller="某甲",
            shop_id="s1",
        )
        for n in (1, 2)
    )
    shown = page(task("焊工证", kind=TaskKind.MARKETPLACE, source="xianyu"), exchange("https://x.example/s", b"{}"))
    house.keep(type(shown)(**{name: getattr(shown, name) for name in shown.__slots__} | {"listings": offers}))
    (found,) = build(house, keyed)
    assert [tie.kind for tie in found.ties] == ["seller"]
    assert "某甲" not in found.ties[0].shown


def test_nothing_changes_twice(house: House, keyed: Context) -> None:
    sale(house, "a.example", "微信zs_invented_5")
    sale(house, "b.example", "微信zs_invented_5")
    first = build(house, keyed)
    assert build(house, keyed, LATER) == first


def test_the_oldest_number_wins_when_two_become_one(house: House, keyed: Context) -> None:
    for host, contact in (("a", 1), ("b", 1), ("c", 2), ("d", 2)):
        sale(house, f"{host}.example", f"微信zs_invented_{contact}")
    assert hosts(build(house, keyed)) == {
        "K-000001": ["a.example", "b.example"],
        "K-000002": ["c.example", "d.example"],
    }
    sale(house, "both.example", "微信zs_invented_1，也可加微信zs_invented_2")
    (found,) = build(house, keyed, LATER)
    assert (found.label, len(found.subjects), found.opened_at, found.updated_at) == ("K-000001", 5, NOW, LATER)
    with house.store.read() as connection:
        assert campaigns.get(connection, 2) == found
    assert [(row["id"], row["merged_into"]) for row in rows(house, campaign_rows)] == [(1, None), (2, 1)]


def test_a_part_that_falls_off_gets_a_number_of_its_own(house: House, keyed: Context) -> None:
    for host, contact in (("a", 1), ("b", 1), ("c", 2), ("d", 2), ("e", 2)):
        sale(house, f"{host}.example", f"微信zs_invented_{contact}")
    sale(house, "both.example", "微信zs_invented_1，也可加微信zs_invented_2")
    (whole,) = build(house, keyed)
    assert whole.label == "K-000001"
    found = build(house, keyed, LATER, excluded=("site:both.example",))
    assert hosts(found) == {
        "K-000001": ["c.example", "d.example", "e.example"],
        "K-000002": ["a.example", "b.example"],
    }


def test_a_campaign_that_lost_its_subjects_is_not_listed(house: House, keyed: Context) -> None:
    sale(house, "a.example", "微信zs_invented_5")
    sale(house, "b.example", "微信zs_invented_5")
    build(house, keyed)
    assert build(house, keyed, LATER, excluded=("site:b.example",)) == []
    with house.store.read() as connection:
        assert campaigns.get(connection, 1).subjects == ()
        with pytest.raises(NoCampaign, match="9"):
            campaigns.get(connection, 9)
        assert campaigns.of_subjects(connection, ["site:a.example"]) == {}
    assert rows(house, campaign_ties) == []

"""What people handed in is visited by the next night, once, and never an official site."""

from __future__ import annotations

import config
from crawlers.imports import Handed, Tip, tips
from crawlers.records import FetchProfile, TaskKind
from review.night.detect import detect, plan_followups
from review.night.ground import Ground
from review.night.handed_in import plan_handed_in
from tests.crawlers.imports.packing import wacz, warc, zlib_gzip
from tests.crawlers.keeping import House
from tests.review.night.grounds import NIGHT, ground, seen

OFFICIAL = config.load().official.sites[0].host
NAME = "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台"
QUERY = f"""<html><head><title>应急管理部 {NAME}</title></head><body><h1>{NAME}</h1>
<form action="/q">证件号码 <input name="idcard"> 姓名 <input name="name">
验证码 <input name="yzm"><button>查询</button></form>
<a href="/zs/1.html">证书查询入口</a><p>版权所有：中华人民共和国应急管理部</p></body></html>"""


def planned(night: Ground) -> list[str]:
    found = night.store.tasks(night=NIGHT, kinds=[TaskKind.SITE])
    assert {status.task.origin for status in found} <= {"tip", "followup"}
    return [status.task.target for status in found if status.task.profile is FetchProfile.DESKTOP]


def test_tips_become_visits_by_both_profiles_once(house: House) -> None:
    night = ground(house)
    with house.store.write() as connection:
        tips.add(connection, [Tip(url="https://a.example/x#y"), Tip(text="加微信"), Tip(url=f"https://{OFFICIAL}/")])
    assert plan_handed_in(night) == 2
    assert planned(night) == ["https://a.example/x"]
    assert plan_handed_in(night) == 0
    with house.store.read() as connection:
        assert [row.night for row in tips.listed(connection)] == [NIGHT, "", NIGHT]


def test_a_long_list_is_worked_off_night_by_night(house: House) -> None:
    night = ground(house)
    budget = night.config.crawl.budget.tips_per_night
    with house.store.write() as connection:
        tips.add(connection, (Tip(url=f"https://a-{number}.example/") for number in range(budget + 3)))
    assert plan_handed_in(night) == 2 * budget
    assert plan_handed_in(night) == 2 * 3


def test_a_flagged_import_is_seen_with_our_own_eyes(house: House) -> None:
    night = ground(house)
    path = house.data / "x.wacz"
    path.write_bytes(wacz({"archive/d.warc.gz": zlib_gzip(warc("https://zs-query.top/", QUERY))}))
    house.intake().take(path, Handed())
    detect(night)
    plan_handed_in(night)
    assert planned(night) == ["https://zs-query.top/"]
    assert plan_followups(night, 1) == 2
    assert planned(night)[1:] == ["https://zs-query.top/zs/1.html"]
    assert plan_followups(night, 2) == 0


def test_where_a_page_leads_is_followed_only_from_suspects(house: House) -> None:
    night = ground(house)
    links = '<a href="/lx.html">联系我们</a><a href="https://t.cn/A6xYz12">点这里</a>'
    seen(house, NIGHT, "https://zs-query.top/", QUERY.replace("<p>", links + "<p>"))
    seen(
        house,
        NIGHT,
        "https://bakery.example/",
        f"<html><title>面包店</title><p>本店每天早上六点开门。</p>{links}</html>",
    )
    detect(night)
    assert plan_followups(night, 1)
    assert sorted(planned(night)) == [
        "https://t.cn/A6xYz12",
        "https://zs-query.top/lx.html",
        "https://zs-query.top/zs/1.html",
    ]

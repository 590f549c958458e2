"""What a night's report counts: rows, which of them are new, and the history they are measured by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crawlers.records import Hit, HitKind, Listing, Outcome, Reading, TaskKind
from crawlers.store import Store
from review.night import report
from review.night.health import HISTORY_NIGHTS, SourceHealth
from review.night.nights import current_or_new, finish
from tests.crawlers.keeping import House, exchange, page
from tests.review.night.grounds import NIGHT, ground, visit

EARLIER = "2026-01-31"


def _hit(url: str, resolved: str = "", engine: str = "baidu") -> Hit:
    return Hit(engine=engine, query="焊工证", kind=HitKind.ORGANIC, rank=1, title="x", url=url, resolved=resolved)


def _offer(item_id: str) -> Listing:
    return Listing(platform="xianyu", item_id=item_id, title="x", url=f"http://shop.example/{item_id}")


def _asked(house: House, night: str, *hits: Hit) -> None:
    house.store.plan([visit(night, "焊工证", kind=TaskKind.SEARCH, source="baidu")])
    (task,) = house.store.claim(night, [TaskKind.SEARCH], limit=1, lease_seconds=60, owner="test")
    house.keep(page(task, exchange("https://www.baidu.com/s"), hits=hits))


def _offered(house: House, night: str, *offers: Listing) -> None:
    house.store.plan([visit(night, "焊工证", kind=TaskKind.MARKETPLACE, source="xianyu")])
    (task,) = house.store.claim(night, [TaskKind.MARKETPLACE], limit=1, lease_seconds=60, owner="test")
    house.keep(page(task, exchange("https://shop.example/s"), listings=offers))


def _source(house: House, name: str) -> SourceHealth:
    return next(source for source in report.sources(ground(house)) if source.source == name)


def test_new_is_what_no_earlier_night_had(house: House) -> None:
    _asked(house, EARLIER, _hit("http://r.example/1", "http://old.example/"), _hit("http://plain.example/"))
    tonight = (
        _hit("http://r.example/2", "http://old.example/"),  # another redirect to the same page
        _hit("http://plain.example/"),
        _hit("http://new.example/"),
        _hit("http://r.example/3", "http://new.example/"),
    )
    _asked(house, NIGHT, *tonight)
    health = _source(house, "baidu")
    assert (health.rows, health.new) == (4, 1)


def test_what_another_engine_had_is_new_to_this_one(house: House) -> None:
    _asked(house, EARLIER, _hit("http://old.example/", engine="bing"))
    _asked(house, NIGHT, _hit("http://old.example/"))
    assert _source(house, "baidu").new == 1


def test_offers_are_known_by_their_id(house: House) -> None:
    _offered(house, EARLIER, _offer("1"))
    _offered(house, NIGHT, _offer("1"), _offer("2"))
    health = _source(house, "xianyu")
    assert (health.rows, health.new) == (2, 1)


def test_the_first_night_knows_nothing(house: House) -> None:
    _asked(house, NIGHT, _hit("http://new.example/"))
    assert _source(house, "baidu").new == 1


def _noted(method: Callable[..., Any], read: list[object]) -> Callable[..., Any]:
    def noted(store: Store, **asked: object) -> Any:
        read.append(asked.get("night"))
        return method(store, **asked)

    return noted


def test_the_rows_of_all_nights_are_not_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _asked(house, EARLIER, _hit("http://old.example/"))
    _asked(house, NIGHT, _hit("http://old.example/"))
    read: list[object] = []
    for name in ("hits", "listings"):
        monkeypatch.setattr(Store, name, _noted(getattr(Store, name), read))
    assert _source(house, "baidu").new == 0
    assert set(read) == {NIGHT}


def test_history_reaches_as_far_back_as_it_is_judged_by(house: House) -> None:
    source = {"source": "baidu", "verdict": "正常", "pages": 1, "rows": 9}
    for number in range(HISTORY_NIGHTS + 3):
        with house.store.write() as connection:
            night, _ = current_or_new(connection, day=f"2026-01-{number + 1:02}", now=f"{number:03}")
            finish(connection, night, {"sources": [{**source, "rows": number}]}, now=f"{number:03}")
    history = report._history(ground(house))["baidu"]
    assert history == [float(number) for number in range(HISTORY_NIGHTS + 2, 2, -1)]


def test_a_missing_browser_counts_only_where_one_is_wanted(house: House) -> None:
    house.store.plan([visit(NIGHT, "http://shop.example/", kind=TaskKind.BROWSER)])
    (task,) = house.store.claim(NIGHT, [TaskKind.BROWSER], limit=1, lease_seconds=60, owner="test")
    assert task.id is not None
    house.store.finish(task.id, Outcome.FAILED, "no_browser")
    assert _source(house, "web").verdict == "失败"


def _read(house: House, night: str, snippets: int, layout: str = "desktop") -> None:
    filled = (("title", 10), ("snippet", snippets))
    reading = Reading(source="baidu", layout=layout, rows=10, ads=0, cards=0, filled=filled)
    house.store.plan([visit(night, "焊工证", kind=TaskKind.SEARCH, source="baidu")])
    (task,) = house.store.claim(night, [TaskKind.SEARCH], limit=1, lease_seconds=60, owner="test")
    hits = [_hit(f"http://{night}-{number}.example/") for number in range(10)]
    house.keep(page(task, exchange("https://www.baidu.com/s"), hits=tuple(hits), reading=reading))


def test_a_field_that_vanishes_degrades_the_source_and_names_the_page(house: House) -> None:
    for day in (28, 29, 30):
        _read(house, f"2026-01-{day}", 9)
    _read(house, NIGHT, 1)
    health = _source(house, "baidu")
    assert health.verdict == "降级"
    assert "C-00000004" in health.advice
    assert "snippet" in health.advice
    (told,) = health.as_json()["findings"]
    assert (told["kind"], told["capture"], told["sentence"]) == ("field", "C-00000004", health.advice)


def test_another_layout_is_said_and_degrades_nothing(house: House) -> None:
    for day in (28, 29, 30):
        _read(house, f"2026-01-{day}", 9)
    _read(house, NIGHT, 9, "mobile")
    health = _source(house, "baidu")
    assert (health.verdict, health.advice) == ("正常", "")
    assert "mobile" in health.as_json()["findings"][0]["sentence"]

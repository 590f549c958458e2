"""Each spider once, as a child process, from planned tasks to kept captures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from twisted.python.failure import Failure

import config
from crawlers.archive import Archive
from crawlers.children import ChildReport, run_spider
from crawlers.doorclient import DOOR, KEYS, DoorDown
from crawlers.egress import CRAWLER, Door, DoorPolicy, ServiceEntry, crawler_components
from crawlers.middlewares import HOPS
from crawlers.records import (
    Capture,
    Exchange,
    Fetched,
    FetchProfile,
    Outcome,
    PageState,
    Task,
    TaskKind,
    TaskState,
)
from crawlers.spiders.base import TaskSpider, _window
from crawlers.spiders.sites import SitesSpider
from crawlers.store import Store
from crawlers.wire import FetchFailed, WireResponse
from tests.crawlers.serving import Heard, Site, certificate, serving

NIGHT = "2026-01-31"
OFFICE = """
delay_seconds = 0.0
concurrency = 1
concurrency_per_host = 1
retry_times = 0
"""


def fixture(root: Path, name: str) -> bytes:
    return (root / "tests" / "fixtures" / name).read_bytes()


def task(kind: TaskKind, source: str, target: str, **more: Any) -> Task:
    return Task(night=NIGHT, kind=kind, source=source, target=target, **more)


@dataclass
class World:
    """A data directory, an office, a door and the sites behind it."""

    data: Path
    store: Store
    door: Door
    heard: list[Heard]

    def run(self, spider: str, *tasks: Task, components: tuple[str, ...] = ("searxng",)) -> ChildReport:
        self.store.plan(tasks)
        return run_spider(
            spider,
            night=NIGHT,
            data=self.data,
            config_dir=self.data / "office",
            door_environment=self.door.environment(CRAWLER, *components),
        )

    def ended(self, target: str, source: str) -> tuple[Outcome | None, str]:
        (found,) = [s for s in self.store.tasks(night=NIGHT) if (s.task.target, s.task.source) == (target, source)]
        return found.outcome, found.reason

    def capture(self, url: str) -> Capture:
        (found,) = [capture for capture in self.store.captures(night=NIGHT) if capture.url.startswith(url)]
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[World]:
    data = tmp_path_factory.mktemp("spiders")
    (data / "office").mkdir()
    (data / "office" / "crawl.toml").write_text(OFFICE, encoding="utf-8")
    pages = {
        "cn.bing.com": fixture(root, "bing/normal.html"),
        "www.so.com": fixture(root, "so360/blocked.html"),
        "h5api.m.goofish.com": fixture(root, "xianyu/normal.json"),
        "shop.test": "<html><title>某店</title><body>正文</body></html>".encode(),
    }
    with ExitStack() as stack:
        secure = stack.enter_context(serving(Site(pages), certificate(data, "cn.bing.com")))
        plain = stack.enter_context(serving(Site({**pages, "127.0.0.1": fixture(root, "searxng/normal.json")})))
        service = f'[services.searxng]\nurl = "http://127.0.0.1:{plain.port}"\ncomponent = "searxng"\nenabled = true\n'
        (data / "office" / "settings.toml").write_text(service, encoding="utf-8")
        policy = DoorPolicy(
            host_map={f"{host}:443": f"127.0.0.1:{secure.port}" for host in pages}
            | {"shop.test": f"127.0.0.1:{plain.port}"},
            services=(ServiceEntry("http", "127.0.0.1", plain.port, "searxng"),),
        )
        door = stack.enter_context(Door.spawn(policy, log=data / "door.jsonl"))
        store = Store.create(f"sqlite:///{data}/store.sqlite")
        stack.callback(store.close)
        made = World(data, store, door, secure.heard)
        made.run(
            "search",
            task(TaskKind.SEARCH, "bing", "焊工证 查询"),
            task(TaskKind.SEARCH, "searxng", "电工证"),
            task(TaskKind.SEARCH, "nowhere", "电工证"),
            *(task(TaskKind.SEARCH, "so360", f"查询 {number}", priority=-number) for number in range(6)),
        )
        made.run("marketplace", task(TaskKind.MARKETPLACE, "xianyu", "电工证"))
        made.run(
            "sites",
            task(TaskKind.SITE, "web", "http://shop.test/phone", profile=FetchProfile.PHONE),
            task(TaskKind.SITE, "web", "https://shop.test/desktop"),
        )
        made.run("lookalikes", task(TaskKind.LOOKALIKE, "web", f"http://127.0.0.1:{plain.port}/"))
        made.heard += plain.heard
        yield made


def heard_at(world: World, start: str) -> Heard:
    return next(heard for heard in world.heard if (heard.host + heard.path).startswith(start))


def test_a_result_page_becomes_hits(world: World) -> None:
    capture = world.capture("https://cn.bing.com/search?q=%E7%84%8A%E5%B7%A5")
    assert (capture.page_state, capture.source, capture.status) == (PageState.RESULTS, "bing", 200)
    hits = world.store.hits(capture_id=capture.id)
    assert hits[0].title == "证书查询入口"
    assert {(hit.engine, hit.query) for hit in hits} == {("bing", "焊工证 查询")}


def test_tls_is_seen_kept_and_flagged(world: World) -> None:
    capture = world.capture("https://cn.bing.com/")
    assert "tls_self_signed" in capture.flags
    assert capture.peer.startswith("127.0.0.1:")
    assert Archive(world.data / "archive").read(capture.place).certificate_der[:1] == b"\x30"


def test_a_service_of_the_office_is_asked_with_its_own_key(world: World) -> None:
    assert world.ended("电工证", "searxng") == (Outcome.CAPTURED, "")
    assert heard_at(world, "127.0.0.1").path.startswith("/search?q=%E7%94%B5")


def test_a_service_without_a_key_costs_its_own_tasks_alone(world: World) -> None:
    asked = (task(TaskKind.SEARCH, "searxng", "无钥匙"), task(TaskKind.SEARCH, "bing", "焊工证 培训"))
    report = world.run("search", *asked, components=())
    assert report.exit == 0
    assert world.ended("无钥匙", "searxng") == (Outcome.FAILED, "no_key")
    assert world.ended("焊工证 培训", "bing")[0] is Outcome.CAPTURED


def test_a_page_cannot_use_that_service(world: World) -> None:
    (found,) = [s for s in world.store.tasks(night=NIGHT) if s.task.kind is TaskKind.LOOKALIKE]
    assert (found.outcome, found.reason) == (Outcome.REFUSED, "service")


def test_a_source_without_a_profile_is_a_failure_of_its_task_alone(world: World) -> None:
    assert world.ended("电工证", "nowhere") == (Outcome.FAILED, "url")


def test_a_blocking_source_is_left_alone(world: World) -> None:
    ends = [world.ended(f"查询 {number}", "so360") for number in range(6)]
    assert ends[:3] == [(Outcome.CAPTURED, "captcha")] * 3
    assert ends[4:] == [(Outcome.FAILED, "source_blocked")] * 2  # one may have been under way
    states = {capture.page_state for capture in world.store.captures(night=NIGHT, source="so360")}
    assert states == {PageState.BLOCKED}


def test_it_is_left_alone_for_the_rest_of_the_night(world: World) -> None:
    before = len(world.heard)
    report = world.run("search", task(TaskKind.SEARCH, "so360", "一条新的", round=1))
    assert report.stats["source/so360/failed/source_blocked"] == 1
    assert world.ended("一条新的", "so360") == (Outcome.FAILED, "source_blocked")
    assert len(world.heard) == before


def test_offers_become_listings(world: World) -> None:
    listings = world.store.listings(night=NIGHT)
    assert listings[0].title == "高压电工证 挂靠 支持网查"
    assert (listings[0].platform, listings[0].price_cny) == ("xianyu", 12000.0)
    assert heard_at(world, "h5api.m.goofish.com").method == "POST"
    assert heard_at(world, "h5api.m.goofish.com").body.startswith(b"data=")


def test_a_phone_comes_from_a_search_engine(world: World) -> None:
    phone, desktop = heard_at(world, "shop.test/phone"), heard_at(world, "shop.test/desktop")
    assert "Mobile" in phone.headers["user-agent"]
    assert phone.headers["referer"] == config.load().crawl.phone.referrer
    assert "Mobile" not in desktop.headers["user-agent"]
    assert "referer" not in desktop.headers
    assert world.capture("http://shop.test/phone").profile is FetchProfile.PHONE


def test_no_site_sees_the_door(world: World) -> None:
    assert all("proxy-authorization" not in heard.headers for heard in world.heard)


def test_everything_planned_is_done(world: World) -> None:
    assert {status.state for status in world.store.tasks(night=NIGHT)} == {TaskState.DONE}


def test_without_a_door_nothing_is_blamed_on_the_sites(tmp_path: Path) -> None:
    store = Store.create(f"sqlite:///{tmp_path}/store.sqlite")
    store.plan([task(TaskKind.SITE, "web", f"http://s{number}.test/") for number in range(3)])
    report = run_spider(
        "sites",
        night=NIGHT,
        data=tmp_path,
        config_dir=None,
        door_environment={DOOR: "http://127.0.0.1:9", KEYS: "crawler:none"},
    )
    assert (report.exit, report.stats["finish_reason"]) == (1, "door_down")
    assert {status.state for status in store.tasks(night=NIGHT)} == {TaskState.LEASED}
    assert store.release_leases(NIGHT) == 3
    store.close()


# The boundary, without a process


class Breaking(SitesSpider):
    name = "breaking"
    kinds = (TaskKind.SITE,)

    def read(self, task: Task, page: Exchange, flags: list[str], request: Request) -> Fetched | Request:
        raise KeyError("no such field")


TASK = task(TaskKind.SITE, "web", "http://a.test/")
PAGE = Exchange(url="http://a.test/", status=200)


def spider(kind: type[TaskSpider]) -> TaskSpider:
    equipment: Any = SimpleNamespace(config=config.load())
    return kind(NIGHT, equipment)


def test_an_error_while_reading_is_recorded_with_what_was_fetched() -> None:
    request = Request("http://a.test/", meta={"task": TASK, HOPS: (PAGE,)})
    (found,) = spider(Breaking).parse(WireResponse("http://a.test/", request=request))
    assert isinstance(found, Fetched)
    assert (found.outcome, found.reason) == (Outcome.FAILED, "callback:KeyError")
    assert found.exchanges == (PAGE,)
    assert found.page_state is PageState.UNDECODABLE


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (FetchFailed(Outcome.REFUSED, "private_address"), Outcome.REFUSED, "private_address"),
        (FetchFailed(Outcome.FAILED, "tls"), Outcome.FAILED, "tls"),
        (IgnoreRequest("max redirections reached"), Outcome.FAILED, "redirect_loop"),
        (IgnoreRequest("Forbidden by robots.txt"), Outcome.FAILED, "robots"),
        (RuntimeError("?"), Outcome.FAILED, "fetch:RuntimeError"),
    ],
)
def test_every_failure_has_one_word(error: Exception, outcome: Outcome, reason: str) -> None:
    failure: Any = Failure(error)
    failure.request = Request("http://a.test/", meta={"task": TASK, HOPS: (PAGE,)})
    (found,) = spider(SitesSpider).failed(failure)
    assert (found.outcome, found.reason, found.exchanges) == (outcome, reason, (PAGE,))


def test_a_missing_door_ends_no_task() -> None:
    stopped: list[str] = []
    failure: Any = Failure(DoorDown("gone"))
    failure.request = Request("http://a.test/", meta={"task": TASK})
    crawling = spider(SitesSpider)
    crawling.stop = stopped.append  # type: ignore[method-assign]
    assert list(crawling.failed(failure)) == []
    assert stopped == ["door_down"]


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))


def read_by_sites(page: Exchange) -> Fetched:
    request = Request(page.url, meta={"task": TASK, HOPS: (page,)})
    response = WireResponse(page.url, status=page.status, request=request)
    (found,) = spider(SitesSpider).parse(response)
    assert isinstance(found, Fetched)
    return found


def answer(body: bytes, *headers: tuple[str, str], status: int = 200) -> Exchange:
    return Exchange(url="http://a.test/", status=status, response_headers=headers, body=body)


def test_a_picture_is_a_page_of_its_own() -> None:
    found = read_by_sites(answer(PNG, ("Content-Type", "image/png")))
    assert (found.outcome, found.page_state, found.reason) == (Outcome.CAPTURED, PageState.RESULTS, "")
    assert found.exchanges[0].body == PNG


@pytest.mark.parametrize(
    ("body", "label", "status"),
    [(b"\0\x01\x02" * 99, "image/png", 200), (PNG, "text/html", 200), (PNG, "image/png", 403)],
    ids=["only the label", "only the bytes", "an error"],
)
def test_what_is_no_picture_is_not_taken_for_one(body: bytes, label: str, status: int) -> None:
    assert read_by_sites(answer(body, ("Content-Type", label), status=status)).page_state is PageState.UNDECODABLE


@pytest.mark.parametrize(
    ("status", "wait", "state", "reason"),
    [
        (429, "120", PageState.BLOCKED, "rate_limited: retry after 120"),
        (
            503,
            "Sat, 21 Nov 2026 23:59:59 GMT",
            PageState.BLOCKED,
            "server_error: retry after Sat, 21 Nov 2026 23:59:59 GMT",
        ),
        (503, "", PageState.PARTIAL, "server_error"),
        (404, "120", PageState.EMPTY, "not_found"),
    ],
)
def test_a_source_that_asks_to_wait_says_so_in_its_reason(
    status: int, wait: str, state: PageState, reason: str
) -> None:
    headers = (("retry-after", wait),) if wait else ()
    found = read_by_sites(answer("<h1>稍后再试</h1>".encode(), *headers, status=status))
    assert (found.page_state, found.reason) == (state, reason)


def test_a_source_that_asks_to_wait_is_left_alone() -> None:
    """Its busy pages count like refusals, up to the limit of the night."""
    crawling = spider(SitesSpider)
    page = answer(b"busy", ("Retry-After", "600"), status=503)
    request = Request(page.url, meta={"task": TASK, HOPS: (page,)})
    for _ in range(config.load().settings.night.blocked_stop):
        assert not crawling.patience.exhausted(TASK)
        assert list(crawling.parse(WireResponse(page.url, status=503, request=request)))
    assert crawling.patience.exhausted(TASK)


@pytest.mark.parametrize("target", ["nonsense", "ftp://a.test/", "javascript:alert(1)", "http://[::1"])
def test_what_is_no_address_is_not_asked(target: str) -> None:
    found = spider(SitesSpider)._begin(task(TaskKind.SITE, "web", target))
    assert isinstance(found, Fetched)
    assert (found.outcome, found.reason) == (Outcome.FAILED, "url")


def test_claims_fit_the_lease() -> None:
    loaded = config.load()
    polite = _window(loaded)
    assert polite * loaded.crawl.delay_seconds <= loaded.settings.night.lease_seconds / 4


def test_the_crawler_carries_the_keys_of_the_services_it_asks() -> None:
    assert crawler_components(config.load()) == (CRAWLER, "searxng")

"""How sources are asked: keys nobody keeps, robots.txt where a profile obeys it, time when a source asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers import leases
from crawlers.archive import Archive
from crawlers.children import ChildReport, run_spider
from crawlers.clock import utc_now
from crawlers.egress import CRAWLER, Door, DoorPolicy, ServiceEntry
from crawlers.patience import wait_seconds
from crawlers.records import Outcome, PageState, TaskKind, TaskState
from crawlers.store import Store
from tests.crawlers.keeping import NIGHT, House, task
from tests.crawlers.serving import Heard, Site, serving

KEY = "bce-v3-planted-key-0123456789"
FIXTURES = Path(__file__).parents[1] / "fixtures"
ROBOTS = b"User-agent: zhengshao\nDisallow: /search\n\nUser-agent: *\nAllow: /\n"
LIST = (FIXTURES / "listing_html" / "normal.html").read_bytes()


class Sources(Site):
    """Three classified sites, an engine that is busy, and Baidu's interface."""

    def answer(self, heard: Heard) -> bytes:
        host, path = heard.host.partition(":")[0], heard.path.partition("?")[0]
        if host == "busy.test":
            return _answer(b"busy", "429 Too Many Requests", "Retry-After: 99999999\r\n")
        if path == "/robots.txt":
            return {"closed.test": _answer(ROBOTS), "broken.test": _answer(b"", "503 Down")}.get(
                host, _answer(b"", "404 Not Found")
            )
        if path.startswith("/v2/"):
            return _answer((FIXTURES / "baidu_qianfan" / "normal.json").read_bytes())
        return _answer(LIST)


def _answer(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


@dataclass
class World:
    data: Path
    store: Store
    door: Door
    site: Site

    def run(self, spider: str, *asked: tuple[str, str]) -> ChildReport:
        kind = TaskKind.SEARCH if spider == "search" else TaskKind.MARKETPLACE
        self.store.plan(task(target, kind=kind, source=source) for source, target in asked)
        return run_spider(
            spider,
            night=NIGHT,
            data=self.data,
            config_dir=self.data / "office",
            door_environment=self.door.environment(CRAWLER, "qianfan"),
        )

    def ends(self, source: str) -> list[tuple[TaskState, str]]:
        return [(one.state, one.reason) for one in self.store.tasks(night=NIGHT) if one.task.source == source]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    office = tmp_path / "office"
    for folder in ("engines", "marketplaces"):
        (office / folder).mkdir(parents=True)
    packaged = Path(leases.__file__).parents[1] / "config"
    listing = (packaged / "marketplaces" / "listing_html.toml").read_text("utf-8")
    for name in ("open", "closed", "broken"):
        mine = listing.replace('id = "listing_html"', f'id = "{name}"').replace("listing.invalid", f"{name}.test")
        (office / "marketplaces" / f"{name}.toml").write_text(mine.replace("https://", "http://"), "utf-8")
    busy = (packaged / "engines" / "so360.toml").read_text("utf-8").replace('id = "so360"', 'id = "busy"')
    busy = busy.replace("https://www.so.com/s", "http://busy.test/s").replace('["www.so.com"', '["busy.test"')
    (office / "engines" / "busy.toml").write_text(busy, "utf-8")
    (office / "crawl.toml").write_text("delay_seconds = 0.0\nconcurrency_per_host = 1\nretry_times = 0\n", "utf-8")
    with ExitStack() as stack:
        site = stack.enter_context(serving(Sources({})))
        service = f'[services.qianfan]\nurl = "http://127.0.0.1:{site.port}"\nenabled = true\n'
        (office / "settings.toml").write_text(service, "utf-8")
        names = [f"{name}.test" for name in ("open", "closed", "broken", "busy")]
        policy = DoorPolicy(
            host_map={f"{name}:80": f"127.0.0.1:{site.port}" for name in names},
            services=(ServiceEntry("http", "127.0.0.1", site.port, "qianfan"),),
        )
        door = stack.enter_context(Door.spawn(policy, log=tmp_path / "door.jsonl"))
        store = Store.create(f"sqlite:///{tmp_path}/store.sqlite")
        stack.callback(store.close)
        yield World(tmp_path, store, door, site)


def test_a_key_is_sent_and_kept_nowhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGSHAO_QIANFAN_KEY", KEY)
    world.run("search", ("baidu_qianfan", '电工证 "包过"'))
    (heard,) = world.site.heard
    assert (heard.method, heard.headers["authorization"]) == ("POST", f"Bearer {KEY}")
    assert '"content":"电工证 \\"包过\\""' in heard.body.decode()
    (capture,) = world.store.captures()
    assert (capture.page_state, len(world.store.hits(capture_id=capture.id))) == (PageState.RESULTS, 3)
    sent = dict(Archive(world.data / "archive").read(capture.place).request_headers)
    assert sent["Authorization"] == "(left out)"
    for path in world.data.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_without_a_key_its_tasks_fail_and_nothing_is_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHENGSHAO_QIANFAN_KEY", raising=False)
    world.run("search", ("baidu_qianfan", "电工证"))
    assert world.ends("baidu_qianfan") == [(TaskState.DONE, "no_key")]
    assert world.site.heard == []


def test_robots_txt_is_obeyed_where_the_profile_says_so(world: World) -> None:
    world.run("marketplace", ("open", "a"), ("open", "b"), ("closed", "a"), ("broken", "a"))
    assert world.ends("open") == [(TaskState.DONE, "")] * 2
    assert world.ends("closed") == [(TaskState.DONE, "robots")]
    assert world.ends("broken") == [(TaskState.DONE, "robots")]
    asked = [(heard.host, heard.path.partition("?")[0]) for heard in world.site.heard]
    assert asked.count(("open.test", "/robots.txt")) == 1
    assert ("closed.test", "/search") not in asked


def test_h14_a_source_that_asks_for_time_gets_an_hour_and_its_tasks_wait(world: World) -> None:
    world.run("search", *(("busy", f"问 {number}") for number in range(5)))
    assert len(world.site.heard) <= 2
    ends = world.ends("busy")
    assert ends[0][0] is TaskState.DONE
    assert "retry after" in ends[0][1]
    assert ends[2:] == [(TaskState.PLANNED, "")] * 3
    with world.store.read() as connection:
        due = datetime.fromisoformat(leases.due(connection, NIGHT))
    assert 3500 < (due - datetime.now(UTC)).total_seconds() <= 3600
    assert world.store.claim(NIGHT, [TaskKind.SEARCH], limit=9, lease_seconds=60, owner="x") == []


def test_tasks_that_wait_can_be_claimed_when_it_is_time(house: House) -> None:
    house.store.plan([task(f"问 {number}", kind=TaskKind.SEARCH, source="busy") for number in range(3)])
    house.store.plan([task("别的", kind=TaskKind.SEARCH, source="other")])
    (first,) = house.store.claim(NIGHT, [TaskKind.SEARCH], limit=1, lease_seconds=60, owner="x")
    assert house.store.postpone(NIGHT, "busy", utc_now(plus_seconds=60)) == 3
    claimed = house.store.claim(NIGHT, [TaskKind.SEARCH], limit=9, lease_seconds=60, owner="x")
    assert [one.target for one in claimed] == ["别的"]
    assert house.store.postpone(NIGHT, "busy", utc_now(plus_seconds=-1)) == 3
    again = house.store.claim(NIGHT, [TaskKind.SEARCH], limit=9, lease_seconds=60, owner="x")
    assert [(one.target, one.attempts) for one in again][:1] == [(first.target, 1)]


def test_those_that_still_wait_at_the_end_are_accounted_for(house: House) -> None:
    house.store.plan([task("问", kind=TaskKind.SEARCH, source="busy")])
    house.store.postpone(NIGHT, "busy", utc_now(plus_seconds=60))
    with house.store.write() as connection:
        assert leases.give_up(connection, NIGHT, "asked_to_wait") == 1
    (ended,) = house.store.tasks(night=NIGHT)
    assert (ended.outcome, ended.reason) == (Outcome.FAILED, "asked_to_wait")


NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("99999999", 99999999),
        ("9" * 40, 999999999999),
        ("Fri, 02 Jan 2026 03:05:05 GMT", 60),
        ("Fri, 02 Jan 2026 02:00:00 GMT", 0),
        ("soon", 0),
        ("", 0),
        ("-5", 0),
        ("１２", 0),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(said: str, seconds: float) -> None:
    assert wait_seconds(said, NOW) == seconds

"""The browser's child: what is kept of a page, whose word is whose, and what becomes of tasks when nothing works."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import config
from crawlers import rendering
from crawlers.archive import Archive
from crawlers.browser import Shot
from crawlers.children import ChildReport, run_browser
from crawlers.chromium import find_executable
from crawlers.doorclient import DOOR, KEYS, DoorDown
from crawlers.doorline import door_verdict, site_alone
from crawlers.egress import Door, DoorPolicy
from crawlers.leases import TaskStatus
from crawlers.records import Capture, Exchange, Outcome, PageState, TaskKind, TaskState
from crawlers.store import Store
from crawlers.tables import custody as custody_rows
from crawlers.warcfile import members
from tests.crawlers.keeping import NIGHT, House, exchange, task
from tests.crawlers.serving import Site, serving

REFUSED = ("X-Zhengshao-Door", "refused; private_address")
PEER = ("X-Zhengshao-Peer", "192.0.2.9:80")
TEXT = "特种作业操作证培训信息公开，学员须本人参加培训。" * 20
PAGES = {
    "app.test": f"<title>应用</title><div id=app></div><img src='http://nobody.test/x.png'>"
    f"<script>document.getElementById('app').textContent = '{TEXT}'</script>",
    "captcha.test": "<title>安全验证</title><div id='captcha'>请完成安全验证</div>",
}
needs_chromium = pytest.mark.skipif(find_executable() is None, reason="no Chromium on this machine")


@pytest.mark.parametrize(
    ("url", "headers", "verdict"),
    [
        ("http://a.test/", (("Content-Type", "text/plain"), REFUSED), "refused:private_address"),
        ("http://a.test/", (("x-zhengshao-door", "dead; dns"),), "dead:dns"),
        ("http://a.test/", (("Content-Type", "text/html"),), ""),
        ("https://a.test/", (REFUSED,), ""),
    ],
    ids=["refused", "dead", "the site's own", "forged inside TLS"],
)
def test_only_plain_http_carries_the_door_s_word(url: str, headers: tuple[tuple[str, str], ...], verdict: str) -> None:
    assert door_verdict(Exchange(url=url, status=502, response_headers=headers)) == verdict


def test_the_door_s_line_becomes_the_peer_and_is_not_kept_as_the_site_s() -> None:
    kind = ("Content-Type", "text/html")
    kept = site_alone(exchange("http://a.test/", response_headers=(kind, PEER), peer=""))
    assert (kept.response_headers, kept.peer) == ((kind,), "192.0.2.9:80")


def test_inside_tls_every_line_is_the_site_s() -> None:
    sent = exchange("https://a.test/", response_headers=(PEER,), peer="")
    assert site_alone(sent) == sent


def shot(dom: str, *, status: int = 200, final_url: str = "http://a.test/") -> Shot:
    page = exchange("http://a.test/", b"<div id=app></div>", status=status)
    return Shot(exchanges=(page,), dom=dom.encode(), environment={"final_url": final_url})


def test_the_state_is_that_of_the_page_after_its_scripts() -> None:
    assert rendering.state_of(shot(f"<p>{TEXT}</p>")) == (PageState.RESULTS, "")
    assert rendering.state_of(shot(PAGES["captcha.test"])) == (PageState.BLOCKED, "captcha")
    moved = rendering.state_of(shot("<p>请稍候</p>", final_url="http://a.test/captcha/index"))
    assert moved == (PageState.BLOCKED, "captcha")


def test_a_picture_is_no_page_without_text() -> None:
    picture = exchange("http://a.test/", b"\x89PNG\r\n\x1a\n", response_headers=(("Content-Type", "image/png"),))
    assert rendering.state_of(Shot(exchanges=(picture,), dom=b"<img>")) == (PageState.RESULTS, "")


@dataclass(frozen=True)
class Night:
    report: ChildReport
    house: House

    def capture(self, host: str) -> Capture:
        (found,) = (one for one in self.house.store.captures() if one.host == host)
        return found


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    house = House(tmp_path_factory.mktemp("browser"))
    plan(house, *PAGES, "nobody.test")
    with serving(Site({host: page.encode() for host, page in PAGES.items()})) as site:
        policy = DoorPolicy(host_map=dict.fromkeys(PAGES, f"127.0.0.1:{site.port}"))
        with Door.spawn(policy) as door:
            yield Night(browse(house, door.environment()), house)
    house.store.close()


def browse(house: House, door: Mapping[str, str]) -> ChildReport:
    return run_browser(night=NIGHT, data=house.data, config_dir=None, door_environment=door, time_seconds=90)


def plan(house: House, *hosts: str) -> None:
    house.store.plan(task(f"http://{host}/", kind=TaskKind.BROWSER) for host in hosts)


def statuses(store: Store) -> list[TaskStatus]:
    return store.tasks(night=NIGHT, kinds=[TaskKind.BROWSER])


@needs_chromium
def test_a_script_only_page_is_read_after_its_scripts(night: Night) -> None:
    assert night.report.exit == 0, (night.house.data / "log" / f"{NIGHT}-browser.log").read_text(encoding="utf-8")
    capture = night.capture("app.test")
    assert (capture.page_state, capture.title) == (PageState.RESULTS, "应用")
    assert "screenshot" in {artefact.role for artefact in capture.artefacts}


@needs_chromium
def test_a_captcha_in_the_browser_is_one_in_store_and_custody(night: Night) -> None:
    capture = night.capture("captcha.test")
    assert (capture.page_state, capture.reason) == (PageState.BLOCKED, "captcha")
    with night.house.store.read() as connection:
        line = connection.execute(custody_rows.select().where(custody_rows.c.seq == capture.custody_seq)).one()
    assert json.loads(line.detail)["page_state"] == "blocked"


@needs_chromium
def test_nothing_the_door_said_is_archived(night: Night) -> None:
    capture = night.capture("app.test")
    kept = Archive(night.house.data / "archive").read(capture.place)
    assert not [name for name, _ in kept.response_headers if "zhengshao" in name.lower()]
    assert capture.peer.startswith("127.0.0.1:")
    volume = night.house.volume()
    records = [record for _, _, record in members(volume.read_bytes(), volume.stat().st_size)]
    targets = [record.header("WARC-Target-URI") for record in records if record.kind == "response"]
    assert "http://app.test/" in targets
    assert not [target for target in targets if "nobody.test" in target]


@needs_chromium
def test_what_the_door_says_ends_the_task(night: Night) -> None:
    ended = {status.task.target: (status.outcome, status.reason) for status in statuses(night.house.store)}
    assert ended["http://nobody.test/"] == (Outcome.FAILED, "dead:dns")


@needs_chromium
def test_without_a_door_no_task_ends(house: House) -> None:
    plan(house, "a.test", "b.test", "c.test", "d.test")
    report = browse(house, {DOOR: "http://127.0.0.1:9", KEYS: "crawler:x"})
    assert report.exit == 1
    found = statuses(house.store)
    assert {status.outcome for status in found} == {None}
    workers = config.load().settings.browser.workers
    assert [status.task.attempts for status in found] == [1] * workers + [0] * (4 - workers)


@pytest.fixture
def no_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DOOR, "http://127.0.0.1:9")
    monkeypatch.setenv(KEYS, "crawler:x")


def office(house: House, browser: str) -> config.Config:
    folder = house.data / "office"
    folder.mkdir()
    (folder / "settings.toml").write_text(f"[browser]\n{browser}\n", encoding="utf-8")
    return config.load(folder)


def end_without_browser(house: House, browser: str) -> set[tuple[TaskState, str]]:
    plan(house, "a.test", "b.test")
    assert rendering.render(NIGHT, house.data, office(house, browser)) == 0
    return {(status.state, status.reason) for status in statuses(house.store)}


@pytest.mark.usefixtures("no_door")
@pytest.mark.parametrize(
    "browser", ["enabled = false", 'executable = "/nowhere/chromium"', f'executable = "{Path("/bin/false")}"']
)
def test_without_a_chromium_that_starts_each_task_ends_so(house: House, browser: str) -> None:
    assert end_without_browser(house, browser) == {(TaskState.DONE, "no_browser")}


@pytest.mark.usefixtures("no_door")
def test_a_chromium_without_its_driver_is_none(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    assert end_without_browser(house, 'executable = "/bin/true"') == {(TaskState.DONE, "no_browser")}


def test_a_child_without_a_door_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DOOR, raising=False)
    with pytest.raises(DoorDown):
        rendering.render(NIGHT, house.data, config.load())

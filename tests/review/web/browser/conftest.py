"""One desk, one browser for all of these tests: cases of a night, one of them a hostile page, people of each duty."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from crawlers.chromium import find_executable
from crawlers.records import Fetched, Outcome, Task, TaskKind
from review.desk.roles import Role
from review.web.serving import Served, prepare
from tests.crawlers.keeping import exchange
from tests.review.desk.making import doubtful
from tests.review.web.office import SECRET, Office, office
from tests.review.web.test_hostile import PAGE

CASES = 34
PEOPLE = {
    "fenxi": Role.ANALYST,
    "fuhe": Role.REVIEWER,
    "lingdao": Role.LEADER,
    "xitong": Role.SYSTEM,
    "anquan": Role.SECURITY,
    "shenji": Role.AUDITOR,
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@dataclass
class Place:
    """A running desk, and what its pages asked for and complained about."""

    office: Office
    served: Served
    browser: Browser
    capture: int
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def person(self, username: str) -> Page:
        """A window in which somebody has signed in, by keyboard."""
        page = self.window()
        page.goto(f"{self.served.url}/login")
        page.keyboard.type(username)
        page.keyboard.press("Tab")
        page.keyboard.type(SECRET)
        page.keyboard.press("Enter")
        page.wait_for_selector("header.top")
        return page

    def window(self) -> Page:
        context: BrowserContext = self.browser.new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN", reduced_motion="reduce"
        )
        context.on("request", lambda request: self.asked.append(request.url))
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and self.complaints.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.set_default_timeout(20_000)
        return page

    def quiet(self) -> None:
        """Nothing was asked of another host, and no page complained."""
        own = {urlsplit(self.served.url).netloc, urlsplit(self.office.config.web.listen.evidence).netloc}
        assert {urlsplit(url).netloc for url in self.asked if not url.startswith("data:")} <= own
        assert self.complaints == []


def _free_ports() -> int:
    """The first of two neighbouring ports nobody listens at."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    executable = find_executable()
    if executable is None:
        pytest.skip("no Chromium (see zhengshao doctor)")
    port = _free_ports()
    listen = {"port": port, "evidence_port": port + 1}
    with office(tmp_path_factory.mktemp("desk"), listen=listen, sign_in={"second_factor": "none"}) as made:
        capture = _filled(made)
        served = prepare(made.config, made.store, made.data, port=port)
        for server in (served.desk, served.captured):
            threading.Thread(target=server.run, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
            yield Place(made, served, browser, capture)
            browser.close()
        for server in (served.desk, served.captured):
            server.close()


def _filled(made: Office) -> int:
    for username, role in PEOPLE.items():
        made.account(username, role)
    for number in range(CASES):
        kind: dict[str, Any] = {} if number % 3 else {"subject": f"listing:xianyu:91{number:010}", "imitates": ""}
        made.case(number, **kind)
    doubtful(made.store, "site:doubtful.example", tied_to=1, tie="wechat", tie_shown="gz***1")
    task = Task(night="N1", kind=TaskKind.SITE, source="web", target="http://evil-site.example/")
    made.store.plan([task])
    (claimed,) = made.store.claim("N1", [TaskKind.SITE], limit=1, lease_seconds=600, owner="test")
    page = exchange("http://evil-site.example/", PAGE.encode())
    (capture,) = made.keep(Fetched(task=claimed, outcome=Outcome.CAPTURED, exchanges=(page,)))
    assert capture is not None
    made.case(99, subject="site:evil-site.example", title="恶意页面", capture_ids=(capture,), score=0.61)
    return capture

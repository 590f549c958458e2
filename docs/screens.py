"""Screenshots of every page of the review desk, for the manual: `.venv/bin/python docs/screens.py demo-data`.

Works on a copy of a demonstration's data directory: half of its cases are opened again, as the night left them, and an
account is made for each duty.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

import config as configuration
from config import Config
from crawlers.chromium import find_executable
from crawlers.store import Store, store_url
from review.campaigns import labels_of
from review.cases import CaseState, Decision, decide, find
from review.cli import main as main_command
from review.clock import utc_now
from review.desk import accounts
from review.desk.roles import Role
from review.web.hashing import hashed
from review.web.serving import Served, prepare

OUT = Path(__file__).parent / "screens"
PORT = 8765
SECRET = "Lvye-4471-qingshan"  # noqa: S105  for a copy that is thrown away
SIZE = {"width": 1366, "height": 768}
PEOPLE = {
    "zhanglin": ("张林", Role.ANALYST),
    "liwei": ("李巍", Role.REVIEWER),
    "zhaoqing": ("赵晴", Role.LEADER),
    "anquan": ("王安", Role.SECURITY),
    "shenji": ("孙审", Role.AUDITOR),
}
DOUBTFUL = (
    "<title>工友互助小屋</title><h1>工友互助小屋</h1><p>晒一张老乡的卡：特种作业操作证 证号 T000000199001011234，"
    "想了解的打我电话 14290013376。</p>"
)
PAGES: tuple[tuple[str, str, str], ...] = (
    ("today", "zhanglin", "/today"),
    ("queue", "zhanglin", "/queue?state=open&imitates={body}"),
    ("queue-listing", "zhanglin", "/queue?kind=listing&state=open"),
    ("search", "zhanglin", "/queue?q=焊工"),
    ("case", "zhanglin", "/cases/{site}"),
    ("case-captures", "zhanglin", "/cases/{site}/captures"),
    ("case-links", "zhanglin", "/cases/{tied}/links"),
    ("case-flow", "zhanglin", "/cases/{decided}/flow"),
    ("case-log", "zhanglin", "/cases/{decided}/log"),
    ("evidence", "zhanglin", "/cases/{site}/evidence/{capture}"),
    ("watched", "zhanglin", "/watched"),
    ("campaigns", "zhanglin", "/campaigns"),
    ("referrals", "liwei", "/referrals"),
    ("sources", "liwei", "/sources"),
    ("runs", "liwei", "/runs"),
    ("intake", "zhanglin", "/intake"),
    ("users", "anquan", "/users"),
    ("audit", "shenji", "/audit"),
    ("notice", "zhanglin", "/notice"),
    ("account", "zhanglin", "/account"),
)


def main(source: Path) -> None:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        shutil.copytree(source, data, ignore=shutil.ignore_patterns("runs", "practice"))
        _handed_in(data)
        config = _without_codes(configuration.load())
        Store.create(store_url(data)).close()
        store = Store.open(store_url(data))
        served = prepare(config, store, data, port=PORT)
        places = _staged(store, served)
        for server in (served.desk, served.captured):
            threading.Thread(target=server.run, daemon=True).start()
        with sync_playwright() as playwright:
            flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            browser = playwright.chromium.launch(executable_path=find_executable(), args=flags)
            _door(browser, served.url)
            for username in PEOPLE:
                _person(browser, served.url, username, places)
            browser.close()


def _handed_in(data: Path) -> None:
    """A doubtful page with the telephone of an open seller, so that the watch list has a tie to show."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(DOUBTFUL, encoding="utf-8")
        told = ["import", str(page), "--url", "http://www.huzhu-xiaowu.example/", "--data", str(data)]
        try:
            main_command(told, standalone_mode=False)
        except SystemExit as ended:
            if ended.code:
                raise


def _without_codes(config: Config) -> Config:
    """Nobody has a phone at hand here."""
    sign_in = config.web.sign_in.model_copy(update={"second_factor": "none"})
    return config.replaced("web", config.web.model_copy(update={"sign_in": sign_in}))


def _staged(store: Store, served: Served) -> dict[str, Any]:
    """Accounts, open cases, and the numbers of the cases that show most."""
    app = served.app
    now = utc_now()
    with store.write() as connection:
        for username, (name, role) in PEOPLE.items():
            accounts.add(
                connection,
                username,
                full_name=name,
                wanted=[role.value],
                hashed=hashed(app, SECRET),
                profile="standard",
                agencies=(),
                actor="console",
                now=now,
                must_change=False,
            )
        cases = list(find(connection))
        for case in cases[: len(cases) * 2 // 3]:
            if case.state is not CaseState.OPEN:
                decide(connection, case.id, Decision.REOPEN, actor="zhanglin", reason="演示", now=now)
    site = next(case for case in cases if case.imitates and len(case.capture_ids) > 1)
    with store.read() as connection:
        tied = next((case for case in cases if labels_of(connection, case.subjects)), site)
    shots = [capture for capture in store.captures(ids=list(site.capture_ids)) if capture.artefacts]
    return {"site": site.id, "body": site.imitates, "tied": tied.id, "decided": cases[-1].id, "capture": shots[0].id if shots else 0}


def _door(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport=SIZE, locale="zh-CN")
    page.goto(f"{url}/login")
    page.screenshot(path=OUT / "sign-in.png")
    page.close()


def _person(browser: Browser, url: str, username: str, places: dict[str, Any]) -> None:
    wanted = [(name, path) for name, who, path in PAGES if who == username]
    if not wanted:
        return
    page = browser.new_page(viewport=SIZE, locale="zh-CN")
    page.goto(f"{url}/login")
    page.fill("#f-username", username)
    page.fill("#f-password", SECRET)
    page.keyboard.press("Enter")
    page.wait_for_selector("header.top")
    for name, path in wanted:
        _shot(page, url + path.format(**places), name)
    page.close()


def _shot(page: Page, address: str, name: str, **options: Any) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUT / f"{name}.png", **options)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

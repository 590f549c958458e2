"""Cases H15 to H18: sites that turn visitors away, show each something else, or never end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import config
from crawlers.decode import decode_exchange
from crawlers.records import KNOWN_STATES, FetchProfile, Hit, HitKind, Outcome, Task, TaskKind
from detectors import strings
from detectors.base import Signal
from detectors.cloaking import cloaking
from detectors.context import Context
from detectors.features import Page
from detectors.judge import judge_pending, pending_followups
from review.night.plan import FULL_PAGE_ROWS, next_pages
from review.night.targets import from_hits
from tests.crawlers.keeping import exchange, page, task
from tests.crawlers.keeping import house as open_house
from tests.hostile.conftest import Visit
from tests.hostile.world import NIGHT, World

REFERRER = "https://m.baidu.com/"


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("captcha", "blocked"),
        ("slider", "blocked"),
        ("firewall", "blocked"),
        ("http://login.shop.test/login_wall", "login"),
    ],
)
def test_h15_a_page_that_asks_for_a_person_is_never_no_goods(visit: Visit, path: str, state: str) -> None:
    seen = visit(path)
    assert seen.page.status == 200
    assert seen.page.page_state == state
    assert seen.page.page_state not in KNOWN_STATES


def test_h16_what_only_some_visitors_are_shown_is_seen_and_told(visit: Visit, world: World) -> None:
    url = world.url("cloak")
    desktop = visit(url)
    phone = visit(url, profile=FetchProfile.PHONE, referrer=REFERRER)
    shown = Page.from_html(decode_exchange(phone.sent).text, phone.page.final_url)
    shown.counterpart = Page.from_html(decode_exchange(desktop.sent).text, desktop.page.final_url)
    found = [one for one in cloaking(shown, Context.build(config.load())) if isinstance(one, Signal)]
    assert [strings.CLOAKED_OFFER in one.reason for one in found] == [True]


def test_h17_a_site_without_end_costs_one_page_a_task(visit: Visit, world: World) -> None:
    before = len(world.plain.asked("calendar"))
    assert visit("calendar?1").task.outcome is Outcome.CAPTURED
    assert len(world.plain.asked("calendar")) == before + 1


def test_h17_of_one_host_a_night_visits_a_few_pages() -> None:
    settings = config.load()
    hits = [
        Hit(
            engine="baidu",
            query="q",
            kind=HitKind.ORGANIC,
            rank=number,
            title=f"第{number}页",
            url=f"http://endless.example/?page={number}",
            resolved=f"http://endless.example/?page={number}",
        )
        for number in range(1, 500)
    ]
    planned = {task.target for task in from_hits(settings, NIGHT, hits, round_=0)}
    assert len(planned) == settings.crawl.budget.inner_pages_per_site + 1


def test_h17_a_next_page_with_the_same_body_is_the_last() -> None:
    settings = config.load()
    budget = settings.crawl.budget.model_copy(update={"pages_per_query": 9})
    patient = SimpleNamespace(crawl=SimpleNamespace(budget=budget), engines={})
    first = Task(night=NIGHT, kind=TaskKind.SEARCH, source="any", target="焊工证", id=1)
    asked = [replace(first, id=3, page=3), first, replace(first, id=2, page=2)]
    rows = dict.fromkeys((1, 2, 3), FULL_PAGE_ROWS)
    differing = next_pages(patient, asked, rows, {1: "a", 2: "b", 3: "c"})  # type: ignore[arg-type]
    assert [task.page for task in differing] == [2, 3, 4]
    same = next_pages(patient, asked, rows, {1: "a", 2: "b", 3: "b"})  # type: ignore[arg-type]
    assert [task.page for task in same] == [2, 3]


ENDLESS = "<p>焊工证不用考试三天拿证，电话14000000027</p><a href='证书查询.html'>证书查询</a>".encode()


@pytest.mark.parametrize(("bodies", "followed"), [([ENDLESS] * 9, 1), ([b"%d" % n + ENDLESS for n in range(9)], 9)])
def test_h17_pages_of_one_host_with_one_body_lead_on_once(tmp_path: Path, bodies: list[bytes], followed: int) -> None:
    """Each day of a calendar is a page of the same bytes at another address, with links that lead to the next."""
    with open_house(tmp_path) as house:
        for day, body in enumerate(bodies):
            url = f"http://endless.example/{day}/index.html"
            kinds = (("Content-Type", "text/html; charset=utf-8"),)
            house.keep(page(task(url, night=NIGHT), exchange(url, body, response_headers=kinds)))
        judge_pending(house.store, house.archive, Context.build(config.load()))
        wanted = pending_followups(house.store, night=NIGHT, per_subject=100)
    assert len(wanted) == followed


@pytest.fixture(scope="module")
def obedient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The crawl of an office that obeys robots.txt."""
    with World.opened(tmp_path_factory.mktemp("obedient"), robots=True) as opened:
        yield opened


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        ("deny", (Outcome.FAILED, "robots")),
        ("broken", (Outcome.FAILED, "robots")),
        ("huge", (Outcome.FAILED, "robots")),
        ("loop", (Outcome.CAPTURED, "")),
        ("none", (Outcome.CAPTURED, "")),
    ],
)
def test_h18_whatever_robots_txt_does_there_is_a_policy(
    obedient: World, kind: str, ending: tuple[Outcome, str]
) -> None:
    seen = obedient.visit(f"http://{kind}.test/good")
    assert seen.ending == ending
    assert (seen.cpu_seconds <= 3, seen.grown_mb <= 64) == (True, True), (seen.cpu_seconds, seen.grown_mb)
    assert obedient.visit(f"http://none-{kind}.test/good").ending == (Outcome.CAPTURED, "")

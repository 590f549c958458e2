"""Cases H15 to H18: sites that turn visitors away, show each something else, or never end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import config
from crawlers.decode import decode_exchange
from crawlers.records import KNOWN_STATES, FetchProfile, Hit, HitKind, Outcome
from detectors import strings
from detectors.base import Signal
from detectors.cloaking import cloaking
from detectors.context import Context
from detectors.features import Page
from review.night.targets import from_hits
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

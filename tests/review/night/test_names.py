"""Beside the browser: resolvers and registries are asked about suspects' hosts, once, and never about official ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from crawlers import network
from crawlers.egress import Door, policy_from
from crawlers.practice import Practice
from crawlers.practice.world import played
from detectors.judge import judge_pending
from review.night.ground import Ground
from review.night.names import ask_about, suspect_hosts
from tests.crawlers import keeping
from tests.crawlers.keeping import House
from tests.crawlers.practice.webs import html_page, write_web
from tests.review.night.grounds import CONFIG, CONTEXT, NIGHT, ground, seen
from tests.review.small import SCHOOL, SELLER

SELLS, TEACHES = "www.banzheng-small.top", "www.peixun-small.com"
NUMBER = "粤ICP备2026001234号-1"


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    root = write_web(
        tmp_path_factory.mktemp("web"), {f"{host}/index.html": html_page("x") for host in (SELLS, TEACHES)}
    )
    data = tmp_path_factory.mktemp("house")
    with (
        keeping.house(data) as house,
        Practice.spawn(root, tmp_path_factory.mktemp("keys"), lookups=played(CONFIG.network)) as world,
        Door.spawn(policy_from(CONFIG, host_map=world.host_map)) as door,
    ):
        keep(house)
        yield dataclasses.replace(ground(house), world=world, door=door)


def keep(house: House) -> None:
    seen(house, NIGHT, f"http://{SELLS}/", SELLER + f"<footer>{NUMBER}</footer>")
    seen(house, NIGHT, f"http://{TEACHES}/", SCHOOL)
    judge_pending(house.store, house.archive, CONTEXT, blobs=house.blobs)


def test_only_suspects_are_asked_about_and_once_a_night(asking: Ground) -> None:
    assert suspect_hosts(asking) == [SELLS]
    assert ask_about(asking, suspect_hosts(asking)) == 1
    assert ask_about(asking, suspect_hosts(asking)) == 0
    assert network.facts(asking.store, TEACHES) is None


def test_what_is_known_of_a_suspect_afterwards(asking: Ground) -> None:
    ask_about(asking, [SELLS])
    (capture,) = asking.store.captures(host=SELLS)
    found = network.facts_of(asking.store, capture)
    assert found is not None
    assert (found.domain, found.resolvers_agree) == ("banzheng-small.top", True)
    assert found.registration is not None
    assert found.registration.state == "answered"
    assert [(one.value["number"], one.source) for one in found.numbers] == [(NUMBER, capture.label)]
    assert {one.reason for one in found.networks} == {"no_table"}


def test_official_hosts_are_nobody_s_suspects(asking: Ground) -> None:
    assert ask_about(asking, ["www.mem.gov.cn", "cx.mem.gov.cn"]) == 0


def test_a_practice_night_asks_nobody_outside(asking: Ground) -> None:
    """What the practice web plays is all there is: an address that it does not map is dead."""
    for entry in policy_from(CONFIG, host_map=asking.world.host_map).services:
        mapped = asking.world.host_map.get(f"{entry.host}:{entry.port}", "")
        assert mapped.startswith("127.0.0.1:") or entry.component != "lookup"

"""Cases N: names, connections and clocks that fail."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography.x509 import load_der_x509_certificate

from crawlers.client import Answer, Client
from crawlers.custody import verify_custody
from crawlers.doorclient import NoKey
from crawlers.records import Outcome
from tests.hostile.conftest import Visit
from tests.hostile.world import CRAWL, World

PRIVATE = (
    "10-0-0-1", "127-0-0-1", "169-254-169-254", "100-64-0-1", "172-16-0-1", "192-168-0-1", "0-0-0-0",
    "100-100-100-200", "224-0-0-1", "v6---1", "v6-fc00--1", "v6-fe80--1", "v6---ffff-7f00-1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("host", "reason"), [("nxdomain.test", "dns"), ("servfail.test", "dns_failed"), ("unanswered.test", "dns_timeout")]
)
def test_n01_names_fail_in_three_ways(visit: Visit, host: str, reason: str) -> None:
    assert visit("good", host=host).ending == (Outcome.FAILED, reason)


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("address", PRIVATE)
def test_n02_a_private_address_is_refused(visit: Visit, address: str) -> None:
    assert visit("good", host=f"{address}.ip.test").ending == (Outcome.REFUSED, "private_address")


@pytest.mark.usefixtures("unharmed")
def test_n03_a_name_that_turns_private_is_not_dialled_again(visit: Visit) -> None:
    seen = visit("to_self", host="8-8-8-8.then.127-0-0-1.ip.test")
    assert seen.ending == (Outcome.REFUSED, "private_address")
    assert seen.page.status == 302


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("both", ["8-8-8-8.and.10-0-0-1", "v6---1.and.8-8-8-8"])
def test_n04_a_name_with_one_private_address_is_refused(visit: Visit, both: str) -> None:
    assert visit("good", host=f"{both}.ip.test").ending == (Outcome.REFUSED, "private_address")


def test_n05_a_refused_connection_is_tried_twice(visit: Visit, world: World) -> None:
    before = world.dialled().count("8.8.4.4 80")
    assert visit("good", host="8-8-4-4.ip.test").ending == (Outcome.FAILED, "connect")
    assert world.dialled().count("8.8.4.4 80") - before == 2


@pytest.mark.parametrize("path", ["reset", "closed"])
def test_n05_a_connection_that_breaks_is_tried_twice(visit: Visit, world: World, path: str) -> None:
    assert visit(path).ending == (Outcome.FAILED, "reset")
    assert len(world.plain.asked(path)) == 2


def test_n06_a_site_that_says_nothing_times_out(visit: Visit) -> None:
    assert visit("silence").ending == (Outcome.FAILED, "timeout")


def test_n07_a_site_that_speaks_too_slowly_times_out(visit: Visit) -> None:
    assert visit("slow_head").ending == (Outcome.FAILED, "timeout")


def test_n06_parked_connections_are_few(world: World) -> None:
    """A night has thousands of hosts; the door has room for hundreds of connections."""

    async def ask() -> int:
        client = Client(world.door.client("crawler"), timeout_seconds=20, max_body_bytes=1 << 20)
        asked = (client.fetch("GET", world.url("good"), (), b"", "crawler") for _ in range(90))
        answers = await asyncio.gather(*asked)
        parked = len(client._idle)
        client.close()
        assert {answer.status for answer in answers} == {200}
        return parked

    assert 0 < asyncio.run(ask()) <= 64


def test_n08_of_a_dripping_body_what_came_is_kept(visit: Visit) -> None:
    seen = visit("drip_body")
    assert seen.ending == (Outcome.CAPTURED, "")
    assert {"stalled", "dataloss"} <= {*seen.flags}
    assert 200 <= len(seen.sent.body) < 2000


def test_n09_without_a_network_the_crawl_waits_and_loses_nothing(tmp_path: Path) -> None:
    with World.opened(tmp_path) as own:
        own.down.touch()
        tasks = own.plan(*(own.url("good") for _ in range(24)))
        own.wait_for(lambda: own.log().count("no network") >= 2)
        assert not [one for one in own.store.tasks() if one.outcome is Outcome.FAILED]
        own.down.unlink()
        assert {own.ended(task).outcome for task in tasks} == {Outcome.CAPTURED}


def test_n09_a_network_that_stays_away_stops_the_run_with_its_tasks_planned(tmp_path: Path) -> None:
    with World.opened(tmp_path, crawl=f"{CRAWL}pauses_max = 1\n", ends=1) as own:
        own.down.touch()
        own.plan(*(own.url("good") for _ in range(12)))
        assert own.process.wait(30) == 1
        assert "network_down" in own.log()
        assert len([one for one in own.store.tasks() if one.outcome is None]) == 12


@pytest.mark.parametrize(
    ("host", "flag"),
    [
        ("expired.test", "tls_expired"),
        ("self.test", "tls_self_signed"),
        ("wrong.test", "tls_wrong_host"),
        ("weak.test", "tls_weak_signature"),
        ("x.8-8-4-6.ip.test", "tls_old_version"),
    ],
)
def test_n10_bad_encryption_is_named_and_looked_through(visit: Visit, host: str, flag: str) -> None:
    seen = visit(f"https://{host}/good")
    assert (seen.ending, seen.page.title) == ((Outcome.CAPTURED, ""), "正常")
    assert flag in seen.flags


def test_n10_the_chain_is_kept(visit: Visit) -> None:
    sent = visit("https://fine.test/good").sent
    assert len(sent.issuers_der) == 1
    assert (
        load_der_x509_certificate(sent.certificate_der).issuer == load_der_x509_certificate(sent.issuers_der[0]).subject
    )
    assert not [flag for flag in visit("https://fine.test/good").flags if flag.startswith("tls")]


def test_n11_without_its_door_the_run_stops_and_keeps_its_tasks(tmp_path: Path) -> None:
    with World.opened(tmp_path, ends=1) as own:
        own.end_door()
        own.plan(own.url("good"))
        assert own.process.wait(30) == 1
        assert "door_down" in own.log()
        assert [one.outcome for one in own.store.tasks()] == [Outcome.CAPTURED, None]


def test_n11_a_source_without_a_key_fails_alone(world: World) -> None:
    answers = asyncio.run(_asked_as(world, "searxng", "crawler"))
    assert isinstance(answers[0], NoKey)
    assert isinstance(answers[1], Answer) and answers[1].status == 200


async def _asked_as(world: World, *components: str) -> list[Answer | BaseException]:
    client = Client(world.door.client("crawler"), timeout_seconds=5, max_body_bytes=1 << 20)
    asking = (client.fetch("GET", world.url("good"), (), b"", component) for component in components)
    answers = await asyncio.gather(*asking, return_exceptions=True)
    client.close()
    return answers


def test_n12_a_clock_that_jumps_changes_no_order_and_no_duration(tmp_path: Path) -> None:
    with World.opened(tmp_path) as own:
        before = own.visit(own.url("good"))
        own.jump(-3600)
        slow, after = own.visit(own.url("drip_body")), own.visit(own.url("good"))
        assert before.page.fetched_at > slow.page.fetched_at
        assert before.page.id < slow.page.id < after.page.id
        assert before.page.custody_seq < slow.page.custody_seq < after.page.custody_seq
        assert "stalled" in slow.flags and slow.seconds < 6
        assert after.ending == (Outcome.CAPTURED, "")
        with own.store.read() as connection:
            assert verify_custody(connection) == []

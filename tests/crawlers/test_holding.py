"""The browser without a network: no site is to blame, what failed is visited again, and the run gives up in the end."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from config.schema_crawl import NetworkSettings
from crawlers.holding import Holding, NoNetwork
from crawlers.records import Task, TaskKind
from tests.crawlers.keeping import task

PATIENT = NetworkSettings(down_hosts=3, pause_seconds=0.01, pauses_max=2)
GONE = "dead:dns_failed"


def tasks(*hosts: str) -> list[Task]:
    return [task(f"http://{host}.test/", kind=TaskKind.BROWSER, id=number) for number, host in enumerate(hosts, 1)]


class Web:
    """Tasks that wait, and what the door says of each host, visit after visit; at the end, of each that it answered."""

    def __init__(self, hosts: str, **said: list[str]) -> None:
        self.waiting = tasks(*hosts)
        self.said = said
        self.visits: Counter[str] = Counter()
        self.ended: dict[str, str] = {}
        self.holding = Holding(PATIENT, self.claim)

    def claim(self, most: int) -> list[Task]:
        given, self.waiting = self.waiting[:most], self.waiting[most:]
        return given

    async def visit(self) -> None:
        while claimed := await self.holding.next(2):
            for one in claimed:
                host = one.target[7:8]
                verdict, *self.said[host] = self.said.get(host) or [""]
                self.visits[host] += 1
                if not self.holding.holds(one, verdict):
                    self.ended[host] = verdict

    def run(self) -> None:
        asyncio.run(self.visit())


def test_one_site_out_of_reach_is_asked_once_more_and_then_its_own_fault() -> None:
    web = Web("abc", a=[GONE, GONE, GONE])
    web.run()
    assert web.ended == {"a": GONE, "b": "", "c": ""}
    assert web.visits == {"a": 2, "b": 1, "c": 1}
    assert web.holding.pauses == 0


def test_many_in_a_row_are_the_network_and_nothing_is_asked_meanwhile() -> None:
    web = Web("abcdef", a=[GONE], b=["dead:unreachable"], c=["dead:dns_timeout"], d=[GONE])
    web.run()
    assert web.ended == dict.fromkeys("abcdef", "")
    assert web.visits == {"a": 2, "b": 2, "c": 2, "d": 2, "e": 1, "f": 1}
    assert web.holding.pauses == 1


def test_a_site_that_fails_on_after_the_network_came_back_ends_with_its_own_reason() -> None:
    web = Web("abcd", a=[GONE] * 9, b=[GONE], c=[GONE])
    web.run()
    assert web.ended == {"a": GONE, "b": "", "c": "", "d": ""}


def test_without_any_answer_the_run_ends_and_no_task_does() -> None:
    web = Web("abcdef", **{host: [GONE] * 99 for host in "abcdef"})
    with pytest.raises(NoNetwork, match="after 2 pauses"):
        web.run()
    assert web.ended == {}
    assert web.holding.pauses == 3


@pytest.mark.parametrize("verdict", ["dead:dns", "refused:private_address", "dead:connect", ""])
def test_what_tells_of_the_site_alone_is_not_held(verdict: str) -> None:
    (one,) = tasks("a")
    assert not Holding(PATIENT, lambda _: []).holds(one, verdict)


def test_two_lanes_wait_together() -> None:
    web = Web("abcdef", **{host: [GONE] for host in "abcdef"})

    async def lanes() -> None:
        await asyncio.gather(web.visit(), web.visit())

    asyncio.run(lanes())
    assert web.ended == dict.fromkeys("abcdef", "")

"""The judgement before every connection, with a resolver that says what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from crawlers.dialing import Dialer, DoorPolicy, DoorVerdict, ServiceEntry
from tests.hostile.server import faults

SEARXNG = ServiceEntry("http", "127.0.0.1", 8888, "searxng")


class Names:
    """A resolver: each look-up of a name takes the next answer, the last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = answers
        self.asked = 0

    async def __call__(self, host: str) -> list[str]:
        self.asked += 1
        answers = self._answers[host.partition(".")[0]]
        return answers.pop(0) if len(answers) > 1 else answers[0]


def judged(dialer: Dialer, host: str, port: int = 80, *, component: str = "crawler", scheme: str = "http") -> Any:
    return asyncio.run(dialer.judge(component, scheme, host, port))


def verdict(act: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(DoorVerdict) as caught:
        act()
    return caught.value.verdict, caught.value.reason


def test_a_public_name_may_be_dialled_at_the_addresses_it_has() -> None:
    dialer = Dialer(DoorPolicy(), Names(a=[["8.8.8.8", "2400:3200::1"]]))
    assert judged(dialer, "a.example", 8080) == [("8.8.8.8", 8080), ("2400:3200::1", 8080)]


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1", "8.8.8.8"], ["fec0::1"]])
def test_one_bad_address_refuses_the_name(addresses: list[str]) -> None:
    dialer = Dialer(DoorPolicy(), Names(a=[addresses]))
    assert verdict(lambda: judged(dialer, "a.example")) == ("refused", "private_address")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "１２７.0.0.1",
        "127.0.0.1.",
        "[::ffff:127.0.0.1]",
        "[::1]",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
    ],
)
def test_loopback_is_refused_without_a_look_up(host: str) -> None:
    names = Names()
    assert verdict(lambda: judged(Dialer(DoorPolicy(), names), host)) == ("refused", "private_address")
    assert names.asked == 0


@pytest.mark.parametrize("port", [22, 0, 65536, 6379])
def test_service_ports_are_refused(port: int) -> None:
    dialer = Dialer(DoorPolicy(deny_ports=(6379,)), Names(a=[["8.8.8.8"]]))
    assert verdict(lambda: judged(dialer, "a.example", port)) == ("refused", "port")


@pytest.mark.parametrize("host", ["", "a..b", "a b", "x" * 300])
def test_what_is_no_name_is_refused(host: str) -> None:
    assert verdict(lambda: judged(Dialer(DoorPolicy(), Names()), host)) == ("refused", "name")


def test_a_name_that_does_not_exist_is_dead() -> None:
    async def nowhere(host: str) -> list[str]:
        raise OSError(host)

    assert verdict(lambda: judged(Dialer(DoorPolicy(), nowhere), "a.example")) == ("dead", "dns")
    assert verdict(lambda: judged(Dialer(DoorPolicy(), Names(a=[[]])), "a.example")) == ("dead", "dns")


def test_rebinding_has_nothing_to_bite_on() -> None:
    now = [0.0]
    names = Names(a=[["8.8.8.8"], ["127.0.0.1"]])
    dialer = Dialer(DoorPolicy(pin_seconds=600), names, clock=lambda: now[0])
    assert judged(dialer, "a.example") == judged(dialer, "A.EXAMPLE.") == [("8.8.8.8", 80)]
    assert names.asked == 1
    now[0] = 601
    assert verdict(lambda: judged(dialer, "a.example")) == ("refused", "private_address")


def test_a_service_is_open_to_its_component_alone() -> None:
    dialer = Dialer(DoorPolicy(services=(SEARXNG,)), Names(a=[["8.8.8.8"]]))
    assert judged(dialer, "127.0.0.1", 8888, component="searxng") == [("127.0.0.1", 8888)]
    assert verdict(lambda: judged(dialer, "127.0.0.1", 8888)) == ("refused", "service")
    assert verdict(lambda: judged(dialer, "127.0.0.1", 8889)) == ("refused", "private_address")


@pytest.mark.parametrize("host", ["tsa.example.com", "tsa.example.com.", "TSA.example.com", "ＴＳＡ.example。com"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_spelling_and_no_scheme_leads_a_page_to_a_public_service(host: str, scheme: str) -> None:
    services = (ServiceEntry("http", "tsa.example.com", 80, "tsa"), SEARXNG)
    dialer = Dialer(DoorPolicy(services=services), Names(tsa=[["8.8.8.8"]]))
    assert verdict(lambda: judged(dialer, host, scheme=scheme)) == ("refused", "service")
    assert judged(dialer, host, component="tsa") == [("8.8.8.8", 80)]
    assert verdict(lambda: judged(dialer, host, component="tsa", scheme="https")) == ("refused", "service")
    assert judged(dialer, host, 8080) == [("8.8.8.8", 8080)]


@pytest.mark.parametrize("host", ["127.1", "127.0.0.1.", "１２７.0.0.1", "2130706433"])
def test_an_address_of_a_service_has_one_spelling_too(host: str) -> None:
    dialer = Dialer(DoorPolicy(services=(SEARXNG,)), Names())
    assert verdict(lambda: judged(dialer, host, 8888)) == ("refused", "service")
    assert verdict(lambda: judged(dialer, "127.0.0.1", 8888, scheme="https")) == ("refused", "service")


def test_a_component_with_a_service_goes_nowhere_else() -> None:
    dialer = Dialer(DoorPolicy(services=(SEARXNG,)), Names(a=[["8.8.8.8"]]))
    assert verdict(lambda: judged(dialer, "a.example", component="searxng")) == ("refused", "service")


def test_a_host_map_is_a_closed_world() -> None:
    names = Names(a=[["8.8.8.8"]])
    policy = DoorPolicy(host_map={"shop.test": "127.0.0.1:9000", "odd.test:22": "127.0.0.1:9001"})
    dialer = Dialer(policy, names)
    assert judged(dialer, "Shop.test.", 443) == [("127.0.0.1", 9000)]
    assert judged(dialer, "odd.test", 22) == [("127.0.0.1", 9001)]
    assert verdict(lambda: judged(dialer, "shop.test", 22)) == ("refused", "port")
    assert verdict(lambda: judged(dialer, "a.example")) == ("dead", "dns")
    assert verdict(lambda: judged(dialer, "8.8.8.8")) == ("dead", "connect")
    assert verdict(lambda: judged(dialer, "127.0.0.1")) == ("refused", "private_address")
    assert names.asked == 0


def dialled(dialer: Dialer, host: str, port: int) -> str:
    async def once() -> str:
        line = await dialer.dial("crawler", "http", host, port)
        line.writer.close()
        await line.writer.wait_closed()
        return line.peer

    return asyncio.run(once())


def test_the_peer_is_the_address_that_was_dialled() -> None:
    with faults() as port:
        dialer = Dialer(DoorPolicy(host_map={"a.test": f"127.0.0.1:{port}"}))
        assert dialer.peer("a.test", 80) == ""
        assert dialled(dialer, "a.test", 80) == f"127.0.0.1:{port}"
        assert dialer.peer("A.TEST.", 80) == f"127.0.0.1:{port}"
        assert dialer.peer("a.test", 81) == ""


def test_the_next_judged_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    async def connect(address: str, port: int, **_: Any) -> tuple[Any, Any]:
        tried.append(address)
        if address == "8.8.8.8":
            raise ConnectionRefusedError
        return None, None

    monkeypatch.setattr(asyncio, "open_connection", connect)
    dialer = Dialer(DoorPolicy(), Names(a=[["8.8.8.8", "1.1.1.1"]]))
    line: Coroutine[Any, Any, Any] = dialer.dial("crawler", "http", "a.example", 80)
    assert asyncio.run(line).peer == "1.1.1.1:80"
    assert tried == ["8.8.8.8", "1.1.1.1"]
    assert judged(dialer, "a.example") == [("1.1.1.1", 80), ("8.8.8.8", 80)]


def test_nobody_at_home_is_dead() -> None:
    with faults() as port:
        pass
    dialer = Dialer(DoorPolicy(host_map={"a.test": f"127.0.0.1:{port}"}))
    assert verdict(lambda: dialled(dialer, "a.test", 80)) == ("dead", "connect")

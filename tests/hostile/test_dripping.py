"""Whoever is asked and answers a byte at a time: resolvers, registries, authorities. One limit holds for all of it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import config
from config.schema_network import Network, Registry, Resolver
from crawlers import network
from crawlers.answers import Answer
from crawlers.dialing import DoorPolicy, ServiceEntry
from crawlers.egress import LOOKUP, Door
from crawlers.lookups import Asker, Subject
from crawlers.posting import DoorPoster
from crawlers.registrations import ask_registry
from crawlers.resolving import ask_resolver
from crawlers.stamper import Authority, Stamper
from crawlers.tunnels import Tunnels
from tests.crawlers.keeping import NIGHT, house, page
from tests.hostile import faults  # noqa: F401  (makes them known)
from tests.hostile.certificates import by_name
from tests.hostile.server import serving

LIMIT_SECONDS = 0.5
ANY_SECONDS = 10.0
"""Whatever else the machine does; who drips goes on for minutes, or for ever."""
BEGUN = b"HTTP/1.1 200 OK\r\n\r\n{"


@dataclass
class Slow:
    """A door that leads to dripping servers, and the network as an office configures it."""

    door: Door
    network: Network

    @property
    def tunnels(self) -> Tunnels:
        trusting = ssl._create_unverified_context()
        return Tunnels(self.door.client(LOOKUP), LIMIT_SECONDS, trusting)

    def registry(self, suffix: str) -> Answer:
        found = self.network.registry_of(f"a.{suffix}")
        assert found
        return ask_registry(self.tunnels, found, f"a.{suffix}")


def _asked() -> Network:
    registries = [
        Registry(id=fault, suffixes=(fault.replace("_", "-"),), rdap=f"https://rdap.test/{fault}/", whois="")
        for fault in ("dripping", "slow_head", "silence")
    ]
    registries.append(Registry(id="whois", suffixes=("cn",), rdap="", whois="whois.test"))
    registries.append(Registry(id="tls", suffixes=("tls",), rdap="https://tls.test/", whois=""))
    resolver = Resolver(id="slow", address="192.0.2.1", port=53, owner="x")
    asked = {"registries": tuple(registries), "resolvers": (resolver,), "registry_delay_seconds": 0.0}
    return config.load().network.model_copy(update=asked)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slow]:
    tls, asked = by_name(tmp_path_factory.mktemp("tls")), _asked()
    with serving(None, tls, None, None) as (plain, secure, bare, handshake):
        bare.always, handshake.always = "dripping", "slow_handshake"
        places = {
            "192.0.2.1:53": bare, "whois.test:43": bare, "rdap.test:443": secure, "tls.test:443": handshake,
            "tsa.test:80": plain,
        }  # fmt: skip
        services = [
            ServiceEntry("tcp", host, int(port), LOOKUP) for host, _, port in (one.partition(":") for one in places)
        ]
        services[-1] = ServiceEntry("http", "tsa.test", 80, "tsa")
        mapped = {name: f"127.0.0.1:{server.port}" for name, server in places.items()}
        with Door.spawn(DoorPolicy(services=tuple(services), host_map=mapped)) as door:
            yield Slow(door, asked)


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < ANY_SECONDS


@pytest.mark.parametrize(
    ("suffix", "came"),
    [("dripping", b"{"), ("slow-head", b""), ("silence", b""), ("tls", b""), ("cn", BEGUN)],
)
def test_of_a_registry_that_drips_what_came_in_time_is_kept(slow: Slow, suffix: str, came: bytes) -> None:
    answer = slow.registry(suffix)
    assert (answer.state, answer.reason) == ("failed", "timeout")
    assert answer.raw.rstrip(b" ") == came


def test_a_resolver_that_drips_is_asked_once(slow: Slow) -> None:
    answers = ask_resolver(slow.tunnels, slow.network.resolvers[0], "www.a.test", "a.test")
    assert [(one.state, one.reason) for one in answers] == [("failed", "timeout")] * 6
    assert answers[0].raw.startswith(BEGUN[2:])  # the first two bytes were a length
    assert not any(one.raw for one in answers[1:])


def test_the_look_ups_of_a_night_go_on_and_a_silent_registry_is_left_alone(slow: Slow, tmp_path: Path) -> None:
    subjects = [Subject(f"www.{n}.dripping", f"{n}.dripping") for n in range(6)]
    with house(tmp_path / "data") as made:
        for found in Asker(slow.tunnels, slow.network, tmp_path / "none").ask(subjects):
            assert network.keep(made.store, made.blobs, found, NIGHT)
        facts = [network.facts(made.store, one.host) for one in subjects]
    told = sorted(one.registration.reason for one in facts if one and one.registration)
    assert told == ["registry_silent"] * 3 + ["timeout"] * 3


@pytest.mark.parametrize("fault", ["dripping", "slow_head", "silence"])
def test_a_stamp_waits_while_its_authority_drips(slow: Slow, tmp_path: Path, fault: str) -> None:
    poster = DoorPoster(slow.door.client("tsa"), LIMIT_SECONDS)
    with house(tmp_path / "data") as made:
        made.keep(page())
        report = Stamper(made.store, [Authority("slow", f"http://tsa.test/{fault}")], poster).run()
    assert (report.stamped, report.waiting, report.failed) == (0, 1, 0)
    assert "not answered in full within 0.5 s" in report.problems[0]

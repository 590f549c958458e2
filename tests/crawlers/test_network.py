"""Facts about hosts: asked through the door of those the office names alone, kept as received, found again."""

from __future__ import annotations

import json
import ssl
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dns.message
import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from crawlers import custody, network
from crawlers.answers import Answer
from crawlers.egress import CRAWLER, LOOKUP, Door, lookup_entries, policy_from
from crawlers.lookups import Asker, LookUp, Subject, shown_numbers
from crawlers.practice import Practice
from crawlers.practice.world import played
from crawlers.resolving import _understood
from crawlers.tables import stamps
from crawlers.tunnels import NoTunnel, Tunnels
from tests.crawlers.keeping import NIGHT, House, exchange, page, task
from tests.crawlers.practice.webs import html_page, write_web

CONFIG = config.load()
TOML = """
[[registrations]]
domain = "cx-example.top"
created = "2026-09-17"
registrant = "欧阳某人"
addresses = ["198.51.100.7", "2001:db8::7"]
second = ["203.0.113.9"]
[[registrations]]
domain = "free-example.top"
registered = false
"""
HOSTS = ["www.cx-example.top", "www.a-example.cn", "x.b-example.dev", "free-example.top"]


@dataclass
class Names:
    """A practice web's name system behind a door."""

    door: Door
    ca: Path

    def tunnels(self, component: str = LOOKUP) -> Tunnels:
        return Tunnels(self.door.client(component), 10, ssl.create_default_context(cafile=str(self.ca)))

    def ask(self, house: House, *hosts: str) -> list[LookUp]:
        subjects = [Subject(host, host.partition(".")[2] if host.count(".") > 1 else host) for host in hosts]
        quick = CONFIG.network.model_copy(update={"registry_delay_seconds": 0.0})
        return list(Asker(self.tunnels(), quick, house.data / "asn.tsv").ask(subjects))


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Names]:
    root = write_web(
        tmp_path_factory.mktemp("web"), {f"{host}/index.html": html_page("x") for host in HOSTS}, toml=TOML
    )
    with (
        Practice.spawn(root, tmp_path_factory.mktemp("keys"), lookups=played(CONFIG.network)) as world,
        Door.spawn(policy_from(CONFIG, host_map=world.host_map)) as door,
    ):
        assert world.trust.ca
        yield Names(door, world.trust.ca)


@pytest.fixture
def asked(names: Names, house: House) -> dict[str, network.Facts]:
    (house.data / "asn.tsv").write_text("198.51.100.0\t198.51.100.255\t64497\tHK\tEXAMPLE-HK\n")
    for found in names.ask(house, *HOSTS):
        assert network.keep(house.store, house.blobs, found, NIGHT)
    kept = {host: network.facts(house.store, host) for host in HOSTS}
    return {host: one for host, one in kept.items() if one}


def test_two_resolvers_are_asked_and_may_disagree(asked: dict[str, network.Facts]) -> None:
    found = asked["www.cx-example.top"]
    assert found.dns("A")["alidns"].value["records"] == ["198.51.100.7"]
    assert found.dns("A")["dnspod"].value["records"] == ["203.0.113.9"]
    assert found.addresses == ("198.51.100.7", "2001:db8::7", "203.0.113.9")
    assert found.resolvers_agree is False
    assert asked["www.a-example.cn"].resolvers_agree is True
    assert found.dns("MX")["alidns"].question == "cx-example.top MX"
    assert found.dns("TXT")["alidns"].value["records"] == ['"v=spf1 -all"']
    assert (found.dns("CNAME")["alidns"].state, found.dns("CNAME")["alidns"].reason) == ("nothing", "no_record")


def test_rdap_is_asked_where_there_is_some_whois_for_cn_and_nobody_where_none_is_known(
    asked: dict[str, network.Facts],
) -> None:
    by_host = {host: found.registration for host, found in asked.items()}
    told = {host: (one.kind, one.state, one.reason) for host, one in by_host.items() if one}
    assert told == {
        "www.cx-example.top": ("rdap", "answered", ""),
        "www.a-example.cn": ("whois", "answered", ""),
        "x.b-example.dev": ("rdap", "failed", "no_registry_known"),
        "free-example.top": ("rdap", "nothing", "not_registered"),
    }
    registration = by_host["www.cx-example.top"]
    assert registration
    assert registration.value["registered_at"] == "2026-09-17T00:00:00.000Z"
    assert registration.value["registrant"] == "欧***"


def test_networks_come_from_the_office_s_table(asked: dict[str, network.Facts]) -> None:
    states = {one.question: (one.state, one.value.get("asn", "")) for one in asked["www.cx-example.top"].networks}
    assert states == {
        "198.51.100.7": ("answered", "64497"),
        "2001:db8::7": ("nothing", ""),
        "203.0.113.9": ("nothing", ""),
    }


def test_every_answer_is_kept_as_received_and_rows_know_no_person(
    house: House, asked: dict[str, network.Facts]
) -> None:
    found = asked["www.cx-example.top"]
    document = json.loads(network.document(house.blobs, found))
    raw = {one["question"]: b64decode(one["raw_base64"]) for one in document["answers"]}
    assert "欧阳某人" in raw["https://rdap.zdnsgtld.com/top/domain/cx-example.top"].decode()
    message = dns.message.from_wire(raw["www.cx-example.top A"])
    assert "www.cx-example.top" in message.to_text()
    assert "欧阳某人".encode() not in (house.data / "store.sqlite").read_bytes()
    assert "欧阳某人".encode() not in (house.data / "store.sqlite-wal").read_bytes()


def test_a_look_up_stands_in_the_chain_and_is_stamped(house: House, asked: dict[str, network.Facts]) -> None:
    found = asked["www.cx-example.top"]
    with house.store.read() as connection:
        assert custody.verify_custody(connection) == []
        (line,) = custody.lines(connection, from_seq=found.custody_seq, to_seq=found.custody_seq)
        assert connection.execute(stamps.select().where(stamps.c.id == found.stamp_id)).one().from_seq == line.seq
    assert (line.event, json.loads(line.detail)["document"]) == ("network", found.document)


def test_a_host_is_asked_about_once_a_night(house: House, names: Names, asked: dict[str, network.Facts]) -> None:
    (again,) = names.ask(house, HOSTS[0])
    assert network.keep(house.store, house.blobs, again, NIGHT) is None
    assert network.keep(house.store, house.blobs, again, "2026-02-09") is not None


def test_a_changed_document_is_found(house: House, asked: dict[str, network.Facts]) -> None:
    assert list(network.problems(house.store, house.blobs)) == []
    house.blobs.path(asked[HOSTS[0]].document).write_bytes(b"{}")
    (problem,) = network.problems(house.store, house.blobs)
    assert HOSTS[0] in problem


def test_the_look_up_nearest_to_a_capture_is_its_own(house: House) -> None:
    for night, moment in (("1", "2026-01-31T15:00:00.000Z"), ("2", "2026-02-15T15:00:00.000Z")):
        network.keep(
            house.store, house.blobs, LookUp(Subject("site.example", "site.example"), moment, moment, ()), night
        )
    house.keep(page(task(), exchange(fetched_at="2026-02-07T00:00:00.000Z")))
    nearest = network.facts_of(house.store, house.store.capture(1))
    newest = network.facts(house.store, "site.example")
    assert nearest and newest
    assert (nearest.night, newest.night) == ("1", "2")
    assert network.facts(house.store, "unasked.example") is None


def test_lookups_dial_nobody_else_and_nobody_else_dials_them(names: Names) -> None:
    with pytest.raises(NoTunnel, match="refused"), names.tunnels().open("www.cx-example.top", 443):
        pass
    entry = lookup_entries(CONFIG)[0]
    tunnels = names.tunnels(CRAWLER)
    with pytest.raises(Exception, match="no key"), tunnels.open(entry.host, entry.port):
        pass


def test_offline_every_question_is_answered_with_why_not(house: House) -> None:
    """In a closed world that has no name system, as on a machine without a network."""
    with Door.spawn(policy_from(CONFIG, host_map={"nobody.test": "127.0.0.1:9"})) as door:
        tunnels = Tunnels(door.client(LOOKUP), 10)
        (found,) = Asker(tunnels, CONFIG.network, house.data / "none").ask([Subject("a-example.cn", "a-example.cn")])
    assert {one.state for one in found.answers} == {"failed"}
    assert {one.reason for one in found.answers} <= {"dead", "refused"}
    assert network.keep(house.store, house.blobs, found, NIGHT)
    facts = network.facts(house.store, "a-example.cn")
    assert facts
    assert (facts.addresses, facts.resolvers_agree) == ((), None)


def test_numbers_are_taken_as_shown() -> None:
    text = "版权所有 粤ICP备 2026001234 号-1 粤公网安备 44010002000001号 京ICP证000000号 ICP备案查询"
    found = shown_numbers(text, "C-00000001", "2026-01-31T16:00:00.000Z")
    assert [(one.question, one.value["number"]) for one in found] == [
        ("icp", "粤ICP备2026001234号-1"),
        ("icp", "京ICP证000000号"),
        ("police", "粤公网安备44010002000001号"),
    ]
    assert {one.source for one in found} == {"C-00000001"}


@given(st.binary(max_size=120))
def test_whatever_a_resolver_sends_is_an_answer_with_a_state(raw: bytes) -> None:
    query = dns.message.make_query("a.example", "A")
    state, reason, value = _understood(query, query.id.to_bytes(2, "big") + raw, "A")
    assert state in ("answered", "nothing", "failed")
    assert isinstance(Answer("dns", "", "", "", state, reason, value), Answer)

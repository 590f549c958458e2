"""What counts as the public internet, and how one host is spelled one way."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.addresses import canonical_host, port_allowed, public

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.9",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:2::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2620:4f:8000::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "172.32.0.1",
    "223.5.5.5",
    "2400:3200::1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize("text", ["", "example.test", "127.1", "1.2.3.4.5", "fe80::1%eth0", "2400:3200::1%1"])
def test_what_is_no_plain_address_is_not_public(text: str) -> None:
    assert not public(text)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_like_the_one_it_holds(address: IPv4Address) -> None:
    assert public(f"::ffff:{address}") == public(str(address))


@given(st.ip_addresses(v=6))
def test_only_global_unicast_is_public(address: IPv6Address) -> None:
    if public(str(address)) and address.ipv4_mapped is None:
        assert int(address) >> 125 == 1


LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0x7f000001",
    "0x7F.0.0.0x1",
    "2130706433",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "127。0。0。1",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "127．0．0．1",
]


@pytest.mark.parametrize("spelling", LOOPBACK)
def test_every_spelling_of_loopback_is_seen(spelling: str) -> None:
    assert canonical_host(spelling) == "127.0.0.1"


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("Example.TEST", "example.test"),
        ("example.test.", "example.test"),
        ("example。test", "example.test"),
        ("安监.测试", "xn--49su84d.xn--0zwm56d"),
        ("[::1]", "::1"),
        ("[::FFFF:7f00:1]", "127.0.0.1"),
        ("under_score.test", "under_score.test"),
        ("xn--not-an-a-label-.test", "xn--not-an-a-label-.test"),
    ],
)
def test_one_host_has_one_spelling(raw: str, canonical: str) -> None:
    assert canonical_host(raw) == canonical


def test_a_name_sold_against_the_rules_is_still_reached() -> None:
    assert canonical_host("☃️证.test").startswith("xn--")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        ".",
        "a..b",
        "-" * 64 + ".test",
        "a" * 60 + ".b" * 100,
        "a b.test",
        "a/b",
        "a@b",
        "a\\b",
        "1.2.3.4.5",
        "999.1.1.1",
        "[::1",
        "::1%lo",
        "0x",
        "%31.test",
    ],
)
def test_what_no_resolver_should_be_asked(raw: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        canonical_host(raw)


@given(st.text(max_size=40))
def test_a_canonical_host_is_ascii_and_stays_itself(raw: str) -> None:
    try:
        host = canonical_host(raw)
    except ValueError:
        return
    assert host.isascii()
    assert canonical_host(host) == host


@pytest.mark.parametrize("port", [80, 81, 88, 443, 1024, 8080, 8443, 65535])
def test_web_ports_are_allowed(port: int) -> None:
    assert port_allowed(port, ())


@pytest.mark.parametrize("port", [-1, 0, 1, 22, 25, 79, 89, 442, 444, 1023, 65536])
def test_other_ports_are_not(port: int) -> None:
    assert not port_allowed(port, ())


def test_a_denied_port_is_denied() -> None:
    assert not port_allowed(6379, frozenset({6379}))

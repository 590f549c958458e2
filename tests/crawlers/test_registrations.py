"""Registrations: one shape from RDAP and WHOIS, persons masked, and nothing made up from what cannot be read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.registrations import masked_name, read_rdap, read_whois

WHOIS = """Domain Name: zhengjian-chaxun.cn
ROID: 20260917s10001s99852735-cn
Domain Status: clientTransferProhibited
Domain Status: ok
Registrant: 欧阳某人
Registrant Contact Email: nobody@example.invalid
Sponsoring Registrar: 示例域名注册有限公司
Name Server: NS1.names.example
Name Server: ns2.names.example
Registration Time: 2026-09-17 08:00:00
Expiration Time: 2027-09-17 08:00:00
DNSSEC: unsigned
"""
CARD = [["version", {}, "text", "4.0"], ["fn", {}, "text", "示例持有人"]]


def rdap(**more: Any) -> bytes:
    document = {
        "objectClassName": "domain",
        "handle": "1-EXAMPLE",
        "ldhName": "cx-example.top",
        "status": ["server hold", "client hold"],
        "events": [{"eventAction": "registration", "eventDate": "2026-09-17T23:11:55Z"}],
        "nameservers": [{"objectClassName": "nameserver", "ldhName": "NS1.names.example."}],
        "entities": [
            {"objectClassName": "entity", "roles": ["registrant"], "vcardArray": ["vcard", CARD]},
        ],
    }
    return json.dumps({**document, **more}).encode()


def test_whois_of_cn_is_read_and_the_person_masked() -> None:
    state, reason, value = read_whois(WHOIS.encode(), "zhengjian-chaxun.cn")
    assert (state, reason) == ("answered", "")
    assert value == {
        "registrar": "示例域名注册有限公司",
        "registered_at": "2026-09-17 08:00:00",
        "expires_at": "2027-09-17 08:00:00",
        "status": ["clienttransferprohibited", "ok"],
        "nameservers": ["ns1.names.example", "ns2.names.example"],
        "registrant": "欧***",
        "dnssec": "unsigned",
    }
    assert "example.invalid" not in json.dumps(value)


@pytest.mark.parametrize(
    ("text", "state", "reason"),
    [
        ("No matching record.\r\n", "nothing", "not_registered"),
        ("", "failed", "unreadable"),
        ("<html>captive portal</html>", "failed", "unreadable"),
        ("Domain Name: another.cn\r\nRegistrant: x", "failed", "unreadable"),
        ("Query rate limit exceeded", "failed", "unreadable"),
    ],
)
def test_only_what_the_registry_says_is_nothing(text: str, state: str, reason: str) -> None:
    assert read_whois(text.encode(), "zhengjian-chaxun.cn") == (state, reason, {})


def test_rdap_is_read_into_the_same_shape() -> None:
    value = read_rdap(rdap(), "cx-example.top")
    assert value == {
        "registered_at": "2026-09-17T23:11:55.000Z",
        "status": ["client hold", "server hold"],
        "nameservers": ["ns1.names.example"],
        "registrant": "示***",
        "dnssec": "unsigned",
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff\xfe",
        rdap(ldhName="other.top"),
        rdap(entities=5),
        b'{"a":' * 5000,
        rdap(events=7),
    ],
)
def test_what_is_no_rdap_about_this_name_is_not_read(raw: bytes) -> None:
    assert read_rdap(raw, "cx-example.top") is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["entities", "events", "status", "nameservers", "secureDNS", "notices", "remarks"]), json_values)
def test_whatever_stands_in_an_rdap_answer_nothing_breaks(name: str, value: Any) -> None:
    read_rdap(rdap(**{name: value}), "cx-example.top")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张某某", "张**"),
        ("示例网络科技有限公司", "示例网络科技有限公司"),
        ("Example Names Limited", "Example Names Limited"),
        ("REDACTED FOR PRIVACY", ""),
        ("应急管理部", "应急管理部"),
        ("", ""),
    ],
)
def test_organisations_are_named_and_persons_not(name: str, shown: str) -> None:
    assert masked_name(name) == shown

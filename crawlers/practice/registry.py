"""The name system of a practice web: two resolvers, an RDAP service and a WHOIS server that know exactly its hosts.

What `[[registrations]]` does not say is invented from the name: the same name always gets the same registration, and
addresses from the ranges reserved for documentation (RFC 5737, RFC 3849).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from crawlers.practice.answers import Answer, Ask, as_json
from crawlers.practice.format import Registration

REGISTRARS = (
    ("示例域名注册有限公司", "9001"),
    ("示例云计算有限公司", "9002"),
    ("Example Names (Overseas) Limited", "9003"),
)
RANGES = ("192.0.2", "198.51.100", "203.0.113")
TTL_SECONDS = 600
RDAP_TYPE = "application/rdap+json"
_FIRST_DAY = date(2019, 1, 1)
_DAYS = 2800
_TERM_DAYS = 365
_A_THIRD = 85


class Registry:
    """Knows the hosts of a web and everything above them up to their registrable names."""

    def __init__(self, hosts: Iterable[str], registrations: Iterable[Registration]) -> None:
        self._hosts = frozenset(hosts)
        self._given = {entry.domain: entry for entry in registrations}

    def resolve(self, wire: bytes, resolver: int) -> bytes:
        """The answer of resolver 0 or 1 to a DNS query."""
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query, recursion_available=True)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        records = self._records(name, dns.rdatatype.to_text(question.rdtype), resolver)
        if records:
            kind = dns.rdatatype.to_text(question.rdtype)
            answer.answer.append(dns.rrset.from_text(question.name, TTL_SECONDS, "IN", kind, *records))
        elif not self._exists(name):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()

    def rdap(self, ask: Ask) -> Answer:
        """`…/domain/<name>`, RFC 9082."""
        _, found, name = ask.path.rpartition("/domain/")
        if not found or not self._registered(name.lower()):
            return as_json({"errorCode": 404, "title": "Not Found"}, 404, RDAP_TYPE)
        return as_json(_rdap_document(self._entry(name.lower())), media_type=RDAP_TYPE)

    def whois(self, asked: str) -> str:
        name = asked.strip().lower()
        if not self._registered(name):
            return "No matching record.\r\n"
        entry = self._entry(name)
        lines = [
            ("Domain Name", entry.domain),
            ("ROID", f"2019{_number(name, 'roid')}s10001s{_number(name)}-cn"),
            *(("Domain Status", status) for status in entry.status),
            ("Registrant", entry.registrant),
            ("Sponsoring Registrar", entry.registrar),
            *(("Name Server", server) for server in entry.nameservers),
            ("Registration Time", f"{entry.created} 08:00:00"),
            ("Expiration Time", f"{entry.expires} 08:00:00"),
            ("DNSSEC", "unsigned"),
        ]
        return "".join(f"{name}: {value}\r\n" for name, value in lines)

    def _records(self, name: str, kind: str, resolver: int) -> list[str]:
        given = self._given_above(name)
        if kind == "A" and name in self._hosts:
            said = (given.second or given.addresses) if given and resolver else given.addresses if given else ()
            return [one for one in said if ":" not in one] or [_address(name)]
        if kind == "AAAA" and name in self._hosts:
            said = given.addresses if given else ()
            return [one for one in said if ":" in one] or _address_v6(name)
        if not self._registered(name):
            return []
        entry = self._entry(name)
        kinds = {
            "NS": [f"{server}." for server in entry.nameservers],
            "MX": [f"10 mail.{name}."],
            "TXT": ['"v=spf1 -all"'],
        }
        return kinds.get(kind, [])

    def _given_above(self, name: str) -> Registration | None:
        labels = name.split(".")
        return next((self._given[d] for s in range(len(labels)) if (d := ".".join(labels[s:])) in self._given), None)

    def _exists(self, name: str) -> bool:
        return name in self._hosts or any(host.endswith(f".{name}") for host in self._hosts)

    def _registered(self, name: str) -> bool:
        given = self._given.get(name)
        return given.registered if given else "." in name and self._exists(name)

    def _entry(self, domain: str) -> Registration:
        """The registration of a name, what is not given invented."""
        created = _FIRST_DAY + timedelta(days=_number(domain, "day") % _DAYS)
        registrar, number = REGISTRARS[_number(domain, "registrar") % len(REGISTRARS)]
        invented = {
            "domain": domain,
            "registrar": registrar,
            "registrar_id": number,
            "registrant": "示例持有人有限公司",
            "created": created.isoformat(),
            "expires": (created + timedelta(days=_TERM_DAYS * 8)).isoformat(),
            "nameservers": ("ns1.names.example", "ns2.names.example"),
            "status": ("ok",),
        }
        given = self._given.get(domain)
        return Registration(**{**invented, **(given.model_dump(exclude_defaults=True) if given else {})})


def _number(name: str, what: str = "") -> int:
    return int.from_bytes(hashlib.sha256(f"{what} {name}".encode()).digest()[:4])


def _address(name: str) -> str:
    number = _number(name, "address")
    return f"{RANGES[number % len(RANGES)]}.{number // 7 % 254 + 1}"


def _address_v6(name: str) -> list[str]:
    """One host in three has one."""
    number = _number(name, "v6")
    return [f"2001:db8::{number % 65535 + 1:x}"] if number % 256 < _A_THIRD else []


def _rdap_document(entry: Registration) -> dict[str, Any]:
    """RFC 9083, 5.3."""
    abuse = _entity("abuse", "", ["email", {}, "text", "abuse@names.example"])
    registrar = _entity("registrar", entry.registrar) | {
        "publicIds": [{"type": "IANA Registrar ID", "identifier": entry.registrar_id}],
        "entities": [abuse],
    }
    return {
        "rdapConformance": ["rdap_level_0"],
        "objectClassName": "domain",
        "handle": f"{_number(entry.domain)}-PRACTICE",
        "ldhName": entry.domain,
        "status": list(entry.status),
        "events": [
            {"eventAction": "registration", "eventDate": f"{entry.created}T00:00:00Z"},
            {"eventAction": "expiration", "eventDate": f"{entry.expires}T00:00:00Z"},
        ],
        "nameservers": [{"objectClassName": "nameserver", "ldhName": name} for name in entry.nameservers],
        "secureDNS": {"delegationSigned": False},
        "entities": [registrar, _entity("registrant", entry.registrant)],
    }


def _entity(role: str, name: str, *more: list[Any]) -> dict[str, Any]:
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", name], *more]
    return {"objectClassName": "entity", "roles": [role], "vcardArray": ["vcard", card]}

"""Asking about hosts: resolvers, registries and the table of networks together; nothing is written here."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from crawlers.answers import ANSWERED, Answer, failed
from crawlers.clock import utc_now
from crawlers.networks import holders
from crawlers.registrations import ask_registry
from crawlers.resolving import ask_resolver
from crawlers.tunnels import Tunnels

if TYPE_CHECKING:
    from config.schema_network import Network, Registry

TABLE = "asn.tsv"
WORKERS = 8
HOSTS_PER_READING = 64
ADDRESS_KINDS = ("A", "AAAA")
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_NUMBERS = {
    "icp": re.compile(rf"[{_PROVINCES}]\s?ICP\s?[备证]\s?(?:\d{{6,10}})\s?号?(?:\s?-\s?\d{{1,3}})?", re.IGNORECASE),
    "police": re.compile(rf"[{_PROVINCES}]\s?公网安备\s?\d{{13,14}}\s?号?"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A host to ask about, and the registrable name it belongs to (both ASCII; no name for an address)."""

    host: str
    domain: str
    shown: tuple[Answer, ...] = ()
    """Numbers its pages show: `shown_numbers`."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Everything asked about one host."""

    subject: Subject
    started_at: str
    ended_at: str
    answers: tuple[Answer, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the host stands, as resolvers say; of an address itself."""
        host = self.subject.host.strip("[]")
        return (host,) if _is_address(host) else addresses_in(self.answers)


def addresses_in(answers: Iterable[Answer]) -> tuple[str, ...]:
    kinds = tuple(f" {kind}" for kind in ADDRESS_KINDS)
    asked = (one for one in answers if one.kind == "dns" and one.question.endswith(kinds))
    return tuple(dict.fromkeys(record for one in asked for record in one.value.get("records", [])))


def shown_numbers(text: str, label: str, seen_at: str) -> tuple[Answer, ...]:
    """Registration numbers that a page shows, each once; `label` names the capture."""
    found = {(kind, re.sub(r"\s", "", m.group())): None for kind, form in _NUMBERS.items() for m in form.finditer(text)}
    return tuple(
        Answer("number", kind, label, seen_at, ANSWERED, "", {"number": number}, number.encode())
        for kind, number in found
    )


@dataclass
class Asker:
    """Asks about hosts, several at a time; a registrable name once, a registry not faster than it likes, and no more
    after `registry_timeouts_max` questions in a row that it left unanswered: others wait behind it."""

    tunnels: Tunnels
    network: Network
    table: Path
    _registrations: dict[str, Answer] = field(default_factory=dict)
    _turns: dict[str, threading.Lock] = field(default_factory=dict)
    _unanswered: Counter[str] = field(default_factory=Counter)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, subjects: Sequence[Subject]) -> Iterator[LookUp]:
        """Never raises for what is not answered: that is an answer, too."""
        with ThreadPoolExecutor(WORKERS, "look-up") as pool:
            for start in range(0, len(subjects), HOSTS_PER_READING):
                yield from self._with_networks(list(pool.map(self._ask, subjects[start : start + HOSTS_PER_READING])))

    def _with_networks(self, found: Sequence[LookUp]) -> Iterator[LookUp]:
        """The table has hundreds of thousands of lines: it is read once for many hosts."""
        wanted = [one.addresses for one in found]
        known = {one.question: one for one in holders((address for some in wanted for address in some), self.table)}
        for one, addresses in zip(found, wanted, strict=True):
            yield replace(one, answers=(*one.answers, *(known[address] for address in addresses)), ended_at=utc_now())

    def _ask(self, subject: Subject) -> LookUp:
        started = utc_now()
        answers = list(subject.shown)
        if not _is_address(subject.host):
            for resolver in self.network.resolvers:
                answers += ask_resolver(self.tunnels, resolver, subject.host, subject.domain)
            answers.append(self._registration(subject.domain))
        return LookUp(subject, started, utc_now(), tuple(answers))

    def _registration(self, domain: str) -> Answer:
        registry = self.network.registry_of(domain)
        if registry is None:
            return failed("rdap", domain, "", "no_registry_known")
        with self._turn(registry):
            if domain not in self._registrations:
                self._registrations[domain] = self._registered(registry, domain)
        return self._registrations[domain]

    def _registered(self, registry: Registry, domain: str) -> Answer:
        if self._unanswered[registry.id] >= self.network.registry_timeouts_max:
            return failed("rdap" if registry.rdap else "whois", domain, registry.id, "registry_silent")
        found = ask_registry(self.tunnels, registry, domain)
        self._unanswered[registry.id] = self._unanswered[registry.id] + 1 if found.reason == "timeout" else 0
        time.sleep(self.network.registry_delay_seconds)
        return found

    def _turn(self, registry: Registry) -> threading.Lock:
        with self._guard:
            return self._turns.setdefault(registry.id, threading.Lock())


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def asn_table(configured: str, data: Path) -> Path:
    """The office's table of networks."""
    return Path(configured).expanduser() if configured else data / TABLE

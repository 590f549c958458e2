"""What is to be blocked or taken down, each in the narrowest unit that stops it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from config.schema_agencies import Measure
from detectors.suffixes import registrable
from review.packets.facts import facts, unicode_host
from review.packets.source import PacketSource

Unit = Literal["url", "path", "host", "domain"]


@dataclass(frozen=True, slots=True)
class Target:
    """`value` is what `unit` names: an address, host and path, a host with what is below it, a registered name."""

    host: str
    host_unicode: str
    domain: str
    url: str
    unit: Unit
    value: str
    addresses: tuple[str, ...]
    measures: tuple[Measure, ...]
    evidence: tuple[tuple[str, str], ...]
    """Captures that show it: label and SHA-256 of the page."""

    @property
    def shown(self) -> str:
        return f"{self.value}（{self.host_unicode}）" if self.host_unicode else self.value


def targets(source: PacketSource, measures: Sequence[Measure]) -> tuple[Target, ...]:
    """The subject, then every other host its pages were reached through (a redirect's start is a door to the same)."""
    if source.is_listing:
        return (_target(source, facts(source)["final_url"], source.captures[-1].capture.host, "url", measures),)
    subject = source.subject.removeprefix("site:")
    host, slash, path = subject.partition("/")
    unit: Unit = "path" if slash else _unit(host)
    url = _url_of(source, host)
    found = [_target(source, url, host, unit, measures, subject if path else "")]
    known = {host}
    for address, other in _doors(source):
        if other and other not in known:
            known.add(other)
            found.append(_target(source, address, other, "url", measures))
    return tuple(found)


def _unit(host: str) -> Unit:
    """A whole registered name only when the subject is that name; one of its sub-names is blocked by itself."""
    return "domain" if host.removeprefix("www.") == registrable(host) else "host"


def _url_of(source: PacketSource, host: str) -> str:
    urls = [m.capture.final_url for m in source.captures if m.capture.host == host]
    return urls[-1] if urls else source.captures[-1].capture.final_url


def _doors(source: PacketSource) -> list[tuple[str, str]]:
    """Addresses on other hosts that led to the subject, with their host."""
    from urllib.parse import urlsplit

    hops = [hop.url for material in source.captures for hop in material.capture.hops]
    return [(url, urlsplit(url).hostname or "") for url in dict.fromkeys(hops)]


def _target(
    source: PacketSource, url: str, host: str, unit: Unit, measures: Sequence[Measure], value: str = ""
) -> Target:
    mine = [m.capture for m in source.captures if m.capture.host == host] or [m.capture for m in source.captures]
    domain = registrable(host) or host
    return Target(
        host=host,
        host_unicode=unicode_host(host),
        domain=domain,
        url=url,
        unit=unit,
        value=value or {"url": url, "host": host, "domain": domain, "path": url}[unit],
        addresses=tuple(dict.fromkeys(one.peer for one in mine if one.peer)),
        measures=tuple(measures),
        evidence=tuple(dict.fromkeys((one.label, one.sha256) for one in mine)),
    )

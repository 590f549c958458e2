"""Stage 4 beside the browser: what resolvers and registries say of suspects' names, asked once a night and host."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import TYPE_CHECKING

from crawlers.decode import decode_exchange
from crawlers.egress import LOOKUP
from crawlers.lookups import Asker, Subject, asn_table, shown_numbers
from crawlers.marks import mark
from crawlers.network import keep, looked_up
from crawlers.records import ArchiveError, Capture
from crawlers.tunnels import Tunnels
from detectors.suffixes import registrable
from review.night.suspects import suspects
from review.night.targets import is_official

if TYPE_CHECKING:
    from crawlers.answers import Answer
    from review.night.ground import Ground

PAGES_READ_PER_HOST = 4
"""Captures of a host in which registration numbers are looked for, the newest first."""


def suspect_hosts(ground: Ground) -> list[str]:
    """Hosts on which tonight's suspects stand, the worst first; a marketplace is nobody's secret and is left out."""
    found: dict[str, None] = {}
    for suspect in suspects(ground.store, night=ground.night):
        if suspect.subject.startswith("site:"):
            found |= dict.fromkeys(one.host for one in ground.store.captures(ids=list(suspect.capture_ids)))
    return list(found)


def ask_about(ground: Ground, hosts: Iterable[str]) -> int:
    """Ask about each host not asked about this night, within the budget; how many were."""
    network = ground.config.network
    with ground.store.read() as connection:
        known = looked_up(connection, ground.night)
    wanted = [host for host in dict.fromkeys(hosts) if host and not is_official(ground.config, host)]
    fresh = [host for host in wanted if host not in known][: max(0, network.hosts_per_night - len(known))]
    asker = Asker(_tunnels(ground), network, asn_table(network.asn_table, ground.data))
    for found in asker.ask([Subject(host, registrable(host), _numbers(ground, host)) for host in fresh]):
        mark("names-before-keep")
        keep(ground.store, ground.blobs, found, ground.night)
    return len(fresh)


def _tunnels(ground: Ground) -> Tunnels:
    roots = ground.world.trust.ca
    context = ssl.create_default_context(cafile=str(roots) if roots else None)
    return Tunnels(ground.door.client(LOOKUP), ground.config.network.timeout_seconds, context)


def _numbers(ground: Ground, host: str) -> tuple[Answer, ...]:
    """Registration numbers that tonight's pages of the host show, each as first seen."""
    pages = list(ground.store.captures(night=ground.night, host=host))[-PAGES_READ_PER_HOST:]
    found: dict[tuple[str, str], Answer] = {}
    for page in pages:
        for answer in shown_numbers(_text(ground, page), page.label, page.fetched_at):
            found.setdefault((answer.question, str(answer.value["number"])), answer)
    return tuple(found.values())


def _text(ground: Ground, page: Capture) -> str:
    """The page as sent and, where a browser saw it, as it stood then; a damaged record shows nothing."""
    try:
        sent = decode_exchange(ground.archive.read(page.place)).text if page.media_type.startswith("text/") else ""
        drawn = [
            ground.blobs.read(one.sha256).decode("utf-8", "replace") for one in page.artefacts if one.role == "dom"
        ]
    except ArchiveError:
        return ""
    return "\n".join([sent, *drawn])

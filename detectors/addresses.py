"""Marks in addresses: where a page was saved from, what it calls its own address, whose files and frames it shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from detectors.features import LINKED_HOST, PLAIN_HOST
from detectors.hosts import Owner
from detectors.marks import Claim
from detectors.suffixes import registrable

if TYPE_CHECKING:
    from detectors.features import Page
    from detectors.hosts import Registry

_HOST_IN_PATH = re.compile(r"(?<![a-z0-9.])((?:[a-z0-9\-]{1,40}\.){1,4}(?:cn|com|net|org))(?![a-z0-9.])", re.I)
_MIN_OPEN_CHARS = 10
"""A shorter domain ends many longer ones by chance."""
_ASSETS_MIN = 4
_PROGRAMS_MIN = 3
_ASSET_SHARE = 0.5
_PROGRAM = re.compile(r"\.(?:css|js)(?:$|[?#])", re.I)
_LINKS_MIN = 4
_LINK_SHARE = 0.5
_COLUMNS_MIN, _COLUMNS_SHARE = 15, 0.75
"""With so many links to one official site a page has that site's columns for its own."""
_FRAMED_CHARS = 400
"""A page with less text of its own shows what its frame shows."""
_DOOR_CHARS = 60
"""With less, and no link, it is nothing but another address for what its frame shows."""


_OWN_PATH = re.compile(r"/(?:[^/]+(?:/[^/]+)*/?)?$")


def addressed(page: Page, registry: Registry) -> Iterator[Claim]:
    metas = page.markup.metas
    for kind, address in (
        ("saved_from", page.markup.saved_from),
        ("canonical", page.markup.canonical),
        ("canonical", metas.get("og:url", "")),
        ("canonical", metas.get("url", "")),
        ("canonical", page.markup.base),
    ):
        host = host_of(address)
        if host and is_official(host, registry):
            yield Claim(kind, address, host=host, where="html")
    for lure in _HOST_IN_PATH.finditer(page.parts.path):
        host = lure.group(1).lower()
        if host.endswith(".gov.cn") or registry.open_registrables.keys() & _likened(host):
            yield Claim("path", lure.group(1), host=host, where="url")
            break
    yield from _shown(page, registry)


def institution_in_path(page: Page, registry: Registry) -> str:
    """The host of a school, an institute or a known operator as a part of the path, on a platform where anybody
    publishes: whoever copies a site there names the copy after it."""
    if registry.platform(page.host) is None:
        return ""
    found = (match.group(1).lower() for match in _HOST_IN_PATH.finditer(page.parts.path))
    return next((one for one in found if one.endswith(registry.institutions) or registry.known & _likened(one)), "")


def _likened(host: str) -> set[str]:
    """The domain of a host, and what is left without letters in front: `mhchsi.com.cn` is like chsi.com.cn."""
    domain = registrable(host)
    return {domain, *(domain[cut:] for cut in range(1, max(1, len(domain) - _MIN_OPEN_CHARS + 1)))}


def _shown(page: Page, registry: Registry) -> Iterator[Claim]:
    """Files, links, frames and form targets, where most of them are one official site's."""
    markup = page.markup
    hosts = [
        (source, host_of(source)) for source in markup.assets if "conac.cn" not in source and "jiucuo" not in source
    ]
    programs = [host for source, host in hosts if _PROGRAM.search(source)]
    yield from _mostly("code", programs, _PROGRAMS_MIN, _ASSET_SHARE, registry)
    yield from _mostly("assets", [host for _, host in hosts], _ASSETS_MIN, _ASSET_SHARE, registry)
    yield from _linked([host_of(link.href) for link in markup.links], registry)
    if markup.images and is_official(host_of(markup.images[0].src), registry):
        yield Claim("logo", markup.images[0].src, host=host_of(markup.images[0].src), where="html")
    if len(page.text) < _FRAMED_CHARS:
        for claim in _mostly("frame", [*map(host_of, markup.frames)], 1, 0.0, registry):
            whole = len(page.text) < _DOOR_CHARS and not markup.links
            yield replace(claim, kind="door") if whole else claim
    yield from _mostly("form", [host_of(form.action or "") for form in markup.forms], 1, 0.0, registry)


def _linked(hosts: list[str], registry: Registry) -> Iterator[Claim]:
    for claim in _mostly("links", hosts, _LINKS_MIN, _LINK_SHARE, registry):
        whole = hosts.count(claim.host) >= max(_COLUMNS_MIN, _COLUMNS_SHARE * len(hosts))
        yield replace(claim, kind="columns") if whole else claim


def _mostly(kind: str, hosts: list[str], least: int, share: float, registry: Registry) -> Iterator[Claim]:
    """The official site that most of some addresses are of, by their hosts; empty are those of relative ones."""
    named = list(filter(None, hosts))
    for host, count in Counter(named).most_common(4) if len(named) >= least else ():
        if count >= least and count >= share * len(hosts) and is_official(host, registry):
            yield Claim(kind, host, host=host, where="html")
            return


def host_of(address: str) -> str:
    """The host an address names, with or without scheme; empty when relative or broken."""
    linked = LINKED_HOST.match(address)
    if linked:
        return linked[1]
    if address[:1] == "/" and address[1:2] != "/":
        return ""
    text = address.strip().lower()
    if not text or text.startswith(("#", "javascript:", "data:", "mailto:")) or _OWN_PATH.match(text):
        return ""
    plain = PLAIN_HOST.match(text)
    if plain:
        return plain[1]
    if "//" not in text:
        first = text.partition("/")[0]
        text = (
            "//" + text
            if "." in first and " " not in first and not first.endswith((".html", ".htm", ".js", ".css"))
            else ""
        )
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def is_official(host: str, registry: Registry) -> bool:
    return registry.owner(host)[0] in (Owner.OFFICIAL, Owner.STATE)

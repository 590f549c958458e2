"""Where a suspect page leads: a few inner pages chosen for what they prove, and addresses outside. Fetches nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from detectors.base import Axis, FollowUp, detector
from detectors.features import LINKED_HOST
from detectors.hosts import Owner
from detectors.text import DATA

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page

OUTSIDE = "outlink"
_RELATIVE = re.compile(r"/(?!/)[^:]*$")
"""An address on the page's own host, which matters by what its link says alone."""


@cache
def table() -> dict[str, Any]:
    with (DATA / "onward.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def _words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of inner pages in order of worth, and what their links say."""
    return tuple((one["kind"], _any(one["words"])) for one in table()["inner"])


@cache
def _telling() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What links to any kind of inner page say; and what links say at all that lead somewhere worth seeing."""
    inner = [word for one in table()["inner"] for word in one["words"]]
    return _any(inner), _any([*inner, *table()["outside"]["words"]])


@cache
def _outside() -> tuple[re.Pattern[str], frozenset[str], re.Pattern[str]]:
    known = table()["outside"]
    return _any(known["words"]), frozenset(known["short_hosts"]), re.compile(known["short_path"])


def _any(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


@detector("onward", version=1, title="去向", axis=Axis.SELLING, budget_ms=500, of_documents=True)
def onward(page: Page, context: Context) -> Iterator[FollowUp]:
    """Proposes what a suspect leads to: the page of a record, of contacts or of prices on its own site, short links and
    sites it sends its visitors to. Of a page that is not suspect nothing is fetched; official sites never are."""
    if page.kind != "html" or not page.url:
        return
    kinds = (*(name for name, _ in _words()), "short_link", OUTSIDE)
    found: dict[str, dict[str, str]] = {kind: {} for kind in kinds}
    for said, target in _links(page, found):
        kind = _kind(page, said, target, context)
        if kind:
            found[kind].setdefault(target.geturl(), said)
    seen: set[str] = set()
    for kind in kinds:
        new = [url for url in found[kind] if url not in seen][: table()["per_kind"]]
        seen.update(new)
        yield from (FollowUp(detector="onward", kind=kind, url=url, reason=found[kind][url]) for url in new)


def _links(page: Page, found: Mapping[str, Collection[str]]) -> Iterator[tuple[str, SplitResult]]:
    """Links with what they say; of inner pages no more than of every kind are told together."""
    limit, most = table()["link_max_chars"], table()["per_kind"] * len(found)
    inner, any_word = _telling()
    targets: dict[str, SplitResult | None] = {}
    for link in page.markup.links:
        relative = _RELATIVE.match(link.href)
        tells = (inner if relative else any_word).search(page.text, link.start, link.end)
        if not tells and (relative or not _may_be_short(link.href)):
            continue
        said = " ".join(page.text[link.start : link.end].split())[:limit]
        if relative and len(found.get(_inner(said), range(most))) >= most:
            continue
        if link.href not in targets:  # `javascript:void(0)` is what half of some pages' links say
            targets[link.href] = _target(page, link.href)
        if target := targets[link.href]:
            yield said, target


def _target(page: Page, href: str) -> SplitResult | None:
    """Where a link leads to on the web, unless that is the page itself."""
    try:
        target = urlsplit(page.joined(href.strip()).partition("#")[0])
        sound = target.scheme in ("http", "https") and bool(target.hostname)
    except ValueError:
        return None
    return target if sound and target.geturl() != page.url.partition("#")[0] else None


def _may_be_short(href: str) -> bool:
    _, short_hosts, _ = _outside()
    plain = LINKED_HOST.match(href)
    return plain is None or plain[1] in short_hosts


def _inner(said: str) -> str:
    """The kind of inner page that a link speaks of."""
    return next((kind for kind, words in _words() if words.search(said)), "")


def _kind(page: Page, said: str, target: SplitResult, context: Context) -> str:
    if target.hostname == page.parts.hostname:
        return _inner(said)
    words, short_hosts, short_path = _outside()
    host = target.hostname or ""
    if host in short_hosts and short_path.match(target.path):
        return "short_link"
    if not words.search(said) or context.registry.owner(host)[0] in (Owner.OFFICIAL, Owner.STATE, Owner.KNOWN):
        return ""
    return OUTSIDE

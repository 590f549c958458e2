"""What no single field can tell: references between parts, order of thresholds, entries that swallow everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from config import strings
from config.errors import Problem
from config.positions import KeyPath

if TYPE_CHECKING:
    from tldextract import TLDExtract

    from config.loader import Config

Finding = tuple[KeyPath, str, str]
"""Where in the part's document, what is accepted, how to fix it."""


def across(config: Config, parts: set[str]) -> Iterator[Problem]:
    """Problems that show only between values that are each valid; `parts` are the names of the parts to look at."""
    from config.explain import problem_at
    from config.loader import PARTS

    for part in PARTS:
        if part.name in parts and part.name in _CHECKS:
            (root,) = config.nodes(part).values()
            for check in _CHECKS[part.name]:
                for path, accepted, fix in check(config):
                    yield problem_at(root.at(path), accepted, fix)


def expired(config: Config, today: date) -> Iterator[str]:
    """Policy entries past their date, as remarks: they still count, but somebody should look at them again."""
    for platform in config.policy.hosting_platforms:
        if platform.expires < today.isoformat():
            yield strings.EXPIRED.format(key=platform.suffix, date=platform.expires)
    for known in config.policy.known_good:
        if known.expires < today.isoformat():
            yield strings.EXPIRED.format(key=known.host, date=known.expires)


def _authorities(config: Config) -> Iterator[Finding]:
    services = config.settings.services
    for index, name in enumerate(config.settings.stamp.authorities):
        if name not in services or services[name].component != "tsa":
            accepted = strings.UNKNOWN_AUTHORITY.format(name=name)
            yield ("stamp", "authorities", index), accepted, strings.UNKNOWN_AUTHORITY_FIX.format(name=name)


def _timezone(config: Config) -> Iterator[Finding]:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(config.settings.office.timezone)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError and handled below
        yield ("office", "timezone"), strings.UNKNOWN_TIMEZONE, strings.TIMEZONE_FIX
    except KeyError:
        yield ("office", "timezone"), strings.UNKNOWN_TIMEZONE, strings.TIMEZONE_FIX


def _thresholds(config: Config) -> Iterator[Finding]:
    thresholds = config.policy.thresholds
    for axis, threshold in (("impersonation", thresholds.impersonation), ("selling", thresholds.selling)):
        if threshold.watch > threshold.flag:
            path = ("thresholds", axis, "watch")
            yield path, strings.THRESHOLD_ORDER.format(flag=threshold.flag), ""


def _known_good(config: Config) -> Iterator[Finding]:
    platforms = {platform.suffix for platform in config.policy.hosting_platforms}
    extract = _suffix_list()
    for index, known in enumerate(config.policy.known_good):
        path = ("known_good", index, "host")
        if known.host in platforms:
            yield path, strings.PLATFORM_AS_GOOD, strings.SWALLOWS_FIX
        elif not extract(known.host).domain:
            yield path, strings.SWALLOWS.format(reason=strings.WHOLE_SUFFIX), strings.SWALLOWS_FIX


def _official_hosts(config: Config) -> Iterator[Finding]:
    extract = _suffix_list()
    for index, site in enumerate(config.official.sites):
        # the cabinet's own site is a name under the suffix it stands on: www.gov.cn
        if not extract(site.host).domain:
            path = ("sites", index, "host")
            yield path, strings.SWALLOWS.format(reason=strings.WHOLE_SUFFIX), strings.SWALLOWS_FIX


def _licences(config: Config) -> Iterator[Finding]:
    licences = [licence.id for licence in config.certificates.licences]
    for index, trade in enumerate(config.certificates.trades):
        if trade.licence not in licences:
            yield ("trades", index, "licence"), *_unknown("licence", trade.licence, licences)


def _query_sites(config: Config) -> Iterator[Finding]:
    sites = [site.id for site in config.official.sites]
    for index, licence in enumerate(config.certificates.licences):
        for position, name in enumerate(licence.query_sites):
            if name not in sites:
                yield ("licences", index, "query_sites", position), *_unknown("official site", name, sites)


def _law_classes(config: Config) -> Iterator[Finding]:
    classes = list(config.law.classes)
    for index, law in enumerate(config.law.entries):
        for position, name in enumerate(law.classes):
            if name not in classes:
                yield ("entries", index, "classes", position), *_unknown("class", name, classes)


def _unknown(kind: str, name: str, known: list[str]) -> tuple[str, str]:
    fix = strings.did_you_mean(name, known) or strings.KNOWN.format(known=strings.listed(known))
    return strings.UNKNOWN_REFERENCE.format(kind=kind), fix


def _suffix_list() -> TLDExtract:
    """The bundled public suffix list, private suffixes on; never fetched."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


_CHECKS: dict[str, tuple[Callable[[Config], Iterator[Any]], ...]] = {
    "settings": (_authorities, _timezone),
    "policy": (_thresholds, _known_good),
    "official_sites": (_official_hosts,),
    "certificates": (_licences, _query_sites),
    "law": (_law_classes,),
}

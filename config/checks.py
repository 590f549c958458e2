"""What no single field can tell: references between parts, order of thresholds, entries that swallow everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from config import strings
from config.errors import ConfigError, Problem
from config.positions import KeyPath

if TYPE_CHECKING:
    from tldextract import TLDExtract

    from config.loader import Config
    from config.schema_profiles import Profile

Finding = tuple[KeyPath, str, str]
"""Where in the part's document (in a folder the file's stem goes first), what is accepted, how to fix it."""


Check = Callable[["Config"], Iterator[Finding]]


def across(config: Config, parts: set[str]) -> Iterator[Problem]:
    """Problems that show only between values that are each valid; `parts` are the names of the parts to look at."""
    from config.explain import problem_at
    from config.loader import PARTS

    for part in PARTS:
        if part.name not in parts or part.name not in _CHECKS:
            continue
        nodes = config.nodes(part)
        for check in _CHECKS[part.name]:
            for path, accepted, fix in _findings(check, config):
                node = nodes[str(path[0])].at(path[1:]) if part.folder else nodes[part.name].at(path)
                yield problem_at(node, accepted, fix)


def _findings(check: Check, config: Config) -> list[Finding]:
    """Nothing, where the other part a check looks at is itself unsound: its own problems are told already."""
    try:
        return list(check(config))
    except ConfigError:
        return []


def expired(config: Config, today: date) -> Iterator[str]:
    """Policy entries past their date, as remarks: they still count, but somebody should look at them again."""
    for platform in config.policy.hosting_platforms:
        if platform.expires < today.isoformat():
            yield strings.EXPIRED.format(key=platform.suffix, date=platform.expires)
    for known in config.policy.known_good:
        if known.expires < today.isoformat():
            yield strings.EXPIRED.format(key=known.host, date=known.expires)
    for relay in config.policy.name_relays:
        if relay.expires < today.isoformat():
            yield strings.EXPIRED.format(key=relay.suffix, date=relay.expires)


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
    except (KeyError, OSError, ValueError):
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


def _agency_law(config: Config) -> Iterator[Finding]:
    """What papers cite must stand in law.toml."""
    known = [law.id for law in config.law.entries]
    for stem, agency in config.agencies.items():
        cited: list[tuple[KeyPath, str]] = [((stem, "law", n), name) for n, name in enumerate(agency.law)]
        cited += [((stem, "counters", n, "law"), counter.law) for n, counter in enumerate(agency.counters)]
        cited += [((stem, "helpers", n, "law"), helper.law) for n, helper in enumerate(agency.helpers)]
        for path, name in cited:
            if name not in known:
                yield path, *_unknown("law (law.toml)", name, known)


def _rule_classes(config: Config) -> Iterator[Finding]:
    """A class without an entry in the list of law.toml could never be cited."""
    classes = list(config.law.classes)
    for index, rule in enumerate(config.wording.rule):
        if rule.named not in classes:
            yield ("rule", index, "named"), *_unknown("class (law.toml)", rule.named, classes)


def _engines(config: Config) -> Iterator[Finding]:
    return _profiles(config.engines, config)


def _marketplaces(config: Config) -> Iterator[Finding]:
    return _profiles(config.marketplaces, config)


def _profiles(profiles: dict[str, Profile], config: Config) -> Iterator[Finding]:
    services = list(config.settings.services)
    for stem, profile in profiles.items():
        if profile.id != stem:
            yield (stem, "id"), strings.STEM.format(stem=stem), strings.EXAMPLE.format(example=f'id = "{stem}"')
        service = profile.request.service
        if service and service not in services:
            yield (stem, "request", "service"), *_unknown("service (settings.toml)", service, services)


def _unknown(kind: str, name: str, known: list[str]) -> tuple[str, str]:
    fix = strings.did_you_mean(name, known) or strings.KNOWN.format(known=strings.listed(known))
    return strings.UNKNOWN_REFERENCE.format(kind=kind), fix


def _suffix_list() -> TLDExtract:
    """The bundled public suffix list, private suffixes on; never fetched."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


_CHECKS: dict[str, tuple[Check, ...]] = {
    "settings": (_authorities, _timezone),
    "policy": (_thresholds, _known_good),
    "official_sites": (_official_hosts,),
    "certificates": (_licences, _query_sites),
    "law": (_law_classes,),
    "wording": (_rule_classes,),
    "engines": (_engines,),
    "marketplaces": (_marketplaces,),
    "agencies": (_agency_law,),
}

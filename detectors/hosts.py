"""Host names: registrable domain, ownership by the registry, hosting platforms, subjects. Offline always."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult

import ahocorasick_rs

from detectors.suffixes import registrable

if TYPE_CHECKING:
    from config import Config
    from config.schema import HostingPlatform, OfficialSite


_REMEMBERED_HOSTS = 1_000


class Owner(StrEnum):
    """What the registry says of a host. `FORMER` hosts and everything not in it own nothing."""

    OFFICIAL = "official"
    STATE = "state"
    """Not listed, but under a suffix that only state organs get: some organ's, unknown whose."""
    FORMER = "former"
    KNOWN = "known"
    """A known operator who is no impersonator: a newspaper, a search engine."""
    UNKNOWN = "unknown"


def under(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)


class Registry:
    """Official sites by host, name and identifier; hosting platforms and known operators by suffix."""

    def __init__(self, config: Config) -> None:
        self.sites = tuple(config.official.sites)
        self.current = {site.host: site for site in self.sites if site.status == "current"}
        self.former = {site.host: site for site in self.sites if site.status == "former"}
        self.restricted = tuple(config.policy.restricted_suffixes)
        self.platforms: dict[str, HostingPlatform] = {one.suffix: one for one in config.policy.hosting_platforms}
        self.known = {one.host for one in config.policy.known_good}
        self.institutions = tuple(config.policy.institution_suffixes)
        self.schools = {one.host for one in config.policy.known_good if one.kind in ("school", "hospital")}
        self.relays = tuple(one.suffix for one in config.policy.name_relays)
        self.by_icp: dict[str, list[OfficialSite]] = {}
        for site in self.current.values():
            if site.identifiers.icp:
                self.by_icp.setdefault(icp_body(site.identifiers.icp), []).append(site)
        self.by_code = {s.identifiers.site_code: s for s in self.current.values() if s.identifiers.site_code}
        self.names: dict[str, OfficialSite] = {}
        for site in self.current.values():
            self.names.setdefault(site.name, site)
        for site in self.current.values():
            for name in (*site.short_names, *_bracketed(site.name)):
                self.names.setdefault(name, site)
        self.owner = lru_cache(_REMEMBERED_HOSTS)(self._owner)
        """Who owns a host; sub-domains belong to their parent. A former host is nobody's, whatever its suffix."""
        self.is_institution = lru_cache(_REMEMBERED_HOSTS)(self._is_institution)
        """Whether a school, research institute or hospital owns a host."""

    def _owner(self, host: str) -> tuple[Owner, OfficialSite | None]:
        for parent in _parents(host):
            if parent in self.current:
                return Owner.OFFICIAL, self.current[parent]
            if parent in self.former:
                return Owner.FORMER, self.former[parent]
        if self.is_restricted(host):
            return Owner.STATE, None
        if self.platform(host) is not None:
            return Owner.UNKNOWN, None
        if any(parent in self.known for parent in _parents(host)):
            return Owner.KNOWN, None
        site = self._by_registrable(host)
        return (Owner.OFFICIAL, site) if site else (Owner.UNKNOWN, None)

    def _by_registrable(self, host: str) -> OfficialSite | None:
        """The official site whose registrable domain `host` shares (yz.chsi.com.cn belongs to www.chsi.com.cn)."""
        return self.open_registrables.get(registrable(host)) if host else None

    @cached_property
    def open_registrables(self) -> dict[str, OfficialSite]:
        """Official registrable domains that no suffix proves; of several hosts the `www` speaks for it."""
        hosts = sorted((name for name in self.current if not self.is_restricted(name)), key=_is_front)
        return {registrable(name): self.current[name] for name in hosts}

    def site_of(self, host: str) -> OfficialSite | None:
        """The official site that a host is, or belongs to."""
        return self.owner(host)[1] if self.owner(host)[0] is Owner.OFFICIAL else None

    def is_restricted(self, host: str) -> bool:
        return host.endswith(self.restricted)

    def _is_institution(self, host: str) -> bool:
        return host.endswith(self.institutions) or any(parent in self.schools for parent in _parents(host))

    def platform(self, host: str) -> HostingPlatform | None:
        for parent in _parents(host):
            if parent in self.platforms:
                return self.platforms[parent]
        return None

    def owns(self, host: str, site: OfficialSite) -> bool:
        """Whether `host` may carry the identity of `site`."""
        owner, owned = self.owner(host)
        return owner is Owner.STATE or (owner is Owner.OFFICIAL and owned is not None)

    def same_organ(self, host: str, claimed: str) -> bool:
        """Whether a host named in a page (SiteDomain, canonical) is the page's own or its sibling."""
        return under(host, claimed) or under(claimed, host) or registrable(host) == registrable(claimed)

    def subject(self, parts: SplitResult, host: str) -> str:
        """`site:<host>`, on hosting platforms with the leading path segments that name the publisher."""
        platform = self.platform(host)
        count = platform.path_segments if platform else 0
        segments = [part for part in parts.path.split("/") if part][:count]
        return "site:" + "/".join([host, *segments])

    def claimed_by_name(self, text: str) -> OfficialSite | None:
        """The site whose whole name or short name `text` is, brackets and spaces aside."""
        return self.names.get(text.strip(" 　·|-—_"))

    def names_in(self, text: str) -> list[tuple[str, OfficialSite]]:
        """Names and short names of sites that stand in a text, in the order of `names`."""
        finder, names = self._finder
        found = {index for index, _, _ in finder.find_matches_as_indexes(text, overlapping=True)}
        return [names[index] for index in sorted(found)]

    @cached_property
    def _finder(self) -> tuple[ahocorasick_rs.AhoCorasick, list[tuple[str, OfficialSite]]]:
        names = [(name, site) for name, site in self.names.items() if name]
        kind = ahocorasick_rs.MatchKind.Standard
        return ahocorasick_rs.AhoCorasick([name for name, _ in names], matchkind=kind, store_patterns=False), names


def _is_front(host: str) -> bool:
    return host.startswith("www.")


def _parents(host: str) -> list[str]:
    labels = host.split(".")
    return [".".join(labels[index:]) for index in range(len(labels) - 1)]


def _bracketed(name: str) -> tuple[str, ...]:
    """`甲（乙）` is also called 甲 and 乙."""
    head, bracket, rest = name.partition("（")
    inside = rest.rstrip("）")
    return (head, inside) if bracket and len(inside) > 2 else (head,)


def icp_body(number: str) -> str:
    """An ICP number without the running number of the site."""
    return number.partition("-")[0].replace(" ", "")

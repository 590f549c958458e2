"""Official hosts taken apart: the names under which people know them, without the suffix nobody else can have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from detectors.lookalike.glyphs import words
from detectors.lookalike.slips import slips
from detectors.suffixes import registrable, suffix_of

if TYPE_CHECKING:
    from config.schema import OfficialSite
    from detectors.hosts import Registry

_MIN_JOINED_CHARS = 5
_MIN_CORE_CHARS = 4
LOCAL_KINDS = frozenset({"provincial", "city", "county"})


class Officials:
    """Every current official host by each way to write it on another suffix. Look-ups cost the same however many."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.cores: dict[str, OfficialSite] = {}
        """By the registered label: `mem`, `hunan`, `chsi`."""
        self.local: set[str] = set()
        """Cores that are names of places or of a place's organ."""
        self.open_cores: dict[str, OfficialSite] = {}
        """Cores of hosts under suffixes that anybody can register."""
        self.fronts: dict[tuple[str, ...], OfficialSite] = {}
        """By all labels before the suffix but `www`, where they are several: `("cx", "mem")`."""
        self.joined: dict[str, OfficialSite] = {}
        """The same, run together in either order: `cxmem`, `memcx`."""
        self.ordinary: frozenset[str] = frozenset(words()["registered"]["ordinary"])
        """Cores that are words anybody may use."""
        for host, site in registry.current.items():
            self._add(host, site)

    def _add(self, host: str, site: OfficialSite) -> None:
        base = registrable(host)
        core = base.removesuffix("." + suffix_of(base))
        if core in ("www", base):
            return
        labels = tuple(label for label in host.removesuffix(base).strip(".").split(".") if label not in ("", "www"))
        self.cores.setdefault(core, site)
        if "-" in core:
            self.joined.setdefault(core.replace("-", ""), site)
        if site.kind in LOCAL_KINDS:
            self.local.add(core)
        if not self.registry.is_restricted(host):
            self.open_cores.setdefault(core, site)
            if core not in self.ordinary:
                self._add_with_suffix(core, suffix_of(base), site)
        if labels:
            self.fronts.setdefault((*labels, core), site)
            for written in ("".join((*labels, core)), "".join((core, *reversed(labels)))):
                if len(written) >= _MIN_JOINED_CHARS:
                    self.joined.setdefault(written.replace("-", ""), site)

    def _add_with_suffix(self, core: str, suffix: str, site: OfficialSite) -> None:
        """`chsi-com`, `chsi-com-cn`: the suffix written into the name, the dots of it left out."""
        for written in (core + suffix.split(".")[0], core + suffix.replace(".", "")):
            self.joined.setdefault(written.replace("-", ""), site)

    @cached_property
    def slips(self) -> dict[str, OfficialSite]:
        """Names of the nation's own sites run together (`cxmem`, `zlaqmohurd`), with an error of the hand; those of
        places are known by their parts."""
        names = ((name, site) for name, site in self.joined.items() if name not in self.cores)
        return self._misspelt((name, site) for name, site in names if site.kind not in LOCAL_KINDS)

    @cached_property
    def core_slips(self) -> dict[str, OfficialSite]:
        """The same of registered names: `chssi`, `mohuurd`."""
        common = self.local | self.ordinary
        return self._misspelt((core, site) for core, site in self.cores.items() if core not in common)

    def _misspelt(self, names: Iterable[tuple[str, OfficialSite]]) -> dict[str, OfficialSite]:
        fit = ((name, site) for name, site in names if name.isalpha() and len(name) >= _MIN_CORE_CHARS)
        made = {one: site for name, site in fit for one in slips(name) if len(one) >= min(len(name), _MIN_JOINED_CHARS)}
        return {slip: site for slip, site in made.items() if slip not in self.joined and slip not in self.cores}

    @property
    def open_hosts(self) -> list[str]:
        """Official hosts, present and former, whose names anybody could copy below a domain of his own."""
        hosts = (*self.registry.current, *self.registry.former)
        return list(dict.fromkeys(host.removeprefix("www.") for host in hosts if not self.registry.is_restricted(host)))

    def under(self, host: str) -> OfficialSite | None:
        """The official site whose host this is, lies under, or stands above."""
        labels = host.split(".")
        for start in range(len(labels) - 1):
            site = self.registry.current.get(".".join(labels[start:]))
            if site is not None:
                return site
        return self.cores.get(registrable(host).partition(".")[0])

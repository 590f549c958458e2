"""Look-alike host names: whom a name imitates and by what trick, judged by structure before distance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from detectors import strings
from detectors.bare import is_for_sale
from detectors.base import Axis, Level, Signal, detector
from detectors.hosts import Owner, under
from detectors.lookalike.glyphs import words
from detectors.lookalike.hostname import Line, Target, read_line
from detectors.lookalike.rules import Finding, Rules
from detectors.suffixes import registrable, suffix_of

if TYPE_CHECKING:
    from config.schema_places import Places
    from detectors.context import Context
    from detectors.features import Page
    from detectors.hosts import Registry

VERSION = 4
_WEIGHTS = {Level.FLAG: 0.65, Level.WATCH: 0.35}
_REMEMBERED_HOSTS = 1_000
_VETTED = re.compile(r"(?:gov|gob|gouv|govt|go|gub|gv|mil|edu|ac|int)\.|(?:gov|mil|edu|int)$")
"""Public suffixes under which a registry lets in only states, armies, schools: nobody who imitates."""


@dataclass(frozen=True, slots=True)
class NameVerdict:
    """What a name alone says. `kind` is a key of `strings.NAME_CLASSES`, empty for a name that says nothing."""

    name: str
    unicode: str
    level: Level
    kind: str = ""
    imitates: str = ""
    official: str = ""
    words: str = ""

    @property
    def reason(self) -> str:
        if not self.kind:
            return ""
        of_words = self.kind == "combosquat" and self.official == self.words
        return (strings.ONLY_WORDS if of_words else strings.NAME_REASONS[self.kind]).format(
            official=self.official, registrable=registrable(self.name), words=self.words, unicode=self.unicode
        )

    def as_json(self, verbatim: str) -> dict[str, str]:
        return {
            "name": verbatim,
            "unicode": self.unicode,
            "verdict": self.level.value,
            "class": strings.NAME_CLASSES.get(self.kind, strings.CLEAR),
            "imitates": self.imitates,
            "reason": self.reason,
        }


class Names:
    """The official names prepared for comparison; built once per process."""

    def __init__(self, registry: Registry, places: Places) -> None:
        self.registry = registry
        self.rules = Rules(registry, places)
        self.relays = tuple(f".{suffix}" for suffix in registry.relays)
        self._given_up = any(not registry.is_restricted(host) for host in registry.former)
        self.subjects: dict[str, str] = words()["imitates"]
        self.of_host = lru_cache(_REMEMBERED_HOSTS)(self.judge)
        """Offers of one marketplace have one host."""

    def judge(self, name: str) -> NameVerdict:
        """A host name in ASCII, punycode or Unicode, with or without a trailing dot; or a URL."""
        return self.judge_line(read_line(name))

    def judge_line(self, line: Line) -> NameVerdict:
        found = self._found(line) if "." in line.host else None
        if found is None:
            return NameVerdict(line.host, line.shown, Level.CLEAR)
        imitates = found.site.name if found.site else found.whom or self.subject(found.official)
        return NameVerdict(
            line.host, line.shown, found.level, found.kind, imitates, found.official, found.said or found.official
        )

    def _found(self, line: Line) -> Finding | None:
        host, suffix = line.host, suffix_of(line.host)
        if self.registry.is_restricted(host) or _VETTED.match(suffix):
            return None
        found = self._by_name(line, suffix) or self._by_path(line)
        if found is None and not self._given_up:
            return None
        owner, site = self.registry.owner(host)
        if owner is Owner.FORMER and site is not None:
            return Finding(Level.WATCH, "former_host", site.host, site)
        return None if owner in (Owner.OFFICIAL, Owner.STATE, Owner.KNOWN) else found

    def _by_name(self, line: Line, suffix: str) -> Finding | None:
        if line.host.endswith(self.relays):
            return None
        platform = self.registry.platform(line.host)
        if platform is not None and line.host != platform.suffix and under(platform.suffix, suffix):
            suffix = platform.suffix
        return self.rules.judge(Target.of(line.host, line.shown, suffix))

    def _by_path(self, line: Line) -> Finding | None:
        return self.rules.in_path(line.user, line.path) if line.user or len(line.path) > 1 else None

    def subject(self, word: str) -> str:
        """Whom a word of ours stands for when it is no official site's own."""
        whom = next((whom for part, whom in self.subjects.items() if part in word), "")
        listed = self.registry.names.get(whom)
        return listed.name if listed else whom


@detector("names", version=VERSION, title="域名", axis=Axis.IMPERSONATION, budget_ms=1000)
def names(page: Page, context: Context) -> Iterator[Signal]:
    """Judges the host name by itself; a name alone flags only when its trick has no innocent reading: an official name
    in front of somebody else's domain, or gov.cn written beside an organ's name.

    A label is read as words and nothing else (organs, papers, places, what a site does) and needs three points; short
    names need a word beside them, only a few long ones are compared by distance. Words: `detectors/data/names.toml`.
    """
    if not page.host:
        return
    verdict = context.names.of_host(page.host)
    if verdict.level is Level.CLEAR:
        return
    level = Level.WATCH if is_for_sale(page) else verdict.level
    yield Signal(
        detector="names",
        version=VERSION,
        axis=Axis.IMPERSONATION,
        cls=strings.NAME_CLASSES[verdict.kind],
        weight=_WEIGHTS[level],
        reason=verdict.reason,
        quote=page.host,
        where="url",
        imitates=verdict.imitates or (verdict.official if "." in verdict.official else ""),
    )

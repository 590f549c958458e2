"""Look-alike host names: whom a name imitates and by what trick, judged by structure before distance."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from detectors import strings
from detectors.base import Axis, Level, Signal, detector
from detectors.hosts import Owner, under
from detectors.suffixes import registrable, suffix_of
from detectors.text import DATA

if TYPE_CHECKING:
    from config.schema import OfficialSite
    from detectors.context import Context
    from detectors.features import Page
    from detectors.hosts import Registry

VERSION = 2
_NAME = re.compile(r"[\w\-.]{1,253}\.?", re.ASCII)
_GOV_SPLIT = re.compile(r"-|gov|cn$")
_GOV_WRITTEN = re.compile(r"gov-?cn|-gov$")
_LONG_LABEL = 8
_VERY_LONG_LABEL = 12
_MAX_TYPOS = 2
_MIN_HOMOGLYPH = 4
_SHORT_GOV = 5
_TELLING = frozenset({"gov", "zscx", "czz"})
_WEIGHTS = {Level.FLAG: 0.65, Level.WATCH: 0.35}
_CONFUSABLE = str.maketrans("асеорхуіѕԁɡոмтνοαı", "aceopxyisdgnmtvoai")


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
        return strings.NAME_REASONS[self.kind].format(
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


@dataclass(frozen=True, slots=True)
class Target:
    """A host name taken apart once. `label` is the registered part without its suffix, `front` what stands before."""

    host: str
    shown: str
    base: str
    label: str
    front: str

    @classmethod
    def of(cls, host: str, shown: str) -> Target:
        suffix = suffix_of(host)
        rest = host.removesuffix(suffix).rstrip(".") if suffix else ""
        front, _, label = rest.rpartition(".")
        return cls(host, shown, f"{label}.{suffix}" if label else host, label or host, front)


@cache
def words() -> dict[str, Any]:
    with (DATA / "names.toml").open("rb") as stream:
        return tomllib.load(stream)


class Names:
    """The official names prepared for comparison; built once per process."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        known = words()
        self.delivery = tuple(f".{network}" for network in known["delivery"])
        self.hosts = sorted(registry.current, key=len, reverse=True)
        self.cores: dict[str, OfficialSite] = {}
        self.swappable: dict[str, OfficialSite] = {}
        self.whose: dict[str, OfficialSite] = {}
        for host, site in registry.current.items():
            base = registrable(host)
            core = base.removesuffix("." + suffix_of(base))
            if core != "www":
                self.cores.setdefault(core, site)
                self.whose.setdefault(core, site)
            for label in host.removesuffix(base).strip(".").split("."):
                if len(label) >= _MIN_HOMOGLYPH:
                    self.cores.setdefault(label, site)
            if not registry.is_restricted(host) and len(core) >= _MIN_HOMOGLYPH:
                self.swappable[core] = site
        self.strong = frozenset(known["strong"]) | {core for core in self.cores if len(core) >= _LONG_LABEL}
        self.weak = frozenset(known["weak"])
        self.tokens = self.strong | self.weak | frozenset(known["functions"]) | frozenset(known["places"])
        self.longest = max(map(len, self.tokens))
        self.functions = frozenset(known["functions"])
        self.long_cores = sorted({core for core in self.strong if len(core) >= _LONG_LABEL})
        self.open_hosts = tuple(host for host in self.hosts if not registry.is_restricted(host))
        self.subjects: dict[str, str] = known["imitates"]
        self.rules = (
            self._subdomain,
            self._separator,
            self._swap,
            self._glyphs,
            self._chinese,
            self._combined,
            self._typo,
        )

    def judge(self, name: str) -> NameVerdict:
        """A host name in ASCII, punycode or Unicode, with or without a trailing dot."""
        host, shown = normal(name)
        if not host or "." not in host:
            return NameVerdict(host, shown, Level.CLEAR)
        if self.registry.owner(host)[0] in (Owner.OFFICIAL, Owner.STATE):
            return NameVerdict(host, shown, Level.CLEAR)
        if host.endswith(self.delivery):
            return NameVerdict(host, shown, Level.CLEAR)
        target = Target.of(host, shown)
        for rule in self.rules:
            verdict = rule(target)
            if verdict is not None:
                return verdict
        return NameVerdict(host, shown, Level.CLEAR)

    def _verdict(
        self, target: Target, level: Level, kind: str, site: OfficialSite | None, official: str = "", said: str = ""
    ) -> NameVerdict:
        official = official or (site.host if site else "")
        imitates = site.name if site else self.subject(official)
        return NameVerdict(target.host, target.shown, level, kind, imitates, official, said)

    def subject(self, word: str) -> str:
        """Whom a word of ours stands for when no single official site does."""
        return next((whom for part, whom in self.subjects.items() if part in word), "")

    def _subdomain(self, target: Target) -> NameVerdict | None:
        """`cx.mem.gov.cn.example.top`: an official name stands in front of somebody else's domain."""
        at = target.host.find("gov.cn.")
        if at == 0 or (at > 0 and target.host[at - 1] == "."):
            inside = target.host[: at + 6]
        else:
            inside = next((one for one in self.open_hosts if f".{one}." in f".{target.front}."), "")
        if not inside:
            return None
        site = next(
            (self.registry.current[one] for one in self.hosts if under(inside, one) or under(one, inside)), None
        )
        return self._verdict(target, Level.FLAG, "misleading_subdomain", site, inside)

    def _separator(self, target: Target) -> NameVerdict | None:
        """`mem-gov-cn.com`, `mem-gov.cn`, `cxmemgov.top`: gov.cn written into a name anybody can register."""
        if "gov" not in target.host:
            return None
        label = target.label
        joined = f"{target.front.replace('.', '-')}-{label}" if target.front else label
        if "govcn" not in joined.replace("-", "") and not (label.endswith("gov") and len(label) > _SHORT_GOV):
            return None
        before = [part for part in _GOV_SPLIT.split(joined) if part]
        site = next((self.cores[part] for part in before if part in self.cores), None) or self._wrapped(before)
        telling = site is not None or any(part in self.strong for part in before)
        if not telling and not (before and _GOV_WRITTEN.search(joined)):
            return None
        official = site.host if site else f"{before[-1]}.gov.cn"
        level = Level.FLAG if telling and _GOV_WRITTEN.search(joined) else Level.WATCH
        return self._verdict(target, level, "gov_separator", site, official)

    def _wrapped(self, parts: list[str]) -> OfficialSite | None:
        """The site whose core stands in one of the parts with `cx` or `www` run into it."""
        for part in parts:
            for core in (part.removeprefix("cx"), part.removeprefix("www"), part.removesuffix("cx")):
                if core != part and core in self.cores:
                    return self.cores[core]
        return None

    def _swap(self, target: Target) -> NameVerdict | None:
        site = self.swappable.get(target.label)
        if site is None or self.registry.owner(target.base)[0] is Owner.KNOWN:
            return None
        return self._verdict(target, Level.WATCH, "suffix_swap", site)

    def _glyphs(self, target: Target) -> NameVerdict | None:
        """ASCII and Unicode look-alikes undone; the plain name must be an official core or itself suspicious."""
        written = _decode(target.label)
        plain = _plain(written)
        if plain == target.label or not plain.isascii():
            return None
        site = self.cores.get(plain) if len(plain) >= _MIN_HOMOGLYPH else None
        if site is not None and (len(plain) > _MIN_HOMOGLYPH or written != target.label):
            return self._verdict(target, Level.WATCH, "homoglyph", site)
        suffix = target.base.removeprefix(target.label)
        undone = Target(plain + suffix, plain + suffix, plain + suffix, plain, "")
        again = self._separator(undone) or self._parsed(undone)
        return replace(again, name=target.host, unicode=target.shown, kind="homoglyph") if again else None

    def _chinese(self, target: Target) -> NameVerdict | None:
        """`特种作业证查询.com`: a Chinese name of a certificate or organ with a word of what a site does."""
        if "xn--" not in target.host:
            return None
        known = words()
        text = target.shown.replace(".", "")
        subject = next((word for word in known["chinese_subjects"] if word in text), "")
        rest = text.replace(subject, "", 1) if subject else ""
        function = next((word for word in known["chinese_functions"] if word in rest), "")
        if not subject or not (function or "查询" in subject):
            return None
        return self._verdict(target, Level.WATCH, "chinese_name", None, subject, function)

    def _combined(self, target: Target) -> NameVerdict | None:
        return self._parsed(target)

    def _parsed(self, target: Target) -> NameVerdict | None:
        """A label that is made of our words and nothing else: a regulator's word and what its site does."""
        parts = self.split(target.label)
        strong = [part for part in parts if part in self.strong]
        weak = [part for part in parts if part in self.weak]
        functions = [part for part in parts if part in self.functions and len(part) > 1]
        said = "、".join(functions or strong)
        if strong and (functions or len(max(strong, key=len)) >= _LONG_LABEL or len(strong) > 1):
            core = max(strong, key=len)
            kind = "combosquat" if core in self.whose or len(core) >= _LONG_LABEL else "initials"
            return self._verdict(target, Level.WATCH, kind, self._owner_of(core), core, said)
        long_function = any(len(part) >= _MIN_HOMOGLYPH or part in _TELLING for part in functions)
        if long_function and "-" in target.label and any(len(part) > 2 for part in weak):
            core = max(weak, key=len)
            return self._verdict(target, Level.WATCH, "combosquat", self.cores.get(core), core, said)
        return None

    def _owner_of(self, core: str) -> OfficialSite | None:
        """The site a word stands for: a registered name, or a long one. Initials below one are those of many organs."""
        return self.whose.get(core) or (self.cores.get(core) if len(core) >= _LONG_LABEL else None)

    def split(self, label: str) -> list[str]:
        """The words a label is made of, longest words first; empty when a part of it is none of ours."""
        words_found: list[str] = []
        for piece in re.split(r"[-_\d]+", label):
            found = self._split(piece) if piece else []
            if piece and not found:
                return []
            words_found += found
        return words_found

    def _split(self, piece: str) -> list[str]:
        best: list[list[str] | None] = [[]] + [None] * len(piece)
        for end in range(1, len(piece) + 1):
            for size in range(min(self.longest, end), 0, -1):
                before = best[end - size]
                if before is None or piece[end - size : end] not in self.tokens:
                    continue
                current = best[end]
                if current is None or len(before) + 1 < len(current):
                    best[end] = [*before, piece[end - size : end]]
        return best[len(piece)] or []

    def _typo(self, target: Target) -> NameVerdict | None:
        label = target.label.replace("-", "")
        if len(label) < _LONG_LABEL - 1:
            return None
        found = process.extractOne(label, self.long_cores, scorer=OSA.distance, score_cutoff=_MAX_TYPOS)
        if found is None or found[1] > (1 if len(found[0]) < _VERY_LONG_LABEL else _MAX_TYPOS):
            return None
        return self._verdict(target, Level.WATCH, "typo", self.cores.get(found[0]), found[0])


def normal(name: str) -> tuple[str, str]:
    """(ASCII host, Unicode host), lower case, dots of every width; empty when it is no host name."""
    text = unicodedata.normalize("NFKC", name.strip()).lower().replace("。", ".").rstrip(".")
    text = text.partition("://")[2] or text
    text = text.partition("/")[0].partition(":")[0].removeprefix("*.")
    if not text or ".." in text or len(text) > 253 or any(len(label) > 63 for label in text.split(".")):
        return "", text
    try:
        ascii_name = text if text.isascii() else ".".join(_encode(label) for label in text.split("."))
        shown = ".".join(_decode(label) for label in ascii_name.split(".")) if "xn--" in ascii_name else ascii_name
    except UnicodeError:
        return "", text
    return (ascii_name, shown) if _NAME.fullmatch(ascii_name) else ("", text)


def _encode(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _decode(label: str) -> str:
    return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label


def _plain(label: str) -> str:
    text = unicodedata.normalize("NFD", label.translate(_CONFUSABLE))
    text = "".join(one for one in text if not unicodedata.combining(one))
    if re.search(r"[a-z]", text):
        for written, plain in words()["homoglyphs"].items():
            text = text.replace(written, plain)
    return text


@detector("names", version=VERSION, title="域名", axis=Axis.IMPERSONATION, budget_ms=1000)
def names(page: Page, context: Context) -> Iterator[Signal]:
    """Judges the host name by itself; a name alone flags only when its trick has no innocent reading."""
    if not page.host or context.registry.platform(page.host) is not None:
        return
    verdict = context.names.judge(page.host)
    if verdict.level is Level.CLEAR:
        return
    yield Signal(
        detector="names",
        version=VERSION,
        axis=Axis.IMPERSONATION,
        cls=strings.NAME_CLASSES[verdict.kind],
        weight=_WEIGHTS[verdict.level],
        reason=verdict.reason,
        quote=page.host,
        where="url",
        imitates=verdict.imitates or (verdict.official if "." in verdict.official else ""),
    )

"""Registrable domains by the public suffix list that tldextract ships, private suffixes on.

tldextract itself imports an HTTP client and takes longer to load than a whole assessment, so only its list is read;
a test holds both to the same answers.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from detectors.base import DetectorsError

_SNAPSHOT = ".tld*_snapshot"
"""Its name differs between versions."""


class Rules(NamedTuple):
    """Suffixes in ASCII form: as written, after `*.`, and after `!`."""

    exact: frozenset[str]
    wildcard: frozenset[str]
    exception: frozenset[str]


@cache
def rules() -> Rules:
    spec = find_spec("tldextract")
    snapshot = next(iter(Path(spec.origin).parent.glob(_SNAPSHOT)), None) if spec and spec.origin else None
    if snapshot is None:
        raise DetectorsError("the public suffix list of the package tldextract is missing: install tldextract again")
    kinds: dict[str, set[str]] = {"": set(), "*.": set(), "!": set()}
    for line in snapshot.read_text(encoding="utf-8").splitlines():
        rule = line.strip()
        if rule and not rule.startswith("//"):
            mark = next(mark for mark in ("*.", "!", "") if rule.startswith(mark))
            suffix = rule.removeprefix(mark)
            kinds[mark].add(suffix if suffix.isascii() else suffix.encode("idna").decode("ascii"))
    return Rules(frozenset(kinds[""]), frozenset(kinds["*."]), frozenset(kinds["!"]))


def suffix_of(host: str) -> str:
    """The public suffix of an ASCII host in lower case; the last label when no rule holds, empty for an address."""
    if host.replace(".", "").isdigit() or ":" in host:
        return ""
    exact, wildcard, exception = rules()
    labels = host.split(".")
    for index in range(len(labels)):
        tail = ".".join(labels[index:])
        if tail in exception:
            return ".".join(labels[index + 1 :])
        if tail in exact or ".".join(labels[index + 1 :]) in wildcard:
            return tail
    return labels[-1]


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The domain somebody registered (`x.github.io` is one); the host itself when it is a suffix or an address."""
    suffix = suffix_of(host)
    rest = host.removesuffix(suffix).rstrip(".")
    return f"{rest.rpartition('.')[2]}.{suffix}" if suffix and rest else host

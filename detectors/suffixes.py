"""Registrable domains by the public suffix list that tldextract ships, private suffixes on.

tldextract itself imports an HTTP client and takes longer to load than a whole assessment, so only its list is read;
a test holds both to the same answers.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from detectors.base import DetectorsError

_SNAPSHOT = ".tld*_snapshot"
"""Its name differs between versions."""


@cache
def rules() -> dict[str, str]:
    """Suffix to kind of rule: `exact`, `wildcard` (written `*.suffix`) or `exception` (`!suffix`), in ASCII form."""
    spec = find_spec("tldextract")
    snapshot = next(iter(Path(spec.origin).parent.glob(_SNAPSHOT)), None) if spec and spec.origin else None
    if snapshot is None:
        raise DetectorsError("the public suffix list of the package tldextract is missing: install tldextract again")
    kinds: dict[str, str] = {}
    for line in snapshot.read_text(encoding="utf-8").splitlines():
        rule = line.strip()
        if not rule or rule.startswith("//"):
            continue
        kind, suffix = "exact", rule
        if rule.startswith("*."):
            kind, suffix = "wildcard", rule[2:]
        elif rule.startswith("!"):
            kind, suffix = "exception", rule[1:]
        plain = suffix if suffix.isascii() else suffix.encode("idna").decode("ascii")
        # a suffix may be exact and wildcard at once; the wildcard is the wider
        if kinds.get(plain) != "wildcard":
            kinds[plain] = kind
    return kinds


def suffix_of(host: str) -> str:
    """The public suffix of an ASCII host in lower case; the last label when no rule holds, empty for an address."""
    if host.replace(".", "").isdigit() or ":" in host:
        return ""
    known = rules()
    labels = host.split(".")
    for index in range(len(labels)):
        tail = ".".join(labels[index:])
        kind = known.get(tail)
        if kind == "exception":
            return ".".join(labels[index + 1 :])
        if kind == "wildcard" and index > 0:
            return ".".join(labels[index - 1 :])
        if kind is not None:
            return tail
    return labels[-1]


def registrable(host: str) -> str:
    """The domain somebody registered (`x.github.io` is one); the host itself when it is a suffix or an address."""
    suffix = suffix_of(host)
    rest = host.removesuffix(suffix).rstrip(".")
    return f"{rest.rpartition('.')[2]}.{suffix}" if suffix and rest else host

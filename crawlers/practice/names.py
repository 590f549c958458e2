"""Host names of a practice web: one spelling (lower-case punycode) whatever the author wrote."""

from __future__ import annotations

from fnmatch import fnmatchcase

import idna


def ascii_host(name: str) -> str:
    """`焊工.example.com` -> `xn--…`; names IDNA refuses (underscores, globs) are only lower-cased."""
    name = name.strip().rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return name


def host_matches(host: str, pattern: str) -> bool:
    """`host` in punycode against a glob in Unicode or punycode."""
    return fnmatchcase(host, _ascii_glob(pattern))


def _ascii_glob(pattern: str) -> str:
    """A glob label by label, so that `*.焊工.top` becomes `*.xn--….top`."""
    return ".".join(ascii_host(label) if not label.isascii() else label.lower() for label in pattern.split("."))

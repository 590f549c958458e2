"""A line that names a host, taken apart: scheme, user, host in ASCII and Unicode, path, registrable label."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

from detectors.suffixes import suffix_of
from detectors.text import is_han

MAX_HOST_CHARS = 253
MAX_LABEL_CHARS = 63
_UNDECODABLE = "\ufffd"
_NAME = re.compile(r"[a-z0-9_\-.]+")
_END_OF_AUTHORITY = re.compile(r"[/?#\\]")


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says. `host` is empty when it is no host name; then `text` is what was tried."""

    host: str
    shown: str
    user: str = ""
    path: str = ""


def read_line(name: str) -> Line:
    """A host name in ASCII, punycode or Unicode, or a URL, however it is written."""
    text = name.strip().lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).lower().replace("。", ".")
    text = text.partition("://")[2] or text
    end = _END_OF_AUTHORITY.search(text)
    authority, path = (text[: end.start()], text[end.start() :]) if end else (text, "")
    user, _, host = authority.rpartition("@")
    return Line(*_forms(host.partition(":")[0].removeprefix("*.").removesuffix(".")), user, path)


def normal(name: str) -> tuple[str, str]:
    """(ASCII host, Unicode host), lower case, dots of every width; the first is empty when it is no host name."""
    line = read_line(name)
    return line.host, line.shown


def _forms(text: str) -> tuple[str, str]:
    if _UNDECODABLE in text:
        return "", text
    host = text if text.isascii() else ".".join(map(_encoded, text.split(".")))
    labels = host.split(".")
    if (
        not _NAME.fullmatch(host)
        or len(host) > MAX_HOST_CHARS
        or not all(0 < len(one) <= MAX_LABEL_CHARS for one in labels)
    ):
        return "", text
    return host, ".".join(map(decoded, labels)) if "xn--" in host else host


def _encoded(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


@lru_cache(maxsize=4096)
def decoded(label: str) -> str:
    """The Unicode form of a label; itself when it is none or broken."""
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFKC", label[4:].encode("ascii").decode("punycode")).lower() or label
    except UnicodeError:
        return label


@dataclass(frozen=True)
class Target:
    """A host name taken apart once. `label` is the registered part without its suffix, `fronts` what stands before."""

    host: str
    shown: str
    suffix: str
    label: str
    fronts: tuple[str, ...]

    @classmethod
    def of(cls, host: str, shown: str, suffix: str = "") -> Target:
        """`suffix` is what a hosting platform registers names under, where it is none of the public suffixes."""
        suffix = suffix or suffix_of(host)
        rest = host.removesuffix(suffix).rstrip(".").replace("_", "-") if suffix else ""
        *fronts, label = rest.split(".")
        return cls(host, shown, suffix, label, tuple(fronts))

    @property
    def base(self) -> str:
        return f"{self.label}.{self.suffix}" if self.label else self.host

    @property
    def is_chinese(self) -> bool:
        """Whether its suffix is one for China: .cn and what lies below, or one in Chinese characters."""
        last = self.suffix.rpartition(".")[2]
        return last == "cn" or any(map(is_han, decoded(last)))

    @cached_property
    def joined(self) -> str:
        """All that stands before the suffix, dots as hyphens."""
        return "-".join((*self.fronts, self.label))

    def with_labels(self, labels: list[str]) -> Target:
        """The same name, were it written with these labels before its suffix."""
        return Target(self.host, self.shown, self.suffix, labels[-1], tuple(labels[:-1]))

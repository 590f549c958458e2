"""How a page is made: names, paths, snippets and structure that one maker's pages share, and kits known by them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawlers.needles import Needle, encoded
from detectors import skeleton, strings
from detectors.base import Axis, Signal, Trace, detector
from detectors.features import LINKED_HOST
from detectors.hosts import Owner
from detectors.masking import link
from detectors.text import DATA
from detectors.traces import Service, services

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Form, Page

VERSION = 1
MAKE = frozenset({"structure", "classes", "fields", "action", "asset", "admin", "snippet", "comment", "favicon"})
"""Kinds of traces that together are a kit."""
_MAX_OF_KIND = 12
_MAX_ASSETS = 80
"""A template's own files stand before the pictures of what it lists."""
_MIN_CLASSES = 12
_MIN_SNIPPET_CHARS = 120
_MAX_SNIPPET_CHARS = 20_000
_MAX_SOURCE_CHARS = 600_000
_CLASS = re.compile(r"class(?<=\sclass)\s*=\s*[\"']([^\"'<>]{1,200})[\"']")
_PLAIN_PATH = re.compile(r"(?:/[\w-][\w.-]*)+/?")
_COMMENT = re.compile(rb"<!--([^<>]{4,800}?)-->")
_COMMENT_START, _COMMENT_CHARS = Needle("<!--"), 200
_SCRIPT = re.compile(r"<script(?![^>]{0,400}\ssrc)[^>]{0,400}>", re.I)
_SCRIPT_END = "</script"
_ENDS = re.compile(_SCRIPT_END, re.I)
_STRING, _CHANGING = re.compile(r"[\"'][^\"'\n]{0,400}[\"']"), re.compile(r"[\d\s]+")
"""What differs between two uses of one script: its strings, its numbers and how it is laid out."""
_CHANGING_BYTES = bytes(code for code in range(128) if _CHANGING.match(chr(code)))
_WIDE_CHANGING = re.compile(r"[^\x00-\x7f](?<=[\d\s])")
_SHOWN_CHARS = 60


@cache
def known() -> dict[str, Any]:
    return tomllib.loads((DATA / "kits.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Kit:
    """The make of the pages of a confirmed case. `features`: HMAC → kind; what innocent subjects share is left out."""

    label: str
    cls: str
    imitates: str
    axis: Axis
    subjects: frozenset[str]
    features: dict[str, str]


def make(page: Page) -> tuple[Trace, ...]:
    """Everything that tells how a page was made."""
    return page.once("make", lambda: tuple(_make(page)) if page.kind == "html" else ())


def _make(page: Page) -> Iterator[Trace]:
    source = page.source[:_MAX_SOURCE_CHARS]
    for band in skeleton.bands(structure(page)):
        yield Trace(kind="structure", value=band, shown=band)
    yield from _classes(source)
    for form in page.markup.forms:
        yield from _form(page, form)
    yield from _assets(page)
    yield from _admin(page)
    yield from _snippets(source, services(page))
    yield from _comments(page.data if len(source) == len(page.source) else encoded(source))
    if page.favicon:
        name = sha256(page.favicon).hexdigest()
        yield Trace(kind="favicon", value=name, shown=name[:16], where="image")


def structure(page: Page) -> frozenset[int]:
    return page.once("runs", lambda: skeleton.runs(page.source))


def _classes(source: str) -> Iterator[Trace]:
    """The vocabulary of a template; lists of other lengths leave it as it is."""
    names = sorted({name for value in set(_CLASS.findall(source)) for name in value.split()})
    if len(names) >= _MIN_CLASSES:
        shown = strings.KIT_CLASSES.format(count=len(names), first=" ".join(names[:3]))
        yield Trace(kind="classes", value=" ".join(names), shown=shown)


def _form(page: Page, form: Form) -> Iterator[Trace]:
    names = [field.name.split(" ")[0].lower() for field in form.fields if field.name]
    if len(names) > 1 and len(set(names) - set(known()["common_fields"])) > 1:
        value = ",".join(names)
        yield Trace(kind="fields", value=value, shown=value)
    path = _own_path(page, form.action or "")
    if path.count("/") > 1 or path.endswith((".php", ".asp", ".aspx", ".jsp", ".do")):
        yield Trace(kind="action", value=path, shown=path)


def _assets(page: Page) -> Iterator[Trace]:
    """Files of the site's own, by path: what stands on other hosts belongs to them."""
    found: dict[str, None] = {}
    for one in dict.fromkeys(page.markup.assets[:_MAX_ASSETS]):
        path = _own_path(page, one)
        if path.endswith((".js", ".css", ".png", ".jpg", ".gif", ".svg")) and not _is_common(path):
            found[path] = None
        if len(found) >= _MAX_OF_KIND:
            break
    for path in found:
        yield Trace(kind="asset", value=path, shown=path)


@lru_cache(maxsize=4096)
def _is_common(path: str) -> bool:
    table = known()
    return path in table["common_files"] or any(word in path for word in table["common_assets"])


def _own_path(page: Page, address: str) -> str:
    """The path of an address on the page's own host, lower case, without query; empty for any other."""
    if not address or address.startswith(("#", "data:", "javascript:")):
        return ""
    if _PLAIN_PATH.fullmatch(address) and page.url:
        return address.lower()
    elsewhere = LINKED_HOST.match(address)
    if elsewhere and elsewhere[1] != page.parts.netloc:
        return ""
    try:
        parts = urlsplit(page.joined(address.strip()))
    except ValueError:
        return ""
    return parts.path.lower() if not parts.netloc or parts.netloc == page.parts.netloc else ""


def _admin(page: Page) -> Iterator[Trace]:
    words = [word for word in known()["admin_words"] if word in page.addresses]
    if not words:
        return
    hrefs = (one.href for one in page.markup.links if any(word in one.href for word in words))
    found = dict.fromkeys(path for href in hrefs if (path := _own_path(page, href)))
    for path in list(found)[:_MAX_OF_KIND]:
        yield Trace(kind="admin", value=path, shown=path)


def _snippets(source: str, counters: Collection[Service]) -> Iterator[Trace]:
    """Scripts within the page, whatever strings and numbers stand in them; none of those that count visitors."""
    seen: dict[str, str] = {}
    for body in _bodies(source):
        if any(service.named_in(body) for service in counters):
            continue
        bones = _bones(body)
        if len(bones) >= _MIN_SNIPPET_CHARS:
            # no more words than characters are shown
            seen.setdefault(bones, " ".join(body.split(None, _SHOWN_CHARS)[:_SHOWN_CHARS])[:_SHOWN_CHARS])
        if len(seen) >= _MAX_OF_KIND:
            break
    for bones, shown in seen.items():
        yield Trace(kind="snippet", value=bones, shown=shown)


def _bodies(source: str) -> Iterator[str]:
    """Scripts neither too short nor too long; what ends too soon goes on to the next end."""
    last = 0
    while tag := _SCRIPT.search(source, last):
        begin = tag.end()
        stop = _ENDS.search(source, begin + _MIN_SNIPPET_CHARS, begin + _MAX_SNIPPET_CHARS + len(_SCRIPT_END))
        if stop:
            yield source[begin : stop.start()]
        last = stop.end() if stop else tag.start() + 1


def _bones(body: str) -> str:
    left = _STRING.sub("", body).encode().translate(None, _CHANGING_BYTES).decode()
    return left if left.isascii() else _WIDE_CHANGING.sub("", left)


def _comments(data: bytes) -> Iterator[Trace]:
    common = tuple(known()["common_comments"])
    matches = (_COMMENT.match(data, at) for at in _COMMENT_START.places(data))
    said = (match[1].decode() for match in matches if match)
    words = (" ".join(one.split()).lower() for one in said if len(one) <= _COMMENT_CHARS)
    found = dict.fromkeys(one for one in words if len(one) > 5 and not one.startswith(common))
    for one in list(found)[:_MAX_OF_KIND]:
        yield Trace(kind="comment", value=one, shown=one)


@detector("kits", version=VERSION, title="同一套模板", axis=Axis.IMPERSONATION, budget_ms=2000, of_documents=True)
def kits(page: Page, context: Context) -> Iterator[Trace | Signal]:
    """Notes how a page is made (paths of its files, field names, scripts, template, structure), and recognises on a new
    host what pages of a confirmed case are made of."""
    if page.kind != "html" or not page.source:
        return
    yield from make(page)
    if not context.known.kits or context.registry.owner(page.host)[0] in (Owner.OFFICIAL, Owner.STATE, Owner.KNOWN):
        return
    own = context.registry.subject(page.parts, page.host)
    shown = {link(trace.kind, trace.value, context.key): trace for trace in make(page)}
    for kit in context.known.kits_with(shown):
        if own not in kit.subjects:
            yield from _recognised(page, kit, [trace for name, trace in shown.items() if name in kit.features])


_WEIGHT_SAME, _WEIGHT_LIKE = 0.6, 0.3
_MIN_SAME, _MIN_LIKE = 4, 2
_SHARE_SAME, _SHARE_LIKE = 0.5, 0.25
_KINDS_SAME = 2


def _recognised(page: Page, kit: Kit, found: list[Trace]) -> Iterator[Signal]:
    """The same kit: most of what is its own, of different kinds. Bands of one structure are worth one feature."""
    seen, whole = _counted([one.kind for one in found]), _counted(list(kit.features.values()))
    share, kinds = seen / whole, len({trace.kind for trace in found})
    same = seen >= _MIN_SAME and share >= _SHARE_SAME and kinds >= _KINDS_SAME
    if not same and (seen < _MIN_LIKE or share < _SHARE_LIKE):
        return
    named = [trace for trace in found if trace.kind != "structure"] or found
    kinds_told = "、".join(strings.TIE_NAMES[kind] for kind in dict.fromkeys(trace.kind for trace in found))
    yield Signal(
        detector="kits",
        version=VERSION,
        axis=kit.axis,
        cls=kit.cls,
        # how a seller's page is made says nothing of what it offers
        weight=_WEIGHT_SAME if same and kit.axis is Axis.IMPERSONATION else _WEIGHT_LIKE,
        reason=strings.SAME_KIT.format(case=kit.label, share=share, kinds=kinds_told),
        quote="；".join(trace.shown for trace in named[:3]),
        where="html",
        imitates=kit.imitates,
    )


def _counted(kinds: list[str]) -> float:
    return sum(1.0 if kind != "structure" else 1 / skeleton.BANDS for kind in kinds)

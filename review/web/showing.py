"""What templates have: words, navigation, who is signed in, and how times, hosts and numbers are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, request, url_for
from flask_login import current_user

from review.cases import parse_label
from review.desk.index import CHINA
from review.desk.roles import CASEWORK, Role
from review.subjects import shown
from review.telling import CODED, codes_of
from review.web import entry, security, words
from review.web.desk import desk

if TYPE_CHECKING:
    from types import ModuleType

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Nav:
    """Where a page stands in the navigation; its name is `w.nav.<key>`, and only who may enter sees it."""

    order: int
    key: str
    endpoint: str


def install(app: Flask, pages: Iterable[ModuleType]) -> None:
    entries = sorted(_entries(pages), key=lambda nav: nav.order)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        minute=minute,
        number=number,
        day=day,
        clock=clock,
        subject=subject,
        source=source,
        host=host,
        label=label,
        milli=milli,
        event_value=event_value,
        batch=batch,
        said=security.said,
        fromjson=json.loads,
    )
    app.context_processor(lambda: _context(app, entries))


def _entries(modules: Iterable[ModuleType]) -> Iterable[Nav]:
    return [nav for module in modules if (nav := getattr(module, "NAV", None))]


def _context(app: Flask, entries: list[Nav]) -> dict[str, Any]:
    held = entry.roles_here()
    return {
        "w": words.words(),
        "lang": words.TAGS[words.language()],
        "languages": words.LANGUAGES,
        "nav": [nav for nav in entries if held & (entry.who_may(app, nav.endpoint) or frozenset())],
        "here": (request.endpoint or "").partition(".")[0],
        "me": current_user if current_user.is_authenticated else None,
        "my_roles": held,
        "holds": lambda *names: not held.isdisjoint(map(Role, names)),
        "Role": Role,
        "casework": bool(held & CASEWORK),
        "asset": asset,
        "password_profile": lambda: desk().web.sign_in.passwords,
    }


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a file of ours; it changes with the file, so that browsers may keep it."""
    return url_for("static", filename=name, v=_digest(name))


def _local(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(CHINA)


def number(label: str) -> int:
    """`A-000012` → 12, as addresses have it."""
    return parse_label(label)


def minute(at: str) -> str:
    """A stored time as people in China write it: `2026-11-21 08:30`."""
    return _local(at).strftime("%Y-%m-%d %H:%M") if at else ""


def clock(at: str) -> str:
    return _local(at).strftime("%H:%M:%S") if at else ""


def day(at: str) -> str:
    return _local(at).strftime("%Y-%m-%d") if at else ""


def host(name: str) -> str:
    """A host in its own script, the ASCII form beside it."""
    return shown(f"site:{name}").partition(":")[2]


def subject(key: str) -> str:
    """`site:HOST` as the host alone, `listing:xianyu:910…` as the platform's name and its number."""
    kind, _, name = shown(key).partition(":")
    if kind != "listing":
        return name
    platform, _, item = name.partition(":")
    return f"{words.words().platform.get(platform)} {item}"


def source(name: str) -> str:
    """A source by the title of its profile, as people know it; one without a profile by its own name."""
    config = desk().config
    profile = config.engines.get(name) or config.marketplaces.get(name)
    named = profile.title if profile and words.language() == "zh_Hans" else name
    return str(words.words().sources.named.get(named))


def batch(night: str) -> str:
    """A night by its name; what came of no night by where it came from."""
    known = words.words().batch
    return str(known.get(night if night in known else night.partition("-")[0], night))


def event_value(value: object, key: str) -> str:
    """What stands under `key` in the detail of an event, codes in words; of a recipient's answer, the recipient's."""
    if isinstance(value, list):
        return "、".join(event_value(one, key) for one in value)
    if named := codes_of(desk().config).get(key):
        return named.get(str(value), str(value))
    if key in ("subject", "subjects"):
        return subject(str(value))
    if key == "night":
        return batch(str(value))
    said = words.words()
    if key == "before":
        return str(said.state.get(value, said.referrals.state.get(value)))
    tables = {"part": said.case.tab, "roles": said.role, **{name: getattr(said, CODED[name]) for name in CODED}}
    return str(tables[key].get(value)) if key in tables else str(value)


def milli(value: int) -> str:
    """A score of thousandths, with two places."""
    return f"{value / 1000:.2f}"


def label(number: int, letter: str = "A") -> str:
    """`A-000012` of a case, `C-00000012` of a capture."""
    return f"{letter}-{number:0{8 if letter == 'C' else 6}d}"

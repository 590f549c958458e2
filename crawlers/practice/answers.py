"""What is asked of a practice host and what it answers, free of any server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; `host` is punycode without a port, `target` the path with its query string."""

    scheme: str
    host: str
    target: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path or "/"

    @property
    def query_string(self) -> str:
        return urlsplit(self.target).query

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.target}"

    def first(self, *names: str, default: str = "") -> str:
        """The first value of the first of these parameters that is given, in the query string or a form body."""
        given = parse_qs(self.query_string, keep_blank_values=True)
        if self.body and "form-urlencoded" in self.headers.get("content-type", ""):
            given |= parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return next((given[name][0] for name in names if name in given), default)

    def number(self, *names: str, default: int = 0) -> int:
        value = self.first(*names)
        return int(value) if value.isdigit() else default


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    wait_seconds: float = 0.0
    hangs: bool = False

    def late(self, seconds: float) -> Answer:
        return replace(self, wait_seconds=seconds)


def html(text: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    return Answer(status, (("Content-Type", HTML), *headers), text.encode())


def compact(value: Any) -> str:
    """JSON as these sites write it: no spaces, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def script_json(value: Any) -> Markup:
    """JSON that may stand inside a `<script>`."""
    return Markup(compact(value).replace("<", "\\u003c"))  # noqa: S704 - `<` is escaped


def as_json(value: Any, status: int = 200, media_type: str = "application/json;charset=UTF-8") -> Answer:
    return Answer(status, (("Content-Type", media_type),), compact(value).encode())


def redirect(to: str, status: int = 302) -> Answer:
    return Answer(status, (("Location", to), ("Content-Type", "text/html")))


@cache
def _layouts() -> Environment:
    return Environment(
        loader=PackageLoader("crawlers.practice", "layouts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(layout: str, /, **values: object) -> str:
    """The text of `layouts/<layout>.html` filled in."""
    return _layouts().get_template(f"{layout}.html").render(**values)

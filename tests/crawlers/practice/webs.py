"""Small practice webs written into a folder, and ways to ask them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from config.schema_profiles import Profile
from crawlers.practice.answers import Answer, Ask
from crawlers.practice.reading import read_web
from crawlers.practice.town import Town
from crawlers.profiles import PageRequest, ParsedPage, parse, request_for

SEARXNG = "http://127.0.0.1:8888"


def html_page(title: str, text: str = "", head: str = "") -> str:
    return f"<html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{text}</body></html>"


def write_web(
    root: Path,
    pages: dict[str, str | bytes] | None = None,
    *,
    toml: str = "",
    offers: list[dict[str, Any]] | None = None,
    truth: list[dict[str, Any]] | None = None,
) -> Path:
    """`pages` maps `host/path` to a file's content."""
    for place, content in (pages or {}).items():
        path = root / "hosts" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    root.mkdir(exist_ok=True)
    if toml:
        (root / "web.toml").write_text(toml, encoding="utf-8")
    for name, rows in (("listings.jsonl", offers), ("truth.jsonl", truth)):
        if rows is not None:
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (root / name).write_text("".join(lines), encoding="utf-8")
    return root


def town_of(root: Path) -> Town:
    return Town(read_web(root))


def get(town: Town, url: str, body: bytes = b"", **headers: str) -> Answer:
    """One request; header names are written `user_agent`."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    method = "POST" if body else "GET"
    ask = Ask(parts.scheme, parts.hostname or "", target, method=method, headers=named, body=body)
    return town.ask_searxng(ask) if url.startswith(SEARXNG) else town.answer(ask)


def follow(town: Town, url: str) -> tuple[str, Answer]:
    """Where a chain of redirects ends, and what stands there."""
    for _ in range(6):
        answer = get(town, url)
        if answer.status not in (301, 302, 303, 307, 308):
            return url, answer
        url = urljoin(url, dict(answer.headers)["Location"])
    raise AssertionError(f"too many redirects to {url}")


def send(town: Town, request: PageRequest) -> tuple[str, Answer]:
    """What a crawler sees that sends a profile's request and follows redirects."""
    headers = {name.lower().replace("-", "_"): value for name, value in request.headers}
    answer = get(town, request.url, request.body, **headers)
    if answer.status == 302:
        return follow(town, urljoin(request.url, dict(answer.headers)["Location"]))
    return request.url, answer


def read(town: Town, profile: Profile, query: str, page: int = 1) -> ParsedPage:
    """A result page as the profile reads it."""
    url, answer = send(town, request_for(profile, query, page, service_url=SEARXNG))
    return parse(profile, answer.body, url=url, headers=answer.headers, status=answer.status)

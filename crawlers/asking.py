"""The request a profile makes for one page of one query."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from config.schema_profiles import Profile, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What to send. With `service` set and no service address given, `url` is a path below that service's address."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    service: str = ""


def request_for(profile: Profile, query: str, page: int = 1, *, service_url: str = "") -> PageRequest:
    """The request for the `page`-th page (from 1) of a query; `service_url` is the address of the office's service."""
    request = profile.request
    url = _filled(request, request.url, quote_plus(query, encoding=request.encoding, errors="replace"), page)
    headers = dict(request.headers)
    if request.form or request.body:
        kind = "application/json" if request.body else "application/x-www-form-urlencoded"
        headers.setdefault("Content-Type", kind)
    return PageRequest(
        url=service_url.rstrip("/") + url if request.service else url,
        method=request.method,
        headers=tuple(headers.items()),
        body=_form(request, query, page),
        service=request.service,
    )


def _filled(request: Request, template: str, query: str, page: int) -> str:
    number = request.first_page + page - 1
    offset = request.first_offset + (page - 1) * request.page_step
    return template.replace("{page}", str(number)).replace("{offset}", str(offset)).replace("{query}", query)


def _form(request: Request, query: str, page: int) -> bytes:
    escaped = json.dumps(query, ensure_ascii=False)[1:-1]
    if request.body:
        return _filled(request, request.body, escaped, page).encode()
    fields = (
        (name, _filled(request, value, escaped if value.startswith("{") else query, page))
        for name, value in request.form.items()
    )
    return "&".join(f"{name}={quote(value, safe='', encoding=request.encoding)}" for name, value in fields).encode()

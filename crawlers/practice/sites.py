"""The ordinary hosts of a practice web: files by path, with their redirects, conditions and states."""

from __future__ import annotations

import mimetypes
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crawlers.practice.answers import Answer, Ask, html, page, redirect
from crawlers.practice.format import Condition, Redirect, StateRule, Texts, When
from crawlers.practice.names import ascii_host, host_matches
from crawlers.practice.reading import PracticeError, Web

_TYPES = mimetypes.MimeTypes()
"""The standard library's own table, whatever the machine has in /etc."""
HeaderTables = dict[str, dict[str, str | list[str] | int]]


class Sites:
    """Answers for every host that is not an engine's or a shop's own."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def answer(self, ask: Ask) -> Answer:
        rule = self._state(ask)
        if rule and rule.state != "slow":
            return _in_state(rule)
        answer = self._redirected(ask) or self._conditional(ask) or self._file(ask)
        return answer.late(rule.seconds) if rule else answer

    def hosts(self) -> set[str]:
        """Hosts with a folder, and those that only redirect or have a condition or a state."""
        plan = self._web.plan
        globs = [rule.host for rule in plan.conditions] + [rule.host for rule in plan.states]
        named = {ascii_host(glob) for glob in globs if "*" not in glob}
        return set(self._web.folders) | named | {_origin(rule)[1] for rule in plan.redirects}

    def whole_state(self, host: str) -> str:
        """`dead`, `refuse` or "" of a host."""
        rule = self._rule(host, None)
        return rule.state if rule and rule.state in ("dead", "refuse") else ""

    def _state(self, ask: Ask) -> StateRule | None:
        return self._rule(ask.host, ask.path)

    def _rule(self, host: str, path: str | None) -> StateRule | None:
        rules = (rule for rule in self._web.plan.states if host_matches(host, rule.host))
        return next((rule for rule in rules if rule.path == "*" or (path and fnmatchcase(path, rule.path))), None)

    def _redirected(self, ask: Ask) -> Answer | None:
        rules = (rule for rule in self._web.plan.redirects if _leads_from(rule, ask))
        return next((redirect(rule.to, rule.status) for rule in rules), None)

    def _conditional(self, ask: Ask) -> Answer | None:
        return next((self._do(rule, ask) for rule in self._web.plan.conditions if _applies(rule, ask)), None)

    def _do(self, rule: Condition, ask: Ask) -> Answer:
        if rule.redirect:
            return redirect(rule.redirect, rule.status or 302)
        if rule.serve and (folder := self._web.folders.get(ask.host)):
            return _send(folder, folder / rule.serve, rule.status or 200)
        return html(page("status", status=rule.status or 404), rule.status or 404)

    def _file(self, ask: Ask) -> Answer:
        folder = self._web.folders.get(ask.host)
        path = unquote(ask.path)
        if folder is None or _hidden(path):
            return _not_found(folder)
        here = folder / path.strip("/")
        if path.endswith("/"):
            candidates = [here / "index.html", here / "index.htm"]
        else:
            candidates = [here, here.with_name(here.name + ".html")]
        found = next((file for file in candidates if file.is_file()), None)
        if found is None and here.is_dir() and not path.endswith("/"):
            return redirect(ask.path + "/", 301)
        return _send(folder, found) if found else _not_found(folder)


def file_headers(folder: Path, place: str) -> Iterator[tuple[str, str]]:
    """Headers of the file at `place` ("/a/b.html"): by suffix, then what `_headers.toml` says; without `status`."""
    given = {"Content-Type": [_media_type(place)]}
    for glob, table in header_tables(folder).items():
        if fnmatchcase(place, glob):
            given |= {k: v if isinstance(v, list) else [str(v)] for k, v in table.items() if k != "status"}
    return ((name, value) for name, values in given.items() for value in values)


@lru_cache(maxsize=4096)
def header_tables(folder: Path) -> HeaderTables:
    path = folder / "_headers.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise PracticeError([f"{path}: not TOML: {error}"]) from error


def _send(folder: Path, file: Path, status: int = 200) -> Answer:
    place = "/" + file.relative_to(folder).as_posix()
    for glob, table in header_tables(folder).items():
        if fnmatchcase(place, glob) and isinstance(given := table.get("status"), int):
            status = given
    return Answer(status, tuple(file_headers(folder, place)), file.read_bytes())


def _not_found(folder: Path | None) -> Answer:
    own = folder / "404.html" if folder else None
    return _send(folder, own, 404) if folder and own and own.is_file() else html(page("status", status=404), 404)


def _hidden(path: str) -> bool:
    return any(part == ".." or part.startswith("_") for part in path.split("/")) or "\0" in path


def _media_type(place: str) -> str:
    return _TYPES.guess_type(place)[0] or (
        "text/html" if "." not in place.rsplit("/", 1)[-1] else "application/octet-stream"
    )


def _in_state(rule: StateRule) -> Answer:
    if rule.state == "timeout":
        return Answer(0, hangs=True)
    if rule.state == "error":
        return html(page("status", status=503), 503)
    if rule.state == "login":
        return html(page("site_login"))
    return html(page("site_captcha"), 403)


def _origin(rule: Redirect) -> tuple[str, str, str, str]:
    """Scheme ("" for both), host, path (may end in `*`) and query of `from`."""
    parts = urlsplit(rule.origin if "://" in rule.origin else "//" + rule.origin.lstrip("/"))
    return parts.scheme, ascii_host(parts.hostname or ""), parts.path or "/", parts.query


def _leads_from(rule: Redirect, ask: Ask) -> bool:
    scheme, host, path, query = _origin(rule)
    if host != ask.host or (scheme and scheme != ask.scheme) or (query and query != ask.query_string):
        return False
    return ask.path.startswith(path[:-1]) if path.endswith("*") else ask.path == path


def _applies(rule: Condition, ask: Ask) -> bool:
    here = host_matches(ask.host, rule.host) and fnmatchcase(ask.path, rule.path)
    return here and all(_holds(wanted, given) for wanted, given in _comparisons(rule.when, ask))


def _comparisons(when: When, ask: Ask) -> Iterator[tuple[Texts | None, str]]:
    yield when.user_agent, ask.headers.get("user-agent", "")
    yield when.referrer, ask.headers.get("referer", "")
    yield when.cookie, ask.headers.get("cookie", "")
    yield when.accept_language, ask.headers.get("accept-language", "")
    yield when.query, unquote(ask.query_string)


def _holds(wanted: Texts | None, given: str) -> bool:
    if wanted is None:
        return True
    return any(not given if text == "" else text.lower() in given.lower() for text in wanted)

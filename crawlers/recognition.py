"""Whose result page a saved page is: known by its address, read by that source's profile."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import SplitResult, parse_qsl, urlsplit

from config.schema_profiles import Profile
from crawlers.decode import Decoded
from crawlers.keeping import host_of
from crawlers.profiles import ParsedPage, parse
from crawlers.records import Exchange

QUERY = "{query}"


def by_profile(profiles: Sequence[Profile], exchange: Exchange, decoded: Decoded) -> ParsedPage | None:
    """The page as its source's profile reads it; None when it is no result page of any of them.

    On the path the profile asks, the page is the source's whatever it holds; elsewhere on the source's hosts only
    when rows can be read from it: a source's hosts also show offers, posts and pages of its own.
    """
    page = urlsplit(exchange.url)
    for profile in sorted(_of_host(profiles, exchange.url), key=lambda one: _likeness(one, page), reverse=True):
        parsed = parse(
            profile,
            decoded.text,
            url=exchange.url,
            status=exchange.status,
            flags=decoded.flags,
            query=_query(profile, page),
        )
        if _likeness(profile, page)[0] or parsed.hits or parsed.listings:
            return parsed
    return None


def _of_host(profiles: Sequence[Profile], url: str) -> list[Profile]:
    return [profile for profile in profiles if host_of(url) in profile.hosts]


def _likeness(profile: Profile, page: SplitResult) -> tuple[bool, int]:
    """Whether the path is the one the profile asks, and how many fields of its question the address has too."""
    asked = urlsplit(profile.request.url)
    fixed = {field for field in parse_qsl(asked.query) if "{" not in field[1]}
    names = {name for name, value in parse_qsl(asked.query) if value == QUERY}
    given = parse_qsl(page.query)
    same = len(fixed & set(given)) + len(names & {name for name, _ in given})
    return asked.path.rstrip("/") == page.path.rstrip("/"), same


def _query(profile: Profile, page: SplitResult) -> str:
    """What was asked, where the address says it; "" otherwise."""
    names = {name for name, value in parse_qsl(urlsplit(profile.request.url).query) if value == QUERY}
    given = parse_qsl(page.query, encoding=profile.request.encoding, errors="replace")
    return next((value for name, value in given if name in names), "")

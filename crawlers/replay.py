"""Replaying a profile against the fixtures beside it: what it reads today against what it should read.

A fixture folder holds pages (`normal.html`, `empty.json`, …) and for each the expected document
(`normal.expected.json`, as `ParsedPage.as_json` gives it).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.schema_profiles import Profile
from crawlers.profiles import ParsedPage, parse
from crawlers.records import ProfileError

EXPECTED = ".expected.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One page read again."""

    page: Path
    state: str
    reason: str
    layout: str
    rows: int
    filled: dict[str, float]
    """Share of rows in which a field has a value, by field."""
    differences: tuple[str, ...]
    """Places at which the page is not read as expected; empty when all is well."""


def fixture_pages(folder: Path) -> list[Path]:
    """The pages of a fixture folder, by name; none when there is no folder."""
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.name.endswith(EXPECTED))


def replay(profile: Profile, folder: Path) -> Iterator[Replay]:
    """Each page of the folder read again. Raises `ProfileError` for an expectation that cannot be read."""
    for page in fixture_pages(folder):
        parsed = parse(profile, page.read_bytes())
        yield Replay(
            page=page,
            state=parsed.state.value,
            reason=parsed.reason,
            layout=parsed.layout,
            rows=len(parsed.listings or parsed.results),
            filled=filled_fields(parsed),
            differences=tuple(_differences(_expected(page), parsed.as_json(), "")),
        )


def filled_fields(parsed: ParsedPage) -> dict[str, float]:
    """Share of results that have a value, for every field of the document."""
    rows = parsed.as_json()["results"]
    names = rows[0] if rows else ()
    return {name: round(sum(row[name] not in ("", None, ()) for row in rows) / len(rows), 3) for name in names}


def _expected(page: Path) -> Any:
    path = page.with_name(page.stem + EXPECTED)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProfileError(f"{path}: {error}; write the document the page should give") from error


def _differences(expected: Any, found: Any, place: str) -> Iterator[str]:
    if isinstance(found, tuple):
        found = list(found)
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted(expected.keys() | found.keys()):
            yield from _differences(expected.get(name), found.get(name), f"{place}.{name}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(one, other, f"{place}[{number}]")
    elif expected != found:
        yield f"{place.lstrip('.')}: expected {expected!r}, read {found!r}"

"""The rows of official pages this office has collected: added, versioned, retired, never changed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from detectors.fingerprints import Fingerprint, Reference
from detectors.tables import page_references

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from config.schema import OfficialSite


def load(connection: Connection) -> tuple[Reference, ...]:
    """What is compared with: of each address the newest version that nobody has retired."""
    newest: dict[str, int] = {}
    found: defaultdict[tuple[str, int], list[Reference]] = defaultdict(list)
    for one in rows(connection):
        newest[one.url] = max(one.version, newest.get(one.url, 0))
        found[one.url, one.version].append(one)
    return tuple(one for url in sorted(newest) for one in found[url, newest[url]])


def rows(connection: Connection) -> Iterator[Reference]:
    """Every version not retired, as added."""
    kept = select(page_references).where(page_references.c.retired_at == "").order_by(page_references.c.id)
    for row in connection.execute(kept):
        names = ("id", "site_id", "name", "url", "version", "capture_id", "added_at")
        held = json.loads(row.fingerprint)
        print_ = Fingerprint(tuple(held["structure"]), tuple(held["text"]), tuple(held["parts"]), held["asks"])
        yield Reference(**{name: getattr(row, name) for name in names}, fingerprint=print_)


def add(
    connection: Connection, site: OfficialSite, url: str, pages: Iterable[tuple[int, Fingerprint]], *, now: str
) -> int:
    """A further version of an address, resting on captures; returns its number. Equal prints are kept once."""
    of_url = select(func.max(page_references.c.version)).where(page_references.c.url == url)
    version = (connection.scalar(of_url) or 0) + 1
    distinct = {_dump(held): capture_id for capture_id, held in reversed(list(pages))}
    for held, capture_id in sorted(distinct.items(), key=lambda item: item[1]):
        row = {"site_id": site.id, "name": site.name, "url": url, "version": version, "capture_id": capture_id}
        connection.execute(insert(page_references).values(**row, added_at=now, fingerprint=held))
    return version


def retire(connection: Connection, url: str, *, now: str) -> int:
    """Take an address out of the comparison; its rows and captures stay. Returns how many rows it had."""
    held = (page_references.c.url == url, page_references.c.retired_at == "")
    return connection.execute(update(page_references).where(*held).values(retired_at=now)).rowcount


def _dump(held: Fingerprint) -> str:
    document: dict[str, Any] = {"structure": held.structure, "text": held.text, "parts": held.parts, "asks": held.asks}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

"""Facts about a host beside its pages: addresses by several resolvers, registration, networks, numbers it shows.

Each look-up is one document in the blob store with every answer as it was received, one custody line, and rows whose
values hold no personal data in clear. Papers and pages use `facts(store, host)` and `facts_of(store, capture)`.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from crawlers import custody
from crawlers.answers import FAILED, Answer
from crawlers.blobs import BlobStore
from crawlers.keeping import queue_stamp
from crawlers.lookups import ADDRESS_KINDS, LookUp, addresses_in
from crawlers.records import ArchiveError, Capture
from crawlers.store import Store
from crawlers.tables import network_answers, network_lookups

FORMAT = "zhengshao-network/1"
ACTOR = "network"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a host by one look-up. Unknown stays unknown: look at `state` before `value`."""

    host: str
    domain: str
    night: str
    started_at: str
    ended_at: str
    document: str
    """SHA-256 of the blob with every answer as received (`raw` of it: `document(blobs, facts)`)."""
    custody_seq: int
    stamp_id: int | None
    answers: tuple[Answer, ...]

    def dns(self, kind: str) -> dict[str, Answer]:
        """Answers about records of a kind (`A`, `MX`, …), by resolver."""
        return {one.source: one for one in self.answers if one.kind == "dns" and one.question.endswith(f" {kind}")}

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address that any resolver gave."""
        return addresses_in(self.answers)

    @property
    def resolvers_agree(self) -> bool | None:
        """Whether all that answered gave the same addresses; None when fewer than two answered. Content networks answer
        differently by place: a difference is a fact, not an accusation."""
        said = [
            {source: one.value.get("records", []) for source, one in self.dns(kind).items() if one.state != FAILED}
            for kind in ADDRESS_KINDS
        ]
        both = [tuple(map(tuple, (one[s] for one in said))) for s in said[0].keys() & said[1].keys()]
        return None if len(both) < 2 else len(set(both)) == 1

    @property
    def registration(self) -> Answer | None:
        """Who registered the name, by RDAP or WHOIS."""
        return next((one for one in self.answers if one.kind in ("rdap", "whois")), None)

    @property
    def networks(self) -> tuple[Answer, ...]:
        return tuple(one for one in self.answers if one.kind == "asn")

    @property
    def numbers(self) -> tuple[Answer, ...]:
        """ICP (`question` `icp`) and 公安备案 (`police`) numbers as pages of the host show them; never looked up."""
        return tuple(one for one in self.answers if one.kind == "number")


def keep(store: Store, blobs: BlobStore, found: LookUp, night: str) -> int | None:
    """Write one look-up: the document, then rows, custody line and stamp in one transaction; its id.

    None when the host has been looked up in this night already.
    """
    subject = found.subject
    sha256 = blobs.put(_document(found, night))
    with store.write() as connection:
        if subject.host in looked_up(connection, night):
            return None
        detail = {
            "host": subject.host,
            "domain": subject.domain,
            "night": night,
            "document": sha256,
            "answers": len(found.answers),
            "failed": sum(one.state == FAILED for one in found.answers),
        }
        lines = custody.append_many(connection, [custody.Event("network", ACTOR, detail)])
        row = {
            "host": subject.host,
            "domain": subject.domain,
            "night": night,
            "started_at": found.started_at,
            "ended_at": found.ended_at,
            "document": sha256,
            "custody_seq": lines[0].seq,
            "stamp_id": queue_stamp(connection, lines),
        }
        number: int = connection.execute(insert(network_lookups).returning(network_lookups.c.id), row).scalar_one()
        if found.answers:
            connection.execute(insert(network_answers), [_row(number, at, one) for at, one in enumerate(found.answers)])
    return number


def _document(found: LookUp, night: str) -> bytes:
    answers = [{**_told(one), "raw_base64": b64encode(one.raw).decode()} for one in found.answers]
    head = {"format": FORMAT, "host": found.subject.host, "domain": found.subject.domain, "night": night}
    times = {"started_at": found.started_at, "ended_at": found.ended_at}
    return json.dumps({**head, **times, "answers": answers}, ensure_ascii=False, indent=1).encode()


def _told(one: Answer) -> dict[str, Any]:
    names = ("kind", "question", "source", "asked_at", "state", "reason", "value")
    return {name: getattr(one, name) for name in names}


def _row(lookup: int, position: int, one: Answer) -> dict[str, Any]:
    return {**_told(one), "lookup_id": lookup, "position": position, "value": custody.canonical(dict(one.value))}


def looked_up(connection: Connection, night: str) -> set[str]:
    """Hosts asked about in a night."""
    return set(connection.scalars(select(network_lookups.c.host).where(network_lookups.c.night == night)))


def facts(store: Store, host: str, *, near: str = "") -> Facts | None:
    """The look-up of a host nearest in time to `near` (ISO 8601 UTC), else the newest; None when there is none."""
    with store.read() as connection:
        where = select(network_lookups).where(network_lookups.c.host == host)
        rows = connection.execute(where.order_by(network_lookups.c.started_at)).mappings().all()
        if not rows:
            return None
        row = min(rows, key=lambda one: _seconds_apart(one["started_at"], near)) if near else rows[-1]
        return _facts(connection, row)


def facts_of(store: Store, capture: Capture) -> Facts | None:
    """The look-up of a capture's host nearest to the moment it was taken."""
    return facts(store, capture.host, near=capture.fetched_at)


def _seconds_apart(one: str, other: str) -> float:
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds())


def _facts(connection: Connection, row: RowMapping) -> Facts:
    where = select(network_answers).where(network_answers.c.lookup_id == row["id"])
    answers = tuple(
        Answer(one.kind, one.question, one.source, one.asked_at, one.state, one.reason, json.loads(one.value))
        for one in connection.execute(where.order_by(network_answers.c.position))
    )
    names = ("host", "domain", "night", "started_at", "ended_at", "document", "custody_seq", "stamp_id")
    return Facts(**{name: row[name] for name in names}, answers=answers)


def document(blobs: BlobStore, found: Facts) -> bytes:
    """The look-up as JSON with every answer as received, personal data in clear. Raises ArchiveError."""
    return blobs.read(found.document)


def problems(store: Store, blobs: BlobStore) -> Iterator[str]:
    """Look-ups whose document is missing, or not what it was; of a removed one nothing is asked."""
    with store.read() as connection:
        rows = connection.execute(select(network_lookups).order_by(network_lookups.c.id)).all()
    for row in rows:
        try:
            if row.document:
                blobs.read(row.document)
        except ArchiveError as error:
            yield f"look-up {row.id} of {row.host}: {error}"

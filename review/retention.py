"""What an office may let go: old captures that no case, packet or reference needs, old look-ups and logs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from crawlers import retention
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.clock import iso
from crawlers.pairs import partner
from crawlers.retention import Plan
from crawlers.store import Store
from detectors.tables import page_references
from review import audit
from review.clock import utc_now
from review.night.ground import night_lock
from review.tables import case_subjects

if TYPE_CHECKING:
    from config import Config


def preview(config: Config, store: Store, data: Path, now: datetime | None = None) -> Plan:
    """What would be removed today. Changes nothing."""
    before = (now or datetime.now(UTC)) - timedelta(days=config.settings.retention.days)
    needed = needed_captures(store)
    hosts = {capture.host for capture in store.captures(ids=sorted(needed))}
    return retention.plan(store, data, iso(before), needed, hosts)


def needed_captures(store: Store) -> set[int]:
    """Captures of any case, whatever was decided of it (packets rest on cases), each with the other visitor's view of
    the same page, and those that references of official pages rest on."""
    with store.read() as connection:
        lists = list(connection.scalars(select(case_subjects.c.capture_ids)))
        references = set(connection.scalars(select(page_references.c.capture_id)))
    of_cases = {int(number) for text in lists for number in json.loads(text)}
    both = {other.id for one in store.captures(ids=sorted(of_cases)) if (other := partner(store, one)) is not None}
    return of_cases | both | references


def remove(store: Store, data: Path, planned: Plan, actor: str) -> int:
    """Carry a plan out, beside no night; how many captures went. Raises NightLocked."""
    archive = Archive(data / "archive")
    with night_lock(data):
        count = retention.apply(store, archive, BlobStore(data / "blobs"), data, planned)
        told = {
            "before": planned.before,
            "captures": count,
            "lookups": len(planned.lookups),
            "logs": len(planned.logs),
            "bytes": planned.bytes,
        }
        with store.write() as connection:
            audit.append(connection, actor, "retention.removed", told, now=utc_now())
    return count

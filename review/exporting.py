"""Captures that leave as WACZ: which ones, and the audit entry that says so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crawlers import wacz
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.store import Store
from review import audit
from review.cases import get, parse_label
from review.clock import utc_now
from review.errors import CaseError
from review.strings import NO_CAPTURE_NUMBER


def capture_number(text: str) -> int:
    """`C-00000012`, `c-12` or `12` → 12. Raises CaseError."""
    digits = text.upper().removeprefix("C-")
    if not (digits.isascii() and digits.isdigit()):
        raise CaseError(NO_CAPTURE_NUMBER.format(text=text))
    return int(digits)


def captures_of_case(store: Store, case_id: str) -> tuple[int, ...]:
    with store.read() as connection:
        return tuple(get(connection, parse_label(case_id)).capture_ids)


def export_wacz(
    store: Store, data: Path, captures: Sequence[int], out: Path, *, pictures: bool, actor: str
) -> wacz.Exported:
    """Write the file, and who made it into the audit log; without the entry there is no file."""
    blobs = BlobStore(data / "blobs") if pictures else None
    made = wacz.export(store, Archive(data / "archive"), captures, out, blobs=blobs)
    told = {"file": out.name, "sha256": made.sha256, "captures": list(made.captures)}
    try:
        with store.write() as connection:
            audit.append(connection, actor, "wacz.exported", told, now=utc_now())
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return made

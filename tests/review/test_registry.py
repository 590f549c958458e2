from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import insert

from crawlers import custody
from crawlers.store import Store
from review.cases import Suspect, open_or_refresh
from review.packets.desk import next_number
from review.registry import NotOurPacket, enter_found, newest
from review.tables import audit

NOW = "2026-11-21T00:00:00.000Z"


def _packet(folder: Path, name: str, *, case: str = "A-000001", agency: str = "cac", at: str = NOW) -> None:
    said = {"packet_id": name.removesuffix(".zip"), "case_id": case, "agency": agency, "built_at": at}
    with zipfile.ZipFile(folder / name, "w") as packet:
        packet.writestr("manifest.json", json.dumps(said))


@pytest.fixture
def one_case(store: Store) -> Store:
    with store.write() as connection:
        open_or_refresh(
            connection, Suspect(subject="site:a.example.top", title="", cls="c", score=1), night="N", now=NOW
        )
    return store


def test_a_packet_without_its_row_is_entered_once_and_audited(one_case: Store, tmp_path: Path) -> None:
    _packet(tmp_path, "P-2026-000001.zip")
    with one_case.write() as connection:
        assert enter_found(connection, tmp_path) == 1
        assert enter_found(connection, tmp_path) == 0
        assert [row.action for row in connection.execute(audit.select())] == ["packet.built"]
        assert [line.event for line in custody.lines(connection)] == ["packet_sealed"]
        found = newest(connection, 1, "cac")
    assert found is not None
    assert found.file == "P-2026-000001.zip"


def test_the_newest_packet_of_a_recipient_counts(one_case: Store, tmp_path: Path) -> None:
    _packet(tmp_path, "P-2026-000001.zip")
    _packet(tmp_path, "P-2026-000002.zip", at="2026-11-22T00:00:00.000Z")
    with one_case.write() as connection:
        enter_found(connection, tmp_path)
        latest = newest(connection, 1, "cac")
        assert latest is not None
        assert latest.id == "P-2026-000002"
        assert newest(connection, 1, "police") is None


def test_a_foreign_file_is_named_and_nothing_entered(one_case: Store, tmp_path: Path) -> None:
    (tmp_path / "P-2026-000001.zip").write_bytes(b"not a zip")
    with pytest.raises(NotOurPacket, match=r"P-2026-000001\.zip"), one_case.write() as connection:
        enter_found(connection, tmp_path)


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    _packet(tmp_path, "P-2026-000003.zip")
    assert next_number(tmp_path, 2026) == "P-2026-000004"
    assert next_number(tmp_path, 2026, {"P-2026-000050.zip"}) == "P-2026-000051"
    assert next_number(tmp_path, 2027, {"P-2026-000050.zip"}) == "P-2027-000001"


def test_an_unknown_case_in_a_packet_is_refused_by_the_store(one_case: Store) -> None:
    from sqlalchemy.exc import IntegrityError

    from crawlers.records import StoreError
    from review.tables import packets

    row = {"id": "P", "case_id": 9, "agency": "cac", "built_at": NOW, "file": "P.zip", "sha256": "0"}
    with pytest.raises((IntegrityError, StoreError)), one_case.write() as connection:
        connection.execute(insert(packets).values(row))

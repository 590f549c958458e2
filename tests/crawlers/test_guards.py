"""The database's own guards: no capture without its line, no line out of order, nothing of evidence changed."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from crawlers import custody
from crawlers.records import StoreError
from crawlers.tables import artefacts, capture_lines, captures, hops, stamps
from crawlers.tables import custody as lines
from tests.crawlers.keeping import House, page, task

FLOORS = ("config", "crawlers", "detectors", "review")
STATEMENTS = [
    "UPDATE captures SET url = 'http://other.example/'",
    "UPDATE captures SET fetched_at = '2020-01-01T00:00:00.000Z'",
    "UPDATE captures SET custody_seq = custody_seq + 100",
    "DELETE FROM captures",
    "UPDATE custody SET actor = 'nobody'",
    "DELETE FROM custody",
    "UPDATE capture_lines SET custody_seq = 9",
    "DELETE FROM capture_lines",
    "UPDATE hops SET url = 'x'",
    "DELETE FROM hops",
    "UPDATE artefacts SET sha256 = 'x'",
    "DELETE FROM artefacts",
    "DELETE FROM stamps",
]


@pytest.fixture
def kept(house: House) -> House:
    """Two captures, one of them with a redirect and a picture."""
    recorder = house.recorder()
    assert recorder.submit(page(task("http://a.example/"))).result(timeout=30)
    assert recorder.submit(page(task("http://b.example/"))).result(timeout=30)
    recorder.close()
    with house.store.write() as connection:
        row = dict(connection.execute(select(captures)).mappings().first() or {})
        hop = {key: row[key] for key in ("url", "status", "peer", "sha256", "volume", "length")}
        connection.execute(insert(hops).values(capture_id=row["id"], position=0, role="hop", offset=9**9, **hop))
        picture = {"role": "screenshot", "sha256": "0" * 64, "bytes": 1, "media_type": "image/png"}
        connection.execute(insert(artefacts).values(capture_id=row["id"], position=0, **picture))
    return house


def another(house: House, **changes: Any) -> dict[str, Any]:
    """A row like the first capture's, at another place."""
    with house.store.read() as connection:
        row = dict(connection.execute(select(captures)).mappings().first() or {})
    del row["id"]
    return {**row, "offset": 9**9, "custody_seq": 99, **changes}


def test_each_capture_is_tied_to_its_line(kept: House) -> None:
    with kept.store.read() as connection:
        tied = connection.execute(select(capture_lines)).all()
        known = connection.execute(select(captures.c.id, captures.c.custody_seq)).all()
    assert [(row.capture_id, row.custody_seq, row.event) for row in tied] == [(*row, "captured") for row in known]


def test_a_capture_without_a_line_is_not_kept(kept: House) -> None:
    with pytest.raises(StoreError), kept.store.write() as connection:
        connection.execute(insert(captures).values(another(kept)))
    with kept.store.read() as connection:
        assert len(connection.execute(select(captures.c.id)).all()) == 2


@pytest.mark.parametrize("event", ["noted", "captured"])
def test_nor_with_a_line_that_is_not_its_own(kept: House, event: str) -> None:
    with pytest.raises(StoreError), kept.store.write() as connection:
        seq = custody.append(connection, event, "tester", {}, 1 if event == "captured" else None)
        connection.execute(insert(captures).values(another(kept, custody_seq=seq)))


def test_with_its_line_it_is(kept: House) -> None:
    with kept.store.write() as connection:
        seq, _ = custody.head(connection)
        row = insert(captures).values(another(kept, custody_seq=seq + 1)).returning(captures.c.id)
        custody.append(connection, "captured", "tester", {}, connection.execute(row).scalar_one())


@pytest.mark.parametrize("statement", STATEMENTS)
def test_nothing_of_evidence_is_changed_or_deleted(kept: House, statement: str) -> None:
    with pytest.raises(StoreError, match="never"), kept.store.write() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(("seq", "previous"), [(9, None), (3, "f" * 64), (1, "0" * 64)])
def test_a_line_follows_the_last_one(kept: House, seq: int, previous: str | None) -> None:
    with pytest.raises(StoreError), kept.store.write() as connection:
        _, last = custody.head(connection)
        row = {"seq": seq, "at": "now", "event": "x", "actor": "y", "detail": "{}", "hash": "1" * 64}
        connection.execute(insert(lines).values(**row, prev_hash=previous or last))


def test_a_granted_stamp_is_never_changed(kept: House) -> None:
    with kept.store.write() as connection:
        connection.execute(stamps.update().values(state="stamped", token=b"token"))
    with pytest.raises(StoreError, match="never"), kept.store.write() as connection:
        connection.execute(stamps.update().values(token=b"other"))


def test_the_code_has_one_place_that_inserts_captures_and_one_that_inserts_lines() -> None:
    """What the guards would refuse at night is seen here by day."""
    found: dict[str, set[str]] = {}
    for path in (path for floor in FLOORS for path in Path(floor).rglob("*.py") if "migrations" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "insert":
                found.setdefault(ast.unparse(node.args[0]), set()).add(path.as_posix())
    assert found["captures"] == {"crawlers/keeping.py"}
    assert found["custody"] == {"crawlers/custody.py"}

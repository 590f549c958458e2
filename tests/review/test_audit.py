from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from crawlers.store import Store
from review.audit import CHECKPOINTS, against_checkpoints, append, checkpoint, head, verify
from review.tables import audit

NOW = "2026-11-21T00:00:00.000Z"


@pytest.fixture
def filled(store: Store) -> Store:
    with store.write() as connection:
        for number in range(1, 6):
            append(connection, "甲", "case.decide", {"case": f"A-{number:06d}"}, now=NOW)
    return store


def _problems(store: Store) -> list[str]:
    with store.read() as connection:
        return verify(connection)


def test_a_whole_chain_has_no_problem(filled: Store) -> None:
    assert _problems(filled) == []
    with filled.read() as connection:
        assert head(connection)[0] == 5


@pytest.mark.parametrize("column", ["actor", "action", "detail", "at", "hash", "prev_hash"])
def test_an_edited_entry_is_named(filled: Store, column: str) -> None:
    with filled.write() as connection:
        connection.execute(update(audit).where(audit.c.seq == 3).values({column: '{"case":"x"}'}))
    assert _problems(filled) == ["操作记录第 3 条被改动"]


def test_a_deleted_entry_is_named(filled: Store) -> None:
    with filled.write() as connection:
        connection.execute(delete(audit).where(audit.c.seq == 2))
    assert _problems(filled) == ["操作记录缺少第 2 条"]


def test_exchanged_entries_are_found(filled: Store) -> None:
    with filled.write() as connection:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            connection.execute(text("update audit set seq = :new where seq = :old"), {"old": old, "new": new})
    assert _problems(filled)


def test_a_cut_tail_shows_only_against_a_checkpoint(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    with filled.write() as connection:
        checkpoint(connection, tmp_path, night="N1", now=NOW)
        assert against_checkpoints(connection, tmp_path) == []
        connection.execute(delete(audit).where(audit.c.seq > 3))
    assert _problems(filled) == []
    with filled.read() as connection:
        (problem,) = against_checkpoints(connection, tmp_path)
    assert "操作记录第 5 条" in problem


def test_a_night_leaves_one_checkpoint_and_a_torn_line_is_none(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    path = tmp_path / CHECKPOINTS
    path.write_text('{"at": "2026')
    with filled.write() as connection:
        for night in ("N1", "N1", "N2"):
            checkpoint(connection, tmp_path, night=night, now=NOW)
        assert against_checkpoints(connection, tmp_path) == []
    assert [line[:5] for line in path.read_text().splitlines()] == ['{"at"', '{"at"']


def test_an_action_that_fails_leaves_no_entry(filled: Store) -> None:
    with pytest.raises(RuntimeError), filled.write() as connection:
        append(connection, "甲", "case.decide", {}, now=NOW)
        raise RuntimeError
    with filled.read() as connection:
        assert head(connection)[0] == 5


def test_a_damaged_checkpoint_file_is_a_problem_not_a_crash(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    with filled.write() as connection:
        checkpoint(connection, tmp_path, night="N1", now=NOW)
    with (tmp_path / CHECKPOINTS).open("a") as file:
        file.write("x\n")
    with filled.read() as connection:
        (problem,) = against_checkpoints(connection, tmp_path)
    assert "第 2 行" in problem

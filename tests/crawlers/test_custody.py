"""The custody chain: every edit of it is found and the first bad line named."""

from __future__ import annotations

import hashlib
import json

import pytest

from crawlers import custody
from crawlers.custody import GENESIS, append, append_many, canonical, digest_of, head, verify_custody
from tests.crawlers.keeping import House


def _fill(house: House, count: int = 5) -> None:
    with house.store.write() as connection:
        for number in range(1, count + 1):
            assert append(connection, "noted", "tester", {"number": number, "词": "证"}) == number


def _problems(house: House) -> list[str]:
    with house.store.read() as connection:
        return verify_custody(connection)


def test_an_empty_chain_is_whole(house: House) -> None:
    assert _problems(house) == []
    with house.store.read() as connection:
        assert head(connection) == (0, GENESIS)


def test_hashes_follow_the_written_rule(house: House) -> None:
    _fill(house, 2)
    with house.store.read() as connection:
        first, second = custody.lines(connection)
    text = (
        f'{{"actor":"tester","at":"{first.at}","capture_id":null,"detail":{{"number":1,"词":"证"}},'
        f'"event":"noted","seq":1}}'
    )
    assert first.hash == hashlib.sha256((text + "0" * 64).encode()).hexdigest()
    assert first.prev_hash == GENESIS
    assert second.prev_hash == first.hash
    assert json.loads(second.detail) == {"number": 2, "词": "证"}
    assert _problems(house) == []


@pytest.mark.parametrize("column", ["at", "event", "actor", "detail", "hash", "prev_hash"])
def test_an_edited_line_is_named(house: House, column: str) -> None:
    _fill(house)
    value = {"detail": '{"number":9}', "hash": "f" * 64, "prev_hash": "f" * 64}.get(column, "changed")
    house.tamper(f"UPDATE custody SET {column} = ? WHERE seq = 3", value)
    (problem,) = _problems(house)
    assert "line 3 " in problem


def test_an_edit_with_its_hash_made_anew_breaks_the_next_line(house: House) -> None:
    _fill(house)
    with house.store.read() as connection:
        line = custody.lines(connection, from_seq=3, to_seq=3)[0]
    digest = custody.line_hash(3, line.at, "forged", line.actor, None, json.loads(line.detail), line.prev_hash)
    house.tamper("UPDATE custody SET event = 'forged', hash = ? WHERE seq = 3", digest)
    assert _problems(house) == ["custody line 4 does not follow line 3: its previous hash differs"]


def test_detail_that_only_looks_the_same_is_found(house: House) -> None:
    _fill(house)
    house.tamper("UPDATE custody SET detail = replace(detail, ':', ': ') WHERE seq = 2")
    assert "line 2 was changed" in _problems(house)[0]


@pytest.mark.parametrize("detail", ["{", '{"number":1.5}'])
def test_detail_that_cannot_be_read_is_a_problem(house: House, detail: str) -> None:
    _fill(house)
    house.tamper("UPDATE custody SET detail = ? WHERE seq = 2", detail)
    assert "line 2 cannot be read" in _problems(house)[0]


def test_a_deleted_line_is_named(house: House) -> None:
    _fill(house)
    house.tamper("DELETE FROM custody WHERE seq = 2")
    assert _problems(house) == ["custody line 2 is missing (found 3 in its place)"]


def test_reordered_lines_are_found(house: House) -> None:
    _fill(house)
    for old, new in ((2, 99), (3, 2), (99, 3)):
        house.tamper("UPDATE custody SET seq = ? WHERE seq = ?", new, old)
    assert "line 2 " in _problems(house)[0]


def test_an_inserted_line_is_found(house: House) -> None:
    _fill(house)
    house.tamper(
        "INSERT INTO custody (seq, at, event, actor, detail, prev_hash, hash) VALUES (6, 'now', 'x', 'y', '{}', ?, ?)",
        "0" * 64,
        "0" * 64,
    )
    assert "line 6 " in _problems(house)[0]


def test_a_lost_tail_shows_against_the_head(house: House) -> None:
    _fill(house)
    house.tamper("DELETE FROM custody WHERE seq > 3")
    assert _problems(house) == ["custody ends at line 3, but its head names line 5: the end of the chain was changed"]


@pytest.mark.parametrize("statement", ["DELETE FROM custody_head", "UPDATE custody_head SET hash = 'x'"])
def test_the_head_itself_is_checked(house: House, statement: str) -> None:
    _fill(house)
    house.tamper(statement)
    assert "custody ends at line 5" in _problems(house)[0]


def test_nothing_is_noted_when_the_transaction_fails(house: House) -> None:
    _fill(house, 1)
    with pytest.raises(KeyError), house.store.write() as connection:
        append(connection, "noted", "tester", {})
        raise KeyError
    with house.store.read() as connection:
        assert head(connection)[0] == 1
    assert _problems(house) == []


def test_canonical_has_one_text() -> None:
    assert canonical({"b": [1, True, None], "a": "证"}) == '{"a":"证","b":[1,true,null]}'


@pytest.mark.parametrize("value", [1.5, {"a": [{"b": 0.1}]}, ("x", 2.0)])
def test_floats_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="floating-point"):
        canonical(value)


def test_lines_of_a_range(house: House) -> None:
    _fill(house)
    with house.store.read() as connection:
        assert [line.seq for line in custody.lines(connection, from_seq=2, to_seq=4)] == [2, 3, 4]
        assert custody.lines(connection, capture_ids=[1]) == []


def test_digest_of_raw_hashes() -> None:
    assert digest_of(["00", "ff"]) == hashlib.sha256(b"\x00\xff").hexdigest()


def test_append_nothing(house: House) -> None:
    with house.store.write() as connection:
        assert append_many(connection, []) == []
    assert _problems(house) == []

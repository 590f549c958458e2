"""The store: versions, transactions, tasks and their leases."""

from __future__ import annotations

import importlib
import importlib.util
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_mock_engine, func, insert, select, text

from crawlers import leases, schema
from crawlers.records import FetchProfile, HitKind, Outcome, StoreError, Task, TaskKind, TaskState
from crawlers.store import Store, store_url
from crawlers.tables import metadata, tasks
from tests.crawlers.keeping import NIGHT, House, exchange, page, task


def _targets(found: list[Task]) -> list[str]:
    return [item.target for item in found]


def _claim(house: House, limit: int = 10, **options: float) -> list[Task]:
    lease = options.get("lease_seconds", 600)
    return house.store.claim(NIGHT, [TaskKind.SITE], limit=limit, lease_seconds=lease, owner="test")


def test_open_names_the_command_when_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="zhengshao db upgrade"):
        Store.open(store_url(tmp_path))
    assert not list(tmp_path.iterdir())


def test_open_refuses_a_foreign_database(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").touch()
    with pytest.raises(StoreError, match=r"no tables of this program.*zhengshao db upgrade"):
        Store.open(store_url(tmp_path))


def test_open_refuses_an_older_schema(house: House) -> None:
    house.tamper("DELETE FROM alembic_version WHERE version_num LIKE 'crawlers_%'")
    house.tamper("INSERT INTO alembic_version VALUES ('crawlers_0000')")
    with pytest.raises(StoreError, match="newer than this program"):  # unknown here: made by another program
        Store.open(store_url(house.data))
    house.tamper("UPDATE alembic_version SET version_num = 'crawlers_9999' WHERE version_num = 'crawlers_0000'")
    with pytest.raises(StoreError, match=r"crawlers_9999.*install the newer program"):
        Store.open(store_url(house.data))
    with pytest.raises(StoreError, match="newer than this program"):
        Store.create(store_url(house.data))


def test_open_says_what_an_older_store_lacks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    heads = {**schema.heads(), "crawlers": "crawlers_0099"}
    monkeypatch.setattr(schema, "heads", lambda: heads)
    with pytest.raises(StoreError, match=r"older than this program \(lacks crawlers_0099\): run `zhengshao"):
        Store.open(store_url(house.data))


def test_create_twice_keeps_what_is_there(house: House) -> None:
    house.store.plan([task()])
    again = Store.create(store_url(house.data))
    assert again.waiting(NIGHT) == 1
    again.close()


def test_an_uninstalled_floor_does_not_matter(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "FLOORS", ("crawlers",))
    Store.open(store_url(house.data)).close()


def test_files_are_private(house: House) -> None:
    assert stat.S_IMODE(house.data.stat().st_mode) == 0o700
    house.store.plan([task()])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in house.data.glob("store.sqlite*")}
    assert set(modes.values()) == {0o600}, modes


def test_memory_is_refused() -> None:
    with pytest.raises(StoreError, match="several processes share it"):
        Store.create("sqlite://")


def test_sqlite_runs_as_meant(house: House) -> None:
    with house.store.read() as connection:
        pragmas = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def _import_tables() -> None:
    for floor in schema.FLOORS:
        if importlib.util.find_spec(f"{floor}.tables"):
            importlib.import_module(f"{floor}.tables")


def _ordinary(name: str | None, kind: str, _parents: object) -> bool:
    """A full-text table and the shadows SQLite keeps for it are no tables of the metadata."""
    return kind != "table" or name is None or not name.startswith("desk_search")


def test_migrations_make_the_tables_of_every_floor(house: House) -> None:
    _import_tables()
    with house.store.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _ordinary})
        difference = compare_metadata(context, metadata)
    assert difference == []


def test_heads_by_file_name_are_alembics(house: House) -> None:
    with house.store.read() as connection:
        script = ScriptDirectory.from_config(schema.alembic_config(connection))
        assert set(script.get_heads()) == set(schema.heads().values())
        assert schema.current(connection) == set(schema.heads().values())
        assert schema.difference(connection) == ""


def test_migrations_are_straight_and_name_no_other_floor(house: House) -> None:
    with house.store.read() as connection:
        script = ScriptDirectory.from_config(schema.alembic_config(connection))
    for revision in script.walk_revisions():
        assert not revision.dependencies, f"{revision.revision}: floors are upgraded in order, no depends_on"
        assert re.fullmatch(r"(crawlers|detectors|review)_\d{4}", revision.revision)
        if revision.down_revision is not None:
            before, now = int(str(revision.down_revision)[-4:]), int(revision.revision[-4:])
            assert now == before + 1


def test_foreign_keys_point_down_only() -> None:
    _import_tables()
    floor_of = {}
    for floor in schema.FLOORS:
        words = "".join(path.read_text("utf-8") for path in sorted((schema.HOUSE / floor).rglob("tables.py")))
        floor_of.update(dict.fromkeys(re.findall(r'Table\(\s*"(\w+)"', words), schema.FLOORS.index(floor)))
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            assert floor_of[key.column.table.name] <= floor_of[table.name], f"{table.name} -> {key.target_fullname}"


def test_tables_can_be_made_on_postgresql() -> None:
    made: list[str] = []
    dialect = create_mock_engine("postgresql+psycopg://", lambda ddl, *_, **__: made.append(str(ddl)))
    metadata.create_all(dialect, checkfirst=False)
    assert sum("CREATE TABLE" in ddl for ddl in made) == len(metadata.tables)


def test_a_failed_transaction_leaves_nothing(house: House) -> None:
    with pytest.raises(ZeroDivisionError), house.store.write() as connection:
        leases.plan(connection, [task()])
        raise ZeroDivisionError
    assert house.store.waiting(NIGHT) == 0


def test_database_errors_are_store_errors(house: House) -> None:
    with pytest.raises(StoreError, match=r"store\.sqlite.*zhengshao doctor"), house.store.write() as connection:
        connection.execute(insert(tasks).values(night=NIGHT))


def test_a_reader_does_not_wait_for_a_writer(house: House) -> None:
    with house.store.write() as writer:
        leases.plan(writer, [task()])
        with house.store.read() as reader:
            assert reader.scalar(select(func.count()).select_from(tasks)) == 0
    assert house.store.waiting(NIGHT) == 1


def test_a_second_writer_gives_up_with_a_reason(house: House) -> None:
    other = Store.open(store_url(house.data), busy_timeout_seconds=0)
    with house.store.write(), pytest.raises(StoreError, match="locked"):
        other.plan([task()])
    other.close()


def test_plan_counts_what_is_new(house: House) -> None:
    both = [task(profile=FetchProfile.DESKTOP), task(profile=FetchProfile.PHONE)]
    assert house.store.plan(both) == 2
    assert house.store.plan([*both, task(page=2)]) == 1
    assert house.store.plan([task(night="2026-02-01")]) == 1
    assert house.store.plan([]) == 0


def test_claim_takes_priority_first_and_keeps_profiles_together(house: House) -> None:
    profiles = [FetchProfile.DESKTOP, FetchProfile.PHONE]
    for target, priority in (("http://organic.example/", 0), ("http://advert.example/", 9)):
        house.store.plan(task(target, profile=profile, priority=priority) for profile in profiles)
    claimed = _claim(house, limit=3)
    assert [(item.target[7:13], item.profile) for item in claimed] == [
        ("advert", FetchProfile.DESKTOP),
        ("advert", FetchProfile.PHONE),
        ("organi", FetchProfile.DESKTOP),
    ]
    assert all(item.id and item.attempts == 1 for item in claimed)


def test_claim_keeps_to_night_and_kind(house: House) -> None:
    house.store.plan([task(), task(kind=TaskKind.SEARCH), task(night="other")])
    assert len(_claim(house)) == 1
    assert _claim(house) == []
    assert house.store.waiting(NIGHT, [TaskKind.SITE]) == 1
    assert house.store.waiting(NIGHT) == 2


def test_two_workers_never_claim_the_same_task(house: House) -> None:
    house.store.plan(task(f"http://site-{number}.example/") for number in range(60))
    claimed: list[int | None] = []

    def work() -> None:
        while found := _claim(house, limit=7):
            claimed.extend(item.id for item in found)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claimed, key=int) == list(range(1, 61))  # type: ignore[arg-type]


def test_an_expired_lease_may_be_claimed_again(house: House) -> None:
    house.store.plan([task()])
    assert len(_claim(house, lease_seconds=-1)) == 1
    again = _claim(house)
    assert [item.attempts for item in again] == [2]
    assert _claim(house) == []


def test_a_task_that_kills_its_workers_dies(house: House) -> None:
    house.store.plan([task()])
    for _ in range(3):
        assert len(_claim(house)) == 1
        assert house.store.release_leases(NIGHT) == 1
    assert _claim(house) == []
    (status,) = house.store.tasks(night=NIGHT)
    assert (status.state, status.outcome, status.reason) == (TaskState.DEAD, Outcome.FAILED, "too many attempts")
    assert house.store.waiting(NIGHT) == 0


def test_release_of_one_owner_leaves_others(house: House) -> None:
    house.store.plan([task(), task(page=2)])
    for owner in ("a", "b"):
        house.store.claim(NIGHT, [TaskKind.SITE], limit=1, lease_seconds=600, owner=owner)
    assert house.store.release_leases(NIGHT, "a") == 1
    states = {status.task.page: status.state for status in house.store.tasks(states=list(TaskState))}
    assert states == {1: TaskState.PLANNED, 2: TaskState.LEASED}


def test_finish_ends_once(house: House) -> None:
    (claimed,) = house.claimed(1)
    assert claimed.id is not None
    assert house.store.finish(claimed.id, Outcome.REFUSED, "private_address")
    assert not house.store.finish(claimed.id, Outcome.FAILED, "late")
    (status,) = house.store.tasks(ids=[claimed.id])
    assert (status.outcome, status.reason) == (Outcome.REFUSED, "private_address")


def test_no_capture_is_a_store_error(house: House) -> None:
    with pytest.raises(StoreError, match="no capture 7"):
        house.store.capture(7)


def test_captures_are_read_in_chunks_and_by_what_is_asked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.store.READ_CHUNK", 2)
    claimed = house.claimed(5)
    house.keep(*(page(item) for item in claimed))
    assert [capture.id for capture in house.store.captures()] == [1, 2, 3, 4, 5]
    assert [capture.id for capture in house.store.captures(after_id=3)] == [4, 5]
    assert [capture.id for capture in house.store.captures(host="site-2.example")] == [3]
    assert [capture.id for capture in house.store.captures(ids=[2, 9])] == [2]
    assert [capture.task_id for capture in house.store.captures(task_ids=[4])] == [4]
    assert list(house.store.captures(night="none")) == []


def test_a_caller_may_write_while_it_reads_captures(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.store.READ_CHUNK", 1)
    house.keep(*(page(item) for item in house.claimed(2)))
    for capture in house.store.captures():
        house.store.plan([task(page=10 + capture.id)])
    assert house.store.waiting(NIGHT) == 2


def test_kinds_of_hits(house: House) -> None:
    assert house.store.hits(night=NIGHT, kinds=[HitKind.AD]) == []
    house.keep(page(None, exchange()))
    assert house.store.hits(capture_id=1) == []
    assert house.store.listings(subject="idle:1") == []


def test_a_second_store_of_a_process_does_not_give_up_the_locks_of_the_first(tmp_path: Path) -> None:
    """A child that ends removes the write-ahead log when it believes that nobody else has the file open."""
    url = f"sqlite:///{tmp_path}/store.sqlite"
    first = Store.create(url)
    first.plan([task()])
    second = Store.create(url)
    code = f"from crawlers.store import Store; Store.open({url!r}).close()"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert (tmp_path / "store.sqlite-wal").exists()
    assert [status.task.target for status in first.tasks()] == [status.task.target for status in second.tasks()]
    first.close()
    second.close()

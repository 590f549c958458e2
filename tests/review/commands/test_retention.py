"""`retention` as a person calls it: nothing goes without --apply, and nothing that a case or a reference needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select

from crawlers.agreement import audit as agree
from crawlers.archive import Removed
from crawlers.records import Fetched, FetchProfile, Task, TaskKind
from detectors.tables import page_references
from review.cases import Decision, Suspect, decide, open_or_refresh
from review.cli import main
from review.commands._shared import FINE, LOCKED
from review.night.ground import night_lock
from review.tables import audit
from tests.crawlers import keeping
from tests.crawlers.keeping import NIGHT, House, exchange, page, task

OLD, NEW = "2020-01-31T16:00:00.000Z", "2099-01-31T16:00:00.000Z"
CASE, PARTNER, EXCLUDED, REFERENCE, NOBODY, FRESH = range(1, 7)


def old(one: Task) -> Fetched:
    return page(one, exchange(one.target, f"{one.profile} {one.target}".encode(), fetched_at=OLD))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with keeping.house(tmp_path) as made:
        made.store.plan(task("http://a.example/", profile=profile) for profile in FetchProfile)
        pair = made.store.claim(NIGHT, [TaskKind.SITE], limit=2, lease_seconds=600, owner="test")
        others = [task(f"http://{name}.example/") for name in "bcd"]
        old = [
            page(one, exchange(one.target, f"{one.profile} {one.target}".encode(), fetched_at=OLD))
            for one in (*pair, *others)
        ]
        made.keep(*old, page(task("http://e.example/"), exchange("http://e.example/", fetched_at=NEW)))
        with made.store.write() as connection:
            for name, number in (("a", CASE), ("b", EXCLUDED)):
                suspect = Suspect(
                    subject=f"site:{name}.example", title=name, cls="承诺免考", score=0.7, capture_ids=(number,)
                )
                open_or_refresh(connection, suspect, night=NIGHT, now=OLD)
            decide(connection, 2, Decision.EXCLUDE, actor="王检", reason="培训学校", now=OLD)
            row = {"site_id": "mem", "name": "应急管理部", "url": "http://c.example/", "version": 1, "added_at": OLD}
            connection.execute(insert(page_references).values(**row, capture_id=REFERENCE, fingerprint="{}"))
        yield made


def run(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["retention", *arguments, "--data", str(house.data)], catch_exceptions=False)


def test_the_preview_names_what_nobody_needs_and_changes_nothing(house: House) -> None:
    ran = run(house)
    assert (ran.exit_code, ran.stdout) == (FINE, f"C-{NOBODY:08d}\n")
    assert "--apply" in ran.stderr
    assert house.archive.read(house.store.capture(NOBODY).place)
    told = json.loads(run(house, "--json").stdout)
    assert (told["removed"], told["captures"], told["needed"]) == (False, [f"C-{NOBODY:08d}"], 4)


def test_applied_only_that_goes_and_the_audit_log_says_by_whom(house: House) -> None:
    told = json.loads(run(house, "--apply", "--actor", "李管", "--json").stdout)
    assert (told["removed"], told["captures"]) == (True, [f"C-{NOBODY:08d}"])
    with pytest.raises(Removed):
        house.archive.read(house.store.capture(NOBODY).place)
    for number in (CASE, PARTNER, EXCLUDED, REFERENCE, FRESH):
        assert house.archive.read(house.store.capture(number).place).body
    assert agree(house.store, house.archive, house.blobs) == []
    with house.store.read() as connection:
        entry = connection.execute(select(audit).order_by(audit.c.seq.desc())).first()
    assert entry is not None
    assert (entry.actor, entry.action, json.loads(entry.detail)["captures"]) == ("李管", "retention.removed", 1)
    assert json.loads(run(house, "--json").stdout)["captures"] == []


def test_nothing_goes_beside_a_night(house: House) -> None:
    with night_lock(house.data):
        ran = run(house, "--apply")
    assert ran.exit_code == LOCKED
    assert house.archive.read(house.store.capture(NOBODY).place)

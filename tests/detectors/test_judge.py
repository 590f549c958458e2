"""Judging what was kept: once per set of rules, nothing personal in rows, pairs compared, follow-ups shared out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select

import config
from crawlers.records import Artefact, FetchProfile, Listing, Origin, PageState, TaskKind
from crawlers.tables import metadata
from detectors import strings
from detectors.base import Level
from detectors.context import Context
from detectors.judge import SubjectAssessment, judge_pending, latest_assessments, pending_followups
from detectors.tables import contacts, followups, judgements, newest, verdicts
from tests.crawlers.keeping import NIGHT, House, exchange, page, task
from tests.crawlers.keeping import house as open_house

PHONE = "14000000127"
OFFER = f"<html><head><title>办证 {PHONE}</title></head><body><p>焊工证不用考试三天拿证，电话{PHONE}</p></body></html>"
PLAIN = "<html><head><title>花店</title></head><body><p>本店供应鲜花绿植，欢迎到店选购，量大从优。</p></body></html>"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "data") as made:
        yield made


@pytest.fixture(scope="module")
def keyed() -> Context:
    return Context.build(config.load(), key=b"k" * 32)


def keep(house: House, url: str, html: str, **fields: object) -> None:
    profile = fields.pop("profile", FetchProfile.DESKTOP)
    house.keep(page(house.asked(task(url, profile=profile)), exchange(url, html.encode()), **fields))


def count(house: House, table: object) -> int:
    with house.store.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def subject(house: House, name: str) -> SubjectAssessment:
    return next(one for one in latest_assessments(house.store, night=NIGHT) if one.subject == name)


def test_captures_are_judged_once_and_again_when_rules_change(house: House, keyed: Context) -> None:
    keep(house, "http://shop.example/", OFFER)
    first = judge_pending(house.store, house.archive, keyed)
    assert (first.judged, first.flagged, first.errors) == (1, 1, 0)
    assert judge_pending(house.store, house.archive, keyed).judged == 0
    changed = Context.build(keyed.config, key=keyed.key)
    changed.digest = "0" * 64  # type: ignore[misc]
    assert judge_pending(house.store, house.archive, changed).judged == 1
    assert count(house, judgements) == 2
    assert count(house, verdicts) == 4
    assert len(latest_assessments(house.store, night=NIGHT)) == 1


def test_the_newest_judgement_is_looked_up_and_not_picked_from_a_list_of_all(house: House) -> None:
    """A night of thousands of pages asks for it of every subject."""
    statement = select(judgements.c.id).where(newest()).compile(compile_kwargs={"literal_binds": True})
    with house.store.read() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    assert any("ix_judgements_capture_id" in step for step in plan), plan
    assert not [step for step in plan if "LIST SUBQUERY" in step]


def test_no_row_holds_a_contact_in_full(house: House, keyed: Context) -> None:
    keep(house, "http://shop.example/", OFFER)
    judge_pending(house.store, house.archive, keyed)
    with house.store.read() as connection:
        rows = [row for table in (judgements, verdicts, contacts) for row in connection.execute(select(table))]
    assert PHONE not in repr(rows)
    found = subject(house, "site:shop.example")
    assert [one["value"] for one in found.contacts if one["kind"] == "phone"] == ["140******27"]
    assert "140******27" in found.title
    assert all(len(one["hmac"]) == 64 for one in found.contacts)


def test_result_pages_are_no_subjects_but_their_offers_are(house: House, keyed: Context) -> None:
    offer = Listing(platform="xianyu", item_id="77", title="焊工证 不用考试 三天拿证", url="https://x.example/77")
    kept = page(task("焊工证", kind=TaskKind.MARKETPLACE, source="xianyu"), exchange("https://x.example/s", b"{}"))
    house.keep(type(kept)(**{name: getattr(kept, name) for name in kept.__slots__} | {"listings": (offer,)}))
    judge_pending(house.store, house.archive, keyed)
    (found,) = latest_assessments(house.store, night=NIGHT)
    assert found.subject == "listing:xianyu:77"
    assert found.selling.level is Level.FLAG


def test_a_blocked_page_is_not_called_clear(house: House, keyed: Context) -> None:
    keep(house, "http://wall.example/", OFFER, page_state=PageState.BLOCKED)
    judge_pending(house.store, house.archive, keyed)
    found = subject(house, "site:wall.example")
    assert (found.selling.level, found.selling.cls) == (Level.CLEAR, strings.UNREADABLE)
    assert found.states == ("blocked",)
    assert not found.selling.signals


def test_the_strongest_of_both_visitors_counts_and_the_pair_is_compared(house: House, keyed: Context) -> None:
    keep(house, "http://flowers.example/", PLAIN)
    keep(house, "http://flowers.example/", OFFER, profile=FetchProfile.PHONE)
    judge_pending(house.store, house.archive, keyed)
    found = subject(house, "site:flowers.example")
    assert found.selling.level is Level.FLAG
    assert strings.CLOAKED in {signal.cls for signal in found.selling.signals}
    assert len(found.capture_ids) == 2


def test_same_content_for_both_is_no_cloaking(house: House, keyed: Context) -> None:
    keep(house, "http://shop.example/", OFFER)
    keep(house, "http://shop.example/", OFFER, profile=FetchProfile.PHONE)
    judge_pending(house.store, house.archive, keyed)
    found = subject(house, "site:shop.example")
    assert strings.CLOAKED not in {signal.cls for signal in found.selling.signals}


def test_on_a_hosting_platform_the_path_names_the_subject(house: House, keyed: Context) -> None:
    keep(house, "https://someone.github.io/kit/index.html", OFFER)
    judge_pending(house.store, house.archive, keyed)
    assert subject(house, "site:someone.github.io/kit").selling.level is Level.FLAG


def test_a_rendered_document_is_judged_in_place_of_its_scripts(house: House, keyed: Context) -> None:
    dom = house.blobs.put(OFFER.encode())
    artefact = Artefact(role="dom", sha256=dom, bytes=len(OFFER), media_type="text/html")
    keep(house, "http://app.example/", "<script src=a.js></script>", origin=Origin.BROWSER, artefacts=(artefact,))
    judge_pending(house.store, house.archive, keyed, blobs=house.blobs)
    assert subject(house, "site:app.example").selling.level is Level.FLAG


def test_followups_are_shared_out_by_subject(house: House, keyed: Context) -> None:
    links = "".join(f'<a href="/q{number}">证书查询{number}</a>' for number in range(5))
    keep(house, "http://menu.example/", f"<title>首页</title>{links}<p>欢迎访问</p>")
    judge_pending(house.store, house.archive, keyed)
    assert count(house, followups) == 3
    wanted = pending_followups(house.store, night=NIGHT, per_subject=2)
    assert [one.url for one in wanted] == ["http://menu.example/q0", "http://menu.example/q1"]
    assert pending_followups(house.store, night=NIGHT, per_subject=2) == wanted
    assert pending_followups(house.store, night="2000-01-01", per_subject=2) == []


def test_a_damaged_archive_costs_that_page_alone(house: House, keyed: Context) -> None:
    keep(house, "http://first.example/", OFFER)
    volume = house.volume()
    keep(house, "http://second.example/", OFFER)
    data = bytearray(volume.read_bytes())
    start = next(house.store.captures()).place.offset
    data[start + 40 : start + 44] = b"\x00\x00\x00\x00"
    volume.write_bytes(bytes(data))
    report = judge_pending(house.store, house.archive, keyed)
    assert (report.judged, report.errors) == (1, 1)
    assert [one.subject for one in latest_assessments(house.store)] == ["site:second.example"]


def test_signals_come_back_as_they_were_judged(house: House, keyed: Context) -> None:
    keep(house, "http://shop.example/", OFFER)
    judge_pending(house.store, house.archive, keyed)
    with house.store.read() as connection:
        stored = json.loads(connection.scalar(select(verdicts.c.signals).where(verdicts.c.axis == "selling")) or "")
    found = subject(house, "site:shop.example").selling
    assert [signal.as_json() | {"imitates": signal.imitates} for signal in found.signals] == stored


def test_migrations_make_the_tables_of_this_floor(house: House) -> None:
    with house.store.read() as connection:
        context = MigrationContext.configure(connection)
        ours = {table.name for table in (judgements, verdicts, contacts, followups)}
        differences = [one for one in compare_metadata(context, metadata) if ours & set(repr(one).split("'"))]
    assert not differences

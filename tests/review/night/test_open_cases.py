"""Cases from everything judged, whoever kept it; preservation from tonight's flags alone."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from crawlers.records import Origin, Task
from detectors.context import Context
from detectors.judge import judge_pending
from review.cases import Case, Decision, decide, find, get
from review.night.open_cases import open_cases
from review.night.preserve import plan_preservation
from review.night.suspects import suspects
from review.tables import case_subjects
from tests.crawlers.keeping import House
from tests.review.night.grounds import CONFIG, CONTEXT, NIGHT, ground, seen

EARLIER = "2026-01-31"
OFFER = "<title>办证</title><p>焊工证不用考试，三天拿证，电话 14000000127</p>"
PLAIN = "<title>花店</title><p>本店供应鲜花绿植，欢迎到店选购，量大从优。</p>"


def _judge(house: House, context: Context = CONTEXT) -> None:
    judge_pending(house.store, house.archive, context)


def _cases(house: House) -> list[Case]:
    with house.store.read() as connection:
        return list(find(connection))


def _rows(house: House) -> list[object]:
    with house.store.read() as connection:
        return [tuple(row) for row in connection.execute(select(case_subjects))]


def test_an_imported_page_becomes_a_case(house: House) -> None:
    number = seen(house, "import", "http://handed.example/", OFFER, origin=Origin.IMPORT)
    seen(house, "import", "http://flowers.example/", PLAIN, origin=Origin.IMPORT)
    _judge(house)
    assert open_cases(house.store, NIGHT) == Counter(opened=1)
    (case,) = _cases(house)
    assert (case.subjects, case.capture_ids) == (("site:handed.example",), (number,))
    assert case.opened_night == NIGHT


def test_what_new_rules_find_in_an_old_night_becomes_a_case(house: House) -> None:
    blind = Context.build(CONFIG, key=b"k" * 32)
    blind.digest = "0" * 64
    seen(house, EARLIER, "http://sold.example/", OFFER)
    _judge(house, blind)
    house.tamper("UPDATE verdicts SET level = 'clear'")
    assert open_cases(house.store, EARLIER) == Counter()
    _judge(house)
    assert open_cases(house.store, NIGHT) == Counter(opened=1)


def test_a_case_is_not_touched_when_nothing_changed(house: House) -> None:
    seen(house, EARLIER, "http://sold.example/", OFFER)
    _judge(house)
    open_cases(house.store, EARLIER)
    (case,) = _cases(house)
    with house.store.write() as connection:
        decide(connection, case.id, Decision.EXCLUDE, actor="甲", reason="是培训机构", now="2026-02-01T00:00:00.000Z")
    before, rows = _cases(house), _rows(house)
    seen(house, NIGHT, "http://flowers.example/", PLAIN)
    _judge(house)
    assert open_cases(house.store, NIGHT) == Counter(unchanged=1)
    assert (_cases(house), _rows(house)) == (before, rows)


def test_a_site_seen_again_keeps_its_earlier_captures(house: House) -> None:
    captures = []
    for night, extra in ((EARLIER, ""), (NIGHT, "<p>新电话</p>")):
        captures.append(seen(house, night, "http://sold.example/", OFFER + extra))
        _judge(house)
        open_cases(house.store, night)
    (case,) = _cases(house)
    assert case.capture_ids == tuple(captures)
    with house.store.read() as connection:
        assert [event.kind for event in get(connection, case.id).events] == ["opened", "refreshed"]


def test_only_tonights_flags_are_preserved(house: House) -> None:
    seen(house, EARLIER, "http://old.example/", OFFER)
    seen(house, NIGHT, "http://new.example/", OFFER)
    _judge(house)
    tonight = ground(house)
    assert plan_preservation(tonight) == 2
    planned: set[Task] = {status.task for status in house.store.tasks(night=NIGHT)}
    assert {task.target for task in planned} == {"http://new.example/"}
    assert len(suspects(house.store)) == 2

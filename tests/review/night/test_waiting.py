"""Sources that asked for time: asked again when it is over, given up when it is more than the night has (H14)."""

from __future__ import annotations

import pytest

from crawlers.clock import utc_now
from crawlers.records import Outcome, TaskKind
from review.night import _Work, crawl
from review.night.ground import Ground
from tests.crawlers.keeping import House
from tests.review.night.grounds import NIGHT, ground, visit


def waiting(house: House, seconds: float) -> Ground:
    house.store.plan([visit(NIGHT, "焊工证", kind=TaskKind.SEARCH, source="baidu")])
    house.store.postpone(NIGHT, "baidu", utc_now(plus_seconds=seconds))
    return ground(house)


def test_the_night_waits_and_asks_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    night = waiting(house, 0.5)

    def ask(of: Ground) -> list[object]:
        (claimed,) = of.store.claim(NIGHT, [TaskKind.SEARCH], limit=9, lease_seconds=60, owner="test")
        assert claimed.id is not None
        of.store.finish(claimed.id, Outcome.CAPTURED)
        return []

    monkeypatch.setattr(crawl, "ask_sources", ask)
    monkeypatch.setattr(_Work, "_preserve", lambda _: None)  # it would ask about names through a door that is shut
    _Work(night)._wait_for_sources()
    (ended,) = house.store.tasks(night=NIGHT)
    assert ended.outcome is Outcome.CAPTURED


def test_it_does_not_wait_longer_than_it_may(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    night = waiting(house, night_has(house) + 60)
    monkeypatch.setattr("review.night.time.sleep", lambda _: pytest.fail("it waits"))
    _Work(night)._wait_for_sources()
    (ended,) = house.store.tasks(night=NIGHT)
    assert (ended.outcome, ended.reason) == (Outcome.FAILED, "asked_to_wait")


def night_has(house: House) -> float:
    return ground(house).config.settings.night.source_wait_seconds

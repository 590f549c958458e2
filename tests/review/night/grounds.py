"""A night's ground without a door: store, archive and configuration are real, nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import config
from crawlers.blobs import BlobStore
from crawlers.egress import Door
from crawlers.practice.world import World
from crawlers.records import Exchange, Fetched, FetchProfile, Outcome, Task, TaskKind
from detectors.context import Context
from review.night.ground import Ground
from tests.crawlers.keeping import House, exchange, page

NIGHT = "2026-02-01"
CONFIG = config.load()
CONTEXT = Context.build(CONFIG, key=b"k" * 32)


def ground(house: House, night: str = NIGHT) -> Ground:
    """For the stages that only read and write what is kept; its door is shut."""
    return Ground(
        night=night,
        config=CONFIG,
        world=World.real(),
        data=house.data,
        config_dir=None,
        store=house.store,
        archive=house.archive,
        blobs=BlobStore(house.data / "blobs"),
        door=cast("Door", None),
        context=CONTEXT,
    )


def visit(night: str, url: str, **fields: object) -> Task:
    named: dict[str, object] = {"night": night, "kind": TaskKind.SITE, "source": "web", "target": url}
    return Task(**{**named, **fields})  # type: ignore[arg-type]


def seen(house: House, night: str, url: str, body: str, **fields: object) -> int:
    """Keep a page of a night as a desktop visitor got it; its capture id."""
    (number,) = house.keep(page(visit(night, url), exchange(url, body.encode()), **fields))
    assert number is not None
    return number


def rechecked(house: House, night: str, url: str, answers: Sequence[Exchange | str]) -> None:
    """Plan the re-check of an address and end it: by a desktop and a phone, with a page or a reason for failing."""
    profiles = list(FetchProfile)[: len(answers)]
    house.store.plan(visit(night, url, kind=TaskKind.RECHECK, profile=profile) for profile in profiles)
    tasks = house.store.claim(night, [TaskKind.RECHECK], limit=9, lease_seconds=60, owner="test")
    house.keep(*(_answer(task, answer) for task, answer in zip(tasks, answers, strict=True)))


def _answer(task: Task, answer: Exchange | str) -> Fetched:
    if isinstance(answer, str):
        return Fetched(task=task, outcome=Outcome.FAILED, reason=answer)
    return page(task, answer)

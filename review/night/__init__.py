"""The night: plan, crawl, detect, preserve, cases, re-check, report.

Every stage starts from what the store says, so the same command after a crash goes on where the night stopped.
`demo` and `nightly` are this one function; they differ in the world and in the data directory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.children import ChildReport
from crawlers.egress import Door, policy_from
from crawlers.leases import TaskStatus
from crawlers.marks import mark
from crawlers.practice.world import World
from crawlers.records import Outcome, TaskKind
from crawlers.recovery import RecoveryReport, recover
from crawlers.store import Store, store_url
from crawlers.urls import canonical
from detectors.judge import SubjectAssessment, latest_assessments
from review.audit import checkpoint
from review.clock import utc_now
from review.judging import judging_context
from review.night import crawl, plan, recheck, report
from review.night.detect import detect, plan_followups
from review.night.ground import Ground, night_lock
from review.night.handed_in import plan_handed_in
from review.night.health import SourceHealth
from review.night.lookalikes import lookalikes
from review.night.names import ask_about, suspect_hosts
from review.night.nights import current_or_new, done, finish, finish_stage
from review.night.preserve import plan_preservation
from review.night.settle import settle
from review.night.stamping import stamp
from review.night.targets import visits
from review.strings import FOLLOWING, NAMES_ASKED, SETTLED, SOURCE_NORMAL, SOURCES_WAIT

if TYPE_CHECKING:
    from config import Config

Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """What `nightly` prints. `failed_children` names spider runs that died; their work was redone or is unfinished."""

    night: str
    resumed: bool
    seconds: float
    sources: tuple[SourceHealth, ...]
    captures: int
    cases: dict[str, int]
    rechecked: dict[str, int]
    stamps_queued: int
    campaigns: int = 0
    """Groups of subjects that belong together, as they stand after the night."""
    failed_children: tuple[str, ...] = ()
    detector_errors: int = 0
    problems: tuple[str, ...] = ()
    """Evidence that recovery found missing or could not read; runs that had no network for a while."""

    @property
    def healthy(self) -> bool:
        return not (self.failed_children or self.problems) and all(
            source.verdict == SOURCE_NORMAL for source in self.sources
        )

    def as_json(self) -> dict[str, Any]:
        return report.as_json(
            self.sources,
            night=self.night,
            resumed=self.resumed,
            seconds=round(self.seconds, 1),
            captures=self.captures,
            cases=self.cases,
            campaigns=self.campaigns,
            rechecked=self.rechecked,
            stamps_queued=self.stamps_queued,
            failed_children=list(self.failed_children),
            detector_errors=self.detector_errors,
            problems=list(self.problems),
        )


def run_night(config: Config, world: World, data: Path, *, config_dir: Path | None, say: Say) -> NightReport:
    """Run the night that is due on `data`, or go on with the unfinished one. Raises NightLocked beside another."""
    started = time.monotonic()
    with night_lock(_made(data)), _ground(config, world, data, config_dir, say) as (ground, resumed):
        work = _Work(ground)
        work.run()
        finished = work.report(resumed, time.monotonic() - started)
        mark("night-before-finish")
        with ground.store.write() as connection:
            finish(connection, ground.night, finished.as_json(), now=utc_now())
            checkpoint(connection, data, night=ground.night, now=utc_now())
        mark("night-after-finish")
    return finished


def _made(data: Path) -> Path:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("archive", "blobs", "packets", "trust", "keys", "runs", "log"):
        (data / name).mkdir(exist_ok=True, mode=0o700)
    return data


@contextmanager
def _ground(
    config: Config, world: World, data: Path, config_dir: Path | None, say: Say
) -> Iterator[tuple[Ground, bool]]:
    day = datetime.now(ZoneInfo(config.settings.office.timezone)).date()
    with _kept(config, data) as (store, archive, recovered):
        with store.write() as connection:
            night, resumed = current_or_new(connection, day=day.isoformat(), now=utc_now())
        mark("night-begun")
        with _at_work(config, world, data, config_dir, say, night, store, archive) as ground:
            ground.note(recovered)
            yield ground, resumed


@contextmanager
def _kept(config: Config, data: Path) -> Iterator[tuple[Store, Archive, RecoveryReport]]:
    """Store and archive, put right after whatever happened before; and what could not be put right."""
    settings = config.settings
    url, patience = store_url(data, settings.store.url), settings.store.busy_timeout_seconds
    store = Store.create(url, busy_timeout_seconds=patience)
    archive = Archive(data / "archive", gzip_level=settings.archive.gzip_level)
    try:
        yield store, archive, recover(store, archive)
    finally:
        store.close()


@contextmanager
def _at_work(
    config: Config,
    world: World,
    data: Path,
    config_dir: Path | None,
    say: Say,
    night: str,
    store: Store,
    archive: Archive,
) -> Iterator[Ground]:
    log = data / "log" / f"door-{night}.jsonl"
    with Door.spawn(policy_from(config, host_map=world.host_map), log=log) as door:
        yield Ground(
            night=night,
            config=config,
            world=world,
            data=data,
            config_dir=config_dir,
            store=store,
            archive=archive,
            blobs=BlobStore(data / "blobs"),
            door=door,
            context=judging_context(config, data, store),
            say=say,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What became of pages a person named: their visits as they ended, and the subjects they belong to."""

    visits: tuple[TaskStatus, ...]
    subjects: tuple[SubjectAssessment, ...]
    night: str = ""
    """The name of the run, under which its captures stand."""

    def outcome(self, url: str) -> tuple[Outcome | None, str]:
        """How the visits of one page went, and why not: kept by any visitor is kept; None when none has ended."""
        asked = [visit for visit in self.visits if visit.task.target == canonical(url)]
        ended = [visit for visit in asked if visit.outcome is not None]
        best = next((visit for visit in ended if visit.outcome is Outcome.CAPTURED), None) or next(iter(ended), None)
        return (best.outcome, best.reason) if best else (None, "unfinished")


def capture(
    config: Config, world: World, data: Path, urls: Sequence[str], *, config_dir: Path | None, say: Say
) -> Captured:
    """Fetch, keep and judge these pages now, by both visitors and in the browser. Raises NightLocked beside a night."""
    name = f"capture-{utc_now()[:19].replace(':', '')}"
    with (
        night_lock(_made(data)),
        _kept(config, data) as (store, archive, recovered),
        _at_work(config, world, data, config_dir, say, name, store, archive) as ground,
    ):
        ground.note(recovered)
        store.plan(task for url in urls for task in visits(config, name, url))
        crawl.visit_sites(ground)
        crawl.use_browser(ground)
        detect(ground)
        ask_about(ground, {one.host for one in store.captures(night=name)})
        settle(store, ground.context, name)
        found = tuple(latest_assessments(store, night=name))
        return Captured(visits=tuple(store.tasks(night=name)), subjects=found, night=name)


@dataclass(slots=True)
class _Work:
    ground: Ground
    children: list[ChildReport] = field(default_factory=list)
    errors: int = 0
    cases: dict[str, int] = field(default_factory=dict)
    campaigns: int = 0
    rechecked: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        ground = self.ground
        self._once("plan", self._plan)
        self.children += crawl.ask_sources(ground)
        crawl.plan_visits(ground, 0)
        self._visit(0)
        rounds = ground.config.settings.night.rounds
        for round_ in range(1, rounds + 1):
            self._follow(round_)
        self._preserve()
        if self._follow(rounds + 1):
            self._preserve()
        self._wait_for_sources()
        settled = settle(ground.store, ground.context, ground.night)
        self.cases, self.campaigns = dict(settled.cases), settled.campaigns
        ground.say("cases", SETTLED.format(campaigns=settled.campaigns, watched=settled.watched))
        self.rechecked = dict(recheck.write_down(ground))
        stamp(ground)

    def _plan(self) -> dict[str, Any]:
        ground = self.ground
        day = datetime.fromisoformat(ground.night[:10]).date()
        again = recheck.due(ground.store).values()
        before = ground.store.tasks(kinds=[TaskKind.LOOKALIKE])
        made = lookalikes(ground.context, ground.night, day, before)
        planned = ground.store.plan([*plan.tasks(ground.config, ground.night, day, again), *made])
        planned += plan_handed_in(ground)
        ground.say("plan", f"{planned} 项任务")
        return {"planned": planned}

    def _visit(self, round_: int) -> None:
        """Fetch what is planned, show what needs a browser, judge."""
        ground = self.ground
        self.children += crawl.visit_sites(ground)
        crawl.plan_rendering(ground, round_)
        self.children += crawl.use_browser(ground)
        self._detect()

    def _follow(self, round_: int) -> bool:
        """Fetch what the detectors asked for; the last round follows what only the browser's pictures showed."""
        planned = plan_followups(self.ground, round_)
        if not planned and not self.ground.store.waiting(self.ground.night):
            return False
        self.ground.say("crawl", FOLLOWING.format(count=planned))
        self._visit(round_)
        return True

    def _wait_for_sources(self) -> None:
        """Everything else is done: sources that asked for time are asked again when it is over, within the hour."""
        ground = self.ground
        ends = time.monotonic() + ground.config.settings.night.source_wait_seconds
        while (seconds := crawl.waiting_seconds(ground)) is not None and time.monotonic() + seconds <= ends:
            ground.say("crawl", SOURCES_WAIT.format(seconds=seconds))
            time.sleep(seconds)
            self.children += crawl.ask_sources(ground)
            crawl.plan_visits(ground, 0)
            self._visit(0)
            self._preserve()
        crawl.give_up_waiting(ground)

    def _detect(self) -> None:
        judged = detect(self.ground)
        self.errors += judged.errors
        self.ground.say("detect", f"{judged.judged} 份取证和商品已识别")

    def _preserve(self) -> None:
        ground = self.ground
        planned = plan_preservation(ground)
        ground.say("preserve", f"{planned} 次浏览器固证")
        with ThreadPoolExecutor(1, "names") as beside:
            asked = beside.submit(ask_about, ground, suspect_hosts(ground))
            self.children += crawl.use_browser(ground)
            ground.say("preserve", NAMES_ASKED.format(count=asked.result()))
        self._detect()

    def _once(self, stage: str, run: Callable[[], dict[str, Any]]) -> None:
        """Stages whose result depends on the hour are done once a night."""
        ground = self.ground
        with ground.store.read() as connection:
            if done(connection, ground.night, stage):
                return
        detail = run()
        mark(f"{stage}-ended")
        with ground.store.write() as connection:
            finish_stage(connection, ground.night, stage, detail, now=utc_now())

    def report(self, resumed: bool, seconds: float) -> NightReport:
        ground = self.ground
        return NightReport(
            night=ground.night,
            resumed=resumed,
            seconds=seconds,
            sources=tuple(report.sources(ground)),
            captures=sum(1 for _ in ground.store.captures(night=ground.night)),
            cases=self.cases,
            campaigns=self.campaigns,
            rechecked=self.rechecked,
            stamps_queued=report.stamps_queued(ground),
            failed_children=tuple(dict.fromkeys(child.name for child in self.children if child.exit)),
            detector_errors=self.errors,
            problems=tuple(ground.problems),
        )

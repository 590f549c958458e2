"""The demonstration: a whole night on a practice web, decided with the truth in hand, handed over and checked.

The night is the same function as `nightly`; only what a person would do by day is played here.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawlers.egress import Door, policy_from
from crawlers.lookups import TABLE
from crawlers.marks import mark
from crawlers.practice import Practice, World, read_truth
from crawlers.practice.world import played
from crawlers.store import Store, store_url
from detectors.judge import latest_assessments
from review import registry
from review.cases import Case, CaseState, Decision, decide, find
from review.clock import utc_now
from review.night import NightReport, run_night
from review.night.stamping import authorities, poster
from review.packets.desk import case_for_papers, make_packet
from review.packets.stamping import TOKENS, seal_stamper
from review.packets.verify import verify
from review.strings import (
    CHILD_DIED_SHORT,
    DEMO_ACTOR,
    DEMO_CONFIRM,
    DEMO_EXCLUDE,
    DEMO_PERSON,
    PACKET_WRONG,
    PACKETS_BUILT,
    SOURCE_WRONG,
)
from review.truth import Comparison, compare, flags

if TYPE_CHECKING:
    from config import Config
    from review.packets.seal import SealStamper

Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class PacketResult:
    packet: str
    case: str
    agency: str
    file: Path
    verdict: str


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """With which the review desk can be tried; on practice data only."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoReport:
    night: NightReport
    comparison: Comparison
    packets: tuple[PacketResult, ...]
    seconds: float
    account: DemoAccount

    @property
    def faults(self) -> list[str]:
        """Why the demonstration is not fine: a stage that did not end, evidence that recovery misses, a source judged
        otherwise than the truth says, a packet that does not verify. Misses and false accusations are printed, but
        are no fault of the machinery."""
        died = [CHILD_DIED_SHORT.format(name=name) for name in self.night.failed_children]
        wrong = [
            SOURCE_WRONG.format(source=source, said=said, true=true)
            for source, (said, true) in self.comparison.sources_wrong.items()
        ]
        bad = [PACKET_WRONG.format(packet=p.packet, said=p.verdict) for p in self.packets if p.verdict != "valid"]
        return died + list(self.night.problems) + wrong + bad

    def as_json(self) -> dict[str, Any]:
        return {
            "planted": self.comparison.planted,
            "found": self.comparison.subjects("found"),
            "missed": self.comparison.subjects("missed"),
            "accused": self.comparison.subjects("accused"),
            "sources": {source: said for source, (said, _) in self.comparison.sources.items()},
            "packets": [str(packet.file) for packet in self.packets],
            "seconds": round(self.seconds, 1),
        }


def office_of(web: Path) -> Path | None:
    """The configuration of the office that a web brings, as `--config` would name it; None when it brings none."""
    return web / "office" if (web / "office").is_dir() else None


def run_demo(config: Config, web: Path, data: Path, *, config_dir: Path | None, say: Say) -> DemoReport:
    """Raises PracticeError for a web that cannot be served, NightLocked beside a running night."""
    started = time.monotonic()
    truth = read_truth(web)
    with Practice.spawn(web, data / "practice", services=_services(config), lookups=played(config.network)) as world:
        _trust(data, world)
        _networks(data, web)
        night = run_night(config, world, data, config_dir=config_dir, say=say)
        store = Store.open(store_url(data, config.settings.store.url))
        try:
            comparison = _compare(store, truth, night)
            _decide(store, comparison)
            built = _hand_over(config, world, data, store)
            say("packets", PACKETS_BUILT.format(count=len(built)))
            account = _account(config, store, data)
        finally:
            store.close()
    return DemoReport(night, comparison, tuple(built), time.monotonic() - started, account)


def _account(config: Config, store: Store, data: Path) -> DemoAccount:
    """Somebody who may do all casework here, as in a small office; with a new password every time."""
    from review.desk import accounts
    from review.web import create_app
    from review.web.hashing import hashed, made_up

    username, password, now = "demo", made_up(), utc_now()
    secret = hashed(create_app(config, store, data), password)
    told: dict[str, Any] = {"hashed": secret, "actor": DEMO_ACTOR, "now": now, "must_change": False}
    with store.write() as connection:
        if any(user["username"] == username for user, _ in accounts.everyone(connection)):
            accounts.set_password(connection, username, **told)
        else:
            duties = ("analyst", "reviewer", "leader")
            accounts.add(
                connection, username, full_name=DEMO_PERSON, wanted=duties, profile="small", agencies=(), **told
            )
    return DemoAccount(username, password)


def _services(config: Config) -> dict[str, str]:
    return {name: service.url for name, service in config.settings.services.items()}


def _trust(data: Path, world: World) -> None:
    """The practice authority's root goes where a recipient of these packets would have it from elsewhere."""
    folder = data / "trust" / "tsa"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for root in world.trust.tsa_roots:
        shutil.copyfile(root, folder / root.name)


def _networks(data: Path, web: Path) -> None:
    """A web may bring the table of its invented networks; it goes where an office keeps its own."""
    if (web / TABLE).is_file() and not (data / TABLE).exists():
        shutil.copyfile(web / TABLE, data / TABLE)


def _compare(store: Store, truth: Any, night: NightReport) -> Comparison:
    with store.read() as connection:
        cases = [case for case in find(connection) if case.state is not CaseState.MERGED]
    wanted = sorted({number for case in cases for number in case.capture_ids})
    pages = {capture.id: capture.final_url for capture in store.captures(ids=wanted)}
    seen = {
        (subject.subject, verdict.axis.value): verdict.level.value
        for subject in latest_assessments(store, night=night.night)
        for verdict in (subject.impersonation, subject.selling)
    }
    return compare(truth, flags(cases, pages), night.sources, seen)


def _decide(store: Store, comparison: Comparison) -> None:
    """What an analyst who knows the truth would decide; a case decided before is left as it is."""
    with store.read() as connection:
        waiting = [case.id for case in find(connection, state=CaseState.OPEN)]
    for case_id in waiting:
        right = case_id in comparison.right_cases
        decision, reason = (Decision.CONFIRM, DEMO_CONFIRM) if right else (Decision.EXCLUDE, DEMO_EXCLUDE)
        with store.write() as connection:
            decide(connection, case_id, decision, actor=DEMO_ACTOR, reason=reason, now=utc_now())
        mark("demo-decided")


def _hand_over(config: Config, world: World, data: Path, store: Store) -> list[PacketResult]:
    """One packet a confirmed case and recipient, built once; every packet that lies there is verified."""
    with store.read() as connection:
        confirmed = list(find(connection, state=CaseState.CONFIRMED))
    with store.write() as connection:
        registry.enter_found(connection, data / "packets")
    with Door.spawn(policy_from(config, host_map=world.host_map)) as door:
        stamper = seal_stamper(data / TOKENS, authorities(config, world, data), poster(config, door))
        return [
            _packet(config, data, store, case, agency, stamper) for case in confirmed for agency in recipients(case)
        ]


def recipients(case: Case) -> tuple[str, ...]:
    """Who must act: the cyberspace office on a site, the market regulator on an offer, the police on forged sites."""
    listing = any(subject.startswith("listing:") for subject in case.subjects)
    imitation = any(assessment.get("impersonation", {}).get("verdict") == "flag" for assessment in case.assessments)
    if listing:
        return ("market",)
    return ("cac", "police") if imitation else ("cac",)


def _packet(config: Config, data: Path, store: Store, case: Case, agency: str, stamper: SealStamper) -> PacketResult:
    folder = data / "packets"
    with store.read() as connection:
        known = registry.newest(connection, case.id, agency)
        file = case_for_papers(connection, case.id)
    if known is None:
        _, path = make_packet(store, data, file, agency, config, stamper, utc_now())
        mark("packet-before-row")
        with store.write() as connection:
            registry.enter_found(connection, folder)
        known = registry.read(path)
    path = folder / known.file
    verdict = verify(str(path), str(data / "trust"))["verdict"]
    return PacketResult(known.id, case.label, agency, path, verdict)

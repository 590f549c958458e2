"""The row of the queue for a case: brought up to date in every transaction that changes the case.

The order of the queue is score × harm and age. Age counts so many points a day, so the order among cases never changes
while time goes by, and an index can hold it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, insert, select, update

from crawlers.tables import listings
from review.clock import as_text
from review.desk import tallies, texts
from review.desk.tables import desk
from review.errors import CaseError
from review.strings import NO_CASE
from review.subjects import WEB, platform_of, shown

HARM = {"site": 1.2, "listing": 1.0}
"""A forged query page deceives every holder of a card; an offer reaches those who look for it."""
AGE_POINTS_A_DAY = 20
"""Of 1000 for the highest score: after five days a doubtful case stands level with one 100 points above it."""
CHINA = ZoneInfo("Asia/Shanghai")


def refresh(connection: Connection, case: Mapping[str, Any], subjects: Sequence[RowMapping], *, by: str = "") -> int:
    """Index a case from its rows; `by` decided it just now. Returns its version, one higher than before."""
    before = _known(connection, case["id"])
    offer = _offer(connection, subjects)
    after = {**_row(case, subjects, offer), **_decided(case, before, by)}
    after |= {"version": (before["version"] if before else 0) + 1, "assignee": before["assignee"] if before else ""}
    if before is None:
        connection.execute(insert(desk).values(after))
    else:
        connection.execute(update(desk).where(desk.c.case_id == case["id"]).values(after))
    tallies.change(connection, before, after)
    texts.write(connection, case["id"], list(_words(case, subjects, offer)))
    return int(after["version"])


def assign(connection: Connection, case_id: int, username: str) -> None:
    before = _known(connection, case_id)
    if before is None:
        raise CaseError(NO_CASE.format(case=f"A-{case_id:06d}"))
    after = {**before, "assignee": username, "version": before["version"] + 1}
    connection.execute(update(desk).where(desk.c.case_id == case_id).values(after))
    tallies.change(connection, before, after)


def _known(connection: Connection, case_id: int) -> dict[str, Any] | None:
    row = connection.execute(select(desk).where(desk.c.case_id == case_id)).mappings().first()
    return dict(row) if row else None


def _row(case: Mapping[str, Any], subjects: Sequence[RowMapping], offer: Mapping[str, Any]) -> dict[str, Any]:
    kind, platform = _kind(subjects)
    day = local_day(case["opened_at"])
    return {
        "case_id": case["id"],
        "state": str(case["state"]),
        "kind": kind,
        "platform": platform,
        "place": str(offer.get("place", ""))[:64],
        "cls": case["cls"],
        "imitates": case["imitates"],
        "score_milli": case["score_milli"],
        "priority": priority(case["score_milli"], kind, day),
        "opened_day": day,
        "night": case["opened_night"],
    }


def priority(score_milli: int, kind: str, opened_day: str) -> int:
    """Higher stands higher in the queue."""
    return round(score_milli * HARM[kind]) - AGE_POINTS_A_DAY * datetime.fromisoformat(opened_day).toordinal()


def _decided(case: Mapping[str, Any], before: Mapping[str, Any] | None, by: str) -> dict[str, str]:
    if case["state"] == "open":
        return {"decided_day": "", "decided_by": ""}
    if by or before is None:
        return {"decided_day": local_day(case["updated_at"]), "decided_by": by}
    return {"decided_day": before["decided_day"], "decided_by": before["decided_by"]}


def _kind(subjects: Sequence[RowMapping]) -> tuple[str, str]:
    for subject in subjects:
        platform = platform_of(subject["subject"])
        if platform != WEB:
            return "listing", platform
    return "site", WEB


def _offer(connection: Connection, subjects: Sequence[RowMapping]) -> Mapping[str, Any]:
    """The newest row of the first listing of the case."""
    for subject in subjects:
        kind, _, rest = subject["subject"].partition(":")
        if kind == "listing":
            platform, _, item = rest.partition(":")
            of_item = select(listings).where(listings.c.platform == platform, listings.c.item_id == item)
            found = connection.execute(of_item.order_by(listings.c.id.desc()).limit(1)).mappings().first()
            if found:
                return dict(found)
    return {}


def _words(case: Mapping[str, Any], subjects: Sequence[RowMapping], offer: Mapping[str, Any]) -> Iterator[str]:
    yield f"A{case['id']:06d}"
    yield from (case["title"], case["cls"], case["imitates"])
    for subject in subjects:
        yield shown(subject["subject"].partition(":")[2])
        for contact in json.loads(subject["assessment"]).get("contacts", []):
            yield str(contact.get("value", ""))
    for name in ("seller", "shop_id", "place"):
        yield str(offer.get(name, ""))


def local_day(at: str) -> str:
    """The day in China of a stored UTC time, `2026-11-21`."""
    return datetime.fromisoformat(at).astimezone(CHINA).date().isoformat()


def day_began(at: str) -> str:
    """When the day in China began in which a stored UTC time lies, as times are stored."""
    return as_text(datetime.fromisoformat(at).astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0))

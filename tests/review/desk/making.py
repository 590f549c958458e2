"""Cases for tests of the desk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from crawlers.store import Store
from review.cases import Suspect, open_or_refresh
from review.desk.tables import watched

DOUBTFUL = {
    "title": "学员风采",
    "platform": "web",
    "axis": "selling",
    "cls": "证号不合规则",
    "score_milli": 350,
    "reason": "证号的校验码不对",
    "quote": "T11**************11",
    "tied_to": None,
    "tie": "",
    "tie_shown": "",
    "rank": 350,
    "since": "2026-11-20T00:00:00.000Z",
    "passed_at": "",
    "passed_by": "",
    "passed_why": "",
}
NOW, LATER = "2026-11-21T01:00:00.000Z", "2026-11-21T02:00:00.000Z"


def make(store: Store, subject: str = "site:www.example.top", *, now: str = NOW, **fields: Any) -> int:
    """The case of a subject, opened or refreshed."""
    shape = {"title": "特种作业证查询", "cls": "仿冒查询页", "score": 0.9, "imitates": "应急管理部"}
    with store.write() as connection:
        return open_or_refresh(connection, Suspect(subject=subject, **{**shape, **fields}), night="N1", now=now)[0]


def doubtful(store: Store, subject: str, **fields: object) -> str:
    """A row of the watch list."""
    with store.write() as connection:
        connection.execute(insert(watched).values(DOUBTFUL | {"subject": subject} | fields))
    return subject

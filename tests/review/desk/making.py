"""Cases for tests of the desk."""

from __future__ import annotations

from typing import Any

from crawlers.store import Store
from review.cases import Suspect, open_or_refresh

NOW, LATER = "2026-11-21T01:00:00.000Z", "2026-11-21T02:00:00.000Z"


def make(store: Store, subject: str = "site:www.example.top", *, now: str = NOW, **fields: Any) -> int:
    """The case of a subject, opened or refreshed."""
    shape = {"title": "特种作业证查询", "cls": "仿冒查询页", "score": 0.9, "imitates": "应急管理部"}
    with store.write() as connection:
        return open_or_refresh(connection, Suspect(subject=subject, **{**shape, **fields}), night="N1", now=now)[0]

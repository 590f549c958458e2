"""Stage 5: a case for every flagged subject, opened once and refreshed when the findings change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crawlers.marks import mark
from review.cases import open_or_refresh
from review.clock import utc_now
from review.night.suspects import suspects

if TYPE_CHECKING:
    from review.night.ground import Ground


def open_cases(ground: Ground) -> Counter[str]:
    """One transaction a case, so that a crash leaves whole cases only. Returns how many were opened, refreshed …"""
    changes: Counter[str] = Counter()
    for suspect in suspects(ground):
        with ground.store.write() as connection:
            _, change = open_or_refresh(connection, suspect, night=ground.night, now=utc_now())
            mark("case-before-commit")
        mark("case-after-commit")
        changes[change.value] += 1
    return changes

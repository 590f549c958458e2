"""Stage 5: a case for every flagged subject, opened once and refreshed when the findings change.

What is flagged may have been fetched tonight, in an earlier night that new rules judged again, or come from a file.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crawlers.marks import mark
from review.cases import open_or_refresh
from review.clock import utc_now
from review.night.suspects import suspects

if TYPE_CHECKING:
    from crawlers.store import Store


def open_cases(store: Store, night: str) -> Counter[str]:
    """One transaction a case, so that a crash leaves whole cases only. Returns how many were opened, refreshed …

    `night` names the run in which they were found. A case whose findings are what it holds is not touched.
    """
    changes: Counter[str] = Counter()
    for suspect in suspects(store):
        with store.write() as connection:
            _, change = open_or_refresh(connection, suspect, night=night, now=utc_now())
            mark("case-before-commit")
        mark("case-after-commit")
        changes[change.value] += 1
    return changes

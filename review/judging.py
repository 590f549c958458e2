"""What this office's pages are judged by: configuration, secret, and what it has learnt so far."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from detectors import kit_rows, references
from detectors.base import Axis
from detectors.context import Context
from detectors.kit_rows import Confirmed
from detectors.known import Known
from review.cases import Case, CaseState, find
from review.linking import linking_key

if TYPE_CHECKING:
    from config import Config
    from crawlers.store import Store


def judging_context(config: Config, data: Path, store: Store) -> Context:
    """With the official pages collected and the kits of the cases confirmed by now."""
    return Context.build(config, key=linking_key(data), known=known(store))


def known(store: Store) -> Known:
    with store.read() as connection:
        confirmed = [_confirmed(case) for case in find(connection, state=CaseState.CONFIRMED)]
        return Known(
            references.load(connection), kit_rows.load(connection, sorted(confirmed, key=lambda one: one.label))
        )


def _confirmed(case: Case) -> Confirmed:
    flagged = any(one.get("impersonation", {}).get("verdict") == "flag" for one in case.assessments)
    axis = Axis.IMPERSONATION if flagged else Axis.SELLING
    return Confirmed(case.label, case.cls, case.imitates, axis, frozenset(case.subjects))

"""Labelled texts and decided cases as examples from which the manner of offers is learnt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from detectors.features import Page
from detectors.learning import Example, Learnt
from detectors.passages import Passages
from detectors.wording import Reader
from review.assessing import page_of
from review.cases import CaseState
from review.tables import case_subjects, cases

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from detectors.context import Context
    from review.assessing import Document
    from review.trying import Candidate

_DECIDED = {CaseState.CONFIRMED.value: True, CaseState.EXCLUDED.value: False}


def labelled(documents: Iterable[Document], context: Context) -> Iterator[Example]:
    """Of every row that says whether it sells; its `family`, or its `source`, is where it comes from."""
    for document in documents:
        sells = document.row.get("is_selling")
        if isinstance(sells, bool):
            family = str(document.row.get("family") or document.row.get("source") or document.id)
            yield _example(str(document.id), family, sells, page_of(document), context)


def of_rules(context: Context) -> Iterator[Example]:
    """What every rule must hit and must not: as much learnt from as any other text, and all of one family."""
    for rule in context.wording.rule:
        for name, text, sells in (("example", rule.example, True), ("near-miss", rule.near_miss, False)):
            yield _example(f"rule-{rule.id}-{name}", "rules", sells, Page.from_text(text), context)


def decided(connection: Connection) -> dict[str, bool]:
    """Subject to whether it sells, for every case of selling that an analyst confirmed or excluded."""
    rows = connection.execute(
        select(case_subjects.c.subject, case_subjects.c.assessment, cases.c.state)
        .join(cases, cases.c.id == case_subjects.c.case_id)
        .where(cases.c.state.in_(_DECIDED))
    )
    return {row.subject: _DECIDED[row.state] for row in rows if _is_of_selling(row.assessment)}


def _is_of_selling(assessment: str) -> bool:
    return bool(json.loads(assessment).get("selling", {}).get("verdict") == "flag")


def taught(candidates: Iterable[Candidate], truths: dict[str, bool], context: Context) -> Iterator[Example]:
    """Stored pages and offers of decided subjects; each subject is a family of its own."""
    for number, one in enumerate(candidates):
        if one.subject in truths:
            yield _example(f"{one.where}#{number}", one.subject, truths[one.subject], one.page, context)


def _example(name: str, family: str, sells: bool, page: Page, context: Context) -> Example:
    return Example(name, family, sells, tuple(Passages(Reader.of(page, context)).windows()))


def agreement(examples: Sequence[Example], learnt: Learnt) -> dict[str, float | int]:
    """Cross-validated: the shares of sellers' and of honest texts at `flag` and at `watch`."""
    rates: dict[str, float | int] = {"features": len(learnt.manner.weights)}
    for name, sells in (("recall", True), ("false_positive_rate", False)):
        scores = [learnt.scores.get(one.id) for one in examples if one.sells is sells]
        for level, threshold in (("flag", learnt.manner.flag), ("watch", learnt.manner.watch)):
            rates[f"{name}_{level}"] = round(
                sum(score is not None and score >= threshold for score in scores) / len(scores), 4
            )
    return rates

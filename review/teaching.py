"""Labelled texts and decided cases as examples from which the manner of offers and their classes are learnt."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from detectors.class_learning import Sample
from detectors.classes import strings
from detectors.features import Page
from detectors.learning import Example, Learnt
from detectors.passages import Passages
from detectors.wording import Reader
from review.assessing import page_of
from review.cases import CaseState
from review.errors import ReviewError
from review.strings import UNKNOWN_CLASS
from review.tables import case_subjects, cases

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from detectors.context import Context
    from review.assessing import Document
    from review.trying import Candidate


class UnknownClassError(ReviewError):
    """A row labelled with what is no class of offers."""


_DECIDED = {CaseState.CONFIRMED.value: True, CaseState.EXCLUDED.value: False}


def labelled(documents: Iterable[Document], context: Context) -> Iterator[Example]:
    """Of every row that says whether it sells; its `family`, or its `source`, is where it comes from."""
    for document in documents:
        sells = document.row.get("is_selling")
        if isinstance(sells, bool):
            yield _example(str(document.id), _family(document), sells, page_of(document), context)


def _family(document: Document) -> str:
    return str(document.row.get("family") or document.row.get("source") or document.id)


def classed(documents: Iterable[Document], context: Context) -> Iterator[Sample]:
    """Of every seller's row the class that it is labelled with. Raises `UnknownClassError` for what is no class."""
    known = {name for law in context.config.law.entries for name in law.classes}
    for document in documents:
        cls = document.row.get("class")
        if document.row.get("is_selling") is not True or not cls:
            continue
        if not isinstance(cls, str) or cls not in known:
            raise UnknownClassError(UNKNOWN_CLASS.format(id=document.id, cls=cls, known="、".join(sorted(known))))
        windows = Passages(Reader.of(page_of(document), context)).windows()
        held = frozenset[str]().union(*(strings(window.text) for window in windows))
        yield Sample(str(document.id), _family(document), cls, held)


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


def class_agreement(samples: Sequence[Sample], named: dict[str, str]) -> dict[str, tuple[int, int]]:
    """Of each class how many texts were named so, and how many there are."""
    texts = Counter(sample.cls for sample in samples)
    agreed = Counter(sample.cls for sample in samples if named[sample.id] == sample.cls)
    return {cls: (agreed[cls], count) for cls, count in texts.most_common()}

"""Strict frozen models of `agencies/*.toml`: a kind of recipient, and the papers each kind of sender writes to it."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from config.schema import Count, CountOrNone, Identifier, Model, Text

SENDERS = ("cac", "safety_committee", "market")
PLACEHOLDERS = frozenset({"office", "region", "subject", "kind", "title", "case_id", "packet_id", "class", "imitates"})


def _sentence(value: str) -> str:
    unknown = set(re.findall(r"\{(\w*)\}", value)) - PLACEHOLDERS
    if unknown:
        fields = " ".join(sorted(f"{{{name}}}" for name in PLACEHOLDERS))
        raise PydanticCustomError("template", "unknown field", {"fields": fields})
    return value


Sentence = Annotated[str, Field(min_length=1), AfterValidator(_sentence)]
"""A sentence of a paper; `{office}`, `{subject}` … stand for facts of the packet."""
Applies = Literal["any", "site", "listing"]


class Paper(Model):
    """What one kind of sender (`id`) writes to this recipient."""

    id: Literal["cac", "safety_committee", "market"]
    document: Text
    """商请处置函, 处置请示, 线索移送函 …"""
    title: Sentence
    recipient: Sentence
    copies: tuple[Text, ...]
    chain: Text
    """The way it goes, as an officer checks it before it leaves."""
    opening: Sentence
    closing: Sentence

    def addressed(self, *, office: str, region: str, title: str) -> str:
        """The recipient by name. `title` is of the (first) case, for papers that go to a site's own operator."""
        blank = dict.fromkeys(PLACEHOLDERS, "")
        return self.recipient.format(**{**blank, "office": office, "region": region, "title": title})


class FactField(Model):
    """A fact the papers need. Required and missing, it blocks the packet; else it prints as still to be supplied."""

    id: Identifier
    label: Text
    applies: Applies
    required: bool
    supplier: Text


class Measure(Model):
    """One thing the recipient is asked to do."""

    id: Identifier
    text: Sentence
    applies: Applies


class Result(Model):
    """One answer a recipient may give, by the code under which feedback is entered."""

    id: Identifier
    text: Text


class Terms(Model):
    """What a hand-over to this recipient asks for. Days are workdays from the day it leaves (`workdays.toml`).

    `recheck_hours`: how old the last look at the subject may be when the papers are made and when they leave; 0 asks
    for none.
    """

    receipt_workdays: Count
    feedback_workdays: Count
    recheck_hours: CountOrNone


class Agency(Model):
    """A kind of recipient."""

    kind: Literal["cac", "market", "police", "operator"]
    name: Text
    papers: Annotated[tuple[Paper, ...], Field(min_length=1)]
    fields: tuple[FactField, ...]
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    results: Annotated[tuple[Result, ...], Field(min_length=1)]
    terms: Terms

    @model_validator(mode="after")
    def _all_senders(self) -> Self:
        missing = set(SENDERS) - {paper.id for paper in self.papers}
        if missing:
            raise PydanticCustomError("papers", "no paper", {"senders": " ".join(sorted(missing))})
        return self

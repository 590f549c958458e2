"""Strict frozen models of `agencies/*.toml`: a kind of recipient, and the papers each kind of sender writes to it."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from config.schema import Count, CountOrNone, Identifier, Model, Text

SENDERS = ("cac", "safety_committee", "market")
PLACEHOLDERS = frozenset(
    {"office", "region", "subject", "kind", "title", "case_id", "packet_id", "class", "imitates", "count"}
)


def _sentence(value: str) -> str:
    unknown = set(re.findall(r"\{(\w*)\}", value)) - PLACEHOLDERS
    if unknown:
        fields = " ".join(sorted(f"{{{name}}}" for name in PLACEHOLDERS))
        raise PydanticCustomError("template", "unknown field", {"fields": fields})
    return value


Sentence = Annotated[str, Field(min_length=1), AfterValidator(_sentence)]
"""A sentence of a paper; `{office}`, `{subject}` … stand for facts of the packet."""
Applies = Literal["any", "site", "listing", "impersonation"]
"""To which cases: all, those of sites, of offers, or of sites that pose as somebody."""


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
    many_title: Sentence
    """Of a letter over many cases; `{count}` is how many."""
    many_opening: Sentence
    asks: Text
    """What its last numbered part is called: 商请事项, 请示事项, 移送意见 …"""
    closing: Sentence
    head_lines: Annotated[int, Field(ge=0, le=12)]
    """Lines of the first page left blank for the office's own red head."""
    documents: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    """The papers of the packet in their order, by kind (a file of `review/packets/papers/`); the letter comes first."""

    def addressed(self, *, office: str, region: str, title: str) -> str:
        """The recipient by name. `title` is of the (first) case, for papers that go to a site's own operator."""
        return self.said(self.recipient, office=office, region=region, title=title)

    def said(self, sentence: str, **known: str) -> str:
        """A sentence with what is known; a fact of one case is empty in a letter over many."""
        return sentence.format(**{**dict.fromkeys(PLACEHOLDERS, ""), **known})


class FactField(Model):
    """A fact the papers need. Required and missing, it blocks the packet; else it prints as still to be supplied."""

    id: Identifier
    label: Text
    applies: Applies
    required: bool
    supplier: Text
    group: Identifier = "letter"
    """The table it is printed in: letter, target, process, jurisdiction, item, opinion."""
    choices: tuple[Text, ...] = ()
    """What it may say, when not any text."""


class Measure(Model):
    """One thing the recipient is asked to do."""

    id: Identifier
    text: Sentence
    applies: Applies
    where: Literal["any", "domestic", "overseas"] = "any"
    """Asked only when the server is known to be there, or nobody knows where it is."""
    actor: Text
    """Who carries it out."""
    short: Text
    """As lists name it."""


class Harm(Model):
    """Why it matters, by the axis on which the subject was confirmed."""

    id: Literal["impersonation", "selling"]
    text: Sentence


class Counter(Model):
    """A circumstance that decides how serious a crime is, with the number the rule asks for."""

    id: Identifier
    label: Text
    threshold: Text
    law: Identifier
    derived: Literal["", "fake_organ", "sites", "posts"] = ""
    """What the program can count itself; people supply the rest, or say that it is unknown."""
    supplier: Text


class Helper(Model):
    """A kind of service the operation rests on: who it is, when it was told, and what it keeps for how long."""

    id: Identifier
    label: Text
    records: Text
    kept: Text
    law: Identifier
    fact: Identifier = ""
    """The fact that names it; its own id without."""


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
    harms: tuple[Harm, ...] = ()
    counters: tuple[Counter, ...] = ()
    helpers: tuple[Helper, ...] = ()
    law: tuple[Identifier, ...]
    """Entries of `law.toml` that papers to this recipient may cite, in this order."""
    results: Annotated[tuple[Result, ...], Field(min_length=1)]
    terms: Terms

    @model_validator(mode="after")
    def _all_senders(self) -> Self:
        missing = set(SENDERS) - {paper.id for paper in self.papers}
        if missing:
            raise PydanticCustomError("papers", "no paper", {"senders": " ".join(sorted(missing))})
        return self

"""Models of `wording.toml`: concepts, speaker frames, boosts and the rules that combine them."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from config.schema import Count, CountOrNone, Identifier, Model, Share, Text

_UNBOUNDED = re.compile(r"(?<!\\)[*+]|\{\d+,\}")


def _linear(value: str) -> str:
    """A pattern may repeat only a bounded number of times: no input can make it slow."""
    if _UNBOUNDED.search(value):
        raise PydanticCustomError("pattern", "unbounded repetition")
    try:
        re.compile(value)
    except re.error as error:
        raise PydanticCustomError("pattern", "not a regular expression") from error
    return value


Pattern = Annotated[str, AfterValidator(_linear)]


class Pair(Model):
    """`first` before `second`, in one clause, with at most `gap` characters between."""

    first: tuple[Text, ...]
    second: tuple[Text, ...]
    gap: Annotated[int, Field(ge=0, le=20)]
    across: bool = False
    """Whether punctuation may stand between, as between a question and its answer."""
    not_between: tuple[Text, ...] = ()
    """Words that, standing between, make it something else."""


class Concept(Model):
    """A meaning and the ways to say it. `{name}` in a term stands for each entry of the list of that name. A hit, or
    the first part of a pair, inside one of `unless` does not count; `inside` names concepts whose hits swallow ours."""

    id: Identifier
    terms: tuple[Text, ...] = ()
    unless: tuple[Text, ...] = ()
    pairs: tuple[Pair, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    signs: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    sounds: tuple[Text, ...] = ()
    """Terms that count by their sound, too: written with homophones or in Latin letters, beside something exact."""
    role: Literal["card", "paper", "exam", "slang", "offence", "hint", "act", ""] = ""
    """What it is in an offer: goods of four kinds, an act that breaks the law, what hints at goods that are not named,
    or what goes with an offer."""
    heads: str = ""
    """Concept of things; one of ours that only says what sort of thing it is (电工证 in 电工证题库) does not count."""


class Frame(Model):
    """A way of speaking in which an offer is not the speaker's own.

    `before`, `after`: directly before or after the offer, at most `gap` characters; `sentence`, `passage`: anywhere
    in it; `following`: in what is said next, within `gap` characters of the offer;
    `quoted`: the offer stands in quotation marks and nobody outside them can be reached; needs no terms.
    """

    id: Identifier
    label: Text
    scope: Literal["before", "after", "sentence", "passage", "following", "quoted"]
    gap: CountOrNone = 0
    count: Count = 1
    """How many different terms make the frame."""
    yields_to: tuple[Literal["contact", "self"], ...] = ()
    """What, in the same sentence, shows that the speaker sells nevertheless."""
    terms: tuple[Text, ...] = ()
    pairs: tuple[Pair, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    signs: tuple[str, ...] = ()
    """For each pattern characters of which every match holds one: a text without any of them need not be searched."""
    unless: tuple[Text, ...] = ()
    leaves: Share = 0.0
    """What the offer still weighs: it stands on the page, whoever answers for it."""
    reason: Text


class Boost(Model):
    """What makes an offer heavier when it stands within `window` characters of it."""

    id: Identifier
    concept: str
    window: Count
    weight: Share


class Rule(Model):
    """An offer. `near` maps concepts (`a|b` for either) to the distance within which each must stand."""

    id: Identifier
    named: Text
    anchor: str
    near: dict[str, int] = Field(default={})
    distinct: dict[str, int] = Field(default={})
    """Concept(s) to how many different terms of them must stand within `distinct_window`."""
    distinct_window: Count = 80
    weight: Share
    boosted: bool = True
    excluded_by: tuple[str, ...] = ()
    """Concepts of other trades: where one stands in the sentence of the anchor, the promise is about that."""
    damped_by: tuple[str, ...] = ()
    """Concepts of lawful trades (a school, an agent for company papers) whose words around it take the weight away."""
    reason: Text
    example: Text
    near_miss: Text


class Wording(Model):
    version: Count
    lists: dict[str, tuple[Text, ...]]
    damped_factor: Share
    damped_count: Count
    damped_window: Count
    concept: tuple[Concept, ...]
    frame: tuple[Frame, ...]
    boost: tuple[Boost, ...]
    rule: tuple[Rule, ...]

    @model_validator(mode="after")
    def _concepts_exist(self) -> Self:
        known = {concept.id for concept in self.concept} | {"contact"}
        for rule in self.rule:
            used = {
                rule.anchor,
                *rule.damped_by,
                *rule.excluded_by,
                *(name for key in (*rule.near, *rule.distinct) for name in key.split("|")),
            }
            if not used <= known:
                missing = ", ".join(sorted(used - known))
                raise PydanticCustomError(
                    "concept", "rule {rule}: no concept {missing}", {"rule": rule.id, "missing": missing}
                )
        return self

"""What every kind of paper is composed from: the packet's source, who writes to whom, and the evidence beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from config.schema_agencies import Agency, Measure
from config.schema_agencies import Paper as Form
from review.findings import by_reason
from review.packets import strings
from review.packets.facts import applies, facts, field_rows, filled
from review.packets.item import Item
from review.packets.source import CaptureMaterial, LawFacts, PacketSource

_NUMBER = re.compile(r"（([^（）]*〔\d{4}〕\d+号)）")
QUOTE_MAX, QUOTES_MAX, SIGNALS_MAX = 120, 3, 8


@dataclass(frozen=True)
class Finding:
    """A verdict that is not clear: `signals` are (reason, quotes), heaviest first."""

    axis: str
    cls: str
    level: str
    signals: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class View:
    """`form` is what this sender writes to this recipient; `items` are the evidence files with their contents."""

    source: PacketSource
    agency: Agency
    form: Form
    items: Sequence[Item]
    built_at: str

    @cached_property
    def known(self) -> Mapping[str, str]:
        return facts(self.source)

    def fact(self, field: str) -> str:
        return self.known.get(field, "")

    def rows(self, group: str) -> list[tuple[str, str]]:
        """Label and value of the recipient's facts of a group."""
        return field_rows(self.source, self.agency, group)

    def say(self, sentence: str) -> str:
        """A sentence of the agency's file with this packet's facts."""
        return filled(sentence, self.source)

    @property
    def kind(self) -> str:
        return strings.LISTING if self.source.is_listing else strings.SITE

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        found = []
        for axis, name in strings.AXES.items():
            verdict = self.source.assessment.get(axis, {"verdict": "clear"})
            if verdict["verdict"] != "clear":
                reasons = by_reason(verdict["signals"], QUOTE_MAX, QUOTES_MAX).items()
                signals = tuple((reason, tuple(quotes)) for reason, quotes in reasons)[:SIGNALS_MAX]
                found.append(Finding(name, verdict["class"], strings.LEVELS[verdict["verdict"]], signals))
        return tuple(found)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What is asked: those for the other side of the border are left out once it is known where the server is."""
        where = {strings.DOMESTIC: "overseas", strings.OVERSEAS: "domestic"}.get(self.fact("hosting_country"), "")
        asked = [measure for measure in self.agency.measures if applies(measure.applies, self.source)]
        return tuple(measure for measure in asked if measure.where != where)

    @cached_property
    def law(self) -> tuple[LawFacts, ...]:
        """What the letter cites, in the recipient's order; lists cite the rest."""
        cited = {entry.id: entry for entry in self.source.law}
        return tuple(cited[name] for name in self.agency.law if name in cited)

    def provision(self, name: str) -> LawFacts | None:
        return next((entry for entry in self.source.law if entry.id == name), None)

    def cited(self, name: str) -> str:
        """A provision by its id, in full."""
        return cite(entry) if (entry := self.provision(name)) else ""

    def cited_short(self, name: str) -> str:
        """The same as tables have room for; the full citations stand below them."""
        return cite_short(entry) if (entry := self.provision(name)) else ""

    @cached_property
    def harms(self) -> tuple[str, ...]:
        told = {harm.id: harm.text for harm in self.agency.harms}
        flagged = [axis for axis in strings.AXES if self.source.assessment.get(axis, {}).get("verdict") == "flag"]
        if "impersonation" in flagged and not self.fact("imitates"):
            flagged.remove("impersonation")
        return tuple(self.say(told[axis]) for axis in flagged if axis in told)

    @property
    def materials(self) -> tuple[CaptureMaterial, ...]:
        return self.source.captures

    def number_of(self, path: str) -> str:
        """The number of a file in 电子数据清单; empty for one that is not in it."""
        return next((str(n) for n, item in enumerate(self.items, 1) if item.path == path), "")

    def items_of(self, label: str) -> list[Item]:
        """The files of one capture."""
        return [item for item in self.items if f"/{label}-" in item.path]


def cite(law: LawFacts) -> str:
    mark = "" if law.confirmed else strings.UNCONFIRMED_LAW
    return f"《{law.title}》{law.article}（{law.version}）{mark}"


def cite_short(law: LawFacts) -> str:
    """By its document number where the title has one, else without the name of the state."""
    number = _NUMBER.search(law.title)
    title = number[1] if number else f"《{law.title.removeprefix(strings.STATE)}》"
    return f"{title}{law.article}{'' if law.confirmed else strings.UNCONFIRMED_SHORT}"

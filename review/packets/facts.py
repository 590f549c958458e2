"""The facts that papers print: derived from the captures and the judgement, completed by what people supplied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import idna

from config.schema_agencies import Agency, FactField, Paper
from review.errors import ReviewError
from review.packets import strings
from review.packets.source import PacketSource


class PacketBlocked(ReviewError):
    """A paper's required field is missing; the message names it and who can supply it."""


def paper_for(agency: Agency, sender: str) -> Paper:
    """The paper this kind of sender writes; every agency file has one for each."""
    return next(paper for paper in agency.papers if paper.id == sender)


def facts(source: PacketSource) -> dict[str, str]:
    """By field id, only what is known. What people supplied never replaces what was captured."""
    known = dict(source.fields)
    known.update({key: value for key, value in _derived(source).items() if value})
    return known


def _derived(source: PacketSource) -> dict[str, str]:
    last = source.captures[-1].capture
    verdict = strongest(source.assessment)
    decisions = [decision for decision in source.decisions if decision.what == strings.CONFIRMED]
    platform, _, item = source.subject.removeprefix("listing:").partition(":")
    return {
        "subject": source.subject,
        "title": source.title,
        "final_url": source.fields.get("item_url", last.final_url) if source.is_listing else last.final_url,
        "host": last.host,
        "host_unicode": unicode_host(last.host),
        "peer": "、".join(dict.fromkeys(m.capture.peer for m in source.captures if m.capture.peer)),
        "first_seen": min(material.capture.fetched_at for material in source.captures),
        "last_seen": max(material.capture.fetched_at for material in source.captures),
        "class": str(verdict.get("class", "")),
        "imitates": str(source.assessment.get("impersonation", {}).get("imitates", "")),
        "decision": decisions[-1].what if decisions else "",
        "decided_by": decisions[-1].actor if decisions else "",
        "contacts": "；".join(dict.fromkeys(str(c["value"]) for c in source.assessment.get("contacts", ()))),
        "platform": platform if source.is_listing else "",
        "item_id": item if source.is_listing else "",
    }


def unicode_host(host: str) -> str:
    """The name as a browser may show it, when that differs from the ASCII form."""
    try:
        shown = idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return ""
    return shown if shown != host else ""


def strongest(assessment: Mapping[str, Any]) -> Mapping[str, Any]:
    """The verdict with the higher level, then score; empty when none is given."""
    order = {"flag": 2, "watch": 1, "clear": 0}
    verdicts = [assessment[axis] for axis in strings.AXES if axis in assessment]
    return max(verdicts, key=lambda v: (order.get(v["verdict"], 0), v["score"]), default={})


def field_rows(source: PacketSource, agency: Agency) -> list[tuple[str, str]]:
    """Label and value of each field of the recipient that applies; raises PacketBlocked for required ones missing."""
    known = facts(source)
    fields = [field for field in agency.fields if applies(field.applies, source)]
    missing = [field for field in fields if field.required and not known.get(field.id)]
    if missing:
        raise PacketBlocked(_blocked(agency, paper_for(agency, source.office.kind), missing))
    return [(f.label, known.get(f.id) or strings.TO_SUPPLY.format(supplier=f.supplier)) for f in fields]


def applies(what: str, source: PacketSource) -> bool:
    return what == "any" or what == ("listing" if source.is_listing else "site")


def _blocked(agency: Agency, paper: Paper, missing: list[FactField]) -> str:
    items = "；".join(strings.FIELD_MISSING_ITEM.format(label=f.label, id=f.id, supplier=f.supplier) for f in missing)
    return strings.FIELD_MISSING.format(agency=agency.name, document=paper.document, missing=items)


def filled(sentence: str, source: PacketSource) -> str:
    """A sentence of the agency's file with this packet's facts; the captured text itself is never a template."""
    known = facts(source)
    return sentence.format(
        office=source.office.name,
        region=source.office.region,
        subject=source.subject,
        kind=strings.LISTING if source.is_listing else strings.SITE,
        title=source.title,
        case_id=source.case_id,
        packet_id=source.packet_id,
        **{"class": known.get("class", ""), "imitates": known.get("imitates", "")},
    )

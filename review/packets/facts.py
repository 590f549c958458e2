"""The facts that papers print: derived from the captures and the judgement, completed by what people supplied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import idna

from config.schema_agencies import Agency, FactField, Paper
from review.errors import ReviewError
from review.packets import strings
from review.packets.source import PacketSource
from review.packets.times import beijing

DERIVED = frozenset({"decision", "final_url", "host", "recheck_at", "platform", "item_id"})
"""What papers require and every confirmed case with a capture tells by itself."""


class PacketBlocked(ReviewError):
    """A paper's required field is missing; the message names it and who can supply it."""


def paper_for(agency: Agency, sender: str) -> Paper:
    """The paper this kind of sender writes; every agency file has one for each."""
    return next(paper for paper in agency.papers if paper.id == sender)


def facts(source: PacketSource) -> dict[str, str]:
    """By field id, only what is known. What people supplied never replaces what was captured; of two times at which the
    subject was seen up, the later one counts."""
    derived = {key: value for key, value in _derived(source).items() if value}
    known = {"host_unicode": "", **source.fields, **derived}
    known["recheck_at"] = max(derived["last_seen"], source.fields.get("recheck_at", ""), key=_moment)
    return known


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _derived(source: PacketSource) -> dict[str, str]:
    last = source.captures[-1].capture
    verdict = strongest(source.assessment)
    decisions = [decision for decision in source.decisions if decision.what == strings.CONFIRMED]
    platform, _, item = source.subject.removeprefix("listing:").partition(":")
    times = [material.capture.fetched_at for material in source.captures]
    return {
        "subject": source.subject,
        "subject_shown": subject_shown(source.subject, source.fields.get("platform_name", "")),
        "title": source.title,
        "final_url": source.fields.get("item_url", last.final_url) if source.is_listing else last.final_url,
        "host": last.host,
        "host_unicode": unicode_host(last.host),
        "peer": "、".join(dict.fromkeys(m.capture.peer for m in source.captures if m.capture.peer)),
        "first_seen": min(times),
        "last_seen": max(times),
        "seen": strings.SEEN.format(first=beijing(min(times)), last=beijing(max(times))),
        "class": str(verdict.get("class", "")),
        "imitates": str(source.assessment.get("impersonation", {}).get("imitates", "")),
        "decision": decisions[-1].what if decisions else "",
        "decided_by": decisions[-1].actor if decisions else "",
        "contacts": "；".join(dict.fromkeys(_contact(c) for c in source.assessment.get("contacts", ()))),
        "platform": source.fields.get("platform_name", platform) if source.is_listing else "",
        "item_id": item if source.is_listing else "",
        "promises": "；".join(dict.fromkeys(_promises(source))),
        "cross_refs": "；".join(_cross_refs(source)),
        **_counted(source),
    }


def _contact(contact: Mapping[str, Any]) -> str:
    return f"{strings.CONTACTS.get(contact['kind'], contact['kind'])} {contact['value']}"


def _promises(source: PacketSource) -> Iterator[str]:
    signals = source.assessment.get("selling", {}).get("signals", ())
    yield from (f"“{signal['quote']}”" for signal in signals if signal["weight"] > 0 and signal["quote"])


def _cross_refs(source: PacketSource) -> Iterator[str]:
    """What this subject shares with others, and with which."""
    for campaign in source.campaigns:
        for tie in campaign.ties:
            others = [one for one in tie.subjects if one != source.subject]
            if source.subject in tie.subjects and others:
                yield strings.SHARED.format(
                    name=tie.name, shown=tie.shown, others="、".join(map(subject_shown, others))
                )


def _counted(source: PacketSource) -> dict[str, str]:
    """What the program can count towards thresholds: of the campaign, what this office saw. Never an upper bound."""
    subjects = sorted({source.subject, *(one for campaign in source.campaigns for one in campaign.subjects)})
    sites = [one for one in subjects if one.startswith("site:")]
    offers = [one for one in subjects if one.startswith("listing:")]
    imitates = str(source.assessment.get("impersonation", {}).get("imitates", ""))
    flagged = source.assessment.get("impersonation", {}).get("verdict") == "flag"
    return {
        "counted_fake_organ": strings.COUNTED_ORGAN.format(imitates=imitates) if flagged and imitates else "",
        "counted_sites": strings.COUNTED.format(count=len(sites), listed="、".join(map(subject_shown, sites)))
        if sites
        else "",
        "counted_posts": strings.COUNTED.format(count=len(offers), listed="、".join(map(subject_shown, offers)))
        if offers
        else "",
    }


def subject_shown(subject: str, platform: str = "") -> str:
    """A subject as papers name it: a site by its name in both writings, an offer by its platform and number."""
    kind, _, name = subject.partition(":")
    if kind == "site":
        host, slash, path = name.partition("/")
        shown = unicode_host(host)
        return strings.HOST_BOTH.format(ascii=name, unicode=f"{shown}{slash}{path}") if shown else name
    shop, _, item = name.partition(":")
    return strings.OFFER.format(platform=platform or shop, item=item)


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


def refuse_incomplete(source: PacketSource, agency: Agency, built_at: str) -> None:
    """Raise PacketBlocked when a required fact is missing, or the subject was not seen up shortly before `built_at`."""
    known = facts(source)
    missing = [field for field in asked(source, agency) if field.required and not known.get(field.id)]
    if missing:
        raise PacketBlocked(_blocked(source.case_id, agency, paper_for(agency, source.office.kind), missing))
    hours = agency.terms.recheck_hours
    age = datetime.fromisoformat(built_at) - datetime.fromisoformat(known["recheck_at"])
    if hours and age > timedelta(hours=hours):
        said = {"agency": agency.name, "at": beijing(known["recheck_at"]), "hours": hours, "case": source.case_id}
        raise PacketBlocked(strings.RECHECK_STALE.format(**said))


def asked(source: PacketSource, agency: Agency) -> list[FactField]:
    return [field for field in agency.fields if applies(field.applies, source)]


def field_rows(source: PacketSource, agency: Agency, group: str) -> list[tuple[str, str]]:
    """Label and value of each field of a group that applies, as papers print them."""
    known = facts(source)
    return [(field.label, told(field, known)) for field in asked(source, agency) if field.group == group]


def told(field: FactField, known: Mapping[str, str]) -> str:
    value = known.get(field.id, "")
    if not value:
        return strings.TO_SUPPLY.format(supplier=field.supplier)
    if field.id == "host" and known["host_unicode"]:
        return strings.HOST_BOTH.format(ascii=value, unicode=known["host_unicode"])
    return beijing(value) if field.id.endswith("_at") else value


def applies(what: str, source: PacketSource) -> bool:
    """Whether something is of a case: of any, of sites, of offers, or of sites that pose as somebody."""
    if what == "impersonation":
        judged = source.assessment.get("impersonation", {}).get("verdict", "clear") != "clear"
        return not source.is_listing and (judged or bool(facts(source).get("imitates")))
    return what == "any" or what == ("listing" if source.is_listing else "site")


def _blocked(case: str, agency: Agency, paper: Paper, missing: list[FactField]) -> str:
    items = "；".join(strings.FIELD_MISSING_ITEM.format(label=f.label, id=f.id, supplier=f.supplier) for f in missing)
    said = {"agency": agency.name, "document": paper.document, "missing": items}
    return strings.FIELD_MISSING.format(**said, case=case, field=missing[0].id)


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
        count="1",
        **{"class": known.get("class", ""), "imitates": known.get("imitates", "")},
    )

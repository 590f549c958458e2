"""Facts that people supply on a case for the papers: the newest of a field holds, the earlier ones stay beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from review import audit, workdays
from review.cases import add_event, get
from review.errors import CaseError
from review.strings import FACT_CHOICES, FACT_FIELD, FACT_NO_SOURCE, FACT_TIME, NOTICE, OWN
from review.tables import case_facts

if TYPE_CHECKING:
    from config import Config
    from config.schema_agencies import Agency, FactField

UNKNOWN = "不详"
"""What is written where somebody looked and could not find out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`source` says from whom or where it is known."""

    field: str
    value: str
    source: str
    actor: str
    at: str


def fields(config: Config) -> dict[str, FactField]:
    """Every fact any recipient's papers ask people for, by id."""
    return {field.id: field for agency in config.agencies.values() for field in asked(agency)}


def asked(agency: Agency) -> Iterator[FactField]:
    """Its fields, its counters, and of each helper who it is and when it was told."""
    yield from agency.fields
    for counter in agency.counters:
        yield _open(counter.id, counter.label, counter.supplier)
    for helper in agency.helpers:
        yield _open(helper.fact or helper.id, helper.label, OWN)
        yield _open(f"{helper.id}_notice", NOTICE.format(label=helper.label), OWN)


def _open(name: str, label: str, supplier: str) -> FactField:
    from config.schema_agencies import FactField

    return FactField(id=name, label=label, applies="any", required=False, supplier=supplier)


def put(
    connection: Connection, case_id: int, field: str, value: str, config: Config, *, source: str, actor: str, now: str
) -> Fact:
    """Note a fact of a case; an empty value takes it back. Raises CaseError for a field no paper knows, a fact without
    a source, or a time that is none (fields whose id ends in `_at`)."""
    known = fields(config)
    case = get(connection, case_id)
    if field not in known:
        raise CaseError(FACT_FIELD.format(field=field, known="、".join(f"{f.id}（{f.label}）" for f in known.values())))
    if value.strip() and not source.strip():
        raise CaseError(FACT_NO_SOURCE.format(field=known[field].label))
    if value.strip() and known[field].choices and value.strip() not in known[field].choices:
        choices = "、".join(known[field].choices)
        raise CaseError(FACT_CHOICES.format(field=known[field].label, choices=choices))
    value = _time(value.strip(), now) if field.endswith("_at") and value.strip() else value.strip()
    fact = Fact(field=field, value=value, source=source.strip(), actor=actor, at=now)
    row = {name: getattr(fact, name) for name in Fact.__slots__}
    connection.execute(insert(case_facts).values(case_id=case_id, **row))
    told = {"field": field, "value": value, "source": fact.source}
    add_event(connection, case_id, "fact", told, actor=actor, now=now)
    audit.append(connection, actor, "case.fact", {"case": case.label, **told}, now=now)
    return fact


def of_case(connection: Connection, case_id: int) -> dict[str, Fact]:
    """The facts that hold now, by field."""
    rows = connection.execute(select(case_facts).where(case_facts.c.case_id == case_id).order_by(case_facts.c.id))
    newest = {row["field"]: Fact(**{name: row[name] for name in Fact.__slots__}) for row in rows.mappings()}
    return {field: fact for field, fact in newest.items() if fact.value}


def values(connection: Connection, case_id: int) -> Mapping[str, str]:
    """What papers print, by field."""
    return {field: fact.value for field, fact in of_case(connection, case_id).items()}


def _time(text: str, now: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CaseError(FACT_TIME.format(text=text)) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=workdays.BEIJING)
    if moment > datetime.fromisoformat(now):
        raise CaseError(FACT_TIME.format(text=text))
    return workdays.stored(moment)

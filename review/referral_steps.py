"""What every step of a referral shares: the state it may start from, who takes it, and the trace it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from crawlers import custody
from review import audit, workdays
from review.cases import Case, CaseState
from review.errors import ReferralError
from review.referral_records import Referral, ReferralState, content_digest, get, named
from review.strings import (
    REFERRAL_ACTIONS,
    REFERRAL_CASE_STATE,
    REFERRAL_CHANGED,
    REFERRAL_INCOMPLETE,
    REFERRAL_LACKS,
    REFERRAL_NO_AGENCY,
    REFERRAL_NOT_NOW,
    REFERRAL_READY,
    REFERRAL_TIME,
)
from review.tables import referral_events, referrals

if TYPE_CHECKING:
    from config import Config
    from config.schema_agencies import Agency


def recipient(config: Config, agency: str) -> Agency:
    if agency not in config.agencies:
        raise ReferralError(REFERRAL_NO_AGENCY.format(agency=agency, known="、".join(sorted(config.agencies))))
    return config.agencies[agency]


def confirmed(case: Case) -> None:
    if case.state is not CaseState.CONFIRMED:
        raise ReferralError(REFERRAL_CASE_STATE.format(case=case.label, state=case.state.chinese))


def in_state(connection: Connection, referral_id: int, action: str, *states: ReferralState) -> Referral:
    """The referral, locked, if it is in one of the states in which `action` can be."""
    connection.execute(select(referrals.c.id).where(referrals.c.id == referral_id).with_for_update())
    referral = get(connection, referral_id)
    if referral.state not in states:
        raise ReferralError(not_now(referral, action))
    if referral.content and content_digest(referral.items) != referral.content:
        raise ReferralError(REFERRAL_CHANGED.format(label=referral.label))
    return referral


def not_now(referral: Referral, action: str) -> str:
    state = referral.state.chinese + (REFERRAL_READY if referral.ready else "")
    return REFERRAL_NOT_NOW.format(label=referral.label, state=state, action=REFERRAL_ACTIONS[action])


def person(actor: str) -> str:
    if not named(actor):
        raise ReferralError(REFERRAL_LACKS.format(what="actor"))
    return actor.strip()


def given(text: str, action: str) -> str:
    if not text.strip():
        raise ReferralError(REFERRAL_INCOMPLETE[action])
    return text.strip()


def moment_given(text: str, *, after: str, now: str) -> str:
    """A time somebody gives, ISO 8601 with its zone, as UTC: not before the step before, not in the future."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ReferralError(REFERRAL_TIME.format(text=text)) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=workdays.BEIJING)
    if not datetime.fromisoformat(after) <= moment <= datetime.fromisoformat(now):
        raise ReferralError(REFERRAL_TIME.format(text=text))
    return workdays.stored(moment)


def step(
    connection: Connection,
    referral: Referral,
    kind: str,
    actor: str,
    now: str,
    detail: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
) -> Referral:
    changed = {"updated_at": now, **(values or {})}
    connection.execute(update(referrals).where(referrals.c.id == referral.id).values(changed))
    return note(connection, referral, kind, actor, now, detail)


def note(
    connection: Connection, referral: Referral, kind: str, actor: str, now: str, detail: Mapping[str, Any]
) -> Referral:
    row = {"referral_id": referral.id, "at": now, "actor": person(actor), "kind": kind}
    connection.execute(insert(referral_events).values({**row, "detail": custody.canonical(dict(detail))}))
    audit.append(connection, person(actor), f"referral.{kind}", {"referral": referral.label, **detail}, now=now)
    return get(connection, referral.id)

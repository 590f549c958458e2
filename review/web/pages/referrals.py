"""移送: hand-overs from draft to closing; nothing is sent from here, `referrals` keeps four eyes and deadlines."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from review import audit, case_facts, referrals, workdays
from review.cases import CaseState, get, parse_label
from review.desk.roles import CASEWORK, Role
from review.desk.tables import desk as queue
from review.errors import CaseError, ReferralError
from review.packets.facts import DERIVED
from review.referral_records import Referral, ReferralState, named
from review.web import handing
from review.web.desk import actor, desk
from review.web.entry import entry, roles_here, uploads
from review.web.paging import paged
from review.web.showing import Nav

page = Blueprint("referrals", __name__)
NAV = Nav(40, "referrals", "referrals.show")
PER_PAGE = 40
CHOICES = 200
WAYS = (
    ReferralState.DRAFT,
    ReferralState.REVIEW,
    ReferralState.APPROVAL,
    ReferralState.SENT,
    ReferralState.RECEIVED,
    ReferralState.ANSWERED,
    ReferralState.CLOSED,
)


def today() -> date:
    return workdays.local_day(desk().now())


@page.get("/referrals")
@entry(*CASEWORK, Role.RECIPIENT)
def show() -> str:
    """Newest first; `?state=`, `?agency=`, `?overdue=1` narrow it. A recipient sees what was handed to the office."""
    state, agency = request.args.get("state", ""), request.args.get("agency", "")
    if state and state not in set(ReferralState):
        abort(400)
    with desk().read() as connection:
        every = [one for one in referrals.find(connection, agency=agency or None) if handing.visible(one)]
    counts = Counter(one.state.value for one in every)
    late = [one for one in every if one.overdue(today())]
    found = late if request.args.get("overdue") else every
    found = [one for one in found if not state or one.state == state]
    shown = paged(found, PER_PAGE)
    agencies = {name: one.name for name, one in desk().config.agencies.items()}
    told = {"counts": counts, "late": len(late), "state": state, "agency": agency, "agencies": agencies}
    return render_template(
        "referrals.html", shown=shown, today=today(), ways=WAYS, overdue=bool(request.args.get("overdue")), **told
    )


@page.get("/referrals/new")
@entry(Role.ANALYST, Role.REVIEWER)
def new() -> str:
    """Which confirmed cases go to whom; `?case=A-000012` (several) marks some."""
    wanted = _case_ids(request.args.getlist("case"))
    agencies = {name: one for name, one in desk().config.agencies.items() if handing.writes_to(one)}
    with desk().read() as connection:
        held = select(queue.c.case_id).where(queue.c.state == CaseState.CONFIRMED.value)
        count = connection.execute(select(func.count()).select_from(held.subquery())).scalar_one()
        ids = connection.execute(held.order_by(queue.c.priority.desc()).limit(CHOICES)).scalars().all()
        cases = [get(connection, case_id) for case_id in dict.fromkeys([*wanted, *ids])]
        taken = {
            case.id: [name for name in agencies if referrals.open_for(connection, case.id, name)] for case in cases
        }
        lacking = {
            case.id: {name: _missing(connection, case.id, name) for name in agencies}
            for case in cases
            if case.id in wanted
        }
    return render_template(
        "referral_new.html",
        cases=cases,
        count=count,
        wanted=wanted,
        agencies=agencies,
        taken=taken,
        lacking=lacking,
    )


def _missing(connection: Any, case_id: int, agency: str) -> list[str]:
    """Names of required facts that people must supply and nobody has yet."""
    known = case_facts.values(connection, case_id)
    asked = case_facts.asked(desk().config.agencies[agency])
    return [one.label for one in asked if one.required and one.id not in DERIVED and not known.get(one.id)]


@page.post("/referrals")
@entry(Role.ANALYST, Role.REVIEWER)
def draft() -> Response:
    wanted, agency = _case_ids(request.form.getlist("case")), request.form.get("agency", "")
    try:
        with desk().write() as connection:
            made = referrals.draft(connection, wanted, agency, desk().config, actor=actor(), now=desk().now())
    except (ReferralError, CaseError) as error:
        flash(str(error), "error")
        return redirect(url_for("referrals.new", case=request.form.getlist("case")))
    return redirect(url_for("referrals.detail", label=made.label))


def _case_ids(labels: list[str]) -> list[int]:
    try:
        return [parse_label(label) for label in labels]
    except CaseError as error:
        abort(400, description=str(error))


@page.get("/referrals/<label>")
@entry(*CASEWORK, Role.RECIPIENT)
def detail(label: str) -> str:
    referral = handing.referral_here(label)
    with desk().write() as connection:
        audit.append(connection, actor(), "referral.read", {"referral": referral.label}, now=desk().now())
    agency = desk().config.agencies.get(referral.agency)
    with desk().read() as connection:
        titles = {item.case_id: get(connection, item.case_id).title for item in referral.items}
    return render_template(
        "referral.html",
        referral=referral,
        agency=agency,
        titles=titles,
        ways=WAYS,
        today=today(),
        events=handing.events_for_here(referral),
        may=_may(referral),
        results={one.id: one.text for one in agency.results} if agency else {},
        light=[name for name in (referral.bundle.light if referral.bundle else "").split("\n") if name],
    )


def _may(referral: Referral) -> frozenset[str]:
    """The steps that the person may take now; what is offered here is checked again when it is taken."""
    held, state = roles_here(), referral.state
    unsigned = any(not item.received_at for item in referral.items)
    preparing = bool(held & {Role.ANALYST, Role.REVIEWER})
    others = named(current_user.username) not in referral.preparers
    may = {
        "build": preparing and state is ReferralState.DRAFT,
        "submit": preparing and state is ReferralState.DRAFT and all(item.packet_id for item in referral.items),
        "review": Role.REVIEWER in held and others and state is ReferralState.REVIEW,
        "approve": Role.LEADER in held and others and state is ReferralState.APPROVAL and not referral.approved_by,
        "return": bool(held & {Role.REVIEWER, Role.LEADER}) and state in {ReferralState.REVIEW, ReferralState.APPROVAL},
        "send": preparing and referral.ready,
        "remind": preparing and state in handing.OUT,
        "receive": (preparing or Role.RECIPIENT in held) and state in handing.OUT and unsigned,
        "answer": (preparing or Role.RECIPIENT in held)
        and state in {ReferralState.SENT, ReferralState.RECEIVED, ReferralState.ANSWERED},
        "file": (preparing or Role.RECIPIENT in held)
        and state in {ReferralState.SENT, ReferralState.RECEIVED, ReferralState.ANSWERED, ReferralState.CLOSED},
        "close": preparing and state is ReferralState.ANSWERED,
        "withdraw": bool(held & CASEWORK) and state.open,
    }
    return frozenset(name for name, allowed in may.items() if allowed)


@page.post("/referrals/<label>/<step>")
@entry(*CASEWORK, Role.RECIPIENT)
@uploads
def take(label: str, step: str) -> Response:
    """One step of the way, by its name; refused with the reason where it does not fit."""
    referral = handing.referral_here(label)
    if step not in handing.STEPS:
        abort(404)
    if step not in _may(referral):
        flash(handing.not_offered(referral, step, actor()), "error")
        return redirect(url_for("referrals.detail", label=referral.label))
    if problem := handing.take(referral, step):
        flash(problem, "error")
    return redirect(url_for("referrals.detail", label=referral.label))

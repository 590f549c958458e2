"""案件: one case whole, in five parts: 概要, 证据, 关联, 流转, 操作记录."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from crawlers.records import Capture, FetchProfile
from review import audit
from review.desk import accounts, deciding
from review.desk.roles import CASEWORK
from review.desk.tables import desk as desk_rows
from review.referral_records import find as find_referrals
from review.tables import case_subjects, cases, packets
from review.web import case_view
from review.web.case_view import CaseView
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.words import words

page = Blueprint("case", __name__)
TABS = ("summary", "captures", "links", "flow", "log")
RELATED = 50
BY_PEOPLE = frozenset({"decided", "assigned", "noted", "merged", "absorbed", "watched"})
PROFILE_PICTURE = {"width": 520, "height": 640}


@page.get("/cases/<int:case_id>", defaults={"tab": "summary"})
@page.get("/cases/<int:case_id>/<any(captures,links,flow,log):tab>")
@entry(*CASEWORK)
def show(case_id: int, tab: str) -> str:
    with desk().read() as connection:
        seen = case_view.view(connection, case_id)
        facts = _PARTS[tab](connection, seen)
    with desk().write() as connection:
        told = {"case": seen.case.label, "part": tab}
        audit.append(connection, actor(), "case.read", told, now=desk().now())
    return render_template("case.html", view=seen, tab=tab, tabs=TABS, **facts)


def _summary(_connection: Connection, seen: CaseView) -> dict[str, Any]:
    """The newest capture of each way of looking, side by side: what a visitor sees is not what a crawler gets."""
    newest: dict[FetchProfile, Capture] = {}
    for capture in seen.captures:
        held = newest.get(capture.profile)
        if held is None or (_shot(capture) and not _shot(held)):
            newest[capture.profile] = capture
    pairs = [(capture, case_view.picture_of(desk(), capture, **PROFILE_PICTURE)) for capture in newest.values()]
    return {"profiles": sorted(pairs, key=lambda pair: pair[0].profile)}


def _shot(capture: Capture) -> bool:
    return any(artefact.role == "screenshot" for artefact in capture.artefacts)


def _captures(_connection: Connection, seen: CaseView) -> dict[str, Any]:
    """By address and way of looking, newest first: what changed can be compared with what was there before."""
    groups: defaultdict[tuple[str, str], list[Capture]] = defaultdict(list)
    for capture in seen.captures:
        groups[(capture.final_url, capture.profile.value)].append(capture)
    return {"groups": list(groups.items())}


def _links(connection: Connection, seen: CaseView) -> dict[str, Any]:
    """The campaigns the case's subjects belong to, and the cases of the others in them."""
    own = set(seen.case.subjects)
    others = sorted({subject for found in seen.campaigns.values() for subject in found.subjects} - own)[:RELATED]
    joined = (
        select(case_subjects.c.subject, cases.c.id, cases.c.title, desk_rows.c.state, desk_rows.c.score_milli)
        .join(cases, cases.c.id == case_subjects.c.case_id)
        .join(desk_rows, desk_rows.c.case_id == cases.c.id)
        .where(case_subjects.c.subject.in_(others))
    )
    held = {row["subject"]: row for row in connection.execute(joined).mappings()}
    return {"others": [(subject, held.get(subject)) for subject in others]}


def _flow(connection: Connection, seen: CaseView) -> dict[str, Any]:
    """What people did with it: decisions, assignments, notes, packets."""
    built = select(packets).where(packets.c.case_id == seen.case.id).order_by(packets.c.built_at)
    steps = [event for event in seen.case.events if event.kind in BY_PEOPLE]
    return {
        "steps": steps[::-1],
        "packets": connection.execute(built).mappings().all(),
        "referrals": list(find_referrals(connection, case_id=seen.case.id)),
        "colleagues": accounts.with_role(connection, CASEWORK),
        "agencies": desk().config.agencies,
    }


def _log(_connection: Connection, seen: CaseView) -> dict[str, Any]:
    return {"events": seen.case.events[::-1]}


_PARTS = {"summary": _summary, "captures": _captures, "links": _links, "flow": _flow, "log": _log}


@page.post("/cases/<int:case_id>/note")
@entry(*CASEWORK)
def note(case_id: int) -> Response:
    text = request.form.get("text", "").strip()[:2000]
    if not text:
        flash(words().queue.note_empty, "error")
        return redirect(f"/cases/{case_id}/flow")
    with desk().write() as connection:
        deciding.note(connection, case_id, text, actor=actor(), now=desk().now())
    flash(words().queue.noted, "success")
    return redirect(f"/cases/{case_id}/flow")


@page.post("/cases/<int:case_id>/assign")
@entry(*CASEWORK)
def assign(case_id: int) -> Response:
    to, version = request.form.get("to", ""), request.form.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        abort(400)
    with desk().write() as connection:
        if to not in {user["username"] for user in accounts.with_role(connection, CASEWORK)}:
            abort(400)
        reason = request.form.get("reason", "").strip()[:500]
        deciding.hand_over(
            connection, case_id, to, actor=actor(), reason=reason, version=int(version), now=desk().now()
        )
    flash(words().queue.assigned.format(case=f"A-{case_id:06d}", to=to), "success")
    return redirect(f"/cases/{case_id}/flow")


def of_case(connection: Connection, case_id: int, wanted: Sequence[int]) -> list[Capture]:
    """Captures of the case by number, in that order; 404 for one that is not the case's."""
    seen = {capture.id: capture for capture in case_view.view(connection, case_id).captures}
    if not all(number in seen for number in wanted):
        abort(404)
    return [seen[number] for number in wanted]

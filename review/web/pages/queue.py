"""待办: the list on the left, one case on the right; one key decides and goes to the next."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from sqlalchemy import Connection, select

from review import audit
from review.cases import Decision
from review.desk import accounts, deciding, filters, locks, tallies
from review.desk.contact_search import cases_of_contact
from review.desk.filters import Query
from review.desk.index import day_began
from review.desk.roles import CASEWORK
from review.desk.saved import saved_for
from review.desk.tables import desk as desk_rows
from review.errors import CaseError, Conflict
from review.tables import cases as case_rows
from review.web import case_view, sentences
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.showing import Nav
from review.web.words import words

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

page = Blueprint("queue", __name__)
NAV = Nav(20, "queue", "queue.show")
TOTALS = ("open", "doubtful", "confirmed", "excluded")
FACETS = ("kind", "platform", "cls", "imitates", "place", "assignee", "night")
FACET_VALUES = 12
REASON_CODES = tuple("123456789")


@page.get("/queue")
@entry(*CASEWORK)
def show() -> str:
    query = _query(request.args.to_dict())
    with desk().read() as connection:
        return _page(connection, query, request.args.get("case", ""))


def _query(given: dict[str, str]) -> Query:
    """The filter of an address; without one, what waits."""
    return Query.read(given if set(given) - {"case"} else {**given, "state": "open"})


@dataclass(frozen=True, slots=True)
class Said:
    """What happened just now: shown above the case, with a way back for a while."""

    text: str
    problem: bool = False
    undo: bool = False


def _page(connection: Connection, query: Query, chosen: str, said: Said | None = None) -> str:
    rules = desk().web.queue
    also = cases_of_contact(connection, query.text, desk().linking) if query.text else ()
    found = filters.run(connection, query, size=rules.page_cases, search_cases=rules.search_cases, also=also)
    case_id = _chosen(chosen, found.ids)
    shown = _open(connection, case_id) if case_id is not None else None
    with desk().read() as fresh:  # the lock that was just taken is seen
        held = locks.held(fresh, now=desk().now())
    rows = _rows(connection, found.ids)
    at = found.ids.index(case_id) if case_id in found.ids else -1
    facts: dict[str, Any] = {
        "query": query,
        "found": found,
        "nothing_waits": not found.total and query.values == {"state": "open"} and not query.text,
        "rows": rows,
        "held": held,
        "case_id": case_id,
        "view": shown,
        "after": found.ids[at + 1] if 0 <= at < len(found.ids) - 1 else None,
        "before": found.ids[at - 1] if at > 0 else None,
        "sentence": sentences.parts(query),
        "pages": min(filters.MAX_PAGE, max(1, -(-found.total // rules.page_cases))),
        "said": said,
        "totals": {state: tallies.total(connection, state) for state in TOTALS},
        "codes": REASON_CODES,
        "undo_seconds": rules.undo_seconds,
        "holder": held.get(case_id) if case_id is not None and held.get(case_id) != actor() else None,
    }
    if request.headers.get("HX-Request"):
        return render_template("_work.html", **facts, swapped=True)
    return render_template("queue.html", **facts, swapped=False, **_around(connection, query))


def _around(connection: Connection, query: Query) -> dict[str, Any]:
    """What stands around the list: facets with their numbers, saved filters, my decisions, colleagues."""
    state = query.values.get("state")
    facets = {
        facet: tallies.by_value(connection, facet, states=[state] if state else [], limit=FACET_VALUES)
        for facet in FACETS
    }
    return {
        "facets": facets,
        "saved": saved_for(connection, actor()),
        "done_today": deciding.decided_since(connection, actor(), day_began(desk().now())),
        "recent": deciding.recent(connection, actor(), 8),
    }


def _chosen(text: str, ids: Any) -> int | None:
    if text:
        if not text.isdecimal() or len(text) > 9:
            abort(HTTPStatus.BAD_REQUEST)
        return int(text)
    return ids[0] if ids else None


def _rows(connection: Connection, ids: Any) -> list[Any]:
    columns = (desk_rows, case_rows.c.title, case_rows.c.updated_at)
    joined = select(*columns).join(case_rows, case_rows.c.id == desk_rows.c.case_id)
    by_id = {row["case_id"]: row for row in connection.execute(joined.where(desk_rows.c.case_id.in_(ids))).mappings()}
    return [by_id[case_id] for case_id in ids]


def _open(connection: Connection, case_id: int) -> case_view.CaseView:
    """Show a case: first it is mine for a while and that I read it is written down; else nothing is shown."""
    place, who, seen = desk(), actor(), case_view.view(connection, case_id)
    with place.write() as writing:
        before = locks.holder(writing, case_id, now=place.now())
        if before is None or before.username != who:
            audit.append(writing, who, "case.read", {"case": seen.case.label}, now=place.now())
        locks.take(writing, case_id, who, seconds=place.web.queue.lock_seconds, now=place.now())
    return seen


@page.post("/queue/decide")
@entry(*CASEWORK)
def decide() -> AnyResponse:
    """One decision; the next case comes back with it."""
    form = request.form
    case_id, version = _number("case"), _number("version")
    ruling = _ruling(form.get("decision", ""), form.get("code", ""), form.get("reason", ""))
    try:
        with desk().write() as connection:
            deciding.rule(connection, case_id, ruling, version=version, now=desk().now())
    except Conflict as error:
        return _answer(case_id, Said(str(error), problem=True), HTTPStatus.CONFLICT)
    except CaseError as error:
        return _answer(case_id, Said(str(error), problem=True), HTTPStatus.UNPROCESSABLE_ENTITY)
    became = words().state.get(ruling.decision.state.value)
    done = words().queue.decided.format(case=f"A-{case_id:06d}", decision=became)
    return _answer(_number("after", default=0) or _number("before", default=0), Said(done, undo=True))


def _ruling(decision: str, code: str, reason: str) -> deciding.Ruling:
    try:
        wanted = Decision(decision)
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    if code and code not in REASON_CODES:
        abort(HTTPStatus.BAD_REQUEST)
    said = " ".join(part for part in (words().reason.get(code) if code else "", reason.strip()) if part)
    return deciding.Ruling(decision=wanted, actor=actor(), reason=said[:500], code=code)


@page.post("/queue/undo")
@entry(*CASEWORK)
def undo() -> AnyResponse:
    try:
        with desk().write() as connection:
            case_id = deciding.undo(connection, actor(), now=desk().now())
    except CaseError as error:
        return _answer(_number("case", default=0), Said(str(error), problem=True), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _answer(case_id, Said(words().queue.undone.format(case=f"A-{case_id:06d}")))


@page.post("/queue/assign")
@entry(*CASEWORK)
def assign() -> AnyResponse:
    """Hand the case to a colleague and go on."""
    case_id, to = _number("case"), request.form.get("to", "")
    try:
        with desk().write() as connection:
            if to not in {user["username"] for user in accounts.with_role(connection, CASEWORK)}:
                abort(HTTPStatus.BAD_REQUEST)
            reason = request.form.get("reason", "").strip()[:500]
            deciding.hand_over(
                connection, case_id, to, actor=actor(), reason=reason, version=_number("version"), now=desk().now()
            )
    except Conflict as error:
        return _answer(case_id, Said(str(error), problem=True), HTTPStatus.CONFLICT)
    said = Said(words().queue.assigned.format(case=f"A-{case_id:06d}", to=to))
    return _answer(_number("after", default=0) or case_id, said)


@page.get("/queue/colleagues")
@entry(*CASEWORK)
def colleagues() -> str:
    """To whom a case can be handed; asked for when somebody is about to."""
    with desk().read() as connection:
        others = [user for user in accounts.with_role(connection, CASEWORK) if user["username"] != actor()]
    return render_template("_colleagues.html", colleagues=others)


@page.post("/queue/note")
@entry(*CASEWORK)
def note() -> AnyResponse:
    case_id, text = _number("case"), request.form.get("text", "").strip()[:2000]
    if not text:
        return _answer(case_id, Said(words().queue.note_empty, problem=True), HTTPStatus.UNPROCESSABLE_ENTITY)
    with desk().write() as connection:
        deciding.note(connection, case_id, text, actor=actor(), now=desk().now())
    return _answer(case_id, Said(words().queue.noted))


def _answer(case_id: int, said: Said, status: HTTPStatus = HTTPStatus.OK) -> AnyResponse:
    """The list as it is now with the case to go on with; without htmx, or with a problem, a whole page."""
    query = _query(dict(parse_qsl(request.form.get("query", ""))))
    with desk().read() as connection:
        body = _page(connection, query, str(case_id) if case_id else "", said)
    response: Response = make_response(body, status)
    if not request.headers.get("HX-Request") and status is HTTPStatus.OK:
        return redirect(f"/queue?{query.address(case=case_id or '')}", code=HTTPStatus.SEE_OTHER)
    response.headers["HX-Push-Url"] = f"/queue?{query.address(case=case_id or '')}"
    return response


def _number(name: str, default: int | None = None) -> int:
    text = request.form.get(name, "")
    if text.isdecimal() and len(text) <= 9:
        return int(text)
    if default is None:
        abort(HTTPStatus.BAD_REQUEST)
    return default

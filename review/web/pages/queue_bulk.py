"""Many cases, one reason: what would be decided is shown first, what became of each afterwards."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import Blueprint, abort, render_template, request
from sqlalchemy import Connection, select

from review.cases import Decision
from review.desk import deciding, filters
from review.desk.contact_search import cases_of_contact
from review.desk.filters import Query
from review.desk.roles import CASEWORK
from review.desk.tables import desk as desk_rows
from review.errors import CaseError
from review.strings import BULK_CAPPED, BULK_NOTHING
from review.tables import cases as case_rows
from review.web import sentences
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.pages.queue import REASON_CODES
from review.web.words import words

page = Blueprint("queue_bulk", __name__)
DECISIONS = (Decision.EXCLUDE, Decision.DOUBT, Decision.CONFIRM)


@page.post("/queue/bulk/preview")
@entry(*CASEWORK)
def preview() -> tuple[str, int]:
    query = Query.read(dict(parse_qsl(request.form.get("query", ""))))
    limit = desk().web.queue.bulk_cases
    with desk().read() as connection:
        ids = _all(connection, query, limit) if request.form.get("scope") == "all" else _picked()
        if not ids or len(ids) > limit:
            said = BULK_CAPPED.format(count=f"{len(ids)}", limit=limit) if ids else BULK_NOTHING
            return render_template("bulk.html", rows=[], query=query, problem=said), HTTPStatus.BAD_REQUEST
        rows = _rows(connection, ids)
    return render_template(
        "bulk.html",
        rows=rows,
        query=query,
        sentence=sentences.parts(query),
        codes=REASON_CODES,
        decisions=[decision.value for decision in DECISIONS],
    ), HTTPStatus.OK


@page.post("/queue/bulk")
@entry(*CASEWORK)
def decide() -> tuple[str, int]:
    query = Query.read(dict(parse_qsl(request.form.get("query", ""))))
    try:
        ruling = _ruling()
        with desk().write() as connection:
            results = deciding.rule_many(
                connection, _seen(), ruling, limit=desk().web.queue.bulk_cases, now=desk().now()
            )
    except CaseError as error:
        return render_template("bulk.html", rows=[], query=query, problem=str(error)), HTTPStatus.BAD_REQUEST
    done = sum(not result.problem for result in results)
    return render_template("bulk_done.html", results=results, done=done, query=query, ruling=ruling), HTTPStatus.OK


def _ruling() -> deciding.Ruling:
    form = request.form
    if form.get("decision") not in {decision.value for decision in DECISIONS}:
        abort(HTTPStatus.BAD_REQUEST)
    code = form.get("code", "")
    if code and code not in REASON_CODES:
        abort(HTTPStatus.BAD_REQUEST)
    said = (words().reason.get(code) if code else "", form.get("reason", "").strip())
    reason = " ".join(part for part in said if part)
    if not reason:
        raise CaseError(words().queue.bulk_reason)
    return deciding.Ruling(decision=Decision(form["decision"]), actor=actor(), reason=reason[:500], code=code)


def _picked() -> list[int]:
    given = request.form.getlist("case")
    if not all(text.isdecimal() and len(text) <= 9 for text in given):
        abort(HTTPStatus.BAD_REQUEST)
    return list(dict.fromkeys(map(int, given)))


def _seen() -> list[tuple[int, int]]:
    """`12:3`: case 12 as it was at version 3."""
    found = [text.partition(":")[::2] for text in request.form.getlist("seen")]
    if not all(number.isdecimal() and version.isdecimal() and len(number + version) <= 18 for number, version in found):
        abort(HTTPStatus.BAD_REQUEST)
    return [(int(number), int(version)) for number, version in dict(found).items()]


def _all(connection: Connection, query: Query, limit: int) -> list[int]:
    also = cases_of_contact(connection, query.text, desk().linking) if query.text else ()
    return filters.ids_of(connection, query, limit=limit, search_cases=desk().web.queue.search_cases, also=also)


def _rows(connection: Connection, ids: list[int]) -> list[object]:
    joined = select(desk_rows, case_rows.c.title).join(case_rows, case_rows.c.id == desk_rows.c.case_id)
    found = {row["case_id"]: row for row in connection.execute(joined.where(desk_rows.c.case_id.in_(ids))).mappings()}
    return [found[case_id] for case_id in ids if case_id in found]

"""台账: every case that was handed over, with what came back, as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, request

from review import audit, referrals
from review.desk.roles import CASEWORK, Role
from review.referral_records import Referral
from review.web import handing
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.pages.referrals import today
from review.web.sheets import xlsx_answer
from review.web.showing import minute
from review.web.words import words

page = Blueprint("ledger", __name__)


@page.get("/referrals/ledger.xlsx")
@entry(*CASEWORK)
def referrals_xlsx() -> Response:
    """Of the referrals the list shows under the same `?state=`, `?agency=`, `?overdue=`."""
    state, agency, late = (request.args.get(name, "") for name in ("state", "agency", "overdue"))
    with desk().read() as connection:
        found = [
            one
            for one in referrals.find(connection)
            if (not state or one.state == state)
            and (not agency or one.agency == agency)
            and (not late or one.overdue(today()))
        ]
    return _workbook("ledger.xlsx", found)


@page.get("/referrals/<label>/ledger.xlsx")
@entry(*CASEWORK, Role.RECIPIENT)
def one_xlsx(label: str) -> Response:
    referral = handing.referral_here(label)
    return _workbook(f"{referral.label}.xlsx", [referral])


def _workbook(name: str, found: Iterable[Referral]) -> Response:
    said = words().ledger
    rows = [row for referral in found for row in _rows(referral)]
    with desk().write() as connection:
        audit.append(connection, actor(), "referral.export", {"file": name, "rows": len(rows)}, now=desk().now())
    return xlsx_answer(name, said.sheet, [heading for _, heading in said.columns.items()], rows)


def _rows(referral: Referral) -> Iterator[list[str]]:
    agency = desk().config.agencies.get(referral.agency)
    results = {one.id: one.text for one in agency.results} if agency else {}
    for item in referral.items:
        yield [
            referral.label,
            referral.doc_number,
            referral.document,
            referral.recipient,
            str(item.number),
            item.case_label,
            item.packet_id or "",
            item.packet_sha256,
            referral.state.chinese,
            minute(referral.sent_at or ""),
            str(referral.receipt_due or ""),
            minute(item.received_at or ""),
            item.received_by,
            str(referral.feedback_due or ""),
            minute(item.answered_at or ""),
            results.get(item.result, item.result),
            item.answer,
        ]

"""团伙: subjects that belong together. The table of what they share comes first, the picture second."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from detectors import campaigns as kept
from detectors.campaigns import Campaign
from review import audit, campaigns
from review.cases import CaseState
from review.desk import graph
from review.desk.roles import CASEWORK
from review.errors import CampaignError, CaseError
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.paging import Paged, paged
from review.web.sheets import csv_answer
from review.web.showing import Nav
from review.web.showing import subject as subject_name
from review.web.words import language, words

page = Blueprint("campaigns", __name__)
NAV = Nav(30, "campaigns", "campaigns.show")
PER_PAGE = 50
Held = dict[str, tuple[str, CaseState]]


@page.get("/campaigns")
@entry(*CASEWORK)
def show() -> str:
    """All campaigns, largest first; or those a value, a case or a subject leads to (倒查)."""
    start = request.args.get("from", "").strip()[:300]
    walk, problem = None, ""
    with desk().read() as connection:
        if start:
            try:
                walk = campaigns.walk(connection, start, desk().judging)
            except (CampaignError, CaseError) as error:
                problem = str(error)
        found = list(walk.campaigns) if walk else sorted(kept.find(connection), key=lambda one: -len(one.subjects))
        shown: Paged[Campaign] = paged(found, PER_PAGE)
        rows = [_summary(connection, one) for one in shown.rows]
    if start:
        with desk().write() as connection:
            audit.append(connection, actor(), "campaign.walk", {"start": walk.start if walk else "—"}, now=desk().now())
    return render_template(
        "campaigns.html",
        rows=rows,
        shown=shown,
        walk=walk,
        start=start,
        problem=problem,
        trade_name=trade_name,
        told=_told,
    )


def _told(start: str) -> str:
    return campaigns.start_told(start) if language() == "zh_Hans" else start


def _summary(connection: Any, campaign: Campaign) -> dict[str, Any]:
    held = campaigns.cases_of(connection, campaign.subjects)
    cases = sorted({label for label, _ in held.values()})
    trades: dict[str, int] = {}
    for subject in campaign.subjects:
        trades[graph.trade(subject)] = trades.get(graph.trade(subject), 0) + 1
    confirmed = len({label for label, state in held.values() if state is CaseState.CONFIRMED})
    strongest = sorted(campaign.ties, key=lambda tie: -tie.weight)[:3]
    return {"campaign": campaign, "cases": cases, "trades": trades, "confirmed": confirmed, "strongest": strongest}


def _one(label: str) -> tuple[Campaign, Held]:
    with desk().read() as connection:
        try:
            campaign = campaigns.one(connection, label)
        except CampaignError as error:
            abort(404, description=str(error))
        return campaign, campaigns.cases_of(connection, campaign.subjects)


@page.get("/campaigns/<label>")
@entry(*CASEWORK)
def detail(label: str) -> str:
    campaign, held = _one(label)
    with desk().write() as connection:
        audit.append(connection, actor(), "campaign.read", {"campaign": campaign.label}, now=desk().now())
    opened = request.args.get("open", "")[:64]
    ties = sorted(campaign.ties, key=lambda tie: (-tie.weight, tie.kind))
    return render_template(
        "campaign.html",
        campaign=campaign,
        held=held,
        ties=ties,
        trade_name=trade_name,
        picture=_picture(campaign, held, opened),
        opened=opened,
    )


def _picture(campaign: Campaign, held: Held, opened: str) -> graph.Picture:
    told = words().campaigns
    cases = {subject: (label, state.value) for subject, (label, state) in held.items()}
    names = graph.Names(words().tie.get, trade_name, subject_name)
    return graph.draw(campaign, cases, told.why, told.group, opened=opened, names=names)


def trade_name(trade: str) -> str:
    """A platform by its name; the open web is none."""
    return str(words().platform.get("web" if trade == "site" else trade))


@page.get("/campaigns/<label>/ties.csv")
@entry(*CASEWORK)
def ties_csv(label: str) -> AnyResponse:
    campaign, held = _one(label)
    heads = words().campaigns.csv
    columns = [
        heads.campaign,
        heads.kind,
        heads.value,
        heads.rarity,
        heads.carriers,
        heads.subject,
        heads.case,
        heads.capture,
    ]
    rows = [
        [
            campaign.label,
            words().tie.get(tie.kind),
            tie.shown,
            f"{tie.weight:.2f}",
            str(tie.carriers),
            subject,
            held.get(subject, ("",))[0],
            f"C-{capture:08d}",
        ]
        for tie in campaign.ties
        for subject, capture in tie.seen
    ]
    _exported(campaign, "csv", len(rows))
    return csv_answer(f"{campaign.label}.csv", columns, rows)


@page.get("/campaigns/<label>/picture.svg")
@entry(*CASEWORK)
def picture_svg(label: str) -> AnyResponse:
    campaign, held = _one(label)
    _exported(campaign, "svg", len(campaign.subjects))
    text = render_template("parts/campaign.svg", picture=_picture(campaign, held, ""), alone=True, title=campaign.label)
    told = {"Content-Disposition": f'attachment; filename="{campaign.label}.svg"'}
    return Response(text, mimetype="image/svg+xml", headers=told)


def _exported(campaign: Campaign, form: str, rows: int) -> None:
    with desk().write() as connection:
        detail = {"campaign": campaign.label, "form": form, "rows": rows}
        audit.append(connection, actor(), "campaign.export", detail, now=desk().now())

"""`/api/v1`: what a provincial platform reads of an office: cases, packets, block list, reports of nights.

JSON only, by token, reading only. `openapi.json` beside this describes it; a test holds both to each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, request, send_file, url_for
from sqlalchemy import select

from review import audit
from review.cases import CaseState, get, parse_label
from review.desk import exchange, handed
from review.desk.tokens import Bearer, bearer, seen
from review.errors import CaseError
from review.tables import packets
from review.web.desk import address, desk
from review.web.entry import public
from review.web.errors import problem

page = Blueprint("api", __name__, url_prefix="/api/v1")
DESCRIPTION = Path(__file__).parent.parent / "openapi.json"
MOST = 200
LONGEST = 40
Answer = Callable[..., Response]


class ApiError(Exception):
    """What the caller did wrong, as a problem document (RFC 9457)."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@page.errorhandler(ApiError)
def _problem(error: ApiError) -> Response:
    answer = problem(error.status, error.detail)
    if error.status is HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def told(document: Any) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), mimetype="application/json")


def reads(scope: str) -> Callable[[Answer], Answer]:
    """A view for holders of a token with this scope; each reading is in the audit log, or does not happen."""

    def guarded(view: Answer) -> Answer:
        @wraps(view)
        def checked(**values: str) -> Response:
            with desk().read() as connection:
                asking = bearer(connection, request.headers.get("Authorization", ""))
            if asking is None or scope not in asking.scopes:
                raise _refused(asking, scope)
            with desk().write() as connection:
                seen(connection, asking.id, desk().now())
                audit.append(connection, asking.actor, "api.read", {"path": request.path[:200]}, now=desk().now())
            g.bearer = asking
            return view(**values)

        return public(checked)

    return guarded


def _refused(asking: Bearer | None, scope: str) -> ApiError:
    """A token that is wrong, dead or may not is written down; who shows none has only lost the way."""
    if request.headers.get("Authorization"):
        told = {"path": request.path[:200], "address": address()}
        with desk().write() as connection:
            audit.append(connection, asking.actor if asking else "api", "api.refused", told, now=desk().now())
    if asking is None:
        return ApiError(HTTPStatus.UNAUTHORIZED, "a token in the Authorization header is needed: Bearer zs1.…")
    return ApiError(HTTPStatus.FORBIDDEN, f"this token may not read {scope}")


def _number(name: str, default: int, most: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
        raise ApiError(HTTPStatus.BAD_REQUEST, f"{name} must be a whole number from 1 to {most}")
    return int(text)


def _choice(name: str, known: list[str]) -> str:
    text = request.args.get(name, "")
    if text and text not in known:
        raise ApiError(HTTPStatus.BAD_REQUEST, f"{name} must be one of {' '.join(known)}")
    return text


def _label(text: str) -> int:
    try:
        return parse_label(text[:LONGEST])
    except CaseError as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, str(error)) from error


@page.get("/openapi.json")
@public
def openapi() -> Response:
    document = json.loads(DESCRIPTION.read_text("utf-8"))
    document["servers"] = [{"url": url_for("api.openapi", _external=True).rpartition("/")[0]}]
    return told(document)


@page.get("/cases")
@reads("cases")
def cases() -> Response:
    """In the order of their numbers, from after `?after=`."""
    limit, state = _number("limit", 50, MOST), _choice("state", [one.value for one in CaseState])
    after = _label(request.args["after"]) if request.args.get("after") else 0
    with desk().read() as connection:
        found = exchange.cases(connection, state=state, after=after, limit=limit)
    return told({"cases": found, "next": found[-1]["id"] if len(found) == limit else None})


@page.get("/cases/<label>")
@reads("cases")
def case(label: str) -> Response:
    with desk().read() as connection:
        try:
            found = get(connection, _label(label))
        except CaseError as error:
            raise ApiError(HTTPStatus.NOT_FOUND, str(error)) from error
        return told(exchange.case(connection, found))


@page.get("/packets")
@reads("packets")
def all_packets() -> Response:
    """Those that were handed over."""
    limit, after = _number("limit", 50, MOST), request.args.get("after", "")[:LONGEST]
    query = select(packets).where(packets.c.id > after, handed.left(packets.c.id)).order_by(packets.c.id).limit(limit)
    with desk().read() as connection:
        found = [exchange.packet(row) for row in connection.execute(query).mappings()]
    return told({"packets": found, "next": found[-1]["id"] if len(found) == limit else None})


@page.get("/packets/<packet_id>/file")
@reads("packets")
def packet_file(packet_id: str) -> Response:
    """The sealed packet itself, as a zip."""
    with desk().read() as connection:
        asked = select(packets).where(packets.c.id == packet_id[:LONGEST], handed.left(packets.c.id))
        row = connection.execute(asked).mappings().first()
    path = desk().data / "packets" / Path(row["file"]).name if row else None
    if path is None or not path.is_file():
        raise ApiError(HTTPStatus.NOT_FOUND, "no such packet here")
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name=path.name)


@page.get("/blocklist")
@reads("blocklist")
def blocklist() -> Response:
    """Hosts of confirmed counterfeits, with the narrowest unit that was confirmed."""
    with desk().read() as connection:
        return told({"generated_at": desk().now(), "entries": exchange.blocked(connection, desk().config)})


@page.get("/runs")
@reads("runs")
def runs() -> Response:
    with desk().read() as connection:
        return told({"runs": exchange.runs(connection, _number("limit", 14, MOST))})


@page.get("/runs/<night>")
@reads("runs")
def run(night: str) -> Response:
    with desk().read() as connection:
        found = exchange.run(connection, night[:LONGEST])
    if found is None:
        raise ApiError(HTTPStatus.NOT_FOUND, "no such night here")
    return told(found)

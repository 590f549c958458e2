"""What people see when something is refused or breaks: a page that says what to do, never a trace."""

from __future__ import annotations

import json
import logging
import secrets
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from review.errors import AccountError, BadFilter, CaseError, Conflict, ReviewError
from review.web.words import words

_log = logging.getLogger("zhengshao.web")
STATUS: dict[type[ReviewError], HTTPStatus] = {
    Conflict: HTTPStatus.CONFLICT,
    BadFilter: HTTPStatus.BAD_REQUEST,
    CaseError: HTTPStatus.NOT_FOUND,
    AccountError: HTTPStatus.BAD_REQUEST,
}
"""What a page answers when it does not catch one of ours itself."""


def install(app: Flask) -> None:
    app.register_error_handler(CSRFError, lambda _error: _page(HTTPStatus.FORBIDDEN, "csrf"))
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(ReviewError, _ours)
    app.register_error_handler(Exception, _broken)


def problem(status: HTTPStatus, detail: str = "") -> Response:
    """What `/api/` answers to what is wrong (RFC 9457)."""
    told = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    text = json.dumps(told, ensure_ascii=False)
    return Response(text, status=status.value, mimetype="application/problem+json")


def _refused(error: HTTPException) -> Response:
    answer = _page(HTTPStatus(error.code or 500))
    if allowed := error.get_response().headers.get("Allow"):
        answer.headers["Allow"] = allowed
    return answer


def _ours(error: ReviewError) -> Response:
    return _page(STATUS.get(type(error), HTTPStatus.BAD_REQUEST), message=str(error))


def _broken(error: Exception) -> Response:
    """The one place of this floor's web where every error is caught: it is recorded under the number shown."""
    number = secrets.token_hex(4)
    _log.error("incident %s at %s", number, request.path, exc_info=error)
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, number=number)


def _page(status: HTTPStatus, key: str = "", *, message: str = "", number: str = "") -> Response:
    if request_ctx.url_adapter is None:  # the name it was asked by is not ours: no link can be made of it
        return Response(status.phrase, status.value)
    if request.path.startswith("/api/"):
        return problem(status, message or number)
    said = words().error
    text = message or said.get(key or f"e{status.value}", said.other)
    template = "_error.html" if request.headers.get("HX-Request") else "error.html"
    return Response(render_template(template, status=status.value, text=text, number=number), status.value)

"""What was captured, on an origin of its own: no cookie, no script, no address in it that is more than text.

Every address was signed by the desk, which wrote down who asked for it. A page is shown inert inside a sandboxed frame
of the desk; opened by itself it is plain text.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, NotFound

from crawlers.decode import decode_exchange
from crawlers.records import ArchiveError, Capture, StoreError
from detectors.features import Page
from review.clock import utc_now
from review.evidence_view import annotate
from review.viewing import html_of
from review.web import marking, pictures, signing
from review.web.desk import EXTENSION, Desk

if TYPE_CHECKING:
    from config import Config
    from crawlers.store import Store

STYLE = Path(__file__).parent / "static" / "captured.css"
STYLE_PATH = "/captured.css"


def create_captured_app(config: Config, store: Store, data: Path, *, now: Callable[[], str] = utc_now) -> Flask:
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.extensions[EXTENSION] = Desk(config, store, data, now)
    place: Desk = app.extensions[EXTENSION]
    app.config["MAX_CONTENT_LENGTH"] = 1024
    for kind, view in (("picture", _picture), ("page", _page), ("source", _source)):
        app.add_url_rule(f"/{kind}/<token>", kind, _signed(place, kind, view), methods=["GET"])
    app.add_url_rule(STYLE_PATH, "style", lambda: Response(STYLE.read_bytes(), mimetype="text/css"))
    app.register_error_handler(HTTPException, _refused)
    app.after_request(lambda response: _protected(response, place))
    return app


def _signed(place: Desk, kind: str, view: Callable[[Desk, dict[str, Any]], Response]) -> Callable[[str], Response]:
    def answer(token: str) -> Response:
        try:
            return view(place, signing.read(place, kind, token))
        except (signing.NotOurs, ArchiveError, StoreError, pictures.NotShown) as error:
            raise NotFound from error

    return answer


def _picture(place: Desk, told: dict[str, Any]) -> Response:
    boxes = tuple(tuple(box) for box in told.get("boxes", ()))
    if "capture" in told:
        body = place.archive.read(place.store.capture(told["capture"]).place).body
        drawn = pictures.encoded(body, told["width"], told["height"], boxes)
    else:
        drawn = pictures.rendered(place.blobs, told["sha256"], told["width"], told["height"], boxes)
    return Response(drawn, mimetype="image/png")


def _page(place: Desk, told: dict[str, Any]) -> Response:
    """The annotated document for a frame; whoever opens it as a page of its own gets its source as text."""
    capture = place.store.capture(told["capture"])
    if request.headers.get("Sec-Fetch-Dest", "iframe") not in ("iframe", "frame"):
        return _text(place, capture)
    html = html_of(capture, place.archive, place.blobs)
    page = Page.from_html(html, capture.final_url, capture.status)
    with place.read() as connection:
        found = marking.marks(page, marking.signals_of(connection, capture.id))
    body = annotate(html, page, found)
    document = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(capture.label)}</title>'
        f'<link rel="stylesheet" href="{place.web.listen.evidence}{STYLE_PATH}"></head><body>{body}</body></html>'
    )
    return Response(document, mimetype="text/html")


def _source(place: Desk, told: dict[str, Any]) -> Response:
    return _text(place, place.store.capture(told["capture"]))


def _text(place: Desk, capture: Capture) -> Response:
    text = decode_exchange(place.archive.read(capture.place)).text
    return Response(text[: place.web.limits.source_characters], mimetype="text/plain")


def _refused(error: HTTPException) -> Response:
    return Response(f"{error.code}\n", status=error.code, mimetype="text/plain")


def _protected(response: Response, place: Desk) -> Response:
    """The sandbox holds whoever frames or opens it: an origin of nothing, no script, no form, no way out."""
    own, desk = place.web.listen.evidence, place.web.listen.desk
    headers = response.headers
    headers["Content-Security-Policy"] = (
        f"sandbox; default-src 'none'; style-src {own}; frame-ancestors {desk}; form-action 'none'; base-uri 'none'"
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cache-Control"] = "no-store" if response.mimetype != "image/png" else "private, max-age=300"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["X-Robots-Tag"] = "noindex"
    return response

"""证据: one capture, safe to look at: drawn pictures, the inert page in a sandbox, its source as text, its facts.

Whatever was captured comes from the other origin; this page holds addresses of it and plain text. That somebody looked
is in the audit log before they can.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, send_file, url_for
from sqlalchemy import select

from crawlers import network
from crawlers.answers import Answer
from crawlers.records import ArchiveError, Capture, CrawlError, Exchange, StoreError
from crawlers.tables import custody
from detectors.features import Page
from review import audit, cases
from review.desk.roles import CASEWORK
from review.errors import CaseError
from review.exporting import export_wacz
from review.viewing import html_of
from review.web import marking, signing
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.pages.case import of_case

page = Blueprint("evidence", __name__)
FACT_ROLES = ("steps", "tls", "dns", "environment")
PICTURE_ROLES = ("screenshot", "step")
DIFF_LINES = 1500
DIFF_CONTEXT = 2
MAX_FACT_CHARS = 20_000


@page.get("/cases/<int:case_id>/evidence/<int:capture_id>")
@entry(*CASEWORK)
def show(case_id: int, capture_id: int) -> str:
    with desk().read() as connection:
        (capture,) = of_case(connection, case_id, [capture_id])
    _read("evidence.read", case_id, capture)
    return shown(capture, Back(url_for("case.show", case_id=case_id), f"A-{case_id:06d}"))


@dataclass(frozen=True, slots=True)
class Back:
    """Where the page leads back to."""

    href: str
    label: str


def shown(capture: Capture, back: Back) -> str:
    """The page of a capture; that it was read has been written down."""
    place = desk()
    with place.read() as connection:
        signals = marking.signals_of(connection, capture.id)
        line = connection.execute(select(custody).where(custody.c.seq == capture.custody_seq)).mappings().first()
    exchange = _exchange(capture)
    at = request.args.get("at", "")
    return render_template(
        "evidence.html",
        back=back,
        capture=capture,
        signals=signals,
        line=line,
        exchange=exchange,
        facts={**dict(_facts(capture)), **dict(_names(capture))},
        at=at if at in {signal["name"] for signal in signals} else "",
        pictures=[_picture(one.sha256) for one in capture.artefacts if one.role in PICTURE_ROLES],
        frame=signing.address(place, "page", capture=capture.id) if _is_page(capture) else "",
        source=signing.address(place, "source", capture=capture.id) if exchange else "",
        image=_boxed(capture, signals) if capture.media_type.startswith("image/") else "",
    )


def _read(action: str, case_id: int, *captures: Capture) -> None:
    told = {"case": f"A-{case_id:06d}", "captures": [capture.label for capture in captures]}
    with desk().write() as connection:
        audit.append(connection, actor(), action, told, now=desk().now())


def _is_page(capture: Capture) -> bool:
    return capture.media_type in ("text/html", "application/xhtml+xml", "")


def _exchange(capture: Capture) -> Exchange | None:
    """What was on the wire; None where the archive cannot be read, which the page says."""
    try:
        return desk().archive.read(capture.place)
    except ArchiveError:
        return None


def _picture(sha256: str) -> str:
    limits = desk().web.limits
    size = {"width": limits.picture_width_px, "height": limits.picture_height_px}
    return signing.address(desk(), "picture", sha256=sha256, **size)


def _boxed(capture: Capture, signals: Sequence[dict[str, Any]]) -> str:
    """The captured picture with what was read in it framed."""
    limits = desk().web.limits
    boxes = [signal["box"] for signal in signals if signal.get("box")]
    size = {"width": limits.picture_width_px, "height": limits.picture_height_px}
    return signing.address(desk(), "picture", capture=capture.id, boxes=boxes, **size)


def _facts(capture: Capture) -> Iterator[tuple[str, str]]:
    """Steps, certificate, address and surroundings, as they were kept, for reading."""
    for artefact in capture.artefacts:
        if artefact.role in FACT_ROLES:
            try:
                text = desk().blobs.read(artefact.sha256).decode("utf-8", "replace")
            except ArchiveError:
                continue
            yield artefact.role, _pretty(text)[:MAX_FACT_CHARS]


def _names(capture: Capture) -> Iterator[tuple[str, str]]:
    """What resolvers, registries and the table of networks said of the host, a line an answer, persons masked."""
    found = network.facts_of(desk().store, capture)
    if found is not None:
        lines = (_answered(one) for one in found.answers)
        yield "network_facts", "\n".join(lines)[:MAX_FACT_CHARS]


def _answered(one: Answer) -> str:
    said = json.dumps(dict(one.value), ensure_ascii=False) if one.value else one.reason
    return f"{one.asked_at}  {one.source}  {one.question}  {said}"


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


@page.post("/cases/<int:case_id>/wacz")
@entry(*CASEWORK)
def wacz(case_id: int) -> Response:
    """The case's captures as one file that replay tools open; who took it is written down with its digest."""
    place = desk()
    with place.read() as connection:
        captures = cases.get(connection, case_id).capture_ids
    with TemporaryDirectory() as folder:
        out = Path(folder) / f"A-{case_id:06d}.wacz"
        try:
            export_wacz(place.store, place.data, sorted(captures), out, pictures=True, actor=actor())
        except StoreError:
            raise
        except (CrawlError, ValueError) as error:
            raise CaseError(str(error)) from error
        return send_file(BytesIO(out.read_bytes()), "application/wacz+zip", True, out.name)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: `kind` is same, added, removed or gap."""

    kind: str
    text: str


@page.get("/cases/<int:case_id>/diff")
@entry(*CASEWORK)
def compare(case_id: int) -> str:
    """What the visible text of a page was at one capture, and is at another."""
    given = [request.args.get(name, "") for name in ("a", "b")]
    if not all(text.isdecimal() and len(text) <= 9 for text in given):
        abort(400)
    with desk().read() as connection:
        old, new = of_case(connection, case_id, [int(text) for text in given])
    _read("evidence.diff", case_id, old, new)
    lines = list(_difference(_text(old), _text(new)))
    changed = sum(line.kind in ("added", "removed") for line in lines)
    return render_template("diff.html", case_id=case_id, old=old, new=new, lines=lines, changed=changed)


def _text(capture: Capture) -> list[str]:
    try:
        html = html_of(capture, desk().archive, desk().blobs)
    except ArchiveError:
        return []
    text = Page.from_html(html, capture.final_url, capture.status).text
    return [line.strip() for line in text.splitlines() if line.strip()][:DIFF_LINES]


def _difference(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(DIFF_CONTEXT):
        yield Line("gap", "")
        for kind, first, last, start, end in group:
            if kind == "equal":
                yield from (Line("same", text) for text in old[first:last])
                continue
            yield from (Line("removed", text) for text in old[first:last])
            yield from (Line("added", text) for text in new[start:end])

"""线索: tips by form, files by drop. A file is shown before it is kept, and kept whole or not at all."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from crawlers.imports import Handed, ImportReport, Intake, Refused, Tip
from crawlers.imports.columns import fields
from crawlers.imports.tips import add
from crawlers.records import ArchiveError
from crawlers.tables import imports, tips
from review import audit
from review.desk.roles import Role
from review.errors import NightLocked
from review.night.judged import judge_kept
from review.printing import counts_told
from review.web.desk import actor, desk
from review.web.entry import entry, uploads
from review.web.handing import NAME_BYTES, plain_name
from review.web.paging import pages_of
from review.web.showing import Nav
from review.web.words import language, words

page = Blueprint("intake", __name__)
NAV = Nav(70, "intake", "intake.show")
WORKERS = (Role.ANALYST, Role.REVIEWER)
PER_PAGE = 30
LONGEST = 500
_TOKEN = re.compile(r"[0-9a-f]{32}")


@page.get("/intake")
@entry(*WORKERS, Role.LEADER)
def show() -> str:
    return _listed({})


def _listed(said: dict[str, str]) -> str:
    """The page; `said` is what was typed for a link that could not be taken."""
    with desk().read() as connection:
        count = connection.execute(select(func.count()).select_from(imports)).scalar_one()
        number, pages = pages_of(count, PER_PAGE)
        newest = select(imports).order_by(imports.c.id.desc()).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
        taken = [{**row, "detail": json.loads(row["detail"])} for row in connection.execute(newest).mappings()]
        every = connection.execute(select(func.count()).select_from(tips)).scalar_one()
        tip_page, tip_pages = pages_of(every, PER_PAGE, "tips")
        last = select(tips).order_by(tips.c.id.desc()).limit(PER_PAGE).offset((tip_page - 1) * PER_PAGE)
        told = connection.execute(last).mappings().all()
        waiting = connection.execute(select(func.count()).select_from(tips).where(tips.c.night == "")).scalar_one()
    if told:
        with desk().write() as connection:
            listed = {"from": told[-1]["id"], "to": told[0]["id"]}
            audit.append(connection, actor(), "tip.list", listed, now=desk().now())
    shown = {"tips": told, "tip_page": tip_page, "tip_pages": tip_pages, "tip_count": every, "waiting": waiting}
    return render_template("intake.html", taken=taken, count=count, number=number, pages=pages, said=said, **shown)


@page.post("/intake/tip")
@entry(*WORKERS)
def tip() -> Response | str:
    """One link that somebody reported."""
    said = {
        name: request.form.get(name, "").strip()[:LONGEST] for name in ("url", "title", "text", "channel", "reference")
    }
    if problem := bad_link(said["url"]):
        flash(problem, "error")
        return _listed(said)
    with desk().write() as connection:
        if already_waits(connection, said["url"]):
            flash(words().intake.known, "info")
            return redirect(url_for("intake.show"))
        add(
            connection,
            [
                Tip(
                    url=said["url"],
                    title=said["title"],
                    text=said["text"],
                    channel=said["channel"],
                    reference=said["reference"],
                )
            ],
            now=desk().now(),
        )
        told = {"host": urlsplit(said["url"]).hostname or "", "channel": said["channel"]}
        audit.append(connection, actor(), "tip.enter", told, now=desk().now())
    flash(words().intake.tip_taken, "success")
    return redirect(url_for("intake.show"))


def bad_link(url: str) -> str:
    """What is wrong with a link; empty when the night can visit it."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and parts.port != 0
    except ValueError:
        sound = False
    return "" if sound and not any(sign.isspace() for sign in url) else str(words().intake.bad_link)


def already_waits(connection: Any, url: str) -> bool:
    query = select(tips.c.id).where(tips.c.url == url, tips.c.night == "").limit(1)
    return connection.execute(query).first() is not None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An upload between preview and keeping: its bytes below `incoming/`, and what was said of it beside them."""

    token: str
    path: Path
    handed: Handed
    owner: str


def _incoming() -> Path:
    folder = desk().data / "incoming"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _sweep() -> None:
    """Forget what nobody kept or dropped: a closed browser says nothing."""
    now = datetime.fromisoformat(desk().now()).timestamp()
    for folder in _incoming().iterdir():
        with suppress(FileNotFoundError):  # another request swept it
            if now - folder.stat().st_mtime > desk().web.limits.upload_waits_seconds:
                shutil.rmtree(folder)


@page.post("/intake/preview")
@entry(*WORKERS)
@uploads
def preview() -> Response | str:
    """Keep an upload aside and show what it holds; nothing goes into the store yet."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        flash(words().intake.no_file, "error")
        return redirect(url_for("intake.show"))
    _sweep()
    token = secrets.token_hex(16)
    folder = _incoming() / token
    folder.mkdir(mode=0o700)
    name = plain_name(sent.filename)
    path = folder / f"file-{(secure_filename(name) or 'upload')[-NAME_BYTES:]}"
    sent.save(path)
    said = {key: request.form.get(key, "").strip()[:LONGEST] for key in ("url", "source", "channel", "note")}
    handed = Handed(name=name, url=said["url"], source=said["source"], channel=said["channel"], note=said["note"])
    (folder / "handed.json").write_text(json.dumps({**asdict(handed), "owner": actor()}), "utf-8")
    return _previewed(Waiting(token, path, handed, actor()))


def _previewed(waiting: Waiting) -> str:
    shown = _intake().preview(waiting.path, waiting.handed)
    return render_template(
        "intake_preview.html",
        shown=shown,
        waiting=waiting,
        fields=fields(),
        lang_code="en" if language() == "en" else "zh",
    )


@page.post("/intake/<token>/<what>")
@entry(*WORKERS)
def decide(token: str, what: str) -> Response | str:
    """`again` shows the preview with other columns, `take` keeps the file, `drop` forgets it."""
    waiting = _waiting(token)
    if what == "drop":
        _forget(waiting)
        return redirect(url_for("intake.show"))
    if what not in ("again", "take"):
        abort(404)
    chosen = {key.removeprefix("column-"): value for key, value in request.form.items() if key.startswith("column-")}
    handed = Handed(**{**asdict(waiting.handed), "mapping": chosen})
    waiting = Waiting(waiting.token, waiting.path, handed, waiting.owner)
    return _previewed(waiting) if what == "again" else _take(waiting)


def _waiting(token: str) -> Waiting:
    folder = _incoming() / token
    if not _TOKEN.fullmatch(token) or not (folder / "handed.json").is_file():
        abort(404)
    said = json.loads((folder / "handed.json").read_text("utf-8"))
    owner = said.pop("owner")
    if owner != actor():
        abort(404)
    return Waiting(token, next(folder.glob("file-*")), Handed(**said), owner)


def _forget(waiting: Waiting) -> None:
    shutil.rmtree(waiting.path.parent, ignore_errors=True)  # a second click may have been faster


def _intake() -> Intake:
    place = desk()
    return Intake.open(place.config, place.data, place.store, actor=actor())


def _take(waiting: Waiting) -> Response | str:
    """That it is tried is written down first: the file is kept in a transaction of the floor below."""
    with desk().write() as connection:
        audit.append(connection, actor(), "import.begin", {"file": waiting.handed.name}, now=desk().now())
    try:
        report = _intake().take(waiting.path, waiting.handed)
    except (Refused, ArchiveError) as error:
        told_as = error.told("en" if language() == "en" else "zh") if isinstance(error, Refused) else str(error)
        flash(told_as, "error")
        return _previewed(waiting)
    with desk().write() as connection:
        told = {"file": report.file, "sha256": report.sha256, "captures": len(report.captures), "tips": report.tips}
        audit.append(connection, actor(), "import.take", told, now=desk().now())
    _forget(waiting)
    _tell(report)
    return redirect(url_for("intake.show"))


def _tell(report: ImportReport) -> None:
    """What was kept and, at once, what the detectors say of it."""
    said = words().intake
    if report.already:
        flash(said.already.format(file=report.file, at=report.already[:16].replace("T", " ")), "info")
        return
    flash(
        said.taken.format(
            file=report.file,
            captures=len(report.captures),
            known=report.known,
            tips=report.tips,
            damaged=report.damaged_count,
        ),
        "success" if report.whole else "info",
    )
    if report.captures:
        try:
            found = judge_kept(desk().config, desk().data, desk().store, name="import")
        except NightLocked:
            flash(said.judged_later, "info")
            return
        flash(said.judged.format(cases=counts_told(found.cases)), "info")

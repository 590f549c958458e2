"""Packets and bundles: what is in them, whether they verify, and the files themselves."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, render_template, send_file
from sqlalchemy import select
from werkzeug.wrappers import Response

from review import audit
from review.desk.roles import CASEWORK, Role
from review.packets.verify import verify
from review.packets.verify.reasons import WORDS
from review.referral_records import get
from review.tables import bundles, packets, referral_items
from review.web import handing
from review.web.desk import actor, desk
from review.web.entry import entry, roles_here
from review.web.words import language

page = Blueprint("packets", __name__)
_PACKET = re.compile(r"P-\d{4}-\d{6}")
_BUNDLE = re.compile(r"B-\d{4}-\d{6}-\d{1,3}")


@page.get("/packets/<packet_id>")
@entry(*CASEWORK, Role.RECIPIENT)
def show(packet_id: str) -> str:
    """The files of a packet with their hashes, and its verdict, check by check, made now."""
    path, row = _packet(packet_id)
    return _shown(packet_id, path, row, "packets.download")


@page.get("/bundles/<bundle_id>")
@entry(*CASEWORK, Role.RECIPIENT)
def bundle(bundle_id: str) -> str:
    path, row = _bundle(bundle_id)
    return _shown(bundle_id, path, row, "packets.download_bundle")


def _shown(name: str, path: Path, row: dict[str, Any], endpoint: str) -> str:
    with desk().write() as connection:
        audit.append(connection, actor(), "packet.read", {"packet": name, "sha256": row["sha256"]}, now=desk().now())
    verdict = verify(str(path), str(desk().data / "trust"))
    try:
        with zipfile.ZipFile(path) as opened:
            listed = [(one.filename, one.file_size) for one in opened.infolist()]
    except zipfile.BadZipFile:
        listed = []  # the verdict says so
    told = WORDS if language() == "zh_Hans" else {}
    shown = {"name": name, "row": row, "verdict": verdict, "told": told, "files": listed, "endpoint": endpoint}
    return render_template("packet.html", bytes=path.stat().st_size, **shown)


@page.get("/packets/<packet_id>/file")
@entry(*CASEWORK, Role.RECIPIENT)
def download(packet_id: str) -> Response:
    path, row = _packet(packet_id)
    return _sent(path, {"packet": packet_id, "sha256": row["sha256"]})


@page.get("/packets/<packet_id>/files/<path:name>")
@entry(*CASEWORK, Role.RECIPIENT)
def one_file(packet_id: str, name: str) -> Response:
    """One file out of a packet: a paper to be read as it is, anything captured as a download and nothing else."""
    path, row = _packet(packet_id)
    try:
        with zipfile.ZipFile(path) as opened:
            content = opened.read(name)
    except (KeyError, zipfile.BadZipFile, zlib.error):
        abort(404)
    with desk().write() as connection:
        told = {"packet": packet_id, "file": name, "sha256": row["sha256"]}
        audit.append(connection, actor(), "packet.download", told, now=desk().now())
    is_paper = name.endswith(".pdf") and "/" not in name
    media = "application/pdf" if is_paper else "application/octet-stream"
    said = Path(name).name
    return send_file(BytesIO(content), mimetype=media, as_attachment=not is_paper, download_name=said)


@page.get("/bundles/<bundle_id>/file")
@entry(*CASEWORK, Role.RECIPIENT)
def download_bundle(bundle_id: str) -> Response:
    path, row = _bundle(bundle_id)
    return _sent(path, {"bundle": bundle_id, "sha256": row["sha256"]})


@page.get("/bundles/<bundle_id>/light/<int:number>")
@entry(*CASEWORK, Role.RECIPIENT)
def download_light(bundle_id: str, number: int) -> Response:
    """One part of the light copy, counted from 1."""
    path, row = _bundle(bundle_id)
    names = [name for name in row["light"].split("\n") if name]
    if not 1 <= number <= len(names):
        abort(404)
    return _sent(path.with_name(names[number - 1]), {"bundle": bundle_id, "light": number, "sha256": row["sha256"]})


@page.get("/referrals/<label>/papers/<int:paper_id>")
@entry(*CASEWORK, Role.RECIPIENT)
def paper(label: str, paper_id: int) -> Response:
    """A receipt or feedback that came back, as it came; always a download, never shown by the browser."""
    referral = handing.referral_here(label)
    found = next((one for one in referral.papers if one.id == paper_id), None)
    if found is None:
        abort(404)
    told = {"referral": referral.label, "paper": found.id, "sha256": found.sha256}
    return _sent(desk().blobs.path(found.sha256), told, name=found.name, media="application/octet-stream")


def _sent(path: Path, told: dict[str, Any], *, name: str = "", media: str = "application/zip") -> Response:
    if not path.is_file():
        abort(404)
    with desk().write() as connection:
        audit.append(connection, actor(), "packet.download", told, now=desk().now())
    return send_file(path, mimetype=media, as_attachment=True, download_name=name or path.name)


def _packet(packet_id: str) -> tuple[Path, dict[str, Any]]:
    """The file and row of a packet that the person may see; 404 else."""
    if not _PACKET.fullmatch(packet_id):
        abort(404)
    with desk().read() as connection:
        row = connection.execute(select(packets).where(packets.c.id == packet_id)).mappings().first()
        mine = select(referral_items.c.referral_id).where(referral_items.c.packet_id == packet_id)
        held = [get(connection, number) for number in connection.execute(mine).scalars().all()]
    if row is None:
        abort(404)
    _must_see(packet_id, any(map(handing.visible, held)))
    return _file("packets", dict(row))


def _bundle(bundle_id: str) -> tuple[Path, dict[str, Any]]:
    if not _BUNDLE.fullmatch(bundle_id):
        abort(404)
    with desk().read() as connection:
        row = connection.execute(select(bundles).where(bundles.c.id == bundle_id)).mappings().first()
        held = get(connection, row["referral_id"]) if row else None
    if row is None or held is None:
        abort(404)
    newest = held.bundle is not None and held.bundle.id == bundle_id
    _must_see(bundle_id, newest and handing.visible(held))
    return _file("bundles", dict(row))


def _must_see(name: str, handed: bool) -> None:
    """The office sees all; another one what was handed to it, not what was built before that and returned."""
    if not (roles_here() & CASEWORK or handed):
        handing.hidden(name)


def _file(folder: str, row: dict[str, Any]) -> tuple[Path, dict[str, Any]]:
    path = desk().data / folder / Path(row["file"]).name
    if not path.is_file():
        abort(404)
    return path, row

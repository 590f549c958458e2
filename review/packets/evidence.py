"""The evidence files of a packet: archive, captures, findings, custody, stamps, law."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers.records import Artefact, Capture
from review.errors import ReviewError
from review.packets import strings
from review.packets.facts import facts, unicode_host
from review.packets.item import Item
from review.packets.source import CaptureMaterial, Genuine, PacketSource
from review.packets.times import beijing
from review.packets.verify.archive import read_records
from review.packets.verify.reasons import Finding
from review.packets.verify.values import canonical

EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "text/html": "html", "multipart/related": "mhtml"}
ROLE_OF_ARTEFACT = {"screenshot": "screenshot", "dom": "dom", "mhtml": "mhtml"}


class EvidenceRefused(ReviewError):
    """The stored evidence contradicts its own record; nothing is built from it."""


def pretty(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def evidence(source: PacketSource, built_at: str) -> list[Item]:
    """All files that are evidence, before the papers that describe them."""
    items = [item for material in source.captures for item in _artefacts(material)]
    archive, places = _archive(source, built_at)
    head = {"packet_id": source.packet_id, "case_id": source.case_id, "subject": source.subject}
    captures = [_capture(m, places[m.capture.id]) for m in source.captures]
    document = {**head, **_case(source), "captures": captures}
    items += [
        Item("archive/data.warc.gz", archive, "archive", built_at),
        Item("capture.json", pretty({"format": "zhengshao-capture/1", **document}), "capture", built_at),
        Item(
            "findings.json",
            pretty({"format": "zhengshao-findings/1", **head, **_findings(source)}),
            "findings",
            built_at,
        ),
        Item("custody.jsonl", b"".join(canonical(dict(line)) + b"\n" for line in source.custody), "custody", built_at),
        Item(
            "law.json",
            pretty({"format": "zhengshao-law/1", "entries": [asdict(law) for law in source.law]}),
            "law",
            built_at,
        ),
        *_beside(source),
        *_stamps(source, built_at),
    ]
    if source.replay:
        items.append(Item("site.wacz", source.replay, "replay", built_at))
    return items


def _beside(source: PacketSource) -> list[Item]:
    """What resolvers and registries said, and the genuine pages to compare with."""
    items = []
    for found in source.network:
        content = found.document()
        if hashlib.sha256(content).hexdigest() != found.sha256:
            raise EvidenceRefused(f"{found.host}: the stored look-up {found.sha256} has changed")
        items.append(Item(f"net/{found.host.replace(':', '_')}.json", content, "network", found.asked_at))
    pictures = [page for page in source.genuine if page.picture]
    return items + [Item(genuine_path(p), p.picture, "genuine", p.fetched_at, p.url) for p in pictures]


def genuine_path(page: Genuine) -> str:
    return f"compare/{page.capture}.png"


def _case(source: PacketSource) -> dict[str, Any]:
    return {
        "title": source.title,
        "opened_at": source.opened_at,
        "opened_by": source.opened_by,
        "office": asdict(source.office),
        "facts": facts(source),
        "tool": source.tool,
        "limits": list(strings.LIMITS),
        "recipe": list(strings.RECIPE),
    }


def _findings(source: PacketSource) -> dict[str, Any]:
    return {
        "note": strings.MACHINE_SCORE,
        "assessment": dict(source.assessment),
        "decisions": [asdict(decision) for decision in source.decisions],
    }


def _archive(source: PacketSource, built_at: str) -> tuple[bytes, dict[int, list[dict[str, Any]]]]:
    """The archive of the packet and, by capture, where each of its responses stands in it."""
    output = bytearray(_warcinfo(source, built_at))
    places: dict[int, list[dict[str, Any]]] = {}
    for material in source.captures:
        found = places[material.capture.id] = []
        for record in material.records:
            offset, length = _response(record.members, material.capture)
            place = {"offset": len(output) + offset, "length": length, "url": record.url, "status": record.status}
            found.append(place)
            output += record.members
    return bytes(output), places


def _response(members: bytes, capture: Capture) -> tuple[int, int]:
    """Offset and length of the response among the members of one exchange, each checked as the verifier does."""
    try:
        records = list(read_records([members], 0))
    except (Finding, KeyError, ValueError, IndexError) as error:
        raise EvidenceRefused(f"{capture.label}: a record in {capture.place.volume} is damaged: {error}") from error
    for offset, record in records:
        if record["type"] == "response":
            return offset, record["length"]
    raise EvidenceRefused(f"{capture.label}: no response record at {capture.place}; run `zhengshao verify`")


def _warcinfo(source: PacketSource, built_at: str) -> bytes:
    writer = WARCWriter(output := BytesIO(), gzip=True, warc_version="WARC/1.1")
    record = writer.create_warcinfo_record("data.warc.gz", {"software": source.tool, "isPartOf": source.packet_id})
    headers = record.rec_headers
    headers.replace_header("WARC-Date", built_at)
    headers.replace_header("WARC-Record-ID", f"<urn:uuid:{uuid5(NAMESPACE_URL, source.packet_id + built_at)}>")
    assert isinstance(headers, StatusAndHeaders)
    writer.write_record(record)
    return output.getvalue()


def _artefact_path(capture: Capture, position: int, artefact: Artefact) -> str:
    media = artefact.media_type.split(";")[0]
    extension = EXTENSIONS.get(media, "json" if media.endswith("json") else "bin")
    if artefact.role == "screenshot":
        return f"shots/{capture.label}-{position}.{extension}"
    return f"artefacts/{capture.label}-{position}-{artefact.role}.{extension}"


def _artefacts(material: CaptureMaterial) -> list[Item]:
    capture, items = material.capture, []
    for position, artefact in enumerate(capture.artefacts, 1):
        content = material.artefacts[artefact.sha256]()
        if hashlib.sha256(content).hexdigest() != artefact.sha256:
            raise EvidenceRefused(f"{capture.label}: the stored {artefact.role} {artefact.sha256} has changed")
        role = ROLE_OF_ARTEFACT.get(artefact.role, "artefact")
        path = _artefact_path(capture, position, artefact)
        items.append(Item(path, content, role, capture.fetched_at, capture.final_url))
    return items


def _capture(material: CaptureMaterial, places: list[dict[str, Any]]) -> dict[str, Any]:
    """One capture as `capture.json` tells it; offsets and lengths are bytes in `archive/data.warc.gz`."""
    capture = material.capture
    page = places[material.page]
    return {
        "id": capture.id,
        "label": capture.label,
        "night": capture.night,
        "origin": capture.origin.value,
        "profile": capture.profile.value,
        "source": capture.source,
        "url": capture.url,
        "final_url": capture.final_url,
        "host": capture.host,
        "host_unicode": unicode_host(capture.host),
        "title": capture.title,
        "redirects": [{"url": hop.url, "status": hop.status, "peer": hop.peer} for hop in capture.hops],
        "status": capture.status,
        "peer": capture.peer,
        "fetched_at": capture.fetched_at,
        "fetched_at_beijing": beijing(capture.fetched_at),
        "page_state": capture.page_state.value,
        "reason": capture.reason,
        "flags": list(capture.flags),
        "media_type": capture.media_type,
        "sha256": capture.sha256,
        "bytes": capture.size_bytes,
        "custody_seq": capture.custody_seq,
        "page_offset": page["offset"],
        "records": places,
        "artefacts": [
            {"role": a.role, "path": _artefact_path(capture, n, a), "sha256": a.sha256, "bytes": a.bytes}
            for n, a in enumerate(capture.artefacts, 1)
        ],
    }


def _stamps(source: PacketSource, built_at: str) -> list[Item]:
    rows: list[Mapping[str, Any]] = []
    items = []
    for stamp in source.stamps:
        path = f"stamps/{stamp.id:06d}.tsr" if stamp.token else ""
        row = {"id": stamp.id, "digest": stamp.digest, "from_seq": stamp.from_seq, "to_seq": stamp.to_seq}
        state = ("refused" if stamp.refused else "stamped") if stamp.token else "queued"
        rows.append({**row, "state": state, "path": path, "authority": stamp.authority, "gen_time": stamp.gen_time})
        if stamp.token:
            items.append(Item(path, stamp.token, "stamp", stamp.gen_time))
    return [Item("stamps.json", pretty({"format": "zhengshao-stamps/1", "stamps": rows}), "stamps", built_at), *items]


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

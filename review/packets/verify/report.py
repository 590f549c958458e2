"""All checks in order, the three-valued verdict, and how it is printed."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, Optional, Sequence

from review.packets.verify.archive import check_captures, check_warc
from review.packets.verify.authority import check_stamps, check_timestamp
from review.packets.verify.blocks import check_papers
from review.packets.verify.container import Packet, Window, check_zip
from review.packets.verify.contents import (
    BUNDLE,
    PACKET,
    REDACTED,
    check_files,
    check_hashes,
    check_lists,
    check_manifest,
)
from review.packets.verify.custody import check_custody
from review.packets.verify.reasons import MALFORMED, MARKS, TITLES, VERDICTS, WORDS, Finding, Unknown
from review.packets.verify.trust import check_approvals, check_heads, check_seal

ENGLISH = re.compile("[A-Za-z]+ [a-z]+ [a-z]+")
EXITS = {"valid": 0, "invalid": 1, "unknown": 2}
Checks = Dict[str, Callable[[Packet], str]]
GATES: Checks = {"zip": check_zip, "manifest": check_manifest, "files": check_files}
FILES: Checks = {"hashes": check_hashes, "lists": check_lists}
SEALED: Checks = {"timestamp": check_timestamp, "seal": check_seal, "approvals": check_approvals}
EVIDENCE: Checks = {
    "papers": check_papers,
    "custody": check_custody,
    "warc": check_warc,
    "captures": check_captures,
    "stamps": check_stamps,
    "heads": check_heads,
}
ALONE = ("warc",)
ASKED: Dict[str, Callable[[Packet], bool]] = {
    "approvals": lambda packet: "approvals.json" in packet.entries or in_trust(packet, "policy.json"),
    "heads": lambda packet: in_trust(packet, "heads"),
}
"""Checks that are made only where there is something to check, or the recipient asks for it."""


def verify(path: str, trust: Optional[str] = None, original: Optional[str] = None) -> Dict[str, Any]:
    """Judge one packet, a bundle with every packet in it, or a copy for circulation, which `original` may be given for.

    Never raises for what the file holds.
    """
    try:
        with open(path, "rb") as file:
            packet = Packet(file, trust)
            packet.original = original
            return judge(packet)
    except OSError as error:
        return {"verdict": "unknown", "packet_id": "", "checks": [row("zip", "unknown", "ZIP_UNREADABLE", str(error))]}


def in_trust(packet: Packet, name: str) -> bool:
    return packet.trust is not None and os.path.exists(os.path.join(packet.trust, name))


def judge(packet: Packet, formats: Sequence[str] = ()) -> Dict[str, Any]:
    """All checks of what the manifest says this is, which must be one of `formats` when some are named."""
    rows = carry_out(packet, GATES)
    said = packet.manifest.get("format")
    if said and formats and said not in formats:
        rows.append(row("manifest", "bad", "MALFORMED", str(said)))
    elif not packet.stopped:
        rows += carry_out(packet, {**FILES, **CHECKS[packet.manifest["format"]], **SEALED})
    return summary(packet, rows)


def carry_out(packet: Packet, checks: Checks) -> List[Dict[str, str]]:
    """In order; but what needs nothing of the checks before it is begun at once, beside them."""
    asked = [name for name in checks if name not in ASKED or ASKED[name](packet)]
    with ThreadPoolExecutor(1) as beside:
        begun = {name: beside.submit(run, name, checks[name], packet) for name in asked if name in ALONE}
        return [
            begun[name].result() if name in begun else run(name, checks[name], packet)
            for name in asked
            if not packet.stopped
        ]


def check_packets(packet: Packet) -> str:
    """Every packet of the bundle by itself, and that it is the one the bundle names."""
    inside = [row["path"] for row in packet.manifest["files"] if row["role"] == "packet"]
    if inside != [named["path"] for named in packet.manifest["packets"]] or not inside:
        raise Finding("BUNDLE_MISMATCH", "manifest.json packets")
    for named in packet.manifest["packets"]:
        entry = packet.entries[named["path"]]
        report = judge(Packet(Window(packet.file, entry.offset, entry.size), packet.trust), (PACKET,))
        packet.reports.append(report)
        for key in ("packet_id", "case_id", "subject", "manifest_sha256"):
            if report[key] != named[key]:
                raise Finding("BUNDLE_MISMATCH", f"{named['path']} {key}")
    for verdict, kind in (("invalid", Finding), ("unknown", Unknown)):
        found = [report["packet_id"] for report in packet.reports if report["verdict"] == verdict]
        if found:
            raise kind("PACKET_" + verdict.upper(), ", ".join(found))
    return str(len(inside))


def check_redactions(packet: Packet) -> str:
    """The copy names one original, and each of its pictures what it was made from; the original, if given, agrees."""
    told, link = packet.json("redactions.json"), packet.manifest["original"]
    if told["original"] != link or link["packet_id"] != packet.manifest["packet_id"]:
        raise Finding("REDACTION_MISMATCH", "original")
    pictures = {item["path"]: item for item in told["items"] if "path" in item}
    listed = {row["path"] for row in packet.manifest["files"] if row["role"] == "screenshot"}
    if set(pictures) != listed:
        raise Finding("REDACTION_MISMATCH", ", ".join(sorted(set(pictures) ^ listed)))
    for path, item in pictures.items():
        if packet.sha256.get(path) != item["sha256"]:
            raise Finding("REDACTION_MISMATCH", path)
    if packet.original is None:
        packet.notes.append(("ORIGINAL_NOT_GIVEN", link["manifest_sha256"]))
        return ""
    try:
        with open(packet.original, "rb") as file:
            whole = Packet(file, packet.trust)
            check_zip(whole)
            raw, manifest = whole.read("manifest.json"), whole.json("manifest.json", exact=True)
    except OSError as error:
        raise Unknown("ZIP_UNREADABLE", str(error)) from error
    same = all(manifest[key] == packet.manifest[key] for key in ("packet_id", "case_id", "subject"))
    if not same or manifest["format"] != PACKET or hashlib.sha256(raw).hexdigest() != link["manifest_sha256"]:
        raise Finding("REDACTION_MISMATCH", str(manifest["packet_id"]))
    rows = {row["path"]: row["sha256"] for row in manifest["files"]}
    sources = [(item["original_path"], item["original_sha256"]) for item in pictures.values()]
    for path, digest in [*sources, *((item["path"], item["sha256"]) for item in told["withheld"])]:
        if rows.get(path) != digest:
            raise Finding("REDACTION_MISMATCH", path)
    return str(manifest["packet_id"])


CHECKS: Dict[str, Checks] = {
    PACKET: EVIDENCE,
    BUNDLE: {"papers": check_papers, "packets": check_packets},
    REDACTED: {"papers": check_papers, "redactions": check_redactions},
}
"""By format of the manifest, what is checked between the files and the seal."""


def run(name: str, check: Callable[[Packet], str], packet: Packet) -> Dict[str, str]:
    try:
        return passed(name, check(packet), packet)
    except Finding as finding:
        found = row(name, finding.status, finding.code, finding.detail)
    except MALFORMED as error:
        found = row(name, "bad", "MALFORMED", f"{type(error).__name__}: {error}")
    packet.stopped = packet.stopped or name in GATES
    return found


def passed(name: str, detail: str, packet: Packet) -> Dict[str, str]:
    """A check that holds; what is odd but harmless gives it a code of its own."""
    notes, packet.notes = packet.notes, []
    if not notes:
        return row(name, "ok", "OK", detail)
    return row(name, "ok", notes[0][0], "; ".join(note for _, note in notes))


def row(name: str, status: str, code: str, detail: Any) -> Dict[str, str]:
    """`detail` may be what a hostile packet has where a text belongs."""
    return {"check": name, "status": status, "code": code, "detail": str(detail)}


def summary(packet: Packet, rows: List[Dict[str, str]]) -> Dict[str, Any]:
    statuses = {found["status"] for found in rows}
    verdict = "invalid" if "bad" in statuses else "unknown" if "unknown" in statuses else "valid"
    manifest = packet.manifest
    return {
        "verdict": verdict,
        "format": str(manifest.get("format", "")),
        "packet_id": str(manifest.get("packet_id", "")),
        "case_id": str(manifest.get("case_id", "")),
        "subject": str(manifest.get("subject", "")),
        "built_at": str(manifest.get("built_at", "")),
        "manifest_sha256": hashlib.sha256(packet.read("manifest.json")).hexdigest() if manifest else "",
        "timestamp": packet.token_time.isoformat() if packet.token_time else "",
        "checks": rows,
        **({"packets": packet.reports} if packet.reports else {}),
    }


def printable(text: str) -> str:
    """On one line and without control characters: no name or number in a packet may print a verdict of its own."""
    return "".join(char if drawn_flat(char) else ascii(char)[1:-1] for char in text)


def drawn_flat(char: str) -> bool:
    return char == " " or unicodedata.category(char)[0] not in "CZ"


def lines(report: Dict[str, Any], language: str) -> List[str]:
    """One line per check, the verdict last."""
    printed = [line for inner in report.get("packets", ()) for line in lines(inner, language)]
    for found in report["checks"]:
        chinese = language == "zh"
        name = TITLES[found["check"]] if chinese else found["check"]
        words = WORDS[found["code"]] if chinese else found["code"].replace("_", " ").lower()
        mark = MARKS[found["status"]][0 if chinese else 1]
        said = printable(found["detail"])
        detail = f"（{quoted(said)}）" if chinese else f" ({said})"
        colon = "：" if chinese else ": "
        printed.append(f"[{mark}] {name}{colon}{words}{detail if said else ''} {found['code']}")
    printed.append(VERDICTS[report["verdict"]][0 if language == "zh" else 1] + " " + printable(report["packet_id"]))
    if report.get("manifest_sha256"):
        printed.append("manifest.json SHA-256 " + report["manifest_sha256"])
    return printed


def quoted(said: str) -> str:
    """What a library says in English is marked as its words within a Chinese line; paths and numbers are neither."""
    return f"原话“{said}”" if ENGLISH.search(said) else said


def fetch_libraries() -> None:
    """What signatures and stamps, which are checked last, are checked with: loaded while the files are read."""
    with contextlib.suppress(ImportError):
        import cryptography.hazmat.primitives.asymmetric.ed25519
        import cryptography.x509  # noqa: F401


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="核验证哨证据包（只读、离线）。退出码 0 有效，1 无效，2 无法判断。")
    parser.add_argument("packet", help="证据包 P-….zip")
    parser.add_argument("--trust", help="可信名录目录：keys.json 与 tsa/*.pem，须从包外另行取得")
    parser.add_argument("--original", help="流转用遮盖本所对应的原件，用于核对二者是否对应")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    options = parser.parse_args(arguments)
    # waited for at the end: an interpreter that ends while a thread of compiled code is still loading aborts
    threading.Thread(target=fetch_libraries, daemon=False).start()
    report = verify(options.packet, options.trust, options.original)
    text = json.dumps(report, ensure_ascii=False) if options.json else "\n".join(lines(report, options.lang))
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:  # a Windows console in another code page must not stop the verdict
        reconfigure(errors="replace")
    print(text)
    return EXITS[report["verdict"]]

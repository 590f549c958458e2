"""Lists for machines: what is to be blocked as CSV, JSON, a DNS response policy zone and a STIX 2.1 bundle."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import StringIO
from typing import Any
from uuid import UUID, uuid5

from review.packets import strings
from review.packets.cells import safe
from review.packets.evidence import pretty
from review.packets.item import Item
from review.packets.papers.view import View
from review.packets.targets import Target, targets
from review.packets.verify.values import canonical

STIX_NAMESPACE = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""Of identifiers of cyber-observable objects (STIX 2.1, section 2.9)."""
OWN_NAMESPACE = uuid5(UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "https://zhengshao.example/stix")
"""Of the other objects: STIX asks for another namespace than its own; same packet, same identifiers."""
COLUMNS = ("domain", "host", "url", "ip", "unit", "value", "measures", "hosting", "evidence_id", "sha256")
ZONE_TTL_SECONDS = 3600


def machine_lists(view: View) -> list[Item]:
    """Beside a paper of targets only: what nobody is asked to block is in no list."""
    if "targets" not in view.form.documents:
        return []
    found = targets(view.source, view.measures)
    made = {
        "lists/targets.csv": _csv(view, found),
        "lists/targets.json": pretty({"format": "zhengshao-targets/1", "targets": [_row(view, one) for one in found]}),
        "lists/targets.rpz": zone(view.source.packet_id, view.built_at, found),
        "lists/targets.stix.json": (json.dumps(stix(view, found), ensure_ascii=False, indent=1) + "\n").encode(),
    }
    return [Item(path, content, "targets", view.built_at) for path, content in made.items()]


def _row(view: View, target: Target) -> dict[str, Any]:
    return {
        "domain": target.domain,
        "host": target.host,
        "url": target.url,
        "ip": [peer.rpartition(":")[0].strip("[]") for peer in target.addresses],
        "unit": target.unit,
        "value": target.value,
        "measures": [measure.id for measure in target.measures],
        "hosting": view.fact("hosting_country") or strings.UNKNOWN,
        "evidence": [{"id": label, "sha256": sha256} for label, sha256 in target.evidence],
    }


def _csv(view: View, found: Sequence[Target]) -> bytes:
    """One line a target and capture that shows it."""
    output = StringIO()
    writer = csv.writer(output)
    writer.writerow(COLUMNS)
    for target in found:
        row = _row(view, target)
        head = [row["domain"], row["host"], row["url"], " ".join(row["ip"]), row["unit"], row["value"]]
        for shown in row["evidence"]:
            cells = [*head, " ".join(row["measures"]), row["hosting"], shown["id"], shown["sha256"]]
            writer.writerow([safe(cell) for cell in cells])
    return output.getvalue().encode("utf-8-sig")


def zone(packet_id: str, built_at: str, found: Sequence[Target]) -> bytes:
    """A response policy zone: names that are blocked whole answer NXDOMAIN (`CNAME .`); a path or one address of a
    host cannot be blocked by name without hitting the rest, and stands as a remark only."""
    serial = datetime.fromisoformat(built_at).strftime("%Y%m%d00")
    lines = [
        f"; {packet_id} {built_at}",
        f"$TTL {ZONE_TTL_SECONDS}",
        f"@ IN SOA localhost. hostmaster.localhost. ( {serial} 3600 600 86400 {ZONE_TTL_SECONDS} )",
        "@ IN NS localhost.",
    ]
    for target in found:
        if target.unit in ("host", "domain"):
            lines += [f"{target.value} CNAME .", f"*.{target.value} CNAME ."]
        else:
            lines.append(f"; not by name: {target.unit} {_remark(target.value)}")
    return ("\n".join(dict.fromkeys(lines)) + "\n").encode("ascii")


def _remark(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode().replace("\n", " ").replace("\r", " ")


def stix(view: View, found: Sequence[Target]) -> dict[str, Any]:
    """A STIX 2.1 bundle: who says it, an indicator for each target, what it points at, and one report of all."""
    made = _moment(view.built_at)
    who = _own("identity", view.source.office.name, made, name=view.source.office.name, identity_class="organization")
    objects: dict[str, dict[str, Any]] = {who["id"]: who}
    for target in found:
        for one in _target_objects(view, target, made, who["id"]):
            objects[one["id"]] = one
    report = _own(
        "report",
        view.source.packet_id,
        made,
        created_by_ref=who["id"],
        name=f"{view.source.packet_id} {view.fact('class')}",
        description=strings.MACHINE_SCORE,
        report_types=["indicator"],
        published=made,
        object_refs=[name for name in objects if name != who["id"]],
        external_references=[{"source_name": "zhengshao", "external_id": view.source.packet_id}],
    )
    bundle = f"bundle--{uuid5(OWN_NAMESPACE, 'bundle ' + view.source.packet_id + made)}"
    return {"type": "bundle", "id": bundle, "objects": [*objects.values(), report]}


def _target_objects(view: View, target: Target, made: str, who: str) -> Iterator[dict[str, Any]]:
    name = _seen("domain-name", value=target.host)
    url = _seen("url", value=target.url)
    yield from (name, url)
    addresses = [_address(peer) for peer in target.addresses]
    yield from addresses
    capture = next(m.capture for m in view.materials if m.capture.label == target.evidence[-1][0])
    indicator = _own(
        "indicator",
        f"{view.source.packet_id} {target.value}",
        made,
        created_by_ref=who,
        name=f"{view.fact('class')} {target.value}",
        description="；".join(f"{label} SHA-256 {sha256}" for label, sha256 in target.evidence),
        indicator_types=["malicious-activity"],
        pattern=pattern(target),
        pattern_type="stix",
        valid_from=_moment(capture.fetched_at),
    )
    yield indicator
    for one in (name, url):
        pair = f"{indicator['id']} based-on {one['id']}"
        yield _own(
            "relationship", pair, made, created_by_ref=who, relationship_type="related-to",
            source_ref=indicator["id"], target_ref=one["id"],
        )  # fmt: skip


def pattern(target: Target) -> str:
    """The narrowest pattern: the whole name where that is blocked, else the one address."""
    if target.unit in ("host", "domain"):
        return f"[domain-name:value = '{_quoted(target.value)}']"
    return f"[url:value = '{_quoted(target.url)}']"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _address(peer: str) -> dict[str, Any]:
    host = peer.rpartition(":")[0].strip("[]")
    return _seen("ipv6-addr" if ":" in host else "ipv4-addr", value=host)


def _seen(kind: str, **values: str) -> dict[str, Any]:
    """A cyber-observable object; its identifier follows from its value, as everybody else computes it."""
    number = uuid5(STIX_NAMESPACE, canonical(values).decode())
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{number}", **values}


def _own(kind: str, key: str, made: str, **values: Any) -> dict[str, Any]:
    head = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid5(OWN_NAMESPACE, f'{kind} {key}')}"}
    return {**head, "created": made, "modified": made, **values}


def _moment(text: str) -> str:
    """STIX times have milliseconds and `Z`."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

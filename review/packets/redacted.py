"""The copy of a packet for circulation: made anew from masked data, linked to its original by hash."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from config.schema_agencies import Agency
from review.errors import ReviewError
from review.packets import strings
from review.packets.build import verifier
from review.packets.documents import how_to, papers
from review.packets.evidence import evidence, pretty
from review.packets.hashes import sha256_hex
from review.packets.item import Item
from review.packets.masking import Masker
from review.packets.pictures import Region, redact
from review.packets.seal import Part, Sealed, Sealer, Timestamp, seal
from review.packets.source import CaptureMaterial, PacketSource
from review.packets.verify.contents import REDACTED
from review.packets.verify.papers import docx_text, pdf_text, plain
from review.packets.windows import checker

ACTOR = "zhengshao"
SHOWN, QUOTED = ("screenshot",), ("before", "quote", "after", "reason")
KEPT_FACTS = (
    "label",
    "url",
    "final_url",
    "host",
    "status",
    "peer",
    "profile",
    "origin",
    "fetched_at",
    "title",
    "sha256",
)


class NotItsOriginal(ReviewError):
    """The stored evidence is not what the packet was made from."""


class Leak(ReviewError):
    """A copy that still says what was masked; it is not made."""


@dataclass(frozen=True, slots=True)
class Original:
    """What the copy names as its original: the sealed packet's manifest."""

    manifest: bytes

    @property
    def link(self) -> dict[str, str]:
        return {"packet_id": json.loads(self.manifest)["packet_id"], "manifest_sha256": sha256_hex(self.manifest)}

    def sha256(self, path: str) -> str:
        """Of a file as the original lists it."""
        for row in json.loads(self.manifest)["files"]:
            if row["path"] == path:
                return str(row["sha256"])
        raise NotItsOriginal(strings.NOT_ITS_ORIGINAL.format(packet=self.link["packet_id"], path=path))


def redacted(source: PacketSource, original: Original, agency: Agency, salt: bytes, sealer: Sealer) -> Sealed:
    """A sealed copy without archive, DOM and chain: papers set from masked data, screenshots re-encoded.

    `salt` is a secret of the office: hashes of masked values are keyed with it, or numbers could be guessed from them.
    Raises Leak when a masked value can still be found in the text of any file.
    """
    evidence_items = evidence(source, sealer.built_at)
    masker = Masker.of(source.assessment.get("contacts", ()), _texts(source))
    shots, shown = _pictures(evidence_items, masker, original)
    masked = masked_source(source, masker)
    facts = Item("capture.json", pretty(_facts(source, masked, masker)), "capture", sealer.built_at)
    withheld = [item for item in evidence_items if item.role not in SHOWN]

    files = [*shots, facts]
    made = [*files, *papers(masked, agency, [*files, verifier(sealer.built_at)], sealer.built_at)]
    told = {
        "format": "zhengshao-redactions/1",
        "original": original.link,
        "rules": list(strings.MASKING_RULES),
        "items": [*shown, *_values(masker, salt)],
        "withheld": [{"path": i.path, "sha256": original.sha256(i.path), "role": i.role} for i in withheld],
    }
    made += [Item("redactions.json", pretty(told), "redactions", sealer.built_at), verifier(sealer.built_at)]
    refuse_leaks(made, masker)

    def contents(timestamp: Timestamp) -> Sequence[Part]:
        return [*made, checker(sealer.built_at), how_to(masked, sealer.built_at, timestamp)]

    return seal(_head(source, original), contents, sealer)


def _head(source: PacketSource, original: Original) -> dict[str, Any]:
    said = {"packet_id": source.packet_id, "case_id": source.case_id, "subject": source.subject}
    return {
        "format": REDACTED,
        **said,
        "agency": source.agency,
        "office": source.office.name,
        "original": original.link,
    }


def _texts(source: PacketSource) -> list[str]:
    decided = [decision.reason for decision in source.decisions]
    judged = json.dumps(source.assessment, ensure_ascii=False)
    quoted = [f"{excerpt.before}{excerpt.quote}{excerpt.after}" for excerpt in source.excerpts]
    return [
        source.title,
        judged,
        *quoted,
        *decided,
        *source.fields.values(),
        *(m.capture.title for m in source.captures),
    ]


def masked_source(source: PacketSource, masker: Masker) -> PacketSource:
    """The same packet as it may be printed in the copy."""
    excerpts = (replace(e, **{n: masker.text(getattr(e, n)) for n in QUOTED}) for e in source.excerpts)
    decisions = tuple(replace(decision, reason=masker.text(decision.reason)) for decision in source.decisions)
    return replace(
        source,
        title=masker.text(source.title),
        assessment=masker.value(source.assessment),
        decisions=decisions,
        fields={key: masker.text(value) for key, value in source.fields.items()},
        excerpts=tuple(excerpts),
        marked=(),
        captures=tuple(_masked(material, masker) for material in source.captures),
    )


def _masked(material: CaptureMaterial, masker: Masker) -> CaptureMaterial:
    capture = material.capture
    hops = tuple(replace(hop, url=masker.text(hop.url)) for hop in capture.hops)
    url, final, title = (masker.text(text) for text in (capture.url, capture.final_url, capture.title))
    return replace(material, capture=replace(capture, hops=hops, url=url, final_url=final, title=title))


def _facts(source: PacketSource, masked: PacketSource, masker: Masker) -> dict[str, Any]:
    head = {"packet_id": source.packet_id, "case_id": source.case_id, "subject": source.subject}
    rows = [{key: getattr(m.capture, key) for key in KEPT_FACTS} for m in masked.captures]
    return {
        "format": "zhengshao-capture/1",
        **head,
        "title": masked.title,
        "assessment": masked.assessment,
        "captures": masker.value(rows),
    }


def _pictures(items: Sequence[Item], masker: Masker, original: Original) -> tuple[list[Item], list[dict[str, Any]]]:
    shots, told = [], []
    for item in items:
        if item.role not in SHOWN:
            continue
        content, regions = redact(item.content, masker)
        path = f"{item.path.rsplit('.', 1)[0]}.png"
        shots.append(replace(item, path=path, content=content, source=masker.text(item.source)))
        told.append(_shown(path, item.path, original.sha256(item.path), content, regions))
    return shots, told


def _shown(path: str, before: str, digest: str, content: bytes, regions: Sequence[Region]) -> dict[str, Any]:
    boxes = [{"kind": region.kind, "box": list(region.box)} for region in regions]
    link = {"path": path, "original_path": before, "original_sha256": digest, "sha256": sha256_hex(content)}
    return {**link, "regions": boxes, "actor": ACTOR, "reason": strings.MASKED_PICTURE}


def _values(masker: Masker, salt: bytes) -> list[dict[str, str]]:
    """Each masked value by kind, and its HMAC under the office's salt."""
    rows = []
    for one in masker.found:
        digest = hmac.new(salt, plain(one.value).encode("utf-8"), hashlib.sha256).hexdigest()
        rows.append({"kind": one.kind, "before_hmac_sha256": digest, "actor": ACTOR, "reason": strings.MASKED_VALUE})
    return sorted(rows, key=lambda row: (row["kind"], row["before_hmac_sha256"]))


def refuse_leaks(items: Sequence[Part], masker: Masker) -> None:
    """Raises Leak when a value that was masked stands in any file as it can be read out of it.

    What only its neighbours make a name may be a word of the papers themselves, and is not looked for.
    """
    values = {plain(one.value) for one in masker.found if one.value not in masker.likely - masker.names}
    for item in items:
        if not isinstance(item, Item) or item.path == "verify.py":
            continue
        text = _readable(item)
        for value in values:
            if value in text:
                raise Leak(strings.LEAK.format(path=item.path))


def _readable(item: Item) -> str:
    if item.path.endswith(".pdf"):
        return pdf_text(item.content)
    if item.path.endswith(".docx"):
        return docx_text(item.content)
    return plain(item.content.decode("utf-8", "replace"))

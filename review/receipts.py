"""What comes back on a referral: who signed for it, what was done, and the signed or scanned papers themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, update

from crawlers import custody
from crawlers.blobs import BlobStore
from review.cases import add_event
from review.errors import ReferralError
from review.referral_records import Referral, ReferralState, get
from review.referral_steps import given, in_state, moment_given, recipient, step
from review.strings import REFERRAL_PAPER_KINDS, REFERRAL_PAPER_KNOWN, REFERRAL_PAPER_TYPE, REFERRAL_RESULTS
from review.tables import referral_items, referral_papers

if TYPE_CHECKING:
    from config import Config

PAPER_TYPES: Mapping[bytes, str] = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
    b"PK\3\4": "application/zip",
}
"""What a signed or scanned paper may be, by its first bytes (OFD and DOCX are zip files)."""


def receive(
    connection: Connection,
    referral_id: int,
    *,
    actor: str,
    now: str,
    by: str,
    items: Sequence[int] = (),
    received_at: str = "",
) -> Referral:
    """Note who signed for it (`by`), for all items or for some; when all are signed for it is 已签收."""
    referral = in_state(connection, referral_id, "receive", ReferralState.SENT, ReferralState.RECEIVED)
    moment = moment_given(received_at, after=str(referral.sent_at), now=now) if received_at else now
    wanted = _chosen(referral, items, [item.number for item in referral.items if not item.received_at])
    values = {"received_at": moment, "received_by": given(by, "receive")}
    _set_items(connection, referral_id, wanted, values)
    whole = all(item.received_at for item in get(connection, referral_id).items)
    state = ReferralState.RECEIVED if whole else referral.state
    told = {"items": wanted, "by": by, "received_at": moment}
    return step(connection, referral, "receive", actor, now, told, {"state": state})


def answer(
    connection: Connection,
    referral_id: int,
    config: Config,
    *,
    actor: str,
    now: str,
    result: str,
    text: str = "",
    items: Sequence[int] = (),
    answered_at: str = "",
) -> Referral:
    """Note the recipient's feedback: `result` is a code of its `results`. When all items have one it is 已反馈.

    An item that was answered counts as received. A later answer to the same item replaces the summary; both stay
    among the events.
    """
    stages = (ReferralState.SENT, ReferralState.RECEIVED, ReferralState.ANSWERED)
    referral = in_state(connection, referral_id, "answer", *stages)
    known = {entry.id: entry.text for entry in recipient(config, referral.agency).results}
    if result not in known:
        listed = "、".join(f"{code}（{words}）" for code, words in known.items())
        raise ReferralError(REFERRAL_RESULTS.format(result=result, known=listed))
    moment = moment_given(answered_at, after=str(referral.sent_at), now=now) if answered_at else now
    wanted = _chosen(referral, items, [item.number for item in referral.items if not item.answered_at])
    _set_items(connection, referral_id, wanted, {"answered_at": moment, "result": result, "answer": text})
    unsigned = [number for number in wanted if not referral.item(number).received_at]
    _set_items(connection, referral_id, unsigned, {"received_at": moment})
    told = {"items": wanted, "result": result, "text": text, "answered_at": moment}
    for number in wanted:
        detail = {"referral": referral.label, "result": result, "text": text}
        add_event(connection, referral.item(number).case_id, "answered", detail, actor=actor, now=now)
    return step(connection, referral, "answer", actor, now, told, {"state": _stage(get(connection, referral_id))})


def file_paper(
    connection: Connection,
    blobs: BlobStore,
    referral_id: int,
    file: Path,
    *,
    kind: str,
    actor: str,
    now: str,
    item: int | None = None,
) -> Referral:
    """Keep a signed or scanned paper that came back (`kind` receipt, feedback, other), for one item or for all.

    The bytes go to the blob store, their SHA-256 into the chain of custody and the audit log.
    """
    stages = (ReferralState.SENT, ReferralState.RECEIVED, ReferralState.ANSWERED, ReferralState.CLOSED)
    referral = in_state(connection, referral_id, "file", *stages)
    if kind not in REFERRAL_PAPER_KINDS:
        raise ReferralError(REFERRAL_PAPER_TYPE.format(name=kind))
    about = [referral.item(item)] if item is not None else referral.items
    content = file.read_bytes()
    media = next((media for start, media in PAPER_TYPES.items() if content.startswith(start)), "")
    if not media:
        raise ReferralError(REFERRAL_PAPER_TYPE.format(name=file.name))
    sha256 = blobs.put(content)
    if any((paper.kind, paper.sha256) == (kind, sha256) for paper in referral.papers):
        raise ReferralError(REFERRAL_PAPER_KNOWN.format(name=file.name, label=referral.label))
    told = {"kind": kind, "item": item, "name": file.name, "sha256": sha256, "bytes": len(content)}
    told_of = {"referral": referral.label, "packets": [one.packet_id for one in about], **told}
    seq = custody.append(connection, "paper_filed", actor, told_of)
    values = {**told, "referral_id": referral_id, "media_type": media, "actor": actor, "at": now, "custody_seq": seq}
    connection.execute(insert(referral_papers).values(values))
    return step(connection, referral, "file", actor, now, {**told_of, "custody_seq": seq})


def _chosen(referral: Referral, items: Sequence[int], remaining: list[int]) -> list[int]:
    return [referral.item(number).number for number in dict.fromkeys(items)] if items else remaining


def _set_items(connection: Connection, referral_id: int, numbers: Sequence[int], values: Mapping[str, Any]) -> None:
    mine = (referral_items.c.referral_id == referral_id) & referral_items.c.number.in_(numbers)
    connection.execute(update(referral_items).where(mine).values(dict(values)))


def _stage(referral: Referral) -> ReferralState:
    if all(item.answered_at for item in referral.items):
        return ReferralState.ANSWERED
    return ReferralState.RECEIVED if all(item.received_at for item in referral.items) else ReferralState.SENT

"""A 台账 that a recipient filled in and sent back: kept as it came, its receipts and answers entered item by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from review import receipts
from review.errors import ReferralError
from review.packets.ledger import read_back
from review.referral_records import Referral, get
from review.strings import RETURNED_OTHER, RETURNED_RESULT

if TYPE_CHECKING:
    from config import Config
    from crawlers.blobs import BlobStore


@dataclass(frozen=True, slots=True)
class Returned:
    """How many items it signed for and answered that were not so before."""

    referral: Referral
    received: int
    answered: int


def enter(
    connection: Connection, blobs: BlobStore, referral_id: int, file: Path, config: Config, *, actor: str, now: str
) -> Returned:
    """Enter a filled-in ledger of this referral; nothing of it when one row does not fit (ReferralError).

    Times the recipient wrote stay in the file: what counts for deadlines is when it came back.
    """
    referral = get(connection, referral_id)
    try:
        rows = read_back(file, config.settings.imports)
    except ValueError as error:
        raise ReferralError(str(error)) from error
    named = {(str(item.number), item.case_label, item.packet_id or "") for item in referral.items}
    for row in rows:
        if (row["number"], row["case"], row["packet"]) not in named:
            raise ReferralError(RETURNED_OTHER.format(label=referral.label, number=row["number"], case=row["case"]))
    receipts.file_paper(connection, blobs, referral_id, file, kind="feedback", actor=actor, now=now)
    codes = {entry.text: entry.id for entry in config.agencies[referral.agency].results}
    signed = [_receive(connection, referral, row, actor, now) for row in rows]
    answered = [_answer(connection, referral, row, codes, config, actor, now) for row in rows]
    return Returned(get(connection, referral_id), sum(signed), sum(answered))


def _receive(connection: Connection, referral: Referral, row: Mapping[str, str], actor: str, now: str) -> bool:
    number = int(row["number"])
    if not row["received_by"].strip() or referral.item(number).received_at:
        return False
    receipts.receive(connection, referral.id, actor=actor, now=now, by=row["received_by"], items=[number])
    return True


def _answer(
    connection: Connection,
    referral: Referral,
    row: Mapping[str, str],
    codes: Mapping[str, str],
    config: Config,
    actor: str,
    now: str,
) -> bool:
    number, said = int(row["number"]), row["result"].strip()
    if not said or referral.item(number).result == codes.get(said):
        return False
    if said not in codes:
        raise ReferralError(RETURNED_RESULT.format(number=number, result=said, known="、".join(codes)))
    answer = row["answer"]
    receipts.answer(
        connection, referral.id, config, actor=actor, now=now, result=codes[said], text=answer, items=[number]
    )
    return True

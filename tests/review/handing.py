"""A store with confirmed cases, captures and registered packets, for tests of what is handed over."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert

from config import Config, load
from crawlers.store import Store
from review.cases import Decision, Suspect, decide, open_or_refresh
from review.referral_records import content_digest, get
from review.tables import bundles, packets
from tests.crawlers.keeping import House, exchange, page, task

NOW = "2026-11-23T02:00:00.000Z"
"""A Monday, ten in the morning in China."""


def office(kind: str = "safety_committee", folder: Path | None = None, more: str = "") -> Config:
    """The packaged configuration under another kind of sender."""
    if folder is None:
        return load()
    folder.mkdir(parents=True, exist_ok=True)
    text = f'[office]\nname = "示例县办公室"\nkind = "{kind}"\nregion = "示例县"\n{more}'
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return load(folder)


def confirmed(house: House, host: str, *, night: str = "N1", fetched_at: str = NOW) -> int:
    """A confirmed case on one kept page."""
    url, body = f"http://{host}/", f"<title>{host}</title><p>免考</p>".encode()
    (kept,) = house.keep(page(task(url), exchange(url, body, fetched_at=fetched_at), title=host))
    assert kept is not None
    suspect = Suspect(
        subject=f"site:{host}",
        title=host,
        cls="仿冒查询页",
        score=0.9,
        imitates="应急管理部",
        assessment={"impersonation": {"verdict": "flag", "class": "仿冒查询页", "score": 0.9, "signals": []}},
        capture_ids=(kept,),
    )
    with house.store.write() as connection:
        case_id, _ = open_or_refresh(connection, suspect, night=night, now=NOW)
        decide(connection, case_id, Decision.CONFIRM, actor="甲", reason="", now=NOW)
    return case_id


def registered(store: Store, case_id: int, packet_id: str, agency: str = "cac") -> str:
    """A row for a packet, as if it had been built."""
    row = {"id": packet_id, "case_id": case_id, "agency": agency, "built_at": NOW, "file": f"{packet_id}.zip"}
    with store.write() as connection:
        connection.execute(insert(packets).values(**row, sha256=packet_id[-1] * 64))
    return packet_id


def bundled(store: Store, referral_id: int) -> None:
    """A row for a bundle of what the referral holds now."""
    with store.write() as connection:
        content = content_digest(get(connection, referral_id).items)
        names = {"id": f"B-{referral_id}", "built_at": NOW, "file": "b.zip", "light": "", "sha256": "b" * 64}
        connection.execute(insert(bundles).values(referral_id=referral_id, content=content, **names))

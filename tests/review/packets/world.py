"""A small, whole source of a packet: two captures on a look-alike host, their chain, one screenshot, one stamp.

All names, numbers and hosts are invented; hosts end in the reserved `.example`.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.loader import Config
from config.schema_agencies import Agency
from crawlers import custody, exchanges
from crawlers.records import (
    Artefact,
    Capture,
    Exchange,
    FetchProfile,
    Hop,
    Origin,
    PageState,
    WarcPlace,
)
from review.keys import OfficeKey, office_key
from review.packets.build import build
from review.packets.evidence import utc
from review.packets.gather import provisions
from review.packets.seal import Sealed, Sealer, SealStamper, Signer, Timestamp
from review.packets.source import (
    CaptureMaterial,
    DecisionFacts,
    LawFacts,
    OfficeFacts,
    PacketSource,
    RecordBytes,
    StampFacts,
)

_NOW = datetime.now(UTC).replace(microsecond=0)
FETCHED_AT, KEPT_AT, BUILT_AT, LATER = (utc(_NOW - timedelta(seconds=ago)) for ago in (7200, 7199, 3600, 3599))
"""Of the day of the test: tokens made in a test are of now, and one that comes days after its capture is late."""
OFFICE = "示例县安全生产委员会办公室"
HOST = "cx-mem-gov.example"
HTML = "<title>特种作业操作证查询</title><p>证件可查，免考包过，联系微信 wx-none-0</p>".encode()


def png(width: int, height: int, shade: int = 200) -> bytes:
    """A grey picture."""
    rows = b"".join(b"\0" + bytes([shade, shade, shade]) * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def exchange(url: str, status: int = 200, body: bytes = HTML, location: str = "", at: str = FETCHED_AT) -> Exchange:
    headers = (("Content-Type", "text/html; charset=utf-8"), *((("Location", location),) if location else ()))
    return Exchange(
        url=url,
        status=status,
        reason="OK",
        request_headers=(("Host", HOST),),
        response_headers=headers,
        body=body,
        peer="203.0.113.9:80",
        fetched_at=at,
    )


def _noted(url: str, written: exchanges.Written) -> dict[str, Any]:
    return {
        "url": url,
        "sha256": written.payload_sha256,
        "volume": "v.warc.gz",
        "offset": 0,
        "length": written.length,
        "records_bytes": len(written.data),
        "records_sha256": hashlib.sha256(written.data).hexdigest(),
    }


def material(
    number: int,
    exchanges_: list[Exchange],
    images: tuple[bytes, ...] = (),
    doms: tuple[bytes, ...] = (),
    **changes: Any,
) -> CaptureMaterial:
    """A capture whose last exchange is the page, with pictures as screenshots."""
    page = exchanges_[-1]
    written = [exchanges.write(e, 6) for e in exchanges_]
    artefacts = tuple(Artefact("screenshot", hashlib.sha256(i).hexdigest(), len(i), "image/png") for i in images)
    artefacts += tuple(Artefact("dom", hashlib.sha256(d).hexdigest(), len(d), "text/html") for d in doms)
    values: dict[str, Any] = {
        "id": number,
        "task_id": None,
        "night": "2026-11-21",
        "source": "web",
        "url": exchanges_[0].url,
        "final_url": page.url,
        "host": HOST,
        "status": page.status,
        "peer": page.peer,
        "profile": FetchProfile.DESKTOP,
        "origin": Origin.CRAWL,
        "fetched_at": page.fetched_at,
        "sha256": hashlib.sha256(page.body).hexdigest(),
        "size_bytes": len(page.body),
        "place": WarcPlace("v.warc.gz", 0, written[-1].length),
        "page_state": PageState.RESULTS,
        "reason": "",
        "flags": (),
        "media_type": "text/html",
        "custody_seq": number,
        "stamp_id": 1,
        "hops": tuple(Hop(e.url, e.status, e.peer, None) for e in exchanges_[:-1]),
        "artefacts": artefacts,
        "title": "特种作业操作证查询",
    }
    records = tuple(RecordBytes(e.url, e.status, w.data) for e, w in zip(exchanges_, written, strict=True))
    stored = {hashlib.sha256(i).hexdigest(): (lambda i=i: i) for i in (*images, *doms)}
    return CaptureMaterial(Capture(**{**values, **changes}), records, len(records) - 1, stored)


def captured(item: CaptureMaterial) -> dict[str, Any]:
    """What the store writes into the chain for a capture."""
    capture = item.capture
    noted = [
        {
            "url": r.url,
            "sha256": "0" * 64,
            "volume": "v.warc.gz",
            "offset": 0,
            "length": 0,
            "records_bytes": len(r.members),
            "records_sha256": hashlib.sha256(r.members).hexdigest(),
        }
        for r in item.records
    ]
    names = ("url", "final_url", "status", "fetched_at", "peer", "sha256", "size_bytes")
    return {
        **{name: getattr(capture, name) for name in names},
        "profile": capture.profile.value,
        "origin": capture.origin.value,
        "page_state": capture.page_state.value,
        "flags": list(capture.flags),
        "page": noted[item.page],
        "redirects": noted[: item.page],
        "resources": noted[item.page + 1 :],
        "artefacts": [{"role": a.role, "sha256": a.sha256, "bytes": a.bytes} for a in capture.artefacts],
    }


def chain(details: list[tuple[str, int | None, Mapping[str, Any]]], at: str = KEPT_AT) -> tuple[dict[str, Any], ...]:
    """Lines from 1 on, hashed as the store hashes them."""
    lines: list[dict[str, Any]] = []
    previous = custody.GENESIS
    for seq, (event, capture_id, detail) in enumerate(details, 1):
        line = {"seq": seq, "at": at, "event": event, "actor": "tester", "capture_id": capture_id, "detail": detail}
        digest = custody.line_hash(seq, at, event, "tester", capture_id, detail, previous)
        lines.append({**line, "prev_hash": previous, "hash": digest})
        previous = digest
    return tuple(lines)


def stamp_over(lines: tuple[dict[str, Any], ...], **changes: Any) -> StampFacts:
    digest = custody.digest_of(line["hash"] for line in lines)
    values = {"id": 1, "digest": digest, "from_seq": lines[0]["seq"], "to_seq": lines[-1]["seq"]}
    return StampFacts(**{**values, **changes})


SIGNALS = [
    {
        "detector": "wording",
        "version": 1,
        "class": "承诺免考",
        "weight": 0.9,
        "reason": "页面承诺不用考试即可取得操作证。",
        "quote": "免考包过",
        "start": 15,
        "end": 19,
        "where": "text",
    }
]
ASSESSMENT = {
    "state": "results",
    "impersonation": {
        "verdict": "flag",
        "class": "仿冒查询页",
        "score": 0.97,
        "imitates": "应急管理部",
        "signals": [{**SIGNALS[0], "class": "仿冒查询页", "reason": "页面自称官方查询平台，域名却不属于该单位。"}],
    },
    "selling": {"verdict": "flag", "class": "承诺免考", "score": 0.9, "signals": SIGNALS},
    "contacts": [{"kind": "wechat", "value": "wx-none-0", "quote": "wx-none-0"}],
}


def law(name: str = "cac") -> tuple[LawFacts, ...]:
    """All that papers to a recipient may cite of `ASSESSMENT`; a plain source takes the first, to stay small."""
    return provisions(Config(), agency(name), ASSESSMENT)


def source(**changes: Any) -> PacketSource:
    """The whole source; `captures` given anew bring their own chain."""
    start = f"http://{HOST}/"
    captures = changes.pop(
        "captures",
        (
            material(1, [exchange(start, 302, b"", f"{start}query"), exchange(f"{start}query")]),
            material(2, [exchange(f"{start}query")], (png(64, 96),), (HTML,), origin=Origin.BROWSER),
        ),
    )
    lines = chain([("captured", item.capture.id, captured(item)) for item in captures])
    values: dict[str, Any] = {
        "packet_id": "P-2026-000001",
        "case_id": "K-0001",
        "subject": f"site:{HOST}",
        "title": "特种作业操作证查询",
        "agency": "cac",
        "office": OfficeFacts(OFFICE, "safety_committee", "示例县"),
        "opened_at": FETCHED_AT,
        "opened_by": "2026-11-21",
        "assessment": ASSESSMENT,
        "decisions": (DecisionFacts("2026-11-21T08:30:00.000Z", "张三", "属实", "域名不属于所称单位。"),),
        "captures": captures,
        "custody": lines,
        "custody_head": (len(lines), lines[-1]["hash"]),
        "stamps": (stamp_over(lines),),
        "law": law(changes.get("agency", "cac"))[:1],
        "tool": "zhengshao 0.1.0",
    }
    return PacketSource(**{**values, **changes})


def agency(name: str = "cac") -> Agency:
    return Config().agencies[name]


def no_stamp(_seal: bytes) -> bytes:
    return b""


def make_key(data: Path, since: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> OfficeKey:
    return office_key(data, OFFICE, since)


def make(
    source_: PacketSource,
    key: Signer,
    stamp: SealStamper = no_stamp,
    policy: Timestamp = "queued",
    built_at: str = BUILT_AT,
) -> Sealed:
    return build(source_, agency(source_.agency), Sealer(key, built_at, stamp, policy))

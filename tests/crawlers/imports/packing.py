"""Small archives as other people's tools make them, and as nobody honest does."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

PAGE = "<html><head><title>查询</title></head><body><p>特种作业操作证查询</p></body></html>"


def warc(url: str = "https://zs.example/", body: str = PAGE, date: str = "2026-01-02T03:04:05Z") -> bytes:
    """One response record, as ArchiveWeb.page would keep it."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body.encode()
    digest = base64.b32encode(hashlib.sha1(block).digest()).decode()
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:{hashlib.sha256(url.encode()).hexdigest()}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nWARC-Block-Digest: sha1:{digest}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def wacz(
    files: Mapping[str, bytes] | None = None,
    *,
    unlisted: Mapping[str, bytes] | None = None,
    changed: Mapping[str, bytes] | None = None,
    digest: bool = True,
) -> bytes:
    """A WACZ whose manifest lists `files`; `unlisted` are only in the zip, `changed` stand there with other bytes."""
    plain = {"archive/data.warc.gz": zlib_gzip(warc()), "pages/pages.jsonl": b'{"format":"json-pages-1.0"}'}
    listed = dict(files or plain)
    resources = [
        {"name": name.rpartition("/")[2], "path": name, "hash": f"sha256:{_sha256(data)}", "bytes": len(data)}
        for name, data in listed.items()
    ]
    package = json.dumps({"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}).encode()
    inside = {**listed, "datapackage.json": package, **(unlisted or {})}
    if digest:
        told = {"path": "datapackage.json", "hash": f"sha256:{_sha256(package)}"}
        inside["datapackage-digest.json"] = json.dumps(told).encode()
    return packed({**inside, **(changed or {})})


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def zlib_gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class RawZip:
    """A zip written field by field, so that any of them may lie."""

    def __init__(self) -> None:
        self.data = b""
        self.central = b""
        self.count = 0

    def local(
        self, name: bytes, content: bytes = b"", *, flags: int = 0, method: int = 0, packed: bytes | None = None
    ) -> int:
        """A local header and its content; returns where it stands."""
        stored = content if packed is None else packed
        at, crc = len(self.data), zlib.crc32(content)
        sizes = (crc, len(stored), len(content))
        self.data += struct.pack("<4s5H3L2H", b"PK\3\4", 20, flags, method, 0, 33, *sizes, len(name), 0)
        self.data += name + stored
        return at

    def entry(
        self,
        name: bytes,
        at: int,
        *,
        crc: int = 0,
        packed: int = 0,
        size: int = 0,
        flags: int = 0,
        method: int = 0,
        mode: int = 0o100644,
        extra: bytes = b"",
    ) -> None:
        fields = (0x0314, 20, flags, method, 0, 33, crc, packed, size, len(name), len(extra), 0, 0, 0, mode << 16, at)
        self.central += struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields) + name + extra
        self.count += 1

    def file(self, name: bytes, content: bytes, **fields: Any) -> None:
        method = fields.get("method", 0)
        packed = zlib.compress(content, 9)[2:-4] if method == 8 else content
        at = self.local(name, content, flags=fields.get("flags", 0), method=method, packed=packed)
        self.entry(name, at, **{"crc": zlib.crc32(content), "packed": len(packed), "size": len(content), **fields})

    def end(self, *, count: int | None = None, tail: bytes = b"") -> bytes:
        said = self.count if count is None else count
        counts = (said & 0xFFFF, said & 0xFFFF, len(self.central), len(self.data))
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, *counts, 0)
        return self.data + self.central + tail + end


def har(entries: Sequence[Mapping[str, Any]]) -> bytes:
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": entries}}, indent=1
    ).encode()


def har_entry(url: str = "https://zs.example/", text: str | None = PAGE, **changed: Any) -> dict[str, Any]:
    """One entry as Chrome exports it; `None` leaves a key out."""
    content: dict[str, Any] = {"size": len(text or ""), "mimeType": changed.pop("mime", "text/html; charset=gbk")}
    if text is not None:
        content["text"] = text
    if "encoding" in changed:
        content["encoding"] = changed.pop("encoding")
    entry: dict[str, Any] = {
        "startedDateTime": "2026-01-02T11:04:05.678+08:00",
        "time": 12.5,
        "request": {
            "method": "GET",
            "url": url,
            "headers": [{"name": "Cookie", "value": "session=secret"}, {"name": "User-Agent", "value": "x"}],
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "headers": [
                {"name": "Content-Type", "value": content["mimeType"]},
                {"name": "Content-Encoding", "value": "gzip"},
            ],
            "content": content,
            "redirectURL": "",
        },
    }
    for path, value in changed.items():
        place: Any = entry
        *parents, last = path.split("__")
        for parent in parents:
            place = place[parent]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return entry

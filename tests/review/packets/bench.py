"""A valid packet taken apart, and the means to put it together again as a forger or an insider would."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawlers import custody
from review.keys import OfficeKey
from review.packets.container import write_zip
from review.packets.evidence import utc
from review.packets.hashes import sha256_hex, sm3_hex
from review.packets.seal import Signer
from review.packets.verify import verify
from review.packets.verify.archive import read_records
from review.packets.verify.contents import FILE_LIST, sums
from review.packets.verify.values import canonical
from tests.review.packets import world
from tests.review.packets.authority import TestAuthority

Files = dict[str, bytes]
SHOT = "shots/C-00000002-1.png"
WARC = "archive/data.warc.gz"
LETTER = "00_商请处置函.pdf"


@dataclass
class Bench:
    """`files` are those of the valid packet; work on `copy()`."""

    files: Files
    content: bytes
    key: OfficeKey
    authority: TestAuthority
    trust: Path
    folder: Path

    def copy(self) -> Files:
        return dict(self.files)

    def judge(self, content: bytes, trust: Path | None = None) -> dict[str, Any]:
        path = self.folder / "judged.zip"
        path.write_bytes(content)
        return verify(str(path), str(trust or self.trust))

    def rehashed(self, files: Files, drop_rows: tuple[str, ...] = ()) -> Files:
        """Rows, sums and the seal's hash made right again, as anyone can; the signature cannot be."""
        files = relisted({name: content for name, content in files.items() if name not in drop_rows})
        manifest = json.loads(files["manifest.json"])
        for row in manifest["files"]:
            content = files.get(row["path"], b"")
            row.update(bytes=len(content), sha256=sha256_hex(content), sm3=sm3_hex(content))
        manifest["files"] = [row for row in manifest["files"] if row["path"] not in drop_rows]
        files["manifest.json"] = canonical(manifest)
        seal = json.loads(files["seal.json"])
        files["seal.json"] = canonical({**seal, "manifest_sha256": sha256_hex(files["manifest.json"])})
        return self.summed(files)

    def summed(self, files: Files) -> Files:
        files["SHA256SUMS"] = sums({name: sha256_hex(content) for name, content in files.items()})
        return files

    def unprinted(self, files: Files) -> Files:
        """Without the papers: an insider would print them anew."""
        papers = tuple(name for name in files if name.endswith((".pdf", ".docx", "papers.json")))
        for name in papers:
            del files[name]
        return self.resealed(self.rehashed(files, drop_rows=papers))

    def signed(self, files: Files, key: OfficeKey | None = None, stamped: bool = True, **seal: Any) -> Files:
        """Sealed anew by whoever holds a key, with a token of the trusted authority."""
        key = key or self.key
        manifest = files["manifest.json"]
        fields = {"alg": "Ed25519", "format": "zhengshao-seal/1", "key_id": json.loads(manifest)["key_id"]}
        named = {"manifest_sha256": sha256_hex(manifest), "packet_id": json.loads(manifest)["packet_id"]}
        signature = base64.b64encode(key.sign(manifest)).decode()
        files["seal.json"] = canonical({**fields, **named, "sig": signature, **seal})
        if stamped:
            files["seal.tsr"] = self.authority.stamp(files["seal.json"])
        return self.summed(files)

    def resealed(self, files: Files) -> Files:
        """What an insider with the office's key does: all hashes right, signed and stamped now."""
        return self.signed(self.rehashed(files))


def relisted(files: Files) -> Files:
    """The list for people made to fit the files again."""
    if FILE_LIST not in files:
        return files
    rows = list(csv.reader(io.StringIO(files[FILE_LIST].decode("utf-8-sig"))))
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(rows[0])
    for row in rows[1:]:
        if row[1] in files:
            content = files[row[1]]
            writer.writerow([*row[:4], len(content), *row[5:7], sha256_hex(content), sm3_hex(content)])
    return {**files, FILE_LIST: output.getvalue().encode("utf-8-sig")}


def edited(files: Files, name: str, change: Callable[[Any], None]) -> Files:
    document = json.loads(files[name])
    change(document)
    files[name] = canonical(document)
    return files


def rechained(lines: list[dict[str, Any]]) -> bytes:
    """Lines hashed anew from the first on."""
    previous = custody.GENESIS
    for line in lines:
        fields = {key: line[key] for key in ("seq", "at", "event", "actor", "capture_id", "detail")}
        digest = custody.line_hash(**fields, prev_hash=previous)
        line.update(prev_hash=previous, hash=digest)
        previous = digest
    return b"".join(canonical(line) + b"\n" for line in lines)


def custody_lines(files: Files) -> list[dict[str, Any]]:
    return [json.loads(raw) for raw in files["custody.jsonl"].splitlines()]


def with_head(files: Files) -> Files:
    """The manifest told of the chain as it now is."""
    lines = custody_lines(files)
    last = {
        "lines": len(lines),
        "last_hash": lines[-1]["hash"],
        "head_seq": lines[-1]["seq"],
        "head_hash": lines[-1]["hash"],
    }
    return edited(files, "manifest.json", lambda manifest: manifest.update(custody=last))


def warc_members(files: Files) -> list[bytes]:
    data = files[WARC]
    return [data[offset : offset + record["length"]] for offset, record in read_records([data], 0)]


def remember(member: bytes, change: Callable[[bytes], bytes]) -> bytes:
    return gzip.compress(change(gzip.decompress(member)), mtime=0)


def make_bench(folder: Path, authority: TestAuthority) -> Bench:
    now = datetime.now(UTC)
    key = world.make_key(folder, now - timedelta(days=1))
    (folder / "trust/tsa/test.pem").write_bytes(authority.root)
    content = stamped_packet(key, authority, utc(now))
    return Bench(unpacked(content), content, key, authority, folder / "trust", folder)


def stamped_packet(
    key: Signer,
    authority: TestAuthority,
    at: str,
    captures: tuple[world.CaptureMaterial, ...] | None = None,
    **changes: Any,
) -> bytes:
    """A packet whose capture set and seal both have a token."""
    plain = world.source(captures=captures) if captures else world.source()
    token = authority.stamp(custody.joined(line["hash"] for line in plain.custody))
    stamps = (world.stamp_over(plain.custody, token=token, authority="test", gen_time=at),)
    source = world.source(captures=plain.captures, stamps=stamps, **changes)
    return world.make(source, key, authority.stamp, "required", at).content


def unpacked(content: bytes) -> Files:
    """By a reader that is not ours."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files) -> bytes:
    return write_zip(files)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

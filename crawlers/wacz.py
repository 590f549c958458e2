"""WACZ 1.1.1: captures in one zip that replay tools open, made from the archive's own records, byte for byte.

The same captures give the same bytes. What is exported stands alone: records are copied whole, never as references to
another export. It is a copy for looking at and for other archives; who must prove something hands over a packet.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import NAMESPACE_URL, uuid5

from crawlers import cdxj
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.exchanges import split_response
from crawlers.records import Artefact, Capture, CrawlError, Hop
from crawlers.store import Store
from crawlers.warcfile import Record, digest, member, members, serialise

VERSION = "1.1.1"
"""What `wacz validate` and the replay tools of 2026 know."""
ARCHIVE, ARTEFACTS = "archive/data.warc.gz", "archive/artefacts.warc.gz"
INDEX, BLOCK_INDEX, PAGES = "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"
PACKAGE, PACKAGE_DIGEST = "datapackage.json", "datapackage-digest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_GZIP_LEVEL = 6
_COPY_BYTES = 1 << 20


class NothingToExport(CrawlError):
    """No capture was named, or none of them is kept."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    path: Path
    sha256: str
    bytes: int
    captures: tuple[int, ...]
    records: int
    """Lines of the index."""


def export(
    store: Store,
    archive: Archive,
    capture_ids: Sequence[int],
    path: Path,
    *,
    blobs: BlobStore | None = None,
    title: str = "",
) -> Exported:
    """Write the captures to `path` (a `.wacz`), whole or not at all; with `blobs`, their pictures and DOM, too.

    Raises NothingToExport, StoreError for an id that does not exist, and ArchiveError when evidence is missing or not
    what it was when it was kept.
    """
    captures = [store.capture(number) for number in sorted(set(capture_ids))]
    if not captures:
        raise NothingToExport("no capture was named: give capture ids, as in C-00000012")
    draft = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as file:
            package = _Package(file, max(capture.fetched_at for capture in captures))
            records = _fill(package, store, archive, blobs, captures)
            package.close(title or captures[0].title or captures[0].url, captures[0])
        with draft.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return Exported(path, sha256, path.stat().st_size, tuple(capture.id for capture in captures), records)


def _fill(
    package: _Package, store: Store, archive: Archive, blobs: BlobStore | None, captures: Sequence[Capture]
) -> int:
    with _Warc("data.warc.gz", package.date) as data:
        for hop in _exchanges(store, captures):
            assert hop.place
            data.copy(archive.raw_exchange(hop.place))
        package.add_file(ARCHIVE, data.file)
        lines = data.lines
    if blobs is not None and any(capture.artefacts for capture in captures):
        with _Warc("artefacts.warc.gz", package.date) as beside:
            for capture in captures:
                for artefact in capture.artefacts:
                    beside.resource(capture, artefact, blobs.read(artefact.sha256))
            package.add_file(ARTEFACTS, beside.file)
            lines += beside.lines
    index, block_index = cdxj.blocks(lines, "index.cdx.gz")
    package.add(INDEX, index)
    package.add(BLOCK_INDEX, block_index)
    package.add(PAGES, b"".join(map(_json_line, _pages(captures))))
    return len(lines)


def _exchanges(store: Store, captures: Sequence[Capture]) -> Iterator[Hop]:
    """Every exchange once: redirects, page, what a browser fetched for it."""
    seen = set()
    for capture in captures:
        page = Hop(capture.final_url, capture.status, capture.peer, capture.place)
        for hop in (*capture.hops, page, *store.resources(capture.id)):
            if hop.place is not None and hop.place not in seen:
                seen.add(hop.place)
                yield hop


def _pages(captures: Iterable[Capture]) -> Iterator[dict[str, Any]]:
    yield {"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": False}
    for capture in captures:
        yield {
            "id": capture.label,
            "url": capture.url,
            "ts": capture.fetched_at,
            "title": capture.title,
            "status": capture.status,
            "mime": capture.media_type,
            "profile": capture.profile.value,
            "origin": capture.origin.value,
        }


def _json_line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


@dataclass
class _Warc:
    """A WARC file being put together in a temporary file, and its index lines."""

    name: str
    date: str
    lines: list[str] = field(default_factory=list)
    file: IO[bytes] = field(default_factory=TemporaryFile)

    def __enter__(self) -> _Warc:
        fields = f"software: {_software()}\r\nformat: WARC File Format 1.1\r\n".encode()
        named = [("WARC-Record-ID", _named(self.name + self.date)), ("WARC-Filename", self.name)]
        info = serialise("warcinfo", [*named, ("WARC-Date", self.date)], "application/warc-fields", fields)
        self.file.write(member(info, _GZIP_LEVEL))
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def copy(self, group: bytes) -> None:
        """The records of one exchange as they stand in the archive."""
        start = self.file.tell()
        for offset, length, record in members(group, len(group)):
            if record.kind in ("response", "revisit"):
                self._index(record, _http_fields(record), start + offset, length)
        self.file.write(group)

    def resource(self, capture: Capture, artefact: Artefact, data: bytes) -> None:
        """What the browser made of a page, under `urn:view:` (the picture) or `urn:<role>:` and the page's address."""
        kind = "view" if artefact.role == "screenshot" else artefact.role
        uri = f"urn:{kind}:{capture.final_url}"
        named = [
            ("WARC-Record-ID", _named(f"{capture.label} {artefact.role} {artefact.sha256}")),
            ("WARC-Target-URI", uri),
            ("WARC-Date", capture.fetched_at),
        ]
        written = member(serialise("resource", named, artefact.media_type, data), _GZIP_LEVEL)
        record = Record("resource", (*named, ("WARC-Payload-Digest", digest(data))), b"")
        told: dict[str, str | int] = {"mime": artefact.media_type.partition(";")[0], "status": 200}
        self._index(record, told, self.file.tell(), len(written))
        self.file.write(written)

    def _index(self, record: Record, told: dict[str, str | int], offset: int, length: int) -> None:
        uri, date = record.header("WARC-Target-URI"), record.header("WARC-Date")
        told = told | {"digest": record.header("WARC-Payload-Digest"), "length": length, "offset": offset}
        self.lines.append(cdxj.line(uri, date, told | {"filename": self.name}))


def _http_fields(record: Record) -> dict[str, str | int]:
    if record.kind == "revisit":
        return {"mime": "warc/revisit", "status": 200}
    status, _, headers, _ = split_response(record.block)
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return {"mime": kind.partition(";")[0].strip().lower() or "unk", "status": status}


@dataclass
class _Package:
    """The zip being written, and what its `datapackage.json` will say."""

    file: zipfile.ZipFile
    date: str
    resources: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, data: bytes) -> None:
        self._list(name, digest(data), len(data))
        self.file.writestr(_entry(name), data)

    def add_file(self, name: str, source: IO[bytes]) -> None:
        size, hasher = source.tell(), hashlib.sha256()
        source.seek(0)
        entry = _entry(name)
        entry.file_size = size  # what decides on ZIP64
        with self.file.open(entry, "w") as target:
            while chunk := source.read(_COPY_BYTES):
                hasher.update(chunk)
                target.write(chunk)
        self._list(name, f"sha256:{hasher.hexdigest()}", size)

    def _list(self, path: str, hash_: str, size: int) -> None:
        self.resources.append({"name": path.rpartition("/")[2], "path": path, "hash": hash_, "bytes": size})

    def close(self, title: str, main: Capture) -> None:
        document = {
            "profile": "data-package",
            "resources": self.resources,
            "wacz_version": VERSION,
            "title": title,
            "software": _software(),
            "created": self.date,
            "modified": self.date,
            "mainPageUrl": main.url,
            "mainPageDate": main.fetched_at,
        }
        data = json.dumps(document, ensure_ascii=False, indent=2).encode()
        self.file.writestr(_entry(PACKAGE), data)
        said = {"path": PACKAGE, "hash": digest(data)}
        self.file.writestr(_entry(PACKAGE_DIGEST), json.dumps(said, indent=2).encode())


def _entry(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _EPOCH)
    made.external_attr = 0o600 << 16
    made.create_system = 3
    return made


def _named(text: str) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, text)}>"


def _software() -> str:
    return f"zhengshao {version('zhengshao')}"

"""Containers that are not as the format writes them, byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from review.packets.verify.container import CENTRAL, END, central_header, end_record, local_header
from tests.review.packets.bench import SHOT, Bench, Files, packed, unpacked
from tests.review.packets.test_mutations import codes


def raw_zip(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Stored entries in the order given, under any names."""
    import zlib

    body, directory = b"", b""
    for name, content in entries:
        crc = zlib.crc32(content)
        directory += central_header(name, crc, len(content), len(body))
        body += local_header(name, crc, len(content)) + content
    return body + directory + end_record(len(entries), len(directory), len(body))


def named(*names: str) -> Callable[[Files], bytes]:
    """The packet with more files under these names."""

    def make(files: Files) -> bytes:
        entries = [(name.encode(), content) for name, content in files.items()]
        return raw_zip(sorted([*entries, *((name.encode(), b"x") for name in names)], key=lambda entry: entry[0]))

    return make


def directory_at(content: bytes | bytearray) -> int:
    """Where the central directory begins: papers are zips of their own, with such headers inside."""
    return int(END.unpack(content[-END.size :])[6])


def patched(offset: int, value: bytes) -> Callable[[Files], bytes]:
    """The first central header overwritten at an offset."""

    def make(files: Files) -> bytes:
        content = bytearray(packed(files))
        at = directory_at(content) + offset
        content[at : at + len(value)] = value
        return bytes(content)

    return make


def by_zipfile(method: int) -> Callable[[Files], bytes]:
    def make(files: Files) -> bytes:
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", method) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name), content, method)
        return output.getvalue()

    return make


def bomb(files: Files) -> bytes:
    return by_zipfile(zipfile.ZIP_DEFLATED)({**files, "zeros.bin": bytes(1 << 22)})


def symlink(files: Files) -> bytes:
    return patched(38, struct.pack("<L", 0o120777 << 16))(files)


def shuffled(files: Files) -> bytes:
    return raw_zip(sorted(((n.encode(), c) for n, c in files.items()), reverse=True))


def stale_crc(files: Files) -> bytes:
    content = bytearray(packed(files))
    content[content.index(files[SHOT])] ^= 1
    return bytes(content)


def overlapping(files: Files) -> bytes:
    """The second entry of the directory points at the first."""
    content = bytearray(packed(files))
    second = content.index(b"PK\1\2", directory_at(content) + 4)
    content[second + 42 : second + 46] = bytes(4)
    return bytes(content)


def two_directories(files: Files) -> bytes:
    """A second directory behind the first end: readers that search from the front see another packet."""
    return packed(files) + packed({"manifest.json": b"{}"})


def counted_wrong(files: Files) -> bytes:
    content = packed(files)
    end = list(END.unpack(content[-22:]))
    return content[:-22] + end_record(end[4] - 1, end[5], end[6])


def comment(files: Files) -> bytes:
    content = packed(files)
    return content[:-2] + struct.pack("<H", 2) + b"hi"


HOSTILE: dict[str, tuple[Callable[[Files], bytes], str]] = {
    "traversal": (named("../evil.txt"), "NAME_ILLEGAL"),
    "absolute": (named("/etc/evil"), "NAME_ILLEGAL"),
    "drive": (named("C:evil"), "NAME_ILLEGAL"),
    "backslash": (named("a\\b"), "NAME_ILLEGAL"),
    "device name": (named("shots/CON.png"), "NAME_ILLEGAL"),
    "trailing dot": (named("note."), "NAME_ILLEGAL"),
    "directory entry": (named("shots/"), "NAME_ILLEGAL"),
    "right-to-left": (named("shots/\u202egnp.exe"), "NAME_ILLEGAL"),
    "decomposed": (named("e\u0301.txt"), "NAME_ILLEGAL"),
    "control character": (named("a\n.txt"), "NAME_ILLEGAL"),
    "not UTF-8": (lambda f: raw_zip([(b"\xff\xfe", b"")]), "NAME_ILLEGAL"),
    "too long": (named("a" * 201), "NAME_ILLEGAL"),
    "duplicate": (named("seal.json"), "NAME_DUPLICATE"),
    "case clash": (named("SEAL.JSON"), "NAME_CASE_CLASH"),
    "bytes in front": (lambda f: b"MZ" + packed(f), "ZIP_LEADING_BYTES"),
    "bytes behind": (lambda f: packed(f) + b"\0", "ZIP_TRAILING_BYTES"),
    "comment": (comment, "ZIP_TRAILING_BYTES"),
    "truncated": (lambda f: packed(f)[:-100], "ZIP_TRUNCATED"),
    "empty": (lambda f: b"", "ZIP_TRUNCATED"),
    "no zip": (lambda f: b"%PDF-1.7" * 100, "ZIP_TRUNCATED"),
    "two directories": (two_directories, "ZIP_LEADING_BYTES"),
    "encrypted": (patched(8, struct.pack("<H", 0x0801)), "ZIP_ENCRYPTED"),
    "compressed": (by_zipfile(zipfile.ZIP_DEFLATED), "ZIP_COMPRESSED"),
    "bomb": (bomb, "ZIP_COMPRESSED"),
    "by another writer": (by_zipfile(zipfile.ZIP_STORED), "ZIP_HEADER"),
    "symlink": (symlink, "ZIP_SYMLINK"),
    "sizes differ": (patched(20, struct.pack("<L", 7)), "ZIP_SIZE"),
    "zip64 size": (patched(20, b"\xff" * 8), "ZIP_ZIP64"),
    "header says otherwise": (patched(16, b"\1\2\3\4"), "ZIP_HEADER_MISMATCH"),
    "order": (shuffled, "ZIP_ORDER"),
    "stale CRC": (stale_crc, "FILE_SHA256"),
    "overlap": (overlapping, "ZIP_OVERLAP"),
    "count": (counted_wrong, "ZIP_LEADING_BYTES"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_zip(bench: Bench, name: str) -> None:
    make, code = HOSTILE[name]
    report = bench.judge(make(bench.copy()))
    assert (report["verdict"], code in codes(report)) == ("invalid", True), report["checks"]


def test_a_wrong_checksum_alone_is_found(bench: Bench) -> None:
    files = bench.copy()
    crc_at = packed(files).index(files[SHOT]) - len(SHOT) - 16
    content = bytearray(packed(files))
    content[crc_at] ^= 1
    central = directory_at(content)
    while content[central + CENTRAL.size : central + CENTRAL.size + len(SHOT)] != SHOT.encode():
        central = content.index(b"PK\1\2", central + 4)
    content[central + 16] ^= 1
    assert "ZIP_CRC" in codes(bench.judge(bytes(content)))


def test_what_is_not_there_cannot_be_judged(bench: Bench) -> None:
    from review.packets.verify import verify

    assert verify(str(bench.folder / "nothing.zip"))["checks"][0]["code"] == "ZIP_UNREADABLE"


def test_strangers_read_the_container(bench: Bench) -> None:
    with zipfile.ZipFile(io.BytesIO(bench.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(archive.namelist(), key=str.encode)


def test_unpacking_gives_what_was_packed(bench: Bench) -> None:
    assert packed(unpacked(bench.content)) == bench.content

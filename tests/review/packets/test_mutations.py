"""What is done to a packet and what the verifier says of it: verdict and reason code for each."""

# ruff: noqa: E501 (a table, one mutation a line)

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from review.packets.hashes import sm3_hex
from review.packets.verify.values import canonical
from tests.review.packets import world
from tests.review.packets.bench import (
    LETTER,
    SHOT,
    WARC,
    Bench,
    Files,
    custody_lines,
    edited,
    packed,
    rechained,
    remember,
    sha256,
    unpacked,
    warc_members,
    with_head,
)

Mutation = Callable[[Bench, Files], Files]


def flip(name: str) -> Mutation:
    def change(bench: Bench, files: Files) -> Files:
        content = bytearray(files[name])
        content[len(content) // 2] ^= 1
        return {**files, name: bytes(content)}

    return change


def put(name: str, content: Callable[[Files], bytes]) -> Mutation:
    return lambda bench, files: {**files, name: content(files)}


def without(*names: str) -> Mutation:
    return lambda bench, files: {name: content for name, content in files.items() if name not in names}


def rows_dropped(bench: Bench, files: Files) -> Files:
    del files[SHOT]
    return bench.rehashed(files, drop_rows=(SHOT,))


def swapped(bench: Bench, files: Files) -> Files:
    files["findings.json"], files["law.json"] = files["law.json"], files["findings.json"]
    return files


def renamed(bench: Bench, files: Files) -> Files:
    files["shots/C-00000009-1.png"] = files.pop(SHOT)
    return files


def manifest_edited(bench: Bench, files: Files) -> Files:
    return edited(files, "manifest.json", lambda m: m.update(office="别的单位"))


def manifest_and_seal_hash(bench: Bench, files: Files) -> Files:
    return bench.rehashed(manifest_edited(bench, files))


def spaced(bench: Bench, files: Files) -> Files:
    files["manifest.json"] = json.dumps(json.loads(files["manifest.json"]), ensure_ascii=False, sort_keys=True).encode()
    return bench.signed(files)


def doubled_key(bench: Bench, files: Files) -> Files:
    files["manifest.json"] = files["manifest.json"].replace(b'{"agency"', b'{"agency":"market","agency"', 1)
    return bench.signed(files)


def capture_key_doubled(bench: Bench, files: Files) -> Files:
    files["capture.json"] = files["capture.json"].replace(b'"case_id"', b'"case_id": "K-9", "case_id"', 1)
    return bench.resealed(files)


def future_format(bench: Bench, files: Files) -> Files:
    return bench.signed(edited(files, "manifest.json", lambda m: m.update(format="zhengshao-packet/9")))


def other_packet_id(bench: Bench, files: Files) -> Files:
    return bench.signed(edited(files, "manifest.json", lambda m: m.update(packet_id="P-2026-000009")))


def sha_right_sm3_wrong(bench: Bench, files: Files) -> Files:
    return bench.signed(edited(files, "manifest.json", lambda m: m["files"][0].update(sm3="0" * 64)))


def sm3_right_sha_wrong(bench: Bench, files: Files) -> Files:
    return bench.signed(edited(files, "manifest.json", lambda m: m["files"][0].update(sha256="0" * 64)))


def size_wrong(bench: Bench, files: Files) -> Files:
    return bench.signed(edited(files, "manifest.json", lambda m: m["files"][0].update(bytes=1)))


def list_wrong(bench: Bench, files: Files) -> Files:
    name = "02_电子数据清单.csv"
    digest = json.loads(files["manifest.json"])["files"][-1]["sha256"].encode()
    files[name] = files[name].replace(digest, b"0" * 64)

    def told(manifest: dict[str, Any]) -> None:
        row = next(row for row in manifest["files"] if row["path"] == name)
        row.update(sha256=sha256(files[name]), sm3=sm3_hex(files[name]))

    return bench.signed(edited(files, "manifest.json", told))


def manifest_of_nonsense(bench: Bench, files: Files) -> Files:
    return {**files, "manifest.json": b"[1]"}


def evidence_unlisted(bench: Bench, files: Files) -> Files:
    extra = files["findings.json"]
    return bench.signed({**bench.rehashed(files, drop_rows=("findings.json",)), "findings.json": extra})


def letter_of_other_hashes(bench: Bench, files: Files) -> Files:
    """Mutation 50: an insider sets the papers anew, with the list of another picture in print."""
    other = world.material(2, [world.exchange(f"http://{world.HOST}/query")], (world.png(8, 8),))
    made = world.make(world.source(captures=(world.source().captures[0], other)), bench.key)
    files |= {name: content for name, content in unpacked(made.content).items() if name.endswith((".pdf", ".docx"))}
    return bench.resealed(files)


def docx_says_otherwise(bench: Bench, files: Files) -> Files:
    """Mutation 51: the editable form of the letter names another host than the PDF and the data."""
    import io
    import zipfile

    name = LETTER.replace(".pdf", ".docx")
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files[name])) as old, zipfile.ZipFile(output, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(world.HOST.encode(), b"another.example"))
    return bench.resealed({**files, name: output.getvalue()})


# ---- the chain ----


def line_removed(bench: Bench, files: Files) -> Files:
    lines = custody_lines(files)
    files["custody.jsonl"] = canonical(lines[1]) + b"\n"
    return bench.resealed(with_head(files))


def line_edited(bench: Bench, files: Files) -> Files:
    files["custody.jsonl"] = files["custody.jsonl"].replace(b"tester", b"nobody", 1)
    return bench.resealed(files)


def lines_reordered(bench: Bench, files: Files) -> Files:
    files["custody.jsonl"] = b"".join(canonical(line) + b"\n" for line in reversed(custody_lines(files)))
    return bench.resealed(with_head(files))


def link_forged(bench: Bench, files: Files) -> Files:
    """The second line hashed right, but over another first line."""
    lines = custody_lines(files)
    other = [{**lines[0], "actor": "nobody"}, lines[1]]
    files["custody.jsonl"] = canonical(lines[0]) + b"\n" + rechained(other).split(b"\n")[1] + b"\n"
    return bench.resealed(with_head(files))


def tail_dropped(bench: Bench, files: Files) -> Files:
    files["custody.jsonl"] = files["custody.jsonl"].split(b"\n")[0] + b"\n"
    return bench.resealed(files)


def tail_dropped_and_head(bench: Bench, files: Files) -> Files:
    files["custody.jsonl"] = files["custody.jsonl"].split(b"\n")[0] + b"\n"
    return bench.resealed(with_head(files))


def backdated(bench: Bench, files: Files) -> Files:
    lines = [{**line, "at": "2020-10-01T00:00:00.000Z"} for line in custody_lines(files)]
    files["custody.jsonl"] = rechained(lines)
    return bench.resealed(with_head(files))


def dated_ahead(bench: Bench, files: Files) -> Files:
    lines = [{**line, "at": "2099-10-01T00:00:00.000Z"} for line in custody_lines(files)]
    files["custody.jsonl"] = rechained(lines)
    return bench.resealed(with_head(files))


def rechained_content(bench: Bench, files: Files) -> Files:
    """An insider rewrites a line and the chain after it: the token taken with the captures does not follow."""
    lines = custody_lines(files)
    lines[0]["actor"] = "someone-else"
    files["custody.jsonl"] = rechained(lines)
    return bench.resealed(with_head(files))


# ---- archive and captures ----


def warc_cut(bench: Bench, files: Files) -> Files:
    files[WARC] = files[WARC][:-8]
    return bench.resealed(files)


def warc_record_removed(bench: Bench, files: Files) -> Files:
    files[WARC] = b"".join(warc_members(files)[:-2])
    return bench.resealed(files)


def warc_cut_at_record(bench: Bench, files: Files) -> Files:
    files[WARC] = b"".join(warc_members(files)[:-2])
    return bench.rehashed(files)


def warc_tail(bench: Bench, files: Files) -> Files:
    files[WARC] += b"\0" * 16
    return bench.resealed(files)


def warc_record_added(bench: Bench, files: Files) -> Files:
    files[WARC] += warc_members(files)[1]
    return bench.resealed(files)


def digests_stripped(bench: Bench, files: Files) -> Files:
    def strip(record: bytes) -> bytes:
        head, _, rest = record.partition(b"\r\n\r\n")
        return b"\r\n".join(l for l in head.split(b"\r\n") if b"Digest" not in l) + b"\r\n\r\n" + rest  # noqa: E741

    files[WARC] = b"".join(remember(member, strip) for member in warc_members(files))
    return bench.resealed(files)


def body_changed(bench: Bench, files: Files) -> Files:
    members = warc_members(files)
    files[WARC] = b"".join(remember(m, lambda r: r.replace("免考".encode(), "免费".encode())) for m in members)
    return bench.resealed(files)


def members_merged(bench: Bench, files: Files) -> Files:
    members = warc_members(files)
    files[WARC] = members[0] + remember(members[1], lambda record: record + record) + b"".join(members[2:])
    return bench.resealed(files)


def in_capture(change: Callable[[dict[str, Any]], None]) -> Mutation:
    def mutate(bench: Bench, files: Files) -> Files:
        return bench.resealed(edited(files, "capture.json", lambda document: change(document["captures"][1])))

    return mutate


def shot_exchanged(bench: Bench, files: Files) -> Files:
    """Another picture, with `capture.json` and every hash made to fit: the chain still names the first."""
    files[SHOT] = world.png(64, 96, shade=10)
    digest = sha256(files[SHOT])
    return in_capture(lambda c: c["artefacts"][0].update(sha256=digest))(bench, files)


MUTATIONS: dict[str, tuple[Mutation, str, str]] = {
    "bit flip in screenshot": (flip(SHOT), "invalid", "FILE_SHA256"),
    "one character of the DOM": (flip("artefacts/C-00000002-2-dom.html"), "invalid", "FILE_SHA256"),
    "bit flip in archive": (flip(WARC), "invalid", "FILE_SHA256"),
    "one character of the letter": (flip(LETTER), "invalid", "FILE_SHA256"),
    "bit flip in the verifier": (flip("verify.py"), "invalid", "FILE_SHA256"),
    "byte appended to the letter": (put(LETTER, lambda f: f[LETTER] + b"\n"), "invalid", "FILE_SIZE"),
    "archive cut at a record, hashes fixed": (warc_cut_at_record, "invalid", "SEAL_SIGNATURE"),
    "file deleted": (without(SHOT), "invalid", "FILE_MISSING"),
    "evidence deleted": (without("custody.jsonl"), "invalid", "FILE_MISSING"),
    "file and row deleted": (rows_dropped, "invalid", "SEAL_SIGNATURE"),
    "unlisted file": (put("note.txt", lambda f: b"x"), "invalid", "FILE_UNLISTED"),
    "evidence not in the manifest": (evidence_unlisted, "invalid", "FILE_UNLISTED"),
    "renamed": (renamed, "invalid", "FILE_MISSING"),
    "contents swapped": (swapped, "invalid", "FILE_SIZE"),
    "sums edited": (flip("SHA256SUMS"), "invalid", "SUMS_MISMATCH"),
    "sums deleted": (without("SHA256SUMS"), "invalid", "FILE_MISSING"),
    "manifest edited": (manifest_edited, "invalid", "SEAL_MANIFEST"),
    "manifest edited, seal's hash fixed": (manifest_and_seal_hash, "invalid", "SEAL_SIGNATURE"),
    "manifest no object": (manifest_of_nonsense, "invalid", "MALFORMED"),
    "manifest not canonical": (spaced, "invalid", "JSON_NOT_CANONICAL"),
    "manifest with a key twice": (doubled_key, "invalid", "JSON_DUPLICATE_KEY"),
    "capture.json with a key twice": (capture_key_doubled, "invalid", "JSON_DUPLICATE_KEY"),
    "format of the future": (future_format, "unknown", "FORMAT_UNKNOWN"),
    "packet id exchanged": (other_packet_id, "invalid", "IDENTITY_MISMATCH"),
    "SM3 wrong": (sha_right_sm3_wrong, "invalid", "FILE_SM3"),
    "SHA-256 wrong, SM3 right": (sm3_right_sha_wrong, "invalid", "FILE_SHA256"),
    "size wrong": (size_wrong, "invalid", "FILE_SIZE"),
    "DOCX says otherwise": (docx_says_otherwise, "invalid", "PAPER_MISMATCH"),
    "letter of other hashes": (letter_of_other_hashes, "invalid", "PAPER_MISMATCH"),
    "list of data wrong": (list_wrong, "invalid", "LIST_MISMATCH"),
    "custody line removed": (line_removed, "invalid", "CUSTODY_NO_CAPTURE"),
    "custody line edited": (line_edited, "invalid", "CUSTODY_HASH"),
    "custody reordered": (lines_reordered, "invalid", "CUSTODY_ORDER"),
    "custody link forged": (link_forged, "invalid", "CUSTODY_LINK"),
    "custody tail dropped": (tail_dropped, "invalid", "CUSTODY_HEAD"),
    "custody tail dropped, head fixed": (tail_dropped_and_head, "invalid", "CUSTODY_NO_CAPTURE"),
    "custody backdated": (backdated, "invalid", "CUSTODY_TIME"),
    "custody dated ahead": (dated_ahead, "invalid", "CUSTODY_TIME"),
    "custody rewritten by an insider": (rechained_content, "invalid", "STAMP_DIGEST"),
    "archive cut by 8 bytes": (warc_cut, "invalid", "WARC_TRUNCATED"),
    "record removed by an insider": (warc_record_removed, "invalid", "CAPTURE_NOT_IN_WARC"),
    "zeros behind the archive": (warc_tail, "invalid", "WARC_GZIP"),
    "record added by an insider": (warc_record_added, "invalid", "WARC_UNCLAIMED"),
    "digests stripped": (digests_stripped, "invalid", "WARC_DIGEST_MISSING"),
    "body changed": (body_changed, "invalid", "WARC_DIGEST"),
    "two records in one member": (members_merged, "invalid", "WARC_MALFORMED"),
    "url not in the archive": (in_capture(lambda c: c.update(final_url="http://other.example/")), "invalid", "CAPTURE_MISMATCH"),
    "url as typed changed": (in_capture(lambda c: c.update(url="http://other.example/")), "invalid", "CUSTODY_MISMATCH"),
    "capture time changed": (in_capture(lambda c: c.update(fetched_at="2026-11-20T08:00:00.000Z")), "invalid", "CAPTURE_MISMATCH"),
    "peer changed": (in_capture(lambda c: c.update(peer="198.51.100.1:80")), "invalid", "CUSTODY_MISMATCH"),
    "screenshot of another capture": (in_capture(lambda c: c.update(artefacts=[])), "invalid", "ARTEFACT_MISMATCH"),
    "screenshot exchanged by an insider": (shot_exchanged, "invalid", "ARTEFACT_MISMATCH"),
}  # fmt: skip


def codes(report: dict[str, Any]) -> set[str]:
    return {row["code"] for row in report["checks"]}


def test_the_packet_itself_is_valid(bench: Bench) -> None:
    report = bench.judge(bench.content)
    assert codes(report) == {"OK"}
    assert report["verdict"] == "valid"


@pytest.mark.parametrize("name", MUTATIONS)
def test_mutation(bench: Bench, name: str) -> None:
    mutate, verdict, code = MUTATIONS[name]
    report = bench.judge(packed(mutate(bench, bench.copy())))
    assert (report["verdict"], code in codes(report)) == (verdict, True), report["checks"]

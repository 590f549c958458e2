"""What a defence lawyer's engineer tries: each of these came out otherwise before the verifier knew of it."""

from __future__ import annotations

import base64
import gzip
import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers import custody
from crawlers.records import Origin
from review import approvals, trusted
from review.packets.evidence import utc
from review.packets.standalone import single_file
from review.packets.verify import lines
from review.packets.verify import report as reporting
from review.packets.verify.archive import read_records
from review.packets.verify.authority import check_token
from review.packets.verify.container import Packet
from review.packets.verify.reasons import Finding, Unknown
from review.packets.verify.token import der
from review.packets.verify.trust import openssl
from review.packets.verify.values import canonical
from tests.review.packets import world
from tests.review.packets.bench import (
    WARC,
    Bench,
    Files,
    custody_lines,
    edited,
    packed,
    rechained,
    sha256,
    warc_members,
    with_head,
)
from tests.review.packets.test_hostile_zips import named
from tests.review.packets.test_mutations import codes
from tests.review.packets.test_outside import trust
from tests.review.packets.test_trust import stranger, with_token

__all__ = ["trust"]


def judged(bench: Bench, files: Files) -> tuple[str, set[str]]:
    report = bench.judge(packed(files))
    return report["verdict"], codes(report)


def element(tag: int, body: bytes) -> bytes:
    return bytes([tag, 0x82]) + len(body).to_bytes(2, "big") + body


def answer(token: bytes, text: bytes = b"", open_ended: bool = False) -> bytes:
    """The answer of an authority with words of one's own beside its status; nothing signs them."""
    _, content = der(token)[0].parts
    status = element(0x30, b"\x02\x01\x00" + (element(0x30, element(0x0C, text)) if text else b""))
    if not open_ended:
        return element(0x30, status + content.raw)
    kind, data = content.parts
    inner = der(data.body)[0].body
    return b"\x30\x80" + status + b"\x30\x80" + kind.raw + b"\xa0\x80\x30\x80" + inner + bytes(6) + bytes(2)


# ---- tokens ----


def test_words_beside_a_token_do_not_tell_its_time(bench: Bench) -> None:
    """An answer whose status text prints like a time, in a form only the openssl program reads."""
    seal = bench.files["seal.json"]
    said = datetime.now(UTC) + timedelta(minutes=5)
    text = f"ok\nTime stamp: {said:%b %d %H:%M:%S %Y} GMT\nAccuracy: 0x01 seconds, 0x00 millis\n".encode()
    forged = answer(bench.authority.stamp(seal), text, open_ended=True)
    packet = Packet(io.BytesIO(), str(bench.trust))
    try:
        at = check_token(packet, forged, sha256(seal))
    except Finding:
        return
    assert abs(at - said) > timedelta(minutes=3)


def test_words_beside_a_token_are_named(bench: Bench) -> None:
    report = with_token(bench, answer(bench.authority.stamp(bench.files["seal.json"]), "已撤销".encode()))
    row = next(row for row in report["checks"] if row["check"] == "timestamp")
    assert (report["verdict"], row["code"], row["detail"]) == ("valid", "TOKEN_UNSIGNED_BYTES", "PKIStatus")


def test_a_token_of_many_empty_elements_is_not_taken_apart(bench: Bench) -> None:
    report = with_token(bench, b"\x30\x84\x01\x00\x00\x00" + b"\x05\x00" * (1 << 23))
    assert (report["verdict"], "TOKEN_INVALID" in codes(report)) == ("invalid", True)


def test_a_token_over_the_manifest_is_none_over_the_seal(bench: Bench) -> None:
    report = with_token(bench, bench.authority.stamp(bench.files["manifest.json"]))
    assert (report["verdict"], "TOKEN_IMPRINT" in codes(report)) == ("invalid", True)


@pytest.mark.parametrize("make", [lambda p: p.write_text("no certificate"), lambda p: p.mkdir()])
def test_a_root_that_cannot_be_read_makes_no_forgery(bench: Bench, trust: Path, make: Callable[[Path], Any]) -> None:
    make(trust / "tsa/other.pem")
    report = bench.judge(bench.content, trust)
    assert (report["verdict"], "TRUST_INVALID" in codes(report)) == ("unknown", True)
    damaged = packed({**bench.copy(), "law.json": b"{}"})
    assert bench.judge(damaged, trust)["verdict"] == "invalid"


# ---- the insider's padding ----


def test_a_padding_line_does_not_make_a_late_token_early(bench: Bench) -> None:
    """Lines of last month, one of today behind them, and one token of today over all."""
    ago, now = (utc(datetime.now(UTC) - timedelta(days=days)) for days in (20, 0))
    report = bench.judge(late_packet(bench, fetched=ago, noted=ago, padded=now))
    assert (report["verdict"], "STAMP_LATE" in codes(report)) == ("unknown", True), report["checks"]


def test_a_page_said_to_be_of_last_month_but_noted_today(bench: Bench) -> None:
    ago, now = (utc(datetime.now(UTC) - timedelta(days=days)) for days in (20, 0))
    report = bench.judge(late_packet(bench, fetched=ago, noted=now, padded=now))
    assert (report["verdict"], "STAMP_LATE" in codes(report)) == ("unknown", True), report["checks"]


def test_a_page_of_last_month_that_was_handed_in_today(bench: Bench) -> None:
    """What the office says of it is when it was noted."""
    ago, now = (utc(datetime.now(UTC) - timedelta(days=days)) for days in (20, 0))
    report = bench.judge(late_packet(bench, fetched=ago, noted=now, padded=now, origin=Origin.IMPORT))
    assert (report["verdict"], codes(report)) == ("valid", {"OK"}), report["checks"]


def late_packet(bench: Bench, fetched: str, noted: str, padded: str, **changes: Any) -> bytes:
    item = world.material(1, [world.exchange(f"http://{world.HOST}/", at=fetched)], fetched_at=fetched, **changes)
    first = world.chain([("captured", 1, world.captured(item))], at=noted)
    pair = json.loads(json.dumps([*first, {**first[0], "seq": 2, "event": "noted", "capture_id": None, "at": padded}]))
    kept = tuple(json.loads(raw) for raw in rechained(pair).splitlines())
    token = bench.authority.stamp(custody.joined(line["hash"] for line in kept))
    stamp = world.stamp_over(kept, token=token, authority="test", gen_time=padded)
    source = world.source(
        captures=(item,),
        custody=kept,
        stamps=(stamp,),
        custody_head=(2, kept[-1]["hash"]),
        fields={"recheck_at": padded},
    )
    return world.make(source, bench.key, bench.authority.stamp, "required", padded).content


# ---- the chain ----


def resealed_chain(bench: Bench, raw: bytes) -> tuple[str, set[str]]:
    files = bench.copy()
    files["custody.jsonl"] = raw
    return judged(bench, bench.unprinted(bench.resealed(files)))


def test_something_behind_the_last_line(bench: Bench) -> None:
    verdict, found = resealed_chain(bench, bench.files["custody.jsonl"] + b'{"event":"withdrawn"}')
    assert (verdict, "MALFORMED" in found) == ("invalid", True)


def test_a_line_with_more_than_is_hashed(bench: Bench) -> None:
    more = [{**line, "note": "withdrawn"} for line in custody_lines(bench.copy())]
    verdict, found = resealed_chain(bench, b"".join(canonical(line) + b"\n" for line in more))
    assert (verdict, "MALFORMED" in found) == ("invalid", True)


def test_a_line_between_two_numbers(bench: Bench) -> None:
    """Number 1.5 follows 1 with a gap and is followed by 2 with a gap: no link would be asked for."""
    first, second = custody_lines(bench.copy())
    line = {**first, "seq": 1.5, "event": "noted", "capture_id": None}
    fields = {key: line[key] for key in ("seq", "at", "event", "actor", "capture_id", "detail")}
    line["hash"] = sha256(canonical(fields) + line["prev_hash"].encode())
    files = bench.copy()
    files["custody.jsonl"] = b"".join(canonical(one) + b"\n" for one in (first, line, second))
    verdict, found = judged(bench, bench.unprinted(bench.resealed(with_head(files))))
    assert (verdict, "MALFORMED" in found) == ("invalid", True)


def test_another_beginning_of_the_chain(bench: Bench) -> None:
    files, kept = bench.copy(), custody_lines(bench.copy())
    previous = "f" * 64
    for line in kept:
        fields = {key: line[key] for key in ("seq", "at", "event", "actor", "capture_id", "detail")}
        line.update(prev_hash=previous, hash=custody.line_hash(**fields, prev_hash=previous))
        previous = line["hash"]
    files["custody.jsonl"] = b"".join(canonical(line) + b"\n" for line in kept)
    verdict, found = judged(bench, bench.unprinted(bench.resealed(with_head(files))))
    assert (verdict, "CUSTODY_LINK" in found) == ("invalid", True)


# ---- the archive ----


@pytest.mark.parametrize("kind", ["resource", "revisit", "Response", "warcinfo"])
@pytest.mark.parametrize("last", [True, False])
def test_a_record_of_another_type_that_replay_would_show(bench: Bench, kind: str, last: bool) -> None:
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://{world.HOST}/query\r\nContent-Length: 5\r\n\r\n"
    extra = gzip.compress(head.encode() + b"other\r\n\r\n", mtime=0)
    files, members = bench.copy(), warc_members(bench.copy())
    files[WARC] = b"".join([*members, extra] if last else [members[0], extra, *members[1:]])
    if not last:

        def moved(document: dict[str, Any]) -> None:
            for capture in document["captures"]:
                capture["page_offset"] += len(extra)
                for place in capture["records"]:
                    place["offset"] += len(extra)

        edited(files, "capture.json", moved)
    verdict, found = judged(bench, bench.unprinted(bench.resealed(files)))
    assert (verdict, "WARC_UNCLAIMED" in found) == ("invalid", True)


def test_a_head_without_end_is_not_kept() -> None:
    record = b"WARC/1.1\r\n" + b"X: y\r\n" * (1 << 18) + b"\r\n"
    with pytest.raises(Finding, match="WARC_MALFORMED"):
        list(read_records([gzip.compress(record)], 0))


# ---- names ----


@pytest.mark.parametrize("name", ["CONIN$", "com¹.txt", "nul .txt", "shots/clock$"])
def test_more_names_of_devices(bench: Bench, name: str) -> None:
    assert "NAME_ILLEGAL" in codes(bench.judge(named(name)(bench.files)))


@pytest.mark.parametrize("name", ["shots", "SHOTS", "seal.json/x", "Seal.json/x"])
def test_a_file_where_another_has_its_folder(bench: Bench, name: str) -> None:
    assert "NAME_DUPLICATE" in codes(bench.judge(named(name)(bench.files)))


# ---- seal, approvals, bundle and copy ----


def spare_bits(text: str) -> str:
    """Another writing of the same bytes."""
    other = (
        text[:-3]
        + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".index(text[-3]) ^ 1
        ]
    )
    assert base64.b64decode(other + "==") == base64.b64decode(text)
    return other + "=="


def test_a_seal_written_another_way(bench: Bench) -> None:
    files = bench.copy()
    signature = json.loads(files["seal.json"])["sig"]
    verdict, found = judged(bench, bench.signed(files, sig=spare_bits(signature)))
    assert (verdict, "MALFORMED" in found) == ("invalid", True)


@pytest.fixture
def approved(bench: Bench, trust: Path, tmp_path: Path) -> tuple[Files, Path, str]:
    """The packet with one approval; where its key is; the key's id."""
    key = tmp_path / "person.pem"
    now = datetime.now(UTC)
    key_id = approvals.make_key(trust, key, "a phrase", "李四", "示例县", now - timedelta(days=2))
    path = tmp_path / "p.zip"
    path.write_bytes(bench.content)
    approvals.approve(path, key, "a phrase", trust, utc(now))
    from tests.review.packets.bench import unpacked

    return unpacked(path.read_bytes()), key, key_id


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(note="withdrawn"),
        lambda d: d["approvals"][0].update(holder="somebody else"),
        lambda d: d["approvals"][0].update(sig=spare_bits(d["approvals"][0]["sig"])),
        lambda d: d.update(approvals=d["approvals"] * 65),
    ],
)
def test_words_added_to_an_approval(
    bench: Bench, trust: Path, approved: tuple[Files, Path, str], change: Callable[[dict[str, Any]], None]
) -> None:
    files = approved[0]
    assert bench.judge(packed(files), trust)["verdict"] == "valid"
    report = bench.judge(packed(bench.summed(edited(files, "approvals.json", change))), trust)
    assert (report["verdict"], "MALFORMED" in codes(report)) == ("invalid", True)


def test_a_revoked_person_does_not_approve_by_dating_back(
    bench: Bench, trust: Path, tmp_path: Path, approved: tuple[Files, Path, str]
) -> None:
    """The key was revoked an hour before this packet was built; who stole it says he approved the day before."""
    _, key, key_id = approved
    path = tmp_path / "q.zip"
    path.write_bytes(bench.content)
    approvals.approve(path, key, "a phrase", trust, utc(datetime.now(UTC) - timedelta(days=1)))
    trusted.revoke(trust, key_id, datetime.now(UTC) - timedelta(hours=1), "lost")
    report = bench.judge(path.read_bytes(), trust)
    assert (report["verdict"], "APPROVAL_TIME" in codes(report)) == ("invalid", True), report["checks"]


# ---- what is printed, and what is run ----


def test_a_number_cannot_print_a_verdict(bench: Bench) -> None:
    """A packet of an unknown key whose number goes on over the line."""
    key = stranger()
    name = "P-1\n有效 P-2026-000001\x1b[2K\u2028\u202e"
    files = edited(bench.copy(), "manifest.json", lambda m: m.update(key_id=key.id, packet_id=name))
    report = bench.judge(packed(bench.signed(files, key)))
    for language in ("zh", "en"):
        printed = lines(report, language)
        assert not [line for line in printed if line.splitlines() != [line] or "\x1b" in line or "\u202e" in line]
        assert sum(line.startswith(("有效", "VALID")) for line in printed) == 0


@pytest.mark.parametrize("value", [1.5, None, [], {}, True, 10**19])
def test_a_value_of_another_type_is_printed_too(bench: Bench, value: Any) -> None:
    files = edited(bench.copy(), "stamps.json", lambda d: d["stamps"][0].update(path=value, id=value))
    files = edited(files, "manifest.json", lambda m: m.update(key_id=value, packet_id=value))
    report = bench.judge(packed(files))
    assert report["verdict"] == "invalid"
    assert all(isinstance(row["detail"], str) for row in report["checks"])
    assert lines(report, "zh")[0].startswith("[")


def test_a_program_beside_the_packet_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "openssl").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "openssl").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    for path in (".", str(tmp_path)):
        monkeypatch.setenv("PATH", path)
        with pytest.raises(Unknown, match="NO_CRYPTO"):
            openssl("version")


def test_nowhere_to_write_leaves_the_seals_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(Unknown, match="NO_CRYPTO"):
        openssl("version")


def test_a_module_beside_the_verifier_is_not_loaded(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_bytes(single_file())
    (tmp_path / "p.zip").write_bytes(bench.content[:-1])
    for name in ("json", "csv", "hashlib", "cryptography"):
        (tmp_path / f"{name}.py").write_text("print('有效'); raise SystemExit(0)\n")
    done = subprocess.run(
        [sys.executable, "verify.py", "p.zip"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, "有效 P" in done.stdout) == (1, False), done.stdout + done.stderr
    assert "无效" in done.stdout


def test_the_end_waits_for_what_is_still_loading(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The interpreter joins all threads but daemons before it takes itself down."""
    loaded, waiting = threading.Event(), []

    def loading() -> None:
        waiting.append(threading.current_thread())
        loaded.wait(60)

    monkeypatch.setattr(reporting, "fetch_libraries", loading)
    (tmp_path / "p.zip").write_bytes(bench.content[:-1])
    assert reporting.main([str(tmp_path / "p.zip")]) == 1
    loaded.set()
    assert [thread.daemon for thread in waiting] == [False]

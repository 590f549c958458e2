"""Who sealed it and when: keys, algorithms, tokens, authorities, and what is left open when they are not at hand."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawlers import custody
from review.keys import OfficeKey
from review.packets.verify.authority import check_token
from review.packets.verify.container import Packet
from review.packets.verify.reasons import Finding
from review.packets.verify.report import MALFORMED
from review.packets.verify.values import canonical
from tests.review.packets import world
from tests.review.packets.authority import TestAuthority
from tests.review.packets.bench import Bench, Files, custody_lines, edited, packed, sha256
from tests.review.packets.test_mutations import codes


def stranger() -> OfficeKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return OfficeKey(Ed25519PrivateKey.generate())


@pytest.fixture
def trust(bench: Bench, tmp_path: Path) -> Iterator[Path]:
    """A copy of the trust directory, to be changed."""
    shutil.copytree(bench.trust, tmp_path / "trust")
    yield tmp_path / "trust"


def with_key(trust: Path, bench: Bench, **changes: str) -> Path:
    path = trust / "keys.json"
    document = json.loads(path.read_text("utf-8"))
    document["keys"][bench.key.id].update(changes)
    path.write_text(json.dumps(document), "utf-8")
    return trust


def verdict(report: dict[str, Any], code: str) -> str:
    assert code in codes(report), report["checks"]
    return str(report["verdict"])


def test_without_trust_the_rest_is_still_judged(bench: Bench) -> None:
    from review.packets.verify import verify

    path = bench.folder / "untrusted.zip"
    path.write_bytes(bench.content)
    report = verify(str(path))
    assert verdict(report, "TRUST_MISSING") == "unknown"
    assert [row["check"] for row in report["checks"] if row["status"] != "ok"] == ["stamps", "timestamp", "seal"]


def test_seal_stripped(bench: Bench) -> None:
    files = bench.copy()
    del files["seal.json"]
    assert verdict(bench.judge(packed(bench.summed(files))), "FILE_MISSING") == "invalid"


@pytest.mark.parametrize("alg", ["none", "HS256", "ed25519", ""])
def test_other_algorithms_are_refused(bench: Bench, alg: str) -> None:
    files = bench.signed(bench.copy(), alg=alg)
    assert verdict(bench.judge(packed(files)), "SEAL_ALGORITHM") == "invalid"


def test_all_signed_again_by_an_unknown_key(bench: Bench) -> None:
    key = stranger()
    files = edited(bench.copy(), "manifest.json", lambda manifest: manifest.update(key_id=key.id))
    assert verdict(bench.judge(packed(bench.signed(files, key))), "KEY_UNKNOWN") == "unknown"


def test_unknown_key_over_damaged_files_is_invalid(bench: Bench) -> None:
    key = stranger()
    files = edited(bench.copy(), "manifest.json", lambda manifest: manifest.update(key_id=key.id))
    files = bench.signed(files, key)
    files["law.json"] = files["law.json"].replace(b"law", b"lax", 1)
    assert verdict(bench.judge(packed(files)), "KEY_UNKNOWN") == "invalid"


def test_forged_signature_under_a_good_key_id(bench: Bench) -> None:
    files = bench.signed(bench.copy(), stranger())
    assert verdict(bench.judge(packed(files)), "SEAL_SIGNATURE") == "invalid"


def test_signature_that_is_not_base64(bench: Bench) -> None:
    files = bench.signed(bench.copy(), sig="not base64!")
    assert verdict(bench.judge(packed(files)), "MALFORMED") == "invalid"


def test_seal_of_another_key_id(bench: Bench) -> None:
    files = bench.signed(bench.copy(), key_id="0" * 16)
    assert verdict(bench.judge(packed(files)), "IDENTITY_MISMATCH") == "invalid"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_to": "2026-01-02T00:00:00Z"}, "KEY_EXPIRED"),
        ({"valid_from": "2098-01-01T00:00:00Z", "valid_to": "2099-01-01T00:00:00Z"}, "KEY_EXPIRED"),
        ({"revoked_at": "2026-01-02T00:00:00Z"}, "KEY_REVOKED"),
    ],
)
def test_keys_outside_their_time(bench: Bench, trust: Path, changes: dict[str, str], code: str) -> None:
    assert verdict(bench.judge(bench.content, with_key(trust, bench, **changes)), code) == "invalid"


def test_a_key_revoked_later_still_vouches(bench: Bench, trust: Path) -> None:
    changed = with_key(trust, bench, revoked_at="2099-01-01T00:00:00Z")
    assert bench.judge(bench.content, changed)["verdict"] == "valid"


@pytest.mark.parametrize("text", ["", "[]", '{"keys": 1}', '{"keys": {}, "keys": {}}'])
def test_unreadable_trust_is_not_a_forgery(bench: Bench, trust: Path, text: str) -> None:
    (trust / "keys.json").write_text(text, "utf-8")
    assert verdict(bench.judge(bench.content, trust), "TRUST_INVALID") == "unknown"


def test_required_token_stripped(bench: Bench) -> None:
    files = bench.copy()
    del files["seal.tsr"]
    assert verdict(bench.judge(packed(bench.summed(files))), "TIMESTAMP_MISSING") == "invalid"


def test_queued_is_never_green(bench: Bench) -> None:
    files = edited(bench.copy(), "manifest.json", lambda manifest: manifest.update(timestamp="queued"))
    del files["seal.tsr"]
    assert verdict(bench.judge(packed(bench.signed(files, stamped=False))), "TIMESTAMP_QUEUED") == "unknown"


def test_a_token_that_came_later_completes_a_queued_packet(bench: Bench) -> None:
    files = edited(bench.copy(), "manifest.json", lambda manifest: manifest.update(timestamp="queued"))
    assert bench.judge(packed(bench.signed(files)))["verdict"] == "valid"


def with_token(bench: Bench, token: bytes) -> dict[str, Any]:
    return bench.judge(packed(bench.summed({**bench.copy(), "seal.tsr": token})))


def test_token_of_another_packet(bench: Bench) -> None:
    assert verdict(with_token(bench, bench.authority.stamp(b"another")), "TOKEN_IMPRINT") == "invalid"


@pytest.mark.parametrize("token", [b"", b"\x30", b"\x30\x80\x00\x00", b"garbage" * 9, b"\x30\x03\x02\x01\x00"])
def test_token_of_garbage(bench: Bench, token: bytes) -> None:
    assert verdict(with_token(bench, token), "TOKEN_INVALID") == "invalid"


def test_refused_request(bench: Bench) -> None:
    assert verdict(with_token(bench, bytes.fromhex("30053003020102")), "TOKEN_REFUSED") == "invalid"


def test_bytes_that_nothing_signs_are_named(bench: Bench) -> None:
    """Version numbers and names of algorithms in a token: changed, it still says the same, and the reader is told."""
    seal = bench.files["seal.json"]
    token = bench.authority.stamp(seal)
    version = token.index(bytes.fromhex("020103310f")) + 2
    signature = token.rindex(bytes.fromhex("2a864886f70d0101")) + 7
    for position, part in ((8, "PKIStatus"), (version, "SignedData.version"), (signature, "signatureAlgorithm")):
        changed = bytearray(token)
        changed[position] ^= 1
        report = with_token(bench, bytes(changed))
        row = next(row for row in report["checks"] if row["check"] == "timestamp")
        assert (row["status"], row["code"], row["detail"]) == ("ok", "TOKEN_UNSIGNED_BYTES", part)
        assert report["verdict"] == "valid"


def indefinite(token: bytes) -> bytes:
    """The same in BER with indefinite lengths outside, as some authorities write it: no DER."""
    from review.packets.verify.token import der

    status, content = der(token)[0].parts
    kind, data = content.parts
    inner = der(data.body)[0]
    wrapped = b"\x30\x80" + kind.raw + b"\xa0\x80" + b"\x30\x80" + inner.body + bytes(6)
    return b"\x30\x80" + status.raw + wrapped + bytes(2)


def test_a_token_the_parser_does_not_take_is_judged_by_openssl(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    token = indefinite(bench.authority.stamp(bench.files["seal.json"]))
    report = with_token(bench, token)
    row = next(row for row in report["checks"] if row["check"] == "timestamp")
    assert (row["status"], row["code"], report["verdict"]) == ("ok", "TOKEN_PARSER", "valid"), row
    other = indefinite(bench.authority.stamp(b"something else"))
    assert verdict(with_token(bench, other), "TOKEN_INVALID") == "invalid"
    monkeypatch.setenv("PATH", "/nowhere")
    assert verdict(with_token(bench, token), "TOKEN_INVALID") == "invalid"


def test_flipped_token_bytes(bench: Bench) -> None:
    """Each byte of a token counts but for a few that nothing signs, such as version numbers and algorithm names."""
    seal = bench.files["seal.json"]
    token, packet = bench.authority.stamp(seal, chain=False), Packet(io.BytesIO(), str(bench.trust))
    harmless = [position for position in range(len(token)) if accepted(packet, token, position, sha256(seal))]
    assert len(harmless) < 40, [(position, token[position]) for position in harmless]
    assert check_token(packet, token, sha256(seal))


def accepted(packet: Packet, token: bytes, position: int, digest: str) -> bool:
    changed = bytearray(token)
    changed[position] ^= 1
    try:
        check_token(packet, bytes(changed), digest)
    except (Finding, *MALFORMED):
        return False
    return True


def test_authority_whose_root_is_only_in_the_token(bench: Bench, tmp_path: Path) -> None:
    evil = TestAuthority(tmp_path / "evil")
    assert verdict(with_token(bench, evil.stamp(bench.files["seal.json"])), "TSA_UNTRUSTED") == "unknown"


def test_no_roots_at_hand(bench: Bench, trust: Path) -> None:
    shutil.rmtree(trust / "tsa")
    assert verdict(bench.judge(bench.content, trust), "TSA_NO_ROOTS") == "unknown"


def test_elliptic_curves(bench: Bench, trust: Path, tmp_path: Path) -> None:
    curve = TestAuthority(tmp_path / "curve", kind="ec")
    (trust / "tsa/curve.pem").write_bytes(curve.root)
    files = bench.summed({**bench.copy(), "seal.tsr": curve.stamp(bench.files["seal.json"])})
    assert bench.judge(packed(files), trust)["verdict"] == "valid"


@pytest.mark.parametrize(
    ("usage", "accuracy", "code"),
    [
        ("extendedKeyUsage = critical, timeStamping", 3600, "TOKEN_ACCURACY"),
    ],
)
def test_authorities_not_good_enough(
    bench: Bench, trust: Path, tmp_path: Path, usage: str, accuracy: int, code: str
) -> None:
    weak = TestAuthority(tmp_path / "weak", usage=usage, accuracy=accuracy)
    (trust / "tsa/weak.pem").write_bytes(weak.root)
    files = bench.summed({**bench.copy(), "seal.tsr": weak.stamp(bench.files["seal.json"])})
    assert verdict(bench.judge(packed(files), trust), code) == "invalid"


def test_certificate_for_other_uses() -> None:
    """`openssl ts` refuses to work with such a certificate, so the check is given one directly."""
    from review.packets.verify.authority import check_usage
    from review.packets.verify.reasons import Finding
    from tests.review.packets.certificates import certificate

    for purposes, critical in (((), True), (("time",), False), (("time", "server"), True)):
        with pytest.raises(Finding, match="TOKEN_CERTIFICATE"):
            check_usage(certificate(purposes, critical))
    check_usage(certificate(("time",), True))


# ---- stamps taken with the captures ----


def test_queued_stamp_of_a_capture(bench: Bench) -> None:
    files = edited(bench.copy(), "stamps.json", lambda d: d["stamps"][0].update(state="queued", path=""))
    del files["stamps/000001.tsr"]
    files = bench.unprinted(bench.rehashed(files, drop_rows=("stamps/000001.tsr",)))
    assert verdict(bench.judge(packed(files)), "STAMP_QUEUED") == "unknown"


def test_stamp_dropped(bench: Bench) -> None:
    files = edited(bench.copy(), "stamps.json", lambda document: document.update(stamps=[]))
    assert verdict(bench.judge(packed(bench.resealed(files))), "STAMP_MISSING") == "invalid"


def test_stamp_file_dropped(bench: Bench) -> None:
    files = bench.copy()
    del files["stamps/000001.tsr"]
    files = bench.signed(bench.rehashed(files, drop_rows=("stamps/000001.tsr",)))
    assert verdict(bench.judge(packed(files)), "STAMP_MISSING") == "invalid"


def test_stamp_of_other_lines(bench: Bench) -> None:
    files = bench.copy()
    files["stamps/000001.tsr"] = bench.authority.stamp(b"other lines")
    assert verdict(bench.judge(packed(bench.resealed(files))), "TOKEN_IMPRINT") == "invalid"


def test_stamp_older_than_its_lines(bench: Bench) -> None:
    """The chain says it was written after the authority stamped it."""
    late = [{**line, "at": "2098-01-01T00:00:00.000Z"} for line in custody_lines(bench.copy())]
    files = _rewritten(bench, late)
    assert verdict(bench.judge(packed(files)), "TOKEN_TIME") == "invalid"


def _rewritten(bench: Bench, lines: list[dict[str, Any]]) -> Files:
    from tests.review.packets.bench import rechained, with_head

    files = bench.copy()
    files["custody.jsonl"] = rechained(lines)
    hashes = [line["hash"] for line in custody_lines(files)]
    edited(files, "stamps.json", lambda document: document["stamps"][0].update(digest=custody.digest_of(hashes)))
    files["stamps/000001.tsr"] = bench.authority.stamp(custody.joined(hashes))
    return bench.unprinted(bench.resealed(with_head(files)))


def test_an_insider_who_rewrites_everything_now_is_seen_by_the_clock_alone(bench: Bench) -> None:
    """With key and authority at hand a new history can be made; its tokens tell when: not at capture time."""
    report = bench.judge(packed(_rewritten(bench, custody_lines(bench.copy()))))
    stamped = next(row for row in report["checks"] if row["check"] == "stamps")
    assert report["verdict"] == "valid"
    assert "+" in stamped["detail"], "the delay between custody and token is shown to the reader"


def test_seal_time_before_the_packet_was_built(bench: Bench) -> None:
    files = edited(bench.copy(), "manifest.json", lambda manifest: manifest.update(built_at="2098-01-01T00:00:00.000Z"))
    assert verdict(bench.judge(packed(bench.signed(files))), "TOKEN_TIME") == "invalid"


def test_keys_are_bytes_of_the_right_length(bench: Bench, trust: Path) -> None:
    short = base64.b64encode(b"short").decode()
    assert verdict(bench.judge(bench.content, with_key(trust, bench, public_key=short)), "TRUST_INVALID") == "unknown"


def test_canonical_refuses_what_has_two_writings() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        canonical({"x": float("nan")})
    assert canonical({"乙": 1, "a": [True, None]}) == '{"a":[true,null],"乙":1}'.encode()


def test_world_is_small(bench: Bench) -> None:
    assert len(bench.content) < 1 << 20
    assert world.HOST.endswith(".example")

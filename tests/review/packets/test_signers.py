"""Keys over time, a device that signs by SM2, people who approve, and what recipients are given."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.schema import SignSettings
from review import approvals, keys, trusted
from review.errors import KeyRefused
from review.keys import OfficeKey
from review.packets.amend import CannotAmend, amend, stamp_later
from review.packets.evidence import utc
from review.packets.verify import verify
from review.packets.verify.trust import SM2_ID
from tests.hostile.fuzz import spoilt
from tests.review.packets import world
from tests.review.packets.bench import Bench, edited, packed, stamped_packet, unpacked
from tests.review.packets.test_mutations import codes

OFFICE = world.OFFICE
SIGN = ("openssl pkeyutl -sign -inkey {key} -rawin -digest sm3 -pkeyopt distid:" + SM2_ID).split()
FILES = ["-in", "{message}", "-out", "{signature}"]


@pytest.fixture
def trust(bench: Bench, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(bench.trust, tmp_path / "data/trust")
    yield tmp_path / "data/trust"


def judged(path: Path, trust: Path) -> tuple[str, set[str]]:
    report = verify(str(path), str(trust))
    return str(report["verdict"]), codes(report)


# ---- a device that signs by SM2 ----


@pytest.fixture
def device(tmp_path: Path) -> SignSettings:
    """`openssl` in the place of a UKey."""
    key = tmp_path / "sm2.key"
    made = subprocess.run(["openssl", "genpkey", "-algorithm", "SM2", "-out", str(key)], capture_output=True)
    if made.returncode:
        pytest.skip("this openssl makes no SM2 keys")
    subprocess.run(["openssl", "pkey", "-in", str(key), "-pubout", "-out", str(key) + ".pub"], check=True)
    command = [word.replace("{key}", str(key)) for word in SIGN]
    return SignSettings(command=(*command, *FILES), public_key_file=str(key) + ".pub", timeout_seconds=60)


def test_sealed_by_sm2(bench: Bench, trust: Path, device: SignSettings, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    signer = keys.office_signer(tmp_path / "data", OFFICE, device, now)
    content = stamped_packet(signer, bench.authority, utc(now))
    (tmp_path / "p.zip").write_bytes(content)
    assert json.loads(unpacked(content)["seal.json"])["alg"] == "SM2"
    assert judged(tmp_path / "p.zip", trust) == ("valid", {"OK"})
    files = edited(unpacked(content), "manifest.json", lambda m: m.update(office="别的单位"))
    (tmp_path / "forged.zip").write_bytes(packed(bench.rehashed(files)))
    assert judged(tmp_path / "forged.zip", trust)[0] == "invalid"
    assert "SEAL_SIGNATURE" in judged(tmp_path / "forged.zip", trust)[1]


def test_a_rebuilt_packet_has_the_same_sm2_signature(device: SignSettings, tmp_path: Path) -> None:
    signer = keys.office_signer(tmp_path / "data", OFFICE, device, datetime.now(UTC))
    source = world.source()
    assert world.make(source, signer).content == world.make(source, signer).content


def test_without_openssl_an_sm2_seal_is_left_open(
    bench: Bench, trust: Path, device: SignSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    signer = keys.office_signer(tmp_path / "data", OFFICE, device, now)
    (tmp_path / "p.zip").write_bytes(stamped_packet(signer, bench.authority, utc(now)))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert judged(tmp_path / "p.zip", trust) == ("unknown", {"OK", "NO_CRYPTO"})


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("false",), "ended with 1"),
        (("no-such-program",), "cannot be run"),
        (("cp", "{message}", "{signature}"), "no signature by the key"),
        (("",), "cannot be run"),
        (("sh", "-c", "kill -9 $$"), "ended with -9"),
        (("cp", "/dev/null", "{signature}"), "no signature by the key"),
        (("mkdir", "{signature}"), "ended with 0 and no signature"),
        (("mkfifo", "{signature}"), "ended with 0 and no signature"),
        (("ln", "-s", "/dev/zero", "{signature}"), "ended with 0 and no signature"),
        (("truncate", "-s", "1G", "{signature}"), "wrote 1073741824 bytes"),
        (("sh", "-c", "head -c 9000 /dev/urandom >&2; printf 'UKey 未插入' >&2; exit 3"), "UKey 未插入"),
    ],
)
def test_devices_that_do_not_sign(device: SignSettings, tmp_path: Path, command: tuple[str, ...], said: str) -> None:
    broken = device.model_copy(update={"command": command})
    signer = keys.office_signer(tmp_path / "data", OFFICE, broken, datetime.now(UTC))
    with pytest.raises(KeyRefused, match=said):
        signer.sign(b"manifest")


def test_a_device_that_talks_without_end_or_leaves_somebody_behind_is_waited_for_no_longer_than_said(
    device: SignSettings, tmp_path: Path
) -> None:
    left = tmp_path / "left"
    endless = f"sh -c 'echo $$ > {left}; exec yes'; exit 5"
    for command, said in ((endless, "cannot be run.*timed out"), ("sleep 30 & exit 4", "ended with 4")):
        broken = device.model_copy(update={"command": ("sh", "-c", command), "timeout_seconds": 1.0})
        signer, started = keys.office_signer(tmp_path / "data", OFFICE, broken, datetime.now(UTC)), time.monotonic()
        with pytest.raises(KeyRefused, match=said):
            signer.sign(b"manifest")
        assert time.monotonic() - started < 60
    assert _has_ended(left.read_text().strip())


def _has_ended(number: str) -> bool:
    """Within some seconds; what nobody has waited for yet has ended, too."""
    for _ in range(100):
        state = subprocess.run(["ps", "-o", "stat=", "-p", number], capture_output=True, text=True, check=False).stdout
        if state.strip()[:1] in ("", "Z"):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("seeds", [24, pytest.param(1000, marks=pytest.mark.long)])
def test_a_spoilt_signature_of_a_device_is_not_kept(device: SignSettings, tmp_path: Path, seeds: int) -> None:
    signer = keys.office_signer(tmp_path / "data", OFFICE, device, datetime.now(UTC))
    good = signer.sign(b"manifest")
    (kept,) = (tmp_path / "data/packets/signatures").iterdir()
    for seed in range(seeds):
        kept.unlink(missing_ok=True)
        (tmp_path / "reply").write_bytes(bad := spoilt(good, seed))
        copying = device.model_copy(update={"command": ("cp", str(tmp_path / "reply"), "{signature}")})
        if bad != good:
            with pytest.raises(KeyRefused, match="no signature"):
                keys.office_signer(tmp_path / "data", OFFICE, copying, datetime.now(UTC)).sign(b"manifest")
            assert not kept.exists()


def test_a_kept_signature_that_was_damaged_is_named(device: SignSettings, tmp_path: Path) -> None:
    signer = keys.office_signer(tmp_path / "data", OFFICE, device, datetime.now(UTC))
    signer.sign(b"manifest")
    (kept,) = (tmp_path / "data/packets/signatures").iterdir()
    kept.write_bytes(b"")
    with pytest.raises(KeyRefused, match=f"{kept.name}.*restore it from the backup"):
        signer.sign(b"manifest")


@pytest.mark.parametrize("pem", ["", "-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----\n", "ed25519"])
def test_public_keys_of_no_device(device: SignSettings, tmp_path: Path, pem: str) -> None:
    place = tmp_path / "other.pem"
    place.write_text(pem)
    if pem == "ed25519":
        made = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True)
        out = subprocess.run(["openssl", "pkey", "-pubout"], input=made.stdout, capture_output=True, check=True)
        place.write_bytes(out.stdout)
    with pytest.raises(KeyRefused, match=r"other\.pem"):
        keys.office_signer(
            tmp_path, OFFICE, device.model_copy(update={"public_key_file": str(place)}), datetime.now(UTC)
        )


# ---- rotation, revocation ----


def test_rotation_keeps_what_was_sealed(bench: Bench, trust: Path, tmp_path: Path) -> None:
    data, now = tmp_path / "data", datetime.now(UTC)
    old = keys.office_key(data, OFFICE, now - timedelta(hours=1))
    before = stamped_packet(old, bench.authority, utc(now))
    new = keys.rotate(data, OFFICE, datetime.now(UTC) + timedelta(seconds=2))
    assert new.id != old.id
    assert keys.office_key(data, OFFICE, now).id == new.id
    (tmp_path / "p.zip").write_bytes(before)
    assert judged(tmp_path / "p.zip", trust) == ("valid", {"OK"})
    entries = trusted.read(trust)
    assert entries[old.id]["valid_to"] <= entries[new.id]["valid_from"]


def test_the_old_key_seals_no_more(bench: Bench, trust: Path, tmp_path: Path) -> None:
    data, now = tmp_path / "data", datetime.now(UTC)
    old = keys.office_key(data, OFFICE, now - timedelta(days=9))
    keys.rotate(data, OFFICE, now - timedelta(days=8))
    (tmp_path / "p.zip").write_bytes(stamped_packet(old, bench.authority, utc(now)))
    assert judged(tmp_path / "p.zip", trust) == ("invalid", {"OK", "KEY_EXPIRED"})


def test_revocation_from_a_time_on(bench: Bench, trust: Path, tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(bench.content)
    trusted.revoke(trust, bench.key.id, datetime.now(UTC) + timedelta(days=1), "介质遗失")
    assert judged(tmp_path / "p.zip", trust)[0] == "valid"
    trusted.revoke(trust, bench.key.id, datetime.now(UTC) - timedelta(days=1), "介质遗失")
    assert judged(tmp_path / "p.zip", trust) == ("invalid", {"OK", "KEY_REVOKED"})
    with pytest.raises(trusted.TrustError, match="no key 0000"):
        trusted.revoke(trust, "0000", datetime.now(UTC), "x")


def test_a_key_under_another_keys_name(bench: Bench, trust: Path, tmp_path: Path) -> None:
    """Whoever edits the trust directory cannot put a key of their own under a known id."""
    document = json.loads((trust / "keys.json").read_text("utf-8"))
    other = keys.office_key(tmp_path / "other", OFFICE, datetime.now(UTC))
    stolen = trusted.read(tmp_path / "other/trust")[other.id]
    document["keys"][bench.key.id] = stolen
    (trust / "keys.json").write_text(json.dumps(document), "utf-8")
    (tmp_path / "p.zip").write_bytes(bench.content)
    assert judged(tmp_path / "p.zip", trust) == ("unknown", {"OK", "TRUST_INVALID"})


def test_what_recipients_are_given(trust: Path, tmp_path: Path) -> None:
    (trust / "heads").mkdir()
    (trust / "heads/a.jsonl").write_text("")
    files = trusted.export(trust, tmp_path / "usb")
    (key,) = trusted.read(trust)
    assert [name for name, _ in files] == ["heads/a.jsonl", f"keys/{key}.pem", "keys.json", "tsa/test.pem"]
    with pytest.raises(trusted.TrustError, match="there already"):
        trusted.export(trust, tmp_path / "usb")
    with pytest.raises(trusted.TrustError, match="no key is registered"):
        trusted.export(tmp_path / "empty", tmp_path / "usb2")


# ---- people who approve: an insider with the office's key alone is caught (mutation 39) ----


@pytest.fixture
def people(trust: Path, tmp_path: Path) -> dict[str, Path]:
    found = {}
    for holder in ("承办人甲", "审批人乙"):
        found[holder] = tmp_path / f"{holder}.pem"
        approvals.make_key(trust, found[holder], "correct horse", holder, OFFICE, datetime.now(UTC))
    (trust / "policy.json").write_text('{"format": "zhengshao-policy/1", "approvals_min": 2}')
    return found


def test_approved_by_two(bench: Bench, trust: Path, people: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(bench.content)
    assert judged(path, trust) == ("unknown", {"OK", "APPROVALS_MISSING"})
    for number, (holder, key) in enumerate(people.items(), 1):
        assert approvals.approve(path, key, "correct horse", trust, utc(datetime.now(UTC))) == holder
        approvals.approve(path, key, "correct horse", trust, utc(datetime.now(UTC)))  # twice counts once
        assert len(json.loads(unpacked(path.read_bytes())["approvals.json"])["approvals"]) == number
    assert judged(path, trust) == ("valid", {"OK"})


def test_an_insider_who_rewrites_everything_has_no_approvals(
    bench: Bench, trust: Path, people: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(bench.content)
    for key in people.values():
        approvals.approve(path, key, "correct horse", trust, utc(datetime.now(UTC)))
    approved = unpacked(path.read_bytes())
    rewritten = bench.unprinted(edited(approved, "findings.json", lambda document: document.update(decisions=[])))
    path.write_bytes(packed(rewritten))
    assert judged(path, trust) == ("invalid", {"OK", "APPROVAL_SIGNATURE"})
    del rewritten["approvals.json"]
    path.write_bytes(packed(bench.summed(rewritten)))
    assert judged(path, trust) == ("unknown", {"OK", "APPROVALS_MISSING"})


def test_the_offices_own_key_approves_nothing(
    bench: Bench, trust: Path, people: dict[str, Path], tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    pem = bench.key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    (tmp_path / "office.pem").write_bytes(pem)
    path = tmp_path / "p.zip"
    path.write_bytes(bench.content)
    with pytest.raises(approvals.ApprovalRefused, match="not registered to approve"):
        approvals.approve(path, tmp_path / "office.pem", "x", trust, world.BUILT_AT)
    with pytest.raises(approvals.ApprovalRefused, match="passphrase"):
        approvals.approve(path, people["承办人甲"], "wrong", trust, world.BUILT_AT)
    with pytest.raises(approvals.ApprovalRefused, match="new file"):
        approvals.make_key(trust, people["承办人甲"], "x", "x", OFFICE, datetime.now(UTC))


def test_a_key_that_approves_does_not_seal(bench: Bench, trust: Path, people: dict[str, Path], tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(people["承办人甲"].read_bytes(), b"correct horse")
    assert isinstance(key, Ed25519PrivateKey)
    (tmp_path / "p.zip").write_bytes(stamped_packet(OfficeKey(key), bench.authority, utc(datetime.now(UTC))))
    assert "KEY_UNKNOWN" in judged(tmp_path / "p.zip", trust)[1]


def test_a_policy_of_nonsense(bench: Bench, trust: Path, tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(bench.content)
    for text in ("[]", '{"approvals_min": "2"}', '{"approvals_min": -1}', "{"):
        (trust / "policy.json").write_text(text)
        assert judged(tmp_path / "p.zip", trust)[0] == "unknown"


# ---- a time stamp that comes later ----


def test_a_queued_packet_is_stamped_later(bench: Bench, trust: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    files: dict[str, Any] = edited(bench.copy(), "manifest.json", lambda m: m.update(timestamp="queued"))
    del files["seal.tsr"]
    path.write_bytes(packed(bench.signed(files, stamped=False)))
    assert judged(path, trust)[0] == "unknown"
    with pytest.raises(CannotAmend, match="try again"):
        stamp_later(path, world.no_stamp)
    stamp_later(path, bench.authority.stamp)
    assert judged(path, trust) == ("valid", {"OK"})
    with pytest.raises(CannotAmend, match="already"):
        stamp_later(path, bench.authority.stamp)


def test_nothing_sealed_is_amended(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(bench.content)
    with pytest.raises(CannotAmend, match="sealed"):
        amend(path, {"capture.json": b"{}"})
    path.write_bytes(b"PK")
    with pytest.raises(CannotAmend, match="no whole packet"):
        amend(path, {"seal.tsr": b"x"})


# ---- whose key it is ----


def test_a_seal_in_the_name_of_another_office(bench: Bench, trust: Path, tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(packed(bench.signed(edited(bench.copy(), "manifest.json", lambda m: m.update(office="别的单位")))))
    assert judged(path, trust) == ("invalid", {"OK", "OFFICE_MISMATCH"})


def test_an_office_of_another_name_needs_a_key_of_its_own(trust: Path, device: SignSettings, tmp_path: Path) -> None:
    data, now = tmp_path / "data", datetime.now(UTC)
    for sign, remedy in (
        (SignSettings(command=(), public_key_file="", timeout_seconds=60), "trust rotate"),
        (device, "new device key"),
    ):
        keys.office_signer(data, OFFICE, sign, now)
        with pytest.raises(KeyRefused, match=remedy):
            keys.office_signer(data, "更名后的单位", sign, now)
    new = keys.rotate(data, "更名后的单位", now)
    assert (
        keys.office_signer(
            data, "更名后的单位", SignSettings(command=(), public_key_file="", timeout_seconds=60), now
        ).id
        == new.id
    )

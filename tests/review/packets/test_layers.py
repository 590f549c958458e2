"""The original under lock: opened by strangers' programs, and by what every Windows PC has."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from review.packets import envelope, handout
from review.packets.envelope import CannotLock
from review.packets.windows import CHECK, MARK, OPEN, batch
from tests.review.packets.bench import Bench

WORD = "abcd-efgh-jkmn-pqrs-tuvw-xyz2"


def openssl(*arguments: str, cwd: Path) -> bytes:
    done = subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, check=True, timeout=120)
    return done.stdout


@pytest.fixture
def packet(bench: Bench, tmp_path: Path) -> Path:
    (tmp_path / "P-2026-000001.zip").write_bytes(bench.content)
    return tmp_path / "P-2026-000001.zip"


def certificate(folder: Path, kind: str = "rsa:2048") -> bytes:
    more = ["-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else []
    new = ["-newkey", kind, *more, "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=receiver"]
    openssl("req", "-x509", *new, cwd=folder)
    return (folder / "cert.pem").read_bytes()


def test_under_a_passphrase_openssl_opens_it(packet: Path, bench: Bench, tmp_path: Path) -> None:
    locked, opener, about = handout.lock(packet, tmp_path / "out", word=WORD)
    assert locked.name == "P-2026-000001.zip.enc"
    text = about.read_bytes().decode("utf-8-sig")
    assert hashlib.sha256(bench.content).hexdigest() in text
    (command,) = re.findall(r"openssl (enc .*?) -in", text)
    assert WORD not in text
    plain = openssl(*command.split(), "-in", str(locked), "-pass", f"pass:{WORD}", cwd=tmp_path)
    assert plain == bench.content
    assert opener.name == OPEN
    with pytest.raises(FileExistsError):
        handout.lock(packet, tmp_path / "out", word=WORD)


def test_another_passphrase_does_not(packet: Path, tmp_path: Path) -> None:
    locked, *_ = handout.lock(packet, tmp_path / "out", word=WORD)
    options = ["-aes-256-cbc", "-pbkdf2", "-iter", "600000", "-md", "sha256", "-pass", "pass:wrong-wrong-wrong"]
    done = subprocess.run(["openssl", "enc", "-d", *options, "-in", str(locked)], capture_output=True)
    assert done.returncode != 0 or done.stdout != packet.read_bytes()


def test_for_a_certificate_openssl_opens_it(packet: Path, bench: Bench, tmp_path: Path) -> None:
    locked, *_ = handout.lock(packet, tmp_path / "out", certificate=certificate(tmp_path))
    assert locked.name == "P-2026-000001.zip.p7m"
    plain = openssl("cms", "-decrypt", "-inform", "DER", "-in", str(locked), "-inkey", "key.pem", cwd=tmp_path)
    assert plain == bench.content
    assert b"aes-256-cbc" in openssl("cms", "-cmsout", "-print", "-inform", "DER", "-in", str(locked), cwd=tmp_path)


def test_what_cannot_lock(packet: Path, tmp_path: Path) -> None:
    for bad, said in ((b"nonsense", "no certificate"), (certificate(tmp_path, "ec"), "no RSA key")):
        with pytest.raises(CannotLock, match=said):
            handout.lock(packet, tmp_path / "bad", certificate=bad)
    with pytest.raises(CannotLock, match="12 characters"):
        handout.lock(packet, tmp_path / "bad", word="short")
    assert not list((tmp_path / "bad").iterdir()), "nothing half-written is left"


def test_passphrases_are_new_and_can_be_read_out() -> None:
    made = {envelope.passphrase() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"(?:[a-z2-9]{4}-){5}[a-z2-9]{4}", word) for word in made)


def test_the_lock_is_the_same_for_the_same_salt(packet: Path, tmp_path: Path) -> None:
    import io

    first, second = io.BytesIO(), io.BytesIO()
    for output in (first, second):
        envelope.lock_by(packet, WORD, output, b"8 bytes!")
    assert first.getvalue() == second.getvalue()


# ---- batch files: not run here (no PowerShell), so what can go wrong is looked at ----


@pytest.mark.parametrize("name", ["check", "open"])
def test_batch_files_are_as_windows_needs_them(name: str) -> None:
    content = batch(name)
    head, mark, script = content.partition(MARK)
    assert mark
    assert head.isascii(), "cmd.exe reads this part in the code page of the PC"
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert head.rstrip().endswith(b"exit /b %ZS_EXIT%"), "cmd.exe must never reach the script"
    assert b"#PS1" not in head.replace(b"'#'+'PS1'", b"")
    script.decode("utf-8")


@pytest.mark.parametrize("name", ["check", "open"])
def test_batch_files_go_to_no_network_and_start_nothing(name: str) -> None:
    text = batch(name).decode("utf-8")
    for word in ("http", "WebClient", "Invoke-WebRequest", "Start-Process", "DownloadFile", "Remove-Item", "certreq"):
        assert word not in text
    balance = [text.count(one) for one in "(){}[]"]
    assert balance[0] == balance[1]
    assert balance[2] == balance[3]


def test_the_check_reads_sums_as_they_are_written(bench: Bench) -> None:
    """Offsets in the script against the lines it reads."""
    text = batch("check").decode("utf-8")
    assert "Substring(66)" in text
    assert "Substring(0, 64)" in text
    for line in bench.files["SHA256SUMS"].decode().splitlines():
        assert re.fullmatch(r"[0-9a-f]{64}  \S.*", line)
        assert line[66:] in bench.files
    assert bench.files[CHECK] == batch("check")


def test_the_opener_derives_what_the_lock_derives() -> None:
    text = batch("open").decode("utf-8")
    assert f"{envelope.ITERATIONS}, [Security.Cryptography.HashAlgorithmName]::SHA256" in text
    assert f"GetBytes({envelope.KEY_BYTES + envelope.IV_BYTES})" in text


def test_lock_by_command(packet: Path, tmp_path: Path) -> None:
    from review.cli import main

    done = CliRunner().invoke(main, ["packet", "lock", str(packet), str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert re.fullmatch(r"(?:[a-z2-9]{4}-){5}[a-z2-9]{4}", done.stdout.strip())
    again = CliRunner().invoke(main, ["packet", "lock", str(packet), str(tmp_path / "out")])
    assert again.exit_code == 1

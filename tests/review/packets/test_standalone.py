"""The one-file verifier: alone, on an old Python, without `cryptography`, and the same verdicts as in the program."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from review import trusted
from review.packets.standalone import single_file
from tests.review.packets.bench import WARC, Bench, packed

EXITS = {"valid": 0, "invalid": 1, "unknown": 2}


def run(tmp_path: Path, packet: bytes, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """In a bare interpreter: no site packages, no environment, nothing on the path but the standard library."""
    (tmp_path / "verify.py").write_bytes(single_file())
    (tmp_path / "p.zip").write_bytes(packet)
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(tmp_path / "p.zip"), *arguments]
    environment = {"PATH": path} if path is not None else None
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=tmp_path, check=False, env=environment)


def test_grammar_of_python_3_8() -> None:
    ast.parse(single_file(), feature_version=(3, 8))


def test_every_packet_carries_it(bench: Bench) -> None:
    assert bench.files["verify.py"] == single_file()


def test_imports_the_standard_library_alone() -> None:
    tree = ast.parse(single_file())
    names = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_valid_with_the_openssl_program(bench: Bench, tmp_path: Path) -> None:
    done = run(tmp_path, bench.content, "--trust", str(bench.trust), "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"]) == (0, "valid"), report
    assert report["checks"] == bench.judge(bench.content)["checks"]


def test_without_any_tool_only_the_seals_stay_open(bench: Bench, tmp_path: Path) -> None:
    done = run(tmp_path, bench.content, "--trust", str(bench.trust), "--json", path=str(tmp_path))
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"]) == (2, "unknown")
    left = {row["check"]: row["code"] for row in report["checks"] if row["status"] != "ok"}
    assert left == {"stamps": "NO_CRYPTO", "timestamp": "NO_CRYPTO", "seal": "NO_CRYPTO"}


def test_openssl_finds_a_forged_signature_and_a_strange_authority(bench: Bench, tmp_path: Path) -> None:
    from tests.review.packets.authority import TestAuthority
    from tests.review.packets.test_trust import stranger

    forged = run(tmp_path, packed(bench.signed(bench.copy(), stranger())), "--trust", str(bench.trust))
    assert (forged.returncode, "SEAL_SIGNATURE" in forged.stdout) == (1, True), forged.stdout
    evil = TestAuthority(tmp_path / "evil").stamp(bench.files["seal.json"])
    files = bench.summed({**bench.copy(), "seal.tsr": evil})
    strange = run(tmp_path, packed(files), "--trust", str(bench.trust))
    assert (strange.returncode, "TSA_UNTRUSTED" in strange.stdout) == (2, True), strange.stdout


def test_damage_is_found_without_trust_and_tools(bench: Bench, tmp_path: Path) -> None:
    damaged = bytearray(bench.content)
    damaged[bench.content.index(bench.files[WARC]) + 100] ^= 1
    done = run(tmp_path, bytes(damaged), path=str(tmp_path))
    assert done.returncode == 1
    assert "无效" in done.stdout
    assert "FILE_SHA256" in done.stdout


@pytest.mark.parametrize(("language", "word"), [("zh", "有效"), ("en", "VALID")])
def test_a_line_for_each_check(bench: Bench, tmp_path: Path, language: str, word: str) -> None:
    done = run(tmp_path, bench.content, "--trust", str(bench.trust), "--lang", language)
    rows = done.stdout.splitlines()
    assert [row.rsplit(" ", 1)[1] for row in rows[:12]] == ["OK"] * 12
    assert rows[12] == f"{word} P-2026-000001"


def test_writes_nothing(bench: Bench, tmp_path: Path) -> None:
    run(tmp_path, bench.content, "--trust", str(bench.trust))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.zip", "verify.py"]


def test_sha256sum_agrees(bench: Bench, tmp_path: Path) -> None:
    for name, content in bench.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    try:
        command = ["sha256sum", "--quiet", "-c", "SHA256SUMS"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no sha256sum program here")
    assert done.returncode == 0, done.stdout


def test_openssl_agrees_with_the_token(bench: Bench, tmp_path: Path) -> None:
    for name in ("seal.json", "seal.tsr"):
        (tmp_path / name).write_bytes(bench.files[name])
    roots = str(bench.trust / "tsa/test.pem")
    command = ["openssl", "ts", "-verify", "-data", "seal.json", "-in", "seal.tsr", "-CAfile", roots]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


STRANGERS = ("sha256sum", "sed", "openssl", "cat", "warcio", "wacz")


def commands(how_to: str) -> list[str]:
    """What the packet tells a reader without our program to type."""
    return [line.strip() for line in how_to.splitlines() if re.match(rf"    (?:{'|'.join(STRANGERS)}) ", line)]


def test_the_steps_for_strangers_programs_are_run_as_they_are_printed(bench: Bench, tmp_path: Path) -> None:
    """Every command of `03_如何核验`, but for the two places a reader must fill in."""
    folder, trust = tmp_path / "packet", tmp_path / "trust"
    trusted.export(bench.trust, trust)
    for name, content in bench.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    how_to = next(content for name, content in bench.files.items() if "如何核验" in name).decode("utf-8")
    steps = commands(how_to)
    assert [step.split()[0] for step in steps] == ["sha256sum", "sed", "openssl", "cat", "openssl", "warcio", "wacz"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for step in steps:
        if shutil.which(step.split()[0], path=path) is None or ("site.wacz" in step and "site.wacz" not in bench.files):
            continue
        told = step.replace("可信名录目录", str(trust)).replace("密钥编号", bench.key.id)
        done = subprocess.run(["bash", "-c", told], cwd=folder, capture_output=True, check=False, env={"PATH": path})
        assert done.returncode == 0, (told, done.stdout, done.stderr)
    (folder / "seal.json").write_bytes(bench.files["seal.json"].replace(b'"sig":"', b'"sig":"A'))
    for step in (steps[0], steps[4]):
        told = step.replace("可信名录目录", str(trust))
        assert subprocess.run(["bash", "-c", told], cwd=folder, capture_output=True, check=False).returncode != 0


def test_warcio_reads_the_archive(bench: Bench) -> None:
    import io

    from warcio.archiveiterator import ArchiveIterator

    found = [record.rec_type for record in ArchiveIterator(io.BytesIO(bench.files[WARC]))]
    assert found == ["warcinfo", *["response", "request"] * 3]


def test_the_program_loads_nothing_heavy(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(bench.content)
    script = (
        "import sys; from review.cli import main\n"
        "try: main(['packet', 'verify', sys.argv[1], '--trust', sys.argv[2]])\n"
        "except SystemExit as end: code = end.code\n"
        "heavy = {'flask', 'typst', 'twisted', 'scrapy', 'sqlalchemy', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(9 if heavy else code)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "p.zip"), str(bench.trust)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == EXITS["valid"]

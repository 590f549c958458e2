"""What is around a packet: authorities with wrong certificates, wrong clocks, no network, size, very many files."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from crawlers.practice.timestamps import TimeStamps
from crawlers.stamper import request_for
from review.packets.container import Entry, PacketTooLarge, write_entries
from review.packets.evidence import utc
from review.packets.hashes import digests
from review.packets.seal import Attached, Sealer, seal
from review.packets.verify import authority as judged_by
from review.packets.verify import verify
from review.packets.verify.container import CENTRAL, Packet, central_header, end_record, local_header
from review.packets.verify.report import judge
from tests.review.packets import world
from tests.review.packets.bench import Bench, packed
from tests.review.packets.test_mutations import codes
from tests.review.packets.test_standalone import run

STAMPING, SERVER = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.SERVER_AUTH


class Careless(TimeStamps):
    """An authority that stamps with a certificate `openssl ts` would refuse to use."""

    def __init__(self, usages: list[Any], critical: bool, days: int = 30) -> None:
        now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
        root_key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("root", "stamps")]
        after = now + timedelta(days=30)

        def builder(name: x509.Name, public: Any, until: datetime) -> x509.CertificateBuilder:
            made = x509.CertificateBuilder().subject_name(name).issuer_name(names[0]).public_key(public)
            made = made.serial_number(x509.random_serial_number())
            return made.not_valid_before(now - timedelta(days=60)).not_valid_after(until)

        ca = x509.BasicConstraints(ca=True, path_length=None)
        root = builder(names[0], root_key.public_key(), after).add_extension(ca, True).sign(root_key, hashes.SHA256())
        leaf = builder(names[1], key.public_key(), now + timedelta(days=days))
        if usages:
            leaf = leaf.add_extension(x509.ExtendedKeyUsage(usages), critical)
        self.root = root
        self._certificate, self._key = leaf.sign(root_key, hashes.SHA256()), key


def stamped(bench: Bench, tmp_path: Path, who: Careless) -> dict[str, Any]:
    """The packet with a seal token of another authority whose root is trusted."""
    from cryptography.hazmat.primitives.serialization import Encoding

    (tmp_path / "tsa").mkdir()
    (tmp_path / "tsa/careless.pem").write_bytes(who.root.public_bytes(Encoding.PEM))
    (tmp_path / "tsa/test.pem").write_bytes(bench.authority.root)
    (tmp_path / "keys.json").write_bytes((bench.trust / "keys.json").read_bytes())
    files = bench.copy()
    files["seal.tsr"] = who.answer(request_for(files["seal.json"]).as_bytes())
    return bench.judge(packed(bench.summed(files)), tmp_path)


def test_a_careful_one_is_accepted(bench: Bench, tmp_path: Path) -> None:
    assert stamped(bench, tmp_path, Careless([STAMPING], True))["verdict"] == "valid"


@pytest.mark.parametrize(
    ("usages", "critical", "days"),
    [
        ([], True, 30),
        ([STAMPING], False, 30),
        ([STAMPING, SERVER], True, 30),
        ([SERVER], True, 30),
        ([STAMPING], True, -1),
    ],
)
def test_certificates_that_may_not_stamp(
    bench: Bench, tmp_path: Path, usages: list[Any], critical: bool, days: int
) -> None:
    """Mutation 45, through the whole verifier; and one that had run out."""
    who = Careless(usages, critical, days)
    report = stamped(bench, tmp_path, who)
    assert (report["verdict"], "TOKEN_CERTIFICATE" in codes(report)) == ("invalid", True), report["checks"]
    bare = run(tmp_path, (bench.folder / "judged.zip").read_bytes(), "--trust", str(tmp_path), "--json")
    said = json.loads(bare.stdout)
    assert said["verdict"] != "valid", "the same without the library, by the openssl program"
    assert codes(said) & {"TOKEN_CERTIFICATE", "TSA_UNTRUSTED"}


class Clock(datetime):
    """A PC whose clock went wrong."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.ahead


@pytest.mark.parametrize(("days", "verdict"), [(-30, "unknown"), (4000, "valid")])
def test_a_wrong_clock(bench: Bench, monkeypatch: pytest.MonkeyPatch, days: int, verdict: str) -> None:
    """Too late changes nothing: what counts is the token's time. Too early is said, and is no forgery."""
    monkeypatch.setattr(Clock, "ahead", timedelta(days=days))
    monkeypatch.setattr(judged_by, "datetime", Clock)
    report = bench.judge(bench.content)
    assert (report["verdict"], "TOKEN_FUTURE" in codes(report)) == (verdict, days < 0)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise AssertionError("the verifier opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield


@pytest.mark.usefixtures("no_network")
def test_no_network_is_used(bench: Bench) -> None:
    assert bench.judge(bench.content)["verdict"] == "valid"


def test_a_hundred_thousand_files_are_refused_at_once() -> None:
    """More than the format holds: neither written nor, written by hand with a count that wraps, read."""
    empty = digests([b""])
    entries = [Entry(f"f/{number:06d}", 0, empty.crc, lambda: [b""]) for number in range(100_000)]
    with pytest.raises(PacketTooLarge, match="100000"):
        write_entries(io.BytesIO(), entries)
    body, directory = io.BytesIO(), io.BytesIO()
    for entry in entries:
        name = entry.name.encode()
        directory.write(central_header(name, 0, 0, body.tell()))
        body.write(local_header(name, 0, 0))
    end = end_record(100_000 % 65_536, directory.tell(), body.tell())
    report = judge(Packet(io.BytesIO(body.getvalue() + directory.getvalue() + end), None))
    assert report["verdict"] == "invalid"


def test_sixty_thousand_files_are_judged(bench: Bench) -> None:
    names = [f"f/{number:06d}" for number in range(60_000)]
    files = {**dict.fromkeys(names, b""), "manifest.json": b"{}"}
    report = bench.judge(packed(files))
    assert (report["verdict"], report["checks"][0]["detail"]) == ("invalid", "60001")
    assert CENTRAL.size == 46


@pytest.mark.long
def test_more_than_two_gibibytes(bench: Bench, tmp_path: Path) -> None:
    """A sparse file of 2.2 GiB beside one packet in a bundle: offsets past 31 bits."""
    big = tmp_path / "big.bin"
    with big.open("wb") as file:
        file.truncate((22 << 30) // 10)
    (tmp_path / "p.zip").write_bytes(bench.content)
    from review.packets.together import _row

    row = _row(tmp_path / "p.zip")
    parts = [Attached(row["path"], tmp_path / "p.zip", "packet"), Attached("big.bin", big, "list")]
    head = {
        "format": "zhengshao-bundle/1",
        "packet_id": "B-1",
        "agency": "cac",
        "office": world.OFFICE,
        "packets": [row],
    }
    sealer = Sealer(bench.key, utc(datetime.now(UTC)), bench.authority.stamp, "required")
    with (tmp_path / "b.zip").open("wb") as output:
        seal(head, lambda _timestamp: parts, sealer).write(output)
    assert verify(str(tmp_path / "b.zip"), str(bench.trust))["verdict"] == "valid"


def test_look_alike_letters_in_a_host(bench: Bench) -> None:
    """Mutation 56: a shown form that is not the ASCII name, or no ASCII name at all."""
    from tests.review.packets.bench import edited

    for change in ({"host": "сх-mem-gov.example"}, {"host_unicode": "cx-mem-gov.example.cn"}):
        files = edited(bench.copy(), "capture.json", lambda d, c=change: d["captures"][1].update(c))
        report = bench.judge(packed(bench.unprinted(files)))
        assert (report["verdict"], "CAPTURE_HOST" in codes(report)) == ("invalid", True), report["checks"]
    assert world.HOST.isascii()

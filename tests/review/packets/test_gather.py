"""From a real store, archive and chain to a packet that verifies; the commands around it."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from config.loader import Config
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.recorder import Recorder
from crawlers.records import ArchiveError, Artefact, Fetched, Origin, Outcome, Task, TaskKind
from crawlers.stamper import Authority, Opener, Stamper
from crawlers.store import Store, store_url
from crawlers.tables import revisits
from review.cases import Decision, Suspect, decide, get, open_or_refresh
from review.cli import main
from review.packets.desk import make_copy, make_packet, next_number
from review.packets.evidence import utc
from review.packets.gather import CaseFile, NothingCaptured, UnknownAgency, case_file, gather
from review.packets.stamping import seal_stamper
from review.packets.verify import verify
from tests.review.packets import world
from tests.review.packets.authority import TestAuthority
from tests.review.packets.bench import unpacked

NIGHT = "2026-11-21"


@dataclass
class Office:
    """A data directory with one confirmed case of two captures, among captures that are none of its business."""

    data: Path
    store: Store
    config: Config
    case: int

    def file(self) -> CaseFile:
        with self.store.read() as connection:
            return case_file(get(connection, self.case))


def keep(store: Store, data: Path, now: str) -> list[int]:
    """Three captures in two batches, through the recorder as the spiders do it; of the same bytes, which are kept once,
    in the record of a bystander."""
    start = f"http://{world.HOST}/"
    shot = world.png(32, 32)
    digest = BlobStore(data / "blobs").put(shot)
    pages = [
        [world.exchange("http://bystander.example/")],
        [world.exchange(start, 302, b"", f"{start}query"), world.exchange(f"{start}query")],
        [world.exchange(f"{start}query")],
    ]
    archive = Archive(data / "archive", revisit_min_bytes=1)
    recorder = Recorder(store, archive, owner="test", max_records=2, max_wait_ms=5)
    kept = []
    for number, exchanges in enumerate(pages):
        task = Task(night=NIGHT, kind=TaskKind.SITE, source="web", target=exchanges[0].url, page=number + 1)
        fetched = Fetched(
            task=task,
            outcome=Outcome.CAPTURED,
            exchanges=tuple(exchanges),
            origin=Origin.BROWSER if number == 2 else Origin.CRAWL,
            artefacts=(Artefact("screenshot", digest, len(shot), "image/png"),) if number == 2 else (),
        )
        kept.append(recorder.submit(fetched).result(timeout=10))
    recorder.close()
    assert all(kept)
    return [number for number in kept if number]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    now = utc(datetime.now(UTC) - timedelta(minutes=1))
    store = Store.create(store_url(tmp_path))
    _, first, third = keep(store, tmp_path, now)
    suspect = Suspect(
        subject=f"site:{world.HOST}",
        title="特种作业操作证查询",
        cls="仿冒查询页",
        score=0.97,
        imitates="应急管理部",
        assessment=world.ASSESSMENT,
        capture_ids=(first, third),
    )
    with store.write() as connection:
        case, _ = open_or_refresh(connection, suspect, night=NIGHT, now=now)
        decide(connection, case, Decision.CONFIRM, actor="张三", reason="域名不属于所称单位", now=now)
    yield Office(tmp_path, store, Config(), case)
    store.close()


def opener(authority: TestAuthority) -> Opener:
    return lambda url, data, component: authority.answer(data, chain=False)


def test_a_whole_case(office: Office, authority: TestAuthority) -> None:
    service = [Authority("test", "http://127.0.0.1:9/")]
    ask_authority = opener(authority)
    Stamper(office.store, service, ask_authority).drain()
    stamp = seal_stamper(office.data / "tokens", service, ask_authority)
    built, path = make_packet(
        office.store, office.data, office.file(), "cac", office.config, stamp, utc(datetime.now(UTC))
    )
    (office.data / "trust/tsa/test.pem").write_bytes(authority.root)
    report = verify(str(path), str(office.data / "trust"))
    assert report["verdict"] == "valid", report["checks"]
    assert path.name == f"{built.packet_id}.zip"
    files = unpacked(built.content)
    capture = json.loads(files["capture.json"])
    assert [c["final_url"] for c in capture["captures"]] == [f"http://{world.HOST}/query"] * 2
    assert capture["captures"][0]["redirects"][0]["status"] == 302
    with office.store.read() as connection:
        assert len(connection.execute(select(revisits)).all()) == 2
    records = gzip.decompress(files["archive/data.warc.gz"])
    assert records.count(b"WARC-Type: response") == 3
    assert b"bystander" not in records
    assert b"revisit" not in records
    assert json.loads(files["findings.json"])["decisions"][0]["what"] == "属实"
    assert {law["id"] for law in json.loads(files["law.json"])["entries"]}
    now = utc(datetime.now(UTC))
    copy = make_copy(office.store, office.data, office.file(), office.config, stamp, path, now)
    (office.data / "copy.zip").write_bytes(copy.content)
    linked = verify(str(office.data / "copy.zip"), str(office.data / "trust"), str(path))
    assert (linked["verdict"], linked["packet_id"]) == ("valid", built.packet_id), linked["checks"]


def test_tokens_are_asked_for_once(office: Office, authority: TestAuthority, tmp_path: Path) -> None:
    asked = []

    def answer(url: str, data: bytes, component: str) -> bytes:
        asked.append(component)
        return authority.answer(data)

    stamp = seal_stamper(tmp_path / "tokens", [Authority("test", "http://127.0.0.1:9/")], answer)
    assert stamp(b"seal") == stamp(b"seal")
    assert asked == ["tsa"]


def test_the_next_authority_is_asked_when_one_is_silent_or_wrong(authority: TestAuthority, tmp_path: Path) -> None:
    answers = iter([OSError("down"), authority.stamp(b"something else"), b"nonsense"])

    def answer(url: str, data: bytes, component: str) -> bytes:
        given = next(answers, None)
        if isinstance(given, OSError):
            raise given
        return given or authority.answer(data)

    four = [Authority(f"a{number}", "http://127.0.0.1:9/") for number in range(4)]
    seal = seal_stamper(tmp_path, four, answer)(b"seal")
    assert (tmp_path / f"{hashlib.sha256(b'seal').hexdigest()}.tsr").read_bytes() == seal
    refused = {path.name.split(".")[1]: path.read_bytes() for path in tmp_path.glob("*.refused")}
    assert set(refused) == {"a1", "a2"}
    assert refused["a2"] == b"nonsense", "what no parser takes is kept as it came"
    answers = iter([b"nonsense"] * 4)
    assert seal_stamper(tmp_path, four, answer)(b"another") == b""


def test_an_authority_of_another_root_is_refused_where_roots_are_known(
    authority: TestAuthority, tmp_path: Path
) -> None:
    from cryptography.x509 import load_pem_x509_certificate

    evil = TestAuthority(tmp_path / "evil")
    roots = (load_pem_x509_certificate(authority.root),)
    asked = [Authority("evil", "http://127.0.0.1:9/", roots), Authority("good", "http://127.0.0.1:8/", roots)]

    def answer(url: str, data: bytes, component: str) -> bytes:
        return (evil if url.endswith(":9/") else authority).answer(data)

    assert seal_stamper(tmp_path / "kept", asked, answer)(b"seal")
    assert [path.name.split(".")[1] for path in (tmp_path / "kept").glob("*.refused")] == ["evil"]


def test_lines_are_whole_batches(office: Office) -> None:
    archive, blobs = Archive(office.data / "archive"), BlobStore(office.data / "blobs")
    source = gather(office.store, archive, blobs, office.file(), "cac", office.config, "P-2026-000001")
    covered = {seq for stamp in source.stamps for seq in range(stamp.from_seq, stamp.to_seq + 1)}
    assert covered <= {line["seq"] for line in source.custody}
    assert {c.capture.custody_seq for c in source.captures} <= covered
    assert source.custody_head[0] >= source.custody[-1]["seq"]


def test_evidence_changed_on_disk_stops_the_packet(office: Office) -> None:
    volume = next((office.data / "archive").glob("*.warc.gz"))
    content = bytearray(volume.read_bytes())
    content[-40] ^= 1
    volume.chmod(0o600)
    volume.write_bytes(bytes(content))
    digest = hashlib.sha256(world.png(32, 32)).hexdigest()
    BlobStore(office.data / "blobs").path(digest).write_bytes(b"other")
    archive, blobs = Archive(office.data / "archive"), BlobStore(office.data / "blobs")
    with pytest.raises(ArchiveError):
        source = gather(office.store, archive, blobs, office.file(), "cac", office.config, "P-2026-000001")
        world.make(source, world.make_key(office.data))


def test_unknown_recipients_and_empty_cases(office: Office) -> None:
    archive, blobs = Archive(office.data / "archive"), BlobStore(office.data / "blobs")
    with pytest.raises(UnknownAgency, match="cac、market、operator、police"):
        gather(office.store, archive, blobs, office.file(), "nasa", office.config, "P-2026-000001")
    empty = CaseFile(**{**{n: getattr(office.file(), n) for n in CaseFile.__slots__}, "capture_ids": (999,)})
    with pytest.raises(NothingCaptured):
        gather(office.store, archive, blobs, empty, "cac", office.config, "P-2026-000001")


def test_numbers_run_by_year(tmp_path: Path) -> None:
    assert next_number(tmp_path, 2026) == "P-2026-000001"
    (tmp_path / "P-2026-000041.zip").touch()
    (tmp_path / "P-2025-000099.zip").touch()
    assert next_number(tmp_path, 2026) == "P-2026-000042"


def test_the_commands(office: Office) -> None:
    runner = CliRunner()
    arguments = ["packet", "build", str(office.case), "--to", "police", "--data", str(office.data), "--json"]
    done = runner.invoke(main, [*arguments, "--field", "issuer_reply=未发过该证"])
    assert done.exit_code == 0, done.output
    row = json.loads(done.stdout)
    assert (row["to"], row["timestamp"], row["verdict"]) == ("police", "queued", "unknown")
    judged = runner.invoke(main, ["packet", "verify", row["file"], "--trust", str(office.data / "trust"), "--json"])
    assert (judged.exit_code, json.loads(judged.stdout)["verdict"]) == (2, "unknown")
    assert "未发过该证" in json.loads(unpacked(Path(row["file"]).read_bytes())["capture.json"])["facts"]["issuer_reply"]
    shown = runner.invoke(main, ["packet", "verify", row["file"]])
    assert "无法判断" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["9999", "--to", "cac"], "9999"),
        (["x", "--to", "cac"], "不是案件编号"),
        (["1", "--to", "nasa"], "nasa"),
        (["1", "--to", "cac", "--field", "x"], "ID=VALUE"),
    ],
)
def test_commands_refuse(office: Office, arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(main, ["packet", "build", *arguments, "--data", str(office.data)])
    assert done.exit_code in (1, 2)
    assert said in done.output

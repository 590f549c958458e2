"""Time stamps: asked for once each, checked, kept raw, and waiting when nobody answers."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import Certificate, load_pem_x509_certificate
from sqlalchemy import select

from crawlers.posting import DoorPoster, NoAnswer
from crawlers.stamper import Authority, Stamper, StampReport
from crawlers.tables import stamps
from tests.crawlers.keeping import House, page

URL = "http://tsa.example/tsr"
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
{certs}
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""


@dataclass
class LocalAuthority:
    """An `openssl ts` authority in a folder; with `chain` it sends its root along, in the wrong order for DER."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, *, chain: bool = False) -> LocalAuthority:
        folder.mkdir()
        made = cls(folder)
        (folder / "serial").write_text("01")
        (folder / "openssl.cnf").write_text(CONFIG.format(certs="certs = root.pem" if chain else ""))
        (folder / "extensions").write_text("extendedKeyUsage=critical,timeStamping\n")
        key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        made.openssl(f"req -x509 {key} -days 2 -subj /CN=Root -keyout root.key -out root.pem")
        made.openssl(f"req -new {key} -subj /CN=TSA -keyout tsa.key -out tsa.csr")
        made.openssl("x509 -req -in tsa.csr -CA root.pem -CAkey root.key -days 2 -extfile extensions -out tsa.pem")
        return made

    def openssl(self, arguments: str) -> None:
        command = ["openssl", *arguments.split()]
        subprocess.run(command, cwd=self.folder, capture_output=True, check=True, timeout=60)

    @property
    def root(self) -> Certificate:
        return load_pem_x509_certificate((self.folder / "root.pem").read_bytes())

    def answer(self, url: str, data: bytes, component: str) -> bytes:
        assert (url, component) == (URL, "tsa")
        (self.folder / "query").write_bytes(data)
        self.openssl("ts -reply -config openssl.cnf -queryfile query -out reply")
        return (self.folder / "reply").read_bytes()

    def verifies(self, data: bytes, token: bytes) -> bool:
        (self.folder / "data").write_bytes(data)
        (self.folder / "token").write_bytes(token)
        command = ["openssl", "ts", "-verify", "-data", "data", "-in", "token", "-CAfile", "root.pem"]
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to play a time-stamp authority")
    return LocalAuthority.make(tmp_path_factory.mktemp("tsa") / "tsa")


def _rows(house: House) -> list[Any]:
    with house.store.read() as connection:
        return list(connection.execute(select(stamps).order_by(stamps.c.id)).all())


def _stamper(house: House, opener: Callable[[str, bytes, str], bytes], *roots: Certificate) -> Stamper:
    return Stamper(house.store, [Authority("local", URL, roots)], opener)


def _never(url: str, data: bytes, component: str) -> bytes:
    raise AssertionError("asked again")


def _unreachable(url: str, data: bytes, component: str) -> bytes:
    raise ConnectionRefusedError("connection refused")


def test_a_queued_stamp_gets_its_token(house: House, local: LocalAuthority) -> None:
    house.keep(page())
    assert _stamper(house, local.answer, local.root).run() == StampReport(stamped=1)
    (row,) = _rows(house)
    assert (row.state, row.authority, row.error) == ("stamped", "local", "")
    assert row.gen_time.endswith("Z")
    with house.store.read() as connection:
        hashes = connection.exec_driver_sql("SELECT hash FROM custody WHERE seq BETWEEN 1 AND 1").scalars().all()
    data = b"".join(bytes.fromhex(value) for value in hashes)
    assert hashlib.sha256(data).hexdigest() == row.digest
    assert local.verifies(data, row.token)
    assert not local.verifies(data + b"x", row.token)


def test_what_is_stamped_is_not_asked_again(house: House, local: LocalAuthority) -> None:
    house.keep(page())
    house.keep(page())
    assert _stamper(house, local.answer, local.root).drain() == 2
    assert _stamper(house, _never, local.root).run() == StampReport()


def test_unreachable_stays_queued(house: House, local: LocalAuthority) -> None:
    house.keep(page())
    house.keep(page())
    report = _stamper(house, _unreachable).run()
    assert (report.stamped, report.waiting, report.failed) == (0, 2, 0)
    assert report.problems == (f"stamp 1: local ({URL}) did not answer: connection refused",)
    assert {row.state for row in _rows(house)} == {"queued"}
    assert _stamper(house, local.answer, local.root).drain() == 2


@pytest.mark.parametrize("error", [http.client.BadStatusLine("x"), NoAnswer("answered 503"), TimeoutError("timed out")])
def test_every_way_of_not_answering_keeps_it_queued(house: House, error: Exception) -> None:
    def opener(url: str, data: bytes, component: str) -> bytes:
        raise error

    house.keep(page())
    assert _stamper(house, opener).run().waiting == 1


def test_the_next_authority_is_asked(house: House, local: LocalAuthority) -> None:
    def opener(url: str, data: bytes, component: str) -> bytes:
        return local.answer(url, data, component) if url == URL else _unreachable(url, data, component)

    house.keep(page())
    authorities = [Authority("first", "http://gone.example/"), Authority("second", URL, (local.root,))]
    assert Stamper(house.store, authorities, opener).drain() == 1
    assert _rows(house)[0].authority == "second"


def test_without_authorities_all_wait(house: House) -> None:
    house.keep(page())
    assert Stamper(house.store, [], _never).run() == StampReport(waiting=1)


def _failed(house: House, opener: Callable[[str, bytes, str], bytes], *roots: Certificate) -> Any:
    house.keep(page())
    assert _stamper(house, opener, *roots).run().failed == 1
    (row,) = _rows(house)
    assert row.state == "failed"
    return row


def test_an_unreadable_answer_is_kept_and_told(house: House) -> None:
    row = _failed(house, lambda url, data, component: b"<html>busy</html>")
    assert row.token == b"<html>busy</html>"
    assert "parser-incompatible" in row.error


def test_one_that_was_answered_badly_is_asked_for_again(house: House, local: LocalAuthority) -> None:
    _failed(house, lambda url, data, component: b"<html>busy</html>")
    assert _stamper(house, local.answer, local.root).run() == StampReport(stamped=1)
    (row,) = _rows(house)
    assert row.state == "stamped"
    assert _stamper(house, _never, local.root).run() == StampReport()


def test_a_stamp_over_something_else_fails(house: House, local: LocalAuthority) -> None:
    house.keep(page())
    _stamper(house, local.answer).run()
    token = _rows(house)[0].token
    house.tamper("UPDATE stamps SET state = 'queued', token = NULL")
    report = _stamper(house, lambda url, data, component: token, local.root).run()
    assert report.failed == 1
    assert "over something else" in _rows(house)[0].error  # the nonce is another one
    assert _rows(house)[0].token == token


def test_another_root_fails_even_when_it_is_in_the_answer(house: House, local: LocalAuthority, tmp_path: Path) -> None:
    stranger = LocalAuthority.make(tmp_path / "stranger")
    row = _failed(house, stranger.answer, local.root)
    assert "does not lead to a trusted root" in row.error
    assert row.token


def test_an_answer_the_parser_does_not_take_is_judged_by_openssl(house: House, tmp_path: Path) -> None:
    chained = LocalAuthority.make(tmp_path / "chained", chain=True)
    house.keep(page())
    assert _stamper(house, chained.answer, chained.root).run() == StampReport(stamped=1)
    (row,) = _rows(house)
    assert (row.state, row.error) == ("stamped", "")
    assert abs(datetime.fromisoformat(row.gen_time) - datetime.fromisoformat(row.stamped_at)) < timedelta(minutes=5)


def test_openssl_does_not_believe_the_root_in_the_answer(house: House, local: LocalAuthority, tmp_path: Path) -> None:
    stranger = LocalAuthority.make(tmp_path / "stranger", chain=True)
    row = _failed(house, stranger.answer, local.root)
    assert "parser-incompatible" in row.error
    assert "openssl" in row.error


def test_without_openssl_such_an_answer_is_kept_unjudged(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chained = LocalAuthority.make(tmp_path / "chained", chain=True)
    monkeypatch.setattr("crawlers.openssl_ts.shutil.which", lambda name: None)
    row = _failed(house, chained.answer, chained.root)
    assert "no openssl program" in row.error
    assert row.token


def test_a_rejection_by_the_authority_fails(house: House, local: LocalAuthority) -> None:
    def rejecting(url: str, data: bytes, component: str) -> bytes:
        return local.answer(url, b"\x30\x00", component)

    row = _failed(house, rejecting, local.root)
    assert "not granted" in row.error


def test_a_changed_chain_is_never_stamped(house: House) -> None:
    house.keep(page())
    house.tamper("UPDATE custody SET hash = ? WHERE seq = 1", "0" * 64)
    report = _stamper(house, _never).run()
    assert (report.failed, report.waiting) == (1, 0)
    assert "are not what was queued" in _rows(house)[0].error


class _Door(BaseHTTPRequestHandler):
    """Notes what a proxy sees of a POST and answers as its server says."""

    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        status, headers, answer = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def do_CONNECT(self) -> None:
        self.server.seen.append((self.path, dict(self.headers), b""))
        self.send_error(403, "zhengshao-refused-private_address")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@dataclass
class _Client:
    proxy: str

    def headers_for(self, component: str) -> dict[str, str]:
        return {"Proxy-Authorization": f"Basic {component}"}


@contextmanager
def _door(status: int, headers: dict[str, str], answer: bytes) -> Iterator[tuple[DoorPoster, list[Any]]]:
    with HTTPServer(("127.0.0.1", 0), _Door) as server:
        server.seen, server.answer = [], (status, headers, answer)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield DoorPoster(_Client(f"http://127.0.0.1:{server.server_port}"), 5), server.seen  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


def test_the_request_goes_through_the_door_as_its_component() -> None:
    with _door(200, {}, b"reply") as (poster, seen):
        assert poster(URL, b"query", "tsa") == b"reply"
    ((path, headers, body),) = seen
    assert (path, body) == (URL, b"query")
    assert headers["Proxy-Authorization"] == "Basic tsa"
    assert headers["Content-Type"] == "application/timestamp-query"
    assert headers["Host"] == "tsa.example"


def test_an_https_authority_is_reached_by_a_tunnel() -> None:
    with _door(200, {}, b"") as (poster, seen), pytest.raises(OSError, match="zhengshao-refused-private_address"):
        poster("https://tsa.example/tsr", b"query", "tsa")
    ((path, headers, _),) = seen
    assert path == "tsa.example:443"
    assert headers["Proxy-Authorization"] == "Basic tsa"


def test_the_doors_word_is_told() -> None:
    said = {"X-Zhengshao-Door": "refused; private_address"}
    told = pytest.raises(NoAnswer, match="answered 403, the door says: refused; private_address")
    with _door(403, said, b"") as (poster, _), told:
        poster(URL, b"query", "tsa")


def test_an_endless_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.posting.MAX_ANSWER_BYTES", 4)
    with _door(200, {}, b"12345") as (poster, _), pytest.raises(NoAnswer, match="more than 4 bytes"):
        poster(URL, b"query", "tsa")

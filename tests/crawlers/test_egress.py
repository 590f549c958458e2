"""The door as its clients meet it: a real process, real connections, loopback only."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.doorclient import DOOR, KEYS, DoorClient, DoorDown, NoKey
from crawlers.egress import Door, DoorPolicy, ServiceEntry
from tests.hostile import faults as _known  # noqa: F401
from tests.hostile.server import HTML, faults


@pytest.fixture(scope="module")
def site() -> Iterator[int]:
    with faults() as port:
        yield port


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("door") / "door.jsonl"


@pytest.fixture(scope="module")
def door(site: int, log: Path) -> Iterator[Door]:
    policy = DoorPolicy(
        host_map={"a.test": f"127.0.0.1:{site}", "gone.test": "127.0.0.1:9", "a.test:22": f"127.0.0.1:{site}"},
        services=(ServiceEntry("http", "127.0.0.1", site, "searxng"),),
        head_timeout_seconds=5,
    )
    with Door.spawn(policy, log=log) as running:
        yield running


def connection(door: Door) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(door.url.removeprefix("http://"), timeout=10)


def get(door: Door, url: str, component: str = "crawler") -> http.client.HTTPResponse:
    asking = connection(door)
    asking.request("GET", url, headers=door.client(component).headers)
    answer = asking.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]
    asking.close()
    return answer


def raw(door: Door, request: bytes) -> bytes:
    host, _, port = door.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), 10) as asking:
        asking.sendall(request)
        asking.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: asking.recv(65536), b""))


def connect_request(door: Door, target: str) -> bytes:
    lines = [f"CONNECT {target} HTTP/1.1", *(f"{k}: {v}" for k, v in door.client().headers.items()), "", ""]
    return "\r\n".join(lines).encode()


def test_a_page_comes_through(door: Door) -> None:
    answer = get(door, "http://a.test/good")
    assert (answer.status, answer.reason) == (200, "OK")
    assert answer.body == HTML.encode()  # type: ignore[attr-defined]
    assert answer.headers["X-Zhengshao-Door"] is None


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("http://127.0.0.1/", 403, "refused; private_address"),
        ("http://2130706433/", 403, "refused; private_address"),
        ("http://[::ffff:127.0.0.1]/", 403, "refused; private_address"),
        ("http://127.0.0.1.:80/", 403, "refused; private_address"),
        ("http://a.test@127.1/", 403, "refused; private_address"),
        ("http://a.test:6379/", 403, "refused; port"),
        ("http://a.test:0/", 403, "refused; port"),
        ("http://a.test:99999/", 403, "refused; name"),
        ("http://a..test/", 403, "refused; name"),
        ("https://a.test/", 403, "refused; name"),
        ("/", 403, "refused; name"),
        ("http://nobody.test/", 502, "dead; dns"),
        ("http://gone.test/", 502, "dead; connect"),
        ("http://a.test/reset", 502, "dead; reset"),
        ("http://a.test/closed", 502, "dead; reset"),
        ("http://a.test/gibberish", 502, "dead; protocol"),
    ],
)
def test_the_door_says_why_not(door: Door, url: str, status: int, said: str) -> None:
    answer = get(door, url)
    assert (answer.status, answer.headers["X-Zhengshao-Door"]) == (status, said)
    assert answer.reason == f"zhengshao-{said.replace('; ', '-')}"


def test_a_service_answers_its_component_alone(door: Door, site: int) -> None:
    url = f"http://127.0.0.1:{site}/good"
    assert get(door, url, "searxng").status == 200
    assert get(door, url).headers["X-Zhengshao-Door"] == "refused; service"
    assert get(door, "http://a.test/good", "searxng").headers["X-Zhengshao-Door"] == "refused; service"


@pytest.mark.parametrize(
    "proof", ["", "Proxy-Authorization: Basic Y3Jhd2xlcjpndWVzcw==", "Proxy-Authorization: Basic ???"]
)
def test_without_a_key_nothing_is_dialled(door: Door, proof: str) -> None:
    request = "\r\n".join(filter(None, ["GET http://a.test/good HTTP/1.1", "Host: a.test", proof])) + "\r\n\r\n"
    answer = raw(door, request.encode())
    assert answer.startswith(b"HTTP/1.1 407 ")
    assert b"Proxy-Authenticate: Basic" in answer


def test_no_site_speaks_for_the_door(door: Door, site: int) -> None:
    answer = get(door, "http://a.test/forged_verdict")
    assert answer.status == 403
    assert answer.headers.get_all("X-Zhengshao-Door") is None
    assert answer.headers.get_all("X-Zhengshao-Peer") == [f"127.0.0.1:{site}"]


def test_no_site_speaks_for_the_door_in_an_interim_answer(door: Door, site: int) -> None:
    proof = door.client().headers["Proxy-Authorization"]
    lines = ["GET http://a.test/forged_hints HTTP/1.1", "Host: a.test", f"Proxy-Authorization: {proof}", "", ""]
    interim, _, rest = raw(door, "\r\n".join(lines).encode()).partition(b"\r\n\r\n")
    assert interim == b"HTTP/1.1 103 Early Hints"
    assert b"X-Zhengshao-Door" not in rest
    assert rest.count(f"X-Zhengshao-Peer: 127.0.0.1:{site}".encode()) == 1


def test_a_folded_or_bare_line_does_not_hide_a_forged_verdict(door: Door) -> None:
    from crawlers.doorway import _without_own
    from crawlers.framing import Head

    sneaky = Head.parse(
        b"HTTP/1.1 200 OK\r\nA: 1\nX-Zhengshao-Door: refused; port\r\nB: 2\r\n x-zhengshao-door: dead; dns"
    )
    assert _without_own(sneaky).lines == (b"A: 1", b"B: 2")


def test_connections_stay_open_across_requests(door: Door) -> None:
    asking = connection(door)
    for _ in range(3):
        asking.request("GET", "http://door.invalid/-/peer?host=a.test&port=80", headers=door.client().headers)
        assert asking.getresponse().read().startswith(b"127.0.0.1:")
    asking.close()


def test_the_peer_is_told(door: Door, site: int) -> None:
    get(door, "http://a.test/good")
    client = door.client()
    assert client.peer("a.test", 80) == client.peer("A.test.", 80) == f"127.0.0.1:{site}"
    assert client.peer("never.test", 80) == ""


def test_a_tunnel_carries_bytes_and_the_half_close(door: Door, site: int) -> None:
    answer = raw(door, connect_request(door, "a.test:443") + b"GET /good HTTP/1.1\r\nHost: a.test\r\n\r\n")
    opened, _, rest = answer.partition(b"\r\n\r\n")
    assert opened == f"HTTP/1.1 200 OK\r\nX-Zhengshao-Peer: 127.0.0.1:{site}".encode()
    assert rest.endswith(HTML.encode())


@pytest.mark.parametrize(
    ("target", "phrase"),
    [
        ("127.0.0.1:443", b"403 zhengshao-refused-private_address"),
        ("[::1]:443", b"403 zhengshao-refused-private_address"),
        ("a.test:25", b"403 zhengshao-refused-port"),
        ("nobody.test:443", b"502 zhengshao-dead-dns"),
        ("gone.test:443", b"502 zhengshao-dead-connect"),
        ("nonsense", b"403 zhengshao-refused-name"),
    ],
)
def test_a_refused_tunnel_has_its_reason_phrase(door: Door, target: str, phrase: bytes) -> None:
    assert raw(door, connect_request(door, target)).startswith(b"HTTP/1.1 " + phrase + b"\r\n")


def test_every_decision_is_logged_without_the_key(door: Door, log: Path) -> None:
    get(door, "http://127.1:8000/")
    written = log.read_text(encoding="utf-8")
    last = json.loads(written.splitlines()[-1])
    assert last.pop("time").endswith("Z")
    assert last == {
        "component": "crawler",
        "method": "GET",
        "target": "http://127.1:8000",
        "peer": "",
        "verdict": "refused: private_address 127.0.0.1",
    }
    assert door.client().key[1] not in written


def test_keys_travel_by_environment(door: Door) -> None:
    environment = door.environment("crawler", "searxng")
    assert set(environment) == {DOOR, KEYS}
    client = DoorClient.from_environment(environment)
    assert client.proxy == door.url
    assert client.key == ("crawler", client.keys["crawler"])
    assert client.headers_for("searxng") != client.headers
    with pytest.raises(NoKey, match="tsa"):
        client.headers_for("tsa")


def test_a_process_without_a_door_is_told_so() -> None:
    with pytest.raises(DoorDown, match="ZHENGSHAO_DOOR"):
        DoorClient.from_environment({})


def test_the_door_ends_with_its_parent() -> None:
    code = (
        "import os; from crawlers.egress import *\n"
        "with Door.spawn(DoorPolicy()) as d: print(d.url, flush=True); os._exit(0)"
    )
    parent = subprocess.run(
        [sys.executable, "-P", "-c", code], stdout=subprocess.PIPE, text=True, check=True, env=os.environ
    )
    client = DoorClient(parent.stdout.strip(), {"crawler": "x"})
    with pytest.raises(DoorDown):
        client.peer("a.test", 80)


def test_importing_the_door_does_not_load_scrapy() -> None:
    heavy = "('scrapy', 'twisted', 'sqlalchemy', 'pydantic')"
    code = f"import sys, crawlers.egress; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == 0

"""The served web: what a client meets at the addresses of its host map, and that nothing is left running."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID
from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response

from crawlers.practice import Practice, PracticeError, World
from tests.crawlers.practice.webs import html_page, write_web

TIMEOUT_SECONDS = 10
HAN = "焊工查询.com"
PUNYCODE = HAN.encode("idna").decode()
TOML = """
[engines.toutiao]
serve = false
[engines.bing]
state = "refuse"
[engines.so360]
state = "dead"
[[states]]
host = "dead.example.org"
state = "dead"
[[states]]
host = "refuse.example.org"
state = "refuse"
[hosts."plain.example.org"]
https = false
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = write_web(
        tmp_path_factory.mktemp("web"),
        {
            "www.a.top/index.html": html_page("焊工证办理"),
            f"{HAN}/index.html": html_page("中文域名"),
            "gbk.example.org/index.html": "操作证查询".encode("gbk"),
            "plain.example.org/index.html": "只有http",
            "dead.example.org/index.html": "x",
        },
        toml=TOML,
    )
    with Practice.spawn(root, tmp_path_factory.mktemp("keys")) as world:
        yield world


def dial(world: World, host: str, *, tls: bool = False) -> http.client.HTTPConnection:
    """A connection as the door makes it: to the mapped address, with the host's name in SNI and Host."""
    address, port = world.host_map[f"{host}:443" if tls else host].split(":")
    connection = http.client.HTTPConnection(address, int(port), timeout=TIMEOUT_SECONDS)
    if tls:
        raw = socket.create_connection((address, int(port)), TIMEOUT_SECONDS)
        context = ssl.create_default_context(cafile=str(world.trust.ca))
        connection.sock = context.wrap_socket(raw, server_hostname=host)
    return connection


def fetch(world: World, host: str, target: str = "/", *, tls: bool = False) -> tuple[http.client.HTTPResponse, bytes]:
    connection = dial(world, host, tls=tls)
    connection.request("GET", target, headers={"Host": host})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


@pytest.mark.parametrize("tls", [False, True])
def test_a_site_answers_on_both_schemes(world: World, tls: bool) -> None:
    response, body = fetch(world, "www.a.top", tls=tls)
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html"
    assert "焊工证办理" in body.decode()


def test_each_name_has_its_certificate(world: World) -> None:
    for host in ("www.a.top", "www.baidu.com", PUNYCODE):
        connection = dial(world, host, tls=True)
        assert isinstance(connection.sock, ssl.SSLSocket)
        der = connection.sock.getpeercert(binary_form=True)
        connection.close()
        assert der
        extension = x509.load_der_x509_certificate(der).extensions.get_extension_for_oid(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME
        )
        assert isinstance(extension.value, x509.SubjectAlternativeName)
        assert extension.value.get_values_for_type(x509.DNSName) == [host]


def test_a_chinese_name_is_mapped_in_punycode(world: World) -> None:
    assert "中文域名" in fetch(world, PUNYCODE, tls=True)[1].decode()
    assert HAN not in world.host_map


def test_bytes_are_sent_as_they_are(world: World) -> None:
    assert fetch(world, "gbk.example.org")[1].decode("gbk") == "操作证查询"


def test_engines_answer_with_ports_in_the_host_header(world: World) -> None:
    connection = dial(world, "www.baidu.com")
    connection.request("GET", "/s?wd=" + quote("焊工证"), headers={"Host": "www.baidu.com:80"})
    body = connection.getresponse().read().decode()
    connection.close()
    assert 'mu="https://www.a.top/"' in body


def test_a_head_request_has_no_body(world: World) -> None:
    connection = dial(world, "www.a.top")
    connection.request("HEAD", "/", headers={"Host": "www.a.top"})
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    connection.close()


def test_names_that_are_dead_or_not_served_are_not_there(world: World) -> None:
    gone = ("dead.example.org", "www.so.com", "so.toutiao.com", "nowhere.example.org")
    assert not set(gone) & set(world.host_map)


@pytest.mark.parametrize(
    ("host", "tls"), [("refuse.example.org", False), ("cn.bing.com", True), ("plain.example.org", True)]
)
def test_closed_ports_refuse(world: World, host: str, tls: bool) -> None:
    with pytest.raises(ConnectionRefusedError):
        fetch(world, host, tls=tls)


def test_a_host_without_https_answers_on_http(world: World) -> None:
    assert fetch(world, "plain.example.org")[1].decode() == "只有http"


def test_searxng_stands_at_its_service_address(world: World) -> None:
    assert world.services["searxng"] == "http://127.0.0.1:8888"
    response, body = fetch(world, "127.0.0.1:8888", "/search?format=json&q=" + quote("焊工证"))
    assert response.headers["Content-Type"].startswith("application/json")
    assert [result["url"] for result in json.loads(body)["results"]] == ["https://www.a.top/"]


def test_the_time_stamp_authority_stands_at_its_service_address(world: World) -> None:
    request = TimestampRequestBuilder().data(b"x").build()
    connection = dial(world, "127.0.0.1:3161")
    headers = {"Content-Type": "application/timestamp-query", "Host": "127.0.0.1:3161"}
    connection.request("POST", "/tsr", request.as_bytes(), headers)
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "application/timestamp-reply"
    response = decode_timestamp_response(answer.read())
    connection.close()
    (root,) = (x509.load_pem_x509_certificate(path.read_bytes()) for path in world.trust.tsa_roots)
    assert VerifierBuilder().add_root_certificate(root).build().verify_message(response, b"x")


def test_the_addresses_of_services_are_the_offices_own(tmp_path: Path) -> None:
    services = {"tsa": "http://10.1.2.3/tsr", "searxng": "https://search.intra.example"}
    with Practice.spawn(write_web(tmp_path), services=services) as world:
        assert {"10.1.2.3:80", "search.intra.example:443"} <= set(world.host_map)
        assert world.services == services


def test_nothing_is_left_running_and_trust_is_found_again(tmp_path: Path) -> None:
    root = write_web(tmp_path / "web", {"www.a.top/index.html": "x"})
    with Practice.spawn(root, tmp_path / "keys") as world:
        assert world.trust.ca
        first = world.trust.ca.read_bytes()
    with pytest.raises(ConnectionRefusedError):
        fetch(world, "www.a.top")
    with Practice.spawn(root, tmp_path / "keys") as again:
        assert again.trust.ca == world.trust.ca
        assert again.trust.ca and again.trust.ca.read_bytes() == first
        assert fetch(again, "www.a.top", tls=True)[0].status == 200


def test_a_web_with_mistakes_does_not_start(tmp_path: Path) -> None:
    with (
        pytest.raises(PracticeError, match="not TOML"),
        Practice.spawn(write_web(tmp_path, toml="[engines.bidu")),
    ):
        pass


def test_the_real_world_maps_nothing() -> None:
    real = World.real()
    assert (real.host_map, real.services, real.trust.ca, real.trust.tsa_roots) == ({}, {}, None, ())


def test_the_parent_loads_no_server() -> None:
    code = "import sys, crawlers.practice; sys.exit(bool({'aiohttp', 'jinja2', 'selectolax'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

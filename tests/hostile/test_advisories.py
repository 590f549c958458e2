"""Scrapy's published advisories, each as a regression test of this crawler (names are the GHSA ids)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawlers.middlewares import Redirects
from crawlers.records import Outcome, PageState
from tests.hostile.conftest import Visit
from tests.hostile.world import World

SECRETS = {"Authorization": "Bearer secret", "Cookie": "session=secret"}


def redirected(request: Request, location: str, status: int = 302) -> Request:
    middleware = Redirects.from_crawler(get_crawler())
    answer = Response(request.url, status=status, headers={"Location": location}, request=request)
    found: Any = middleware.process_response(request, answer)
    assert isinstance(found, Request)
    return found


def test_ghsa_jwqp_28gf_p498_no_password_goes_to_whoever_is_asked(visit: Visit, world: World) -> None:
    url = world.url("good").replace("://", "://user:password@")
    assert visit(url).task.outcome is Outcome.CAPTURED
    assert not any(heard.header("Authorization") for heard in world.plain.heard)


@pytest.mark.parametrize("domain", ["test", "com.cn", "127.0.0.1"])
def test_ghsa_cjvr_mfj7_j4j8_and_mfjm_vh54_3f96_no_cookie_crosses_domains(
    visit: Visit, world: World, domain: str
) -> None:
    seen = visit(f"cookie_trap?{domain}")
    assert [hop.status for hop in seen.page.hops] == [302]
    assert not any(heard.header("Cookie") for heard in world.plain.heard)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_ghsa_9x8m_2xpf_crp3_and_jm3v_qxmh_hxwv_no_site_sees_the_key_of_the_door(
    visit: Visit, world: World, scheme: str
) -> None:
    assert visit(f"away/{quote(f'{scheme}://fine.test/good')}").task.outcome is Outcome.CAPTURED
    for heard in (*world.plain.heard, *world.tls.heard):
        assert "proxy-authorization" not in heard.raw.lower()


def test_ghsa_cc65_xxvf_f7r9_xml_made_for_patterns_is_read_in_linear_time(visit: Visit) -> None:
    assert visit("xml_bait", cpu_seconds=5, memory_mb=300).task.outcome is Outcome.CAPTURED


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_ghsa_7j7m_v7m3_jqm7_and_2qfp_q593_8484_the_limit_holds_after_unpacking(visit: Visit, encoding: str) -> None:
    assert "bomb" in visit(f"bomb?{encoding}", memory_mb=32).flags


def test_ghsa_h7wm_ph43_c39p_a_file_without_end_does_not_fill_the_memory(visit: Visit) -> None:
    assert "truncated" in visit("endless", memory_mb=64).flags


@pytest.mark.parametrize(
    "location",
    ["http://b.test/", "https://a.test/", "http://a.test:8080/", "http://sub.a.test/"],
    ids=["domain", "scheme", "port", "sub-domain"],
)
def test_ghsa_cw9j_q3vf_hrrv_and_4qqq_9vqf_3h3f_secrets_stay_with_their_origin(location: str) -> None:
    found = redirected(Request("http://a.test/", headers=SECRETS), location)
    assert found.url == location
    assert "Authorization" not in found.headers


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    "target", ["file:///etc/hostname", "data:text/plain,secret", "s3://bucket/key", "ftp://a.test/"]
)
def test_ghsa_23j4_mw76_5v7h_a_redirect_off_http_is_not_followed(visit: Visit, target: str) -> None:
    seen = visit(f"away/{quote(target)}")
    assert ("redirect_not_followed" in seen.flags, seen.page.status) == (True, 302)
    assert seen.page.page_state is not PageState.RESULTS


def test_ghsa_cwxj_rr6w_m6w7_no_header_is_called_as_a_function(visit: Visit, world: World) -> None:
    seen = visit("referrer_policy")
    assert seen.task.outcome is Outcome.CAPTURED
    assert world.process.poll() is None


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirected_form_is_not_sent_again(status: int) -> None:
    request = Request("http://a.test/", method="POST", body=b"secret", headers={"Content-Type": "text/plain"})
    found = redirected(request, "http://b.test/", status)
    assert (found.method, found.body, found.headers.get("Content-Type")) == ("GET", b"", None)

"""Cases H: answers that break or bend HTTP, or that are no answer at all."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from crawlers.records import Outcome, PageState
from tests.hostile.conftest import Visit
from tests.hostile.server import HTML
from tests.hostile.world import World

CAPTURED = (Outcome.CAPTURED, "")
PROTOCOL = (Outcome.FAILED, "protocol")


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
@pytest.mark.parametrize("layers", [1, 2])
def test_h01_a_bomb_is_not_unpacked(visit: Visit, encoding: str, layers: int) -> None:
    seen = visit(f"bomb?{','.join([encoding] * layers)}", memory_mb=32)
    assert "bomb" in seen.flags
    assert seen.page.page_state is PageState.UNDECODABLE


def test_h01_fifty_layers_are_a_bomb(visit: Visit) -> None:
    assert "bomb" in visit("layers").flags


def test_h01_what_was_never_packed_is_read(visit: Visit) -> None:
    seen = visit("false_gzip")
    assert seen.flags == ("content_encoding_broken",)
    assert seen.page.title == "正常"


def test_h02_an_endless_body_is_cut(visit: Visit) -> None:
    seen = visit("endless")
    assert "truncated" in seen.flags
    assert 0.99 < len(seen.sent.body) / (8 << 20) <= 1  # what frames the chunks counts, too


@pytest.mark.parametrize("path", ["long_length", "short_length"])
def test_h03_what_came_of_a_false_length_is_kept(visit: Visit, path: str) -> None:
    seen = visit(path)
    assert seen.ending == CAPTURED
    assert "dataloss" in seen.flags
    assert seen.sent.body and HTML.encode().startswith(seen.sent.body)


@pytest.mark.parametrize("path", ["two_lengths", "negative_length", "wordy_length"])
def test_h04_lengths_that_contradict_are_no_answer(visit: Visit, path: str) -> None:
    assert visit(path).ending == PROTOCOL


def test_h05_chunks_win_over_a_length(visit: Visit) -> None:
    seen = visit("smuggling")
    assert "smuggling_shape" in seen.flags
    assert seen.sent.body == HTML.encode()


def test_h06_a_huge_header_is_no_answer(visit: Visit) -> None:
    assert visit("huge_header").ending == PROTOCOL


def test_h06_of_a_flood_of_headers_some_are_kept(visit: Visit) -> None:
    seen = visit("header_flood", memory_mb=64)
    assert "header_flood" in seen.flags
    assert len(seen.sent.response_headers) == 200


def test_h07_odd_headers_are_kept_as_they_came(visit: Visit) -> None:
    seen = visit("odd_headers")
    assert "bad_header_line" in seen.flags
    lines = dict(seen.sent.response_headers)
    assert (lines["X-Folded"], lines["X-Raw"]) == ("one two", "\xb2\xe9\xd1\xaf")
    for raw in (b"this line has no colon", b"X-Folded: one\r\n\ttwo", b"X-Nul: a\0b", b"X-Raw: \xb2\xe9\xd1\xaf"):
        assert raw in seen.sent.raw_head


def test_h08_cookies_are_not_taken(visit: Visit, world: World) -> None:
    seen = visit("cookies")
    assert seen.ending == CAPTURED
    host = seen.page.url.split("/")[2]
    assert world.visit(f"http://{host}/good").ending == CAPTURED
    assert not any(heard.header("Cookie") for heard in world.plain.heard)


@pytest.mark.parametrize("status", ["999 Request Denied", "101 Switching Protocols", "299 Odd"])
def test_h09_an_odd_status_is_an_answer(visit: Visit, status: str) -> None:
    seen = visit(f"status?{status.replace(' ', '%20')}")
    assert (seen.task.outcome, seen.page.status) == (Outcome.CAPTURED, int(status[:3]))
    assert seen.sent.reason == status[4:]


@pytest.mark.parametrize("status", ["0 Zero", "12345 Long", "OK then"])
def test_h09_a_status_that_is_none_is_no_answer(visit: Visit, status: str) -> None:
    assert visit(f"status?{status.replace(' ', '%20')}").ending == PROTOCOL


def test_h09_gibberish_is_no_answer(visit: Visit) -> None:
    assert visit("gibberish").ending == PROTOCOL


@pytest.mark.parametrize("path", ["to_self", "to_and_fro?0", "onward"])
def test_h10_a_redirect_that_never_ends_is_left(visit: Visit, world: World, path: str) -> None:
    seen = visit(path)
    assert seen.ending == (Outcome.FAILED, "redirect_loop")
    assert len(seen.page.hops) == 8
    assert len(world.plain.asked(path.partition("?")[0])) == 9


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "ftp://a.test/x", "intent://pay#Intent;end",
     "weixin://dl/chat", "http://[::1"],
)  # fmt: skip
def test_h11_a_redirect_off_the_web_is_written_down_and_not_followed(visit: Visit, target: str) -> None:
    seen = visit(f"away/{quote(target)}")
    assert seen.task.outcome is Outcome.CAPTURED
    assert "redirect_not_followed" in seen.flags
    assert dict(seen.sent.response_headers)["Location"] == target
    assert seen.task.reason.endswith(f"next hop: {target}")


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::1]",
     "①②⑦.0.0.1", "10.0.0.1", "127-0-0-1.ip.test", "a.test@127.0.0.1"],
)  # fmt: skip
def test_h12_a_redirect_into_the_office_is_refused(visit: Visit, host: str) -> None:
    seen = visit(f"away/{quote(f'http://{host}/admin')}")
    assert seen.task.outcome is Outcome.REFUSED
    assert seen.task.reason in ("private_address", "name")
    assert seen.page.status == 302


@pytest.mark.parametrize("path", ["refresh_loop", "script_loop"])
def test_h13_a_page_that_sends_its_visitor_round_is_left(visit: Visit, world: World, path: str) -> None:
    seen = visit(path)
    assert "bounce_loop" in seen.flags
    assert len(world.plain.asked(path)) == 4


@pytest.mark.parametrize("wait", ["99999999", "Wed, 21 Oct 2099 07:28:00 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_h14_a_site_that_asks_to_wait_is_not_asked_again(visit: Visit, world: World, status: int, wait: str) -> None:
    before = len(world.plain.asked("busy"))
    seen = visit(f"busy?{status}/{wait.replace(' ', '%20')}")
    assert seen.page.page_state is PageState.BLOCKED
    assert seen.task.reason.endswith(f"retry after {wait}")
    assert len(world.plain.asked("busy")) - before == 1


def test_a_site_cannot_speak_for_the_door(visit: Visit) -> None:
    seen = visit("forged_verdict")
    assert (seen.task.outcome, seen.page.status) == (Outcome.CAPTURED, 403)
    assert seen.page.peer == "8.8.8.8:80"


def test_a_site_cannot_speak_for_the_door_before_its_answer(visit: Visit) -> None:
    seen = visit("forged_hints")
    assert (seen.page.status, seen.page.title, seen.page.peer) == (200, "正常", "8.8.8.8:80")


def test_no_key_is_written_anywhere(world: World) -> None:
    written = world.log() + (world.folder / "door.jsonl").read_text(encoding="utf-8")
    assert "Proxy-Authorization" not in written
    assert world.door.client().key[1] not in written

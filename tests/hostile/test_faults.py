"""What becomes of a task whose site misbehaves: always one honest ending, and the next page still works."""

from __future__ import annotations

import pytest

from crawlers.archive import Archive
from crawlers.records import Outcome, PageState, TaskState
from tests.hostile.conftest import Run
from tests.hostile.server import HTML, Fault

FAILED = {
    "silence": "timeout",
    "slow_head": "timeout",
    "reset": "reset",
    "lie": "reset",
    "two_lengths": "protocol",
    "negative_length": "protocol",
    "gibberish": "protocol",
    "huge_header": "protocol",
    "redirect_self": "redirect_loop",
    "redirect_on": "redirect_loop",
}
FLAGGED = {
    "drip_body": "stalled",
    "short_body": "dataloss",
    "endless": "truncated",
    "gzip_bomb": "bomb",
    "false_gzip": "content_encoding_broken",
    "header_flood": "header_flood",
    "smuggling": "smuggling_shape",
    "redirect_script": "redirect_not_followed",
    "refresh_loop": "bounce_loop",
    "false_charset": "charset_overruled",
}
SEEN = ("good", "status999", "no_colon", "forged_verdict", "forged_hints", "busy")
REFUSED = {"redirect_private": "private_address"}


def test_every_fault_is_expected_somewhere() -> None:
    assert {*FAILED, *FLAGGED, *SEEN, *REFUSED} == set(Fault.known)


def test_the_run_ends_by_itself(hostile: Run) -> None:
    assert hostile.report.exit == 0, (hostile.data / "log" / "N-sites.log").read_text(encoding="utf-8")[-4000:]
    assert hostile.report.stats["finish_reason"] == "finished"
    assert "log_count/ERROR" not in hostile.report.stats


def test_every_task_is_done(hostile: Run) -> None:
    assert {ended.status.state for ended in hostile.ended.values()} == {TaskState.DONE}


@pytest.mark.parametrize("name", Fault.known)
def test_the_next_good_page_still_works(hostile: Run, name: str) -> None:
    after = hostile.ended[f"good-after-{name}"]
    assert after.status.outcome is Outcome.CAPTURED
    assert after.capture is not None
    assert (after.capture.status, after.capture.title, after.capture.flags) == (200, "正常", ())


@pytest.mark.parametrize(("name", "reason"), FAILED.items())
def test_a_failure_has_its_type(hostile: Run, name: str, reason: str) -> None:
    status = hostile.ended[name].status
    assert (status.outcome, status.reason) == (Outcome.FAILED, reason)


@pytest.mark.parametrize(("name", "flag"), FLAGGED.items())
def test_what_came_is_kept_and_flagged(hostile: Run, name: str, flag: str) -> None:
    ended = hostile.ended[name]
    assert ended.status.outcome is Outcome.CAPTURED
    assert ended.capture is not None
    assert flag in ended.capture.flags


@pytest.mark.parametrize("name", SEEN)
def test_odd_answers_are_answers(hostile: Run, name: str) -> None:
    ended = hostile.ended[name]
    assert ended.status.outcome is Outcome.CAPTURED
    assert ended.capture is not None


def test_a_site_cannot_speak_for_the_door(hostile: Run) -> None:
    capture = hostile.ended["forged_verdict"].capture
    assert capture is not None
    assert capture.status == 403
    assert capture.peer.startswith("127.0.0.1:")


def test_a_site_cannot_speak_for_the_door_before_its_answer(hostile: Run) -> None:
    capture = hostile.ended["forged_hints"].capture
    assert capture is not None
    assert (capture.status, capture.title) == (200, "正常")
    assert capture.peer.startswith("127.0.0.1:")


def test_a_site_that_asks_to_wait_is_not_asked_again(hostile: Run) -> None:
    """Other 5xx answers are retried at once (`retry_times` of this run is 1)."""
    ended = hostile.ended["busy"]
    assert ended.capture is not None
    assert (ended.capture.page_state, ended.status.reason) == (PageState.BLOCKED, "server_error: retry after 3600")
    assert not [key for key in hostile.report.stats if key.startswith("retry/") and "503" in key]


def test_a_redirect_into_the_office_is_refused_with_its_first_hop_kept(hostile: Run) -> None:
    ended = hostile.ended["redirect_private"]
    assert (ended.status.outcome, ended.status.reason) == (Outcome.REFUSED, "private_address")
    assert ended.capture is not None
    assert ended.capture.status == 302
    assert ended.capture.page_state is PageState.UNDECODABLE


def test_a_redirect_loop_keeps_its_chain(hostile: Run) -> None:
    capture = hostile.ended["redirect_on"].capture
    assert capture is not None
    assert [hop.url.rpartition("/")[2] for hop in capture.hops] == [
        "redirect_on",
        "redirect_on?1",
        "redirect_on?2",
        "redirect_on?3",
    ]


def test_a_bomb_is_not_read_as_a_page(hostile: Run) -> None:
    capture = hostile.ended["gzip_bomb"].capture
    assert capture is not None
    assert capture.size_bytes < 1 << 20
    assert capture.page_state is not PageState.EMPTY


def test_headers_are_kept_as_they_were_sent(hostile: Run) -> None:
    capture = hostile.ended["no_colon"].capture
    assert capture is not None
    exchange = Archive(hostile.data / "archive").read(capture.place)
    assert [name for name, _ in exchange.response_headers] == ["Content-Length", "X-Raw", "Content-Type"]
    assert exchange.body == HTML.encode()
    assert "Proxy-Authorization" not in dict(exchange.request_headers)


def test_a_stalled_body_keeps_what_came(hostile: Run) -> None:
    capture = hostile.ended["drip_body"].capture
    assert capture is not None
    assert 200 <= capture.size_bytes < len(HTML.encode())


def test_no_key_is_written_anywhere(hostile: Run) -> None:
    written = b"".join(path.read_bytes() for path in hostile.data.rglob("*") if path.suffix in {".log", ".jsonl"})
    assert b"Proxy-Authorization" not in written

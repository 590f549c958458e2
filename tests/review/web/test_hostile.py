"""Nothing captured is ever interpreted, and every answer says what may load (W1, W2, W14, W15)."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zlib
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from crawlers.records import Fetched, Origin, Outcome, Task, TaskKind
from review.desk.roles import Role
from review.web import pictures, signing
from review.web.desk import EXTENSION
from tests.crawlers.keeping import exchange, page, task
from tests.review.web.office import CAPTURED, HOSTILE, URL, Browser, Office, office

PAGE = f"""<html><head><title>{HOSTILE}</title><meta http-equiv=refresh content="0;url=http://evil.example/">
<base href="http://evil.example/"><link rel=stylesheet href="//evil.example/x.css"></head>
<body onload="alert(3)"><h1 id=m1>应急管理部</h1><script>fetch('http://evil.example/')</script>
<img src="http://evil.example/pixel.gif" onerror="alert(4)"><a href="javascript:alert(5)">查询</a>
<form action="http://evil.example/"><input name=id><button formaction="javascript:alert(6)">查</button></form>
<iframe src="http://evil.example/"></iframe><svg onload="alert(7)"><use href="//evil.example/a.svg#x"/></svg>
<div style="background:url(http://evil.example/b)">x</div><video poster="http://evil.example/p"></video></body></html>"""


@pytest.fixture
def captured(desk: Office) -> int:
    """A hostile page, kept as any other, and a case that rests on it."""
    task = Task(night="N1", kind=TaskKind.SITE, source="web", target="http://evil-site.example/")
    desk.store.plan([task])
    (claimed,) = desk.store.claim("N1", [TaskKind.SITE], limit=1, lease_seconds=600, owner="test")
    page = exchange("http://evil-site.example/?q=" + "%3Cscript%3E", PAGE.encode())
    (number,) = desk.keep(
        Fetched(task=claimed, outcome=Outcome.CAPTURED, exchanges=(page,), title=HOSTILE, origin=Origin.CRAWL)
    )
    assert number is not None
    desk.case(
        0,
        subject=f"site:{HOSTILE}",
        title=HOSTILE,
        cls=HOSTILE[:64],
        imitates=HOSTILE[:64],
        capture_ids=(number,),
        assessment={
            "impersonation": {
                "verdict": "flag",
                "class": HOSTILE,
                "imitates": HOSTILE,
                "score": 0.9,
                "signals": [_signal(HOSTILE)],
            },
            "contacts": [{"kind": HOSTILE, "value": HOSTILE}],
        },
    )
    desk.case(1, subject="listing:xianyu:javascript:alert(8)", title=HOSTILE, imitates="")
    return number


def _signal(said: str) -> dict[str, object]:
    shape = {"detector": "wording", "version": 1, "weight": 0.9, "start": 0, "end": 5, "where": "text"}
    return {**shape, "class": said, "reason": said, "quote": said}


@pytest.fixture
def analyst(desk: Office, captured: int) -> Browser:
    desk.account("fenxi", Role.ANALYST)
    return desk.signed_in("fenxi")


def _inert(text: str) -> None:
    """No tag, attribute or template of what was captured came alive; links lead into the desk or to the other port."""
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "onerror=alert(2)" not in text or "{{7*7}}" in text
    assert not re.search(
        r"""(?:href|src|action|formaction)=["']?\s*(?:javascript|data:text|https?://(?!localhost:8601))""", text
    )


PAGES = (
    "/queue", "/queue?case=2", "/queue?q=alert", "/cases/1", "/cases/1/captures", "/cases/1/links", "/cases/1/flow",
    "/cases/1/log", "/cases/1/evidence/{capture}", "/today", "/account",
)  # fmt: skip


def test_captured_text_is_text_on_every_page(analyst: Browser, captured: int) -> None:
    for path in PAGES:
        answer = analyst.get(path.format(capture=captured))
        assert answer.status_code == 200, path
        _inert(answer.text)


def _no_inline(text: str) -> None:
    for tag in BeautifulSoup(text, "lxml").find_all(True):
        assert tag.name != "style"
        assert tag.name != "script" or tag.get("src")
        assert not [name for name in tag.attrs if name.startswith("on") or name == "style"], tag


def _address(desk: Office, kind: str, capture: int) -> str:
    place = desk.app.extensions[EXTENSION]
    return signing.address(place, kind, capture=capture).removeprefix(CAPTURED)


def test_the_inert_page_loads_and_runs_nothing(desk: Office, captured: int) -> None:
    client = desk.captured.test_client()
    answer = client.get(_address(desk, "page", captured), base_url=CAPTURED, headers={"Sec-Fetch-Dest": "iframe"})
    assert answer.status_code == 200
    title, body = answer.text.split("</head>")[1].split("</p>", 1)
    assert "&lt;img src=x onerror=" in title and title.count("<") == 2, "the title is a line of text"
    for gone in (
        "<script",
        "<iframe",
        "<svg",
        "<video",
        "<form",
        "<img src",
        "onload",
        "onerror",
        "href",
        "evil.example",
        "style=",
    ):
        assert gone not in body, gone
    assert "应急管理部" in body
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert f"frame-ancestors {URL}" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_opened_by_itself_a_captured_page_is_plain_text(desk: Office, captured: int) -> None:
    """W2."""
    client = desk.captured.test_client()
    for kind in ("page", "source"):
        answer = client.get(_address(desk, kind, captured), base_url=CAPTURED, headers={"Sec-Fetch-Dest": "document"})
        assert answer.mimetype == "text/plain"
        assert "<script>" in answer.text
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers


def test_an_address_of_captured_material_cannot_be_made_changed_or_kept(desk: Office, captured: int) -> None:
    client = desk.captured.test_client()
    good = _address(desk, "source", captured)
    for bad in (good[:-2] + "xx", good.replace("/source/", "/page/"), "/source/1", "/picture/../../etc/passwd"):
        assert client.get(bad, base_url=CAPTURED).status_code == 404, bad
    place = desk.app.extensions[EXTENSION]
    short = place.web.model_copy(update={"limits": place.web.limits.model_copy(update={"evidence_url_seconds": -1})})
    desk.captured.extensions[EXTENSION].config = place.config.replaced("web", short)
    assert client.get(good, base_url=CAPTURED).status_code == 404


def test_the_other_origin_has_no_session(desk: Office, analyst: Browser) -> None:
    for path in ("/queue", "/login", "/today", "/static/desk.css"):
        assert desk.captured.test_client().get(path, base_url=CAPTURED).status_code == 404


def test_looking_at_evidence_is_written_down(desk: Office, analyst: Browser, captured: int) -> None:
    analyst.get(f"/cases/1/evidence/{captured}")
    (told,) = desk.told("evidence.read")
    assert (told["actor"], told["detail"]) == ("fenxi", f'{{"captures":["C-{captured:08d}"],"case":"A-000001"}}')
    # a capture of another case is not to be had by this one's number
    assert analyst.get(f"/cases/2/evidence/{captured}").status_code == 404


def test_every_answer_says_what_may_load(desk: Office, analyst: Browser, captured: int) -> None:
    """W15."""
    for path in ("/login", "/queue", "/cases/1", "/no-such-page", "/queue?sort=x", "/static/desk.js", "/account"):
        answer = analyst.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in answer.headers
        if not path.startswith("/static"):
            assert answer.headers["Cache-Control"] == "no-store"
        assert "Traceback" not in answer.text
        if answer.mimetype == "text/html":
            _no_inline(answer.text)
        answer.close()


def test_behind_tls_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    with office(tmp_path, listen={"url": "https://desk.example", "trusted_proxy": "10.0.0.5"}) as desk:
        client = desk.app.test_client()
        through = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "desk.example", "X-Forwarded-For": "192.0.2.9"}
        answer = client.get("/login", base_url="http://10.0.0.5:8600", headers=through)
        assert answer.status_code == 200
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        assert "Secure" in answer.headers["Set-Cookie"]


def test_host_and_forwarded_headers_are_not_believed(desk: Office, analyst: Browser) -> None:
    """W14: without a proxy of the office's own, an address is the peer's and a host name must be ours."""
    assert desk.app.test_client().get("/login", base_url="http://evil.example").status_code == 400
    spoofed = {"X-Forwarded-For": "203.0.113.1", "X-Forwarded-Host": "evil.example", "Forwarded": "for=203.0.113.1"}
    visitor = desk.visitor("192.0.2.8")
    assert "evil.example" not in visitor.get("/login", headers=spoofed).text
    visitor.raw_post(
        "/login", {"csrf_token": visitor.token("/login"), "username": "fenxi", "password": "x"}, headers=spoofed
    )
    assert '"address":"192.0.2.8"' in desk.told("login.failed")[-1]["detail"]


def test_what_breaks_is_told_by_number_alone(desk: Office, analyst: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret path /srv/data")

    monkeypatch.setattr("review.web.case_view.view", broken)
    answer = analyst.get("/cases/1")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert re.search(r"编号 [0-9a-f]{8}", answer.text)


def test_captures_leave_as_wacz_with_a_line_in_the_log(desk: Office, analyst: Browser, captured: int) -> None:
    answer = analyst.post("/cases/1/wacz", at="/account")
    assert answer.status_code == 200
    assert answer.data[:2] == b"PK"
    (told,) = desk.told("wacz.exported")
    assert hashlib.sha256(answer.data).hexdigest() in told["detail"]
    assert told["actor"] == "fenxi"
    answer.close()


def test_a_picture_that_would_fill_the_memory_is_not_decoded() -> None:
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    with pytest.raises(pictures.NotShown):
        pictures.encoded(bomb, 100, 100)


def test_captures_do_not_leave_when_it_cannot_be_written_down(desk: Office, analyst: Browser, captured: int) -> None:
    form = {"csrf_token": analyst.token("/account")}
    desk.break_audit()
    answer = analyst.raw_post("/cases/1/wacz", form)
    assert answer.status_code == 500 and str(desk.data) not in answer.text


def test_all_captures_leave_not_only_those_shown(
    desk: Office, analyst: Browser, captured: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (second,) = desk.keep(page(task(), exchange()))
    assert second is not None
    case_id = desk.case(7, capture_ids=(captured, second))
    monkeypatch.setattr("review.web.case_view.MAX_CAPTURES", 1)
    with analyst.post(f"/cases/{case_id}/wacz", at="/account") as answer:
        assert answer.status_code == 200
    assert json.loads(desk.told("wacz.exported")[0]["detail"])["captures"] == [captured, second]

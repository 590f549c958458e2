"""What a browser tells of its traffic, spoilt: events without fields, of other kinds, huge, twice, in any order."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.async_api import Error

from crawlers.browser import _certificates, _tls
from crawlers.doorline import site_alone
from crawlers.screenshots import full_page
from crawlers.traffic import ODD, Traffic
from tests.hostile.mutating import changed
from tests.hostile.test_outside import can_be_kept

SEEDS, MANY = 300, 20_000
URL, SCRIPT = "http://a.test/", "http://a.test/a.js"
PAGE = base64.b64encode("<title>证书查询</title>".encode()).decode()


def asked(number: str, url: str, kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
    request = {"url": url, "method": "GET", "headers": {"Referer": "http://b.test/"}}
    told = {"requestId": number, "request": request, "wallTime": 1764000000.5, "type": kind, "frameId": "F"}
    return "Network.requestWillBeSent", {**told, **more}


def answer(status: int) -> dict[str, Any]:
    headers = {"Content-Type": "text/html", "Set-Cookie": "a=1\nb=2", ":status": "200"}
    security = {"protocol": "TLS 1.3", "validFrom": 1764000000, "validTo": 1795536000, "subjectName": "a.test"}
    named = {"statusText": "OK", "mimeType": "text/html", "protocol": "h2", "securityDetails": security}
    return {"status": status, "headers": headers, **named}


def of(number: str, url: str, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of one request that was answered."""
    text = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
    length = [{"name": "Content-Length", "value": "12"}]
    paused = {"requestId": f"paused-{number}", "networkId": number, "responseStatusCode": 200}
    return [
        asked(number, url, kind),
        ("Network.requestWillBeSentExtraInfo", {"requestId": number, "headers": {"Host": "a.test", "Accept": "*/*"}}),
        ("Network.responseReceivedExtraInfo", {"requestId": number, "headers": {"a": "b"}, "headersText": text}),
        ("Fetch.requestPaused", {**paused, "responseHeaders": length}),
        ("Network.responseReceived", {"requestId": number, "type": kind, "response": answer(200)}),
        ("Network.loadingFinished", {"requestId": number, "encodedDataLength": 900}),
    ]


GOOD = [
    asked("1", "http://old.test/", "Document"),
    asked("1", URL, "Document", redirectResponse=answer(302)),
    *of("1", URL, "Document")[1:],
    *of("2", SCRIPT, "Script"),
    ("Network.requestWillBeSent", {**asked("3", "http://a.test/x", "XHR")[1]}),
    ("Network.loadingFailed", {"requestId": "3", "errorText": "net::ERR_FAILED"}),
    ("Network.webSocketCreated", {"requestId": "4", "url": "ws://a.test/"}),
]


class Session:
    """A DevTools session that answers every order alike; `Error` when `reply` is one."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply
        self.heard: dict[str, Callable[[Any], None]] = {}
        self.ordered: list[str] = []

    def on(self, name: str, take: Callable[[Any], None]) -> None:
        self.heard[name] = take

    async def send(self, method: str, _: Any = None) -> Any:
        self.ordered.append(method)
        if isinstance(self.reply, Error):
            raise self.reply
        return self.reply


async def told(events: list[tuple[str, Any]], reply: Any) -> Traffic:
    """Traffic to which a browser told these events, all questions about it asked."""
    session: Any = Session({"body": PAGE, "base64Encoded": True})
    traffic = Traffic(session)
    await traffic.begin()
    session.reply = reply
    for name, event in events:
        session.heard[name](event)
        await asyncio.sleep(0)
    await traffic.bodies(5)
    chain = traffic.pages(URL)
    kept = [site_alone(one) for one in (*chain, *traffic.resources(chain))]
    last = traffic.last_document()
    assert can_be_kept([[vars_of(one) for one in kept], traffic.log(), vars_of(last) if last else ""])
    json.dumps(traffic.log(), ensure_ascii=False).encode()
    assert all(type(one.status) is int and isinstance(one.body, bytes) for one in kept)
    assert traffic.rested_seconds >= 0 and can_be_kept(sorted(traffic.urls))
    with suppress(*ODD):  # a part of the evidence that does not come, as `_Seen._part` has it
        _tls(traffic.security(URL))
    paused = sum(name == "Fetch.requestPaused" for name, event in events)
    assert session.ordered.count("Fetch.continueRequest") + traffic.odd_events >= min(paused, 1)
    return traffic


def vars_of(one: Any) -> list[Any]:
    return [one.url, one.method, one.reason, list(one.request_headers), list(one.response_headers), one.fetched_at]


def test_what_is_told_in_order_is_read() -> None:
    traffic = asyncio.run(told(GOOD, {"body": PAGE, "base64Encoded": True}))
    chain = traffic.pages(URL)
    assert [(one.url, one.status) for one in chain] == [("http://old.test/", 302), (URL, 200)]
    assert chain[1].body.decode() == "<title>证书查询</title>"
    assert [one.url for one in traffic.resources(chain)] == [SCRIPT]
    assert traffic.odd_events == 0
    assert {row["url"]: row.get("failure") for row in traffic.log()}["http://a.test/x"] == "net::ERR_FAILED"


@pytest.mark.parametrize("seeds", [SEEDS, pytest.param(MANY, marks=pytest.mark.long)])
def test_whatever_a_browser_tells_the_rest_is_read(seeds: int) -> None:
    async def all_of_them() -> int:
        odd = 0
        for seed in range(seeds):
            dice = random.Random(seed)
            events: list[tuple[str, Any]] = []
            for name, event in GOOD:
                events += [(name, changed(event, dice) if dice.random() < 0.2 else event)] * dice.choice(
                    (0, 1, 1, 1, 2)
                )
            if dice.random() < 0.3:
                dice.shuffle(events)
            good = {"body": PAGE, "base64Encoded": True}
            reply = dice.choice((good, changed(good, dice), Error("gone"), None, []))
            odd += (await told(events, reply)).odd_events
        return odd

    assert asyncio.run(all_of_them()) > seeds / 10


@pytest.mark.parametrize("seeds", [SEEDS, pytest.param(MANY, marks=pytest.mark.long)])
def test_a_picture_or_certificate_that_is_none_is_a_part_that_does_not_come(seeds: int) -> None:
    good = {"cssContentSize": {"width": 1280, "height": 9}, "data": PAGE, "tableNames": [PAGE]}

    class Page:
        url = "https://a.test/"

    for seed in range(seeds):
        session: Any = Session(changed(good, random.Random(seed)))
        place: Any = Page()
        for work in (
            full_page(session, width=1280, height=800, max_height_px=12_000),
            _certificates(session, place, Traffic(session)),
        ):
            with suppress(*ODD):
                asyncio.run(work)  # type: ignore[arg-type]

"""What one page of a browser sends and receives, taken from the DevTools protocol while it happens.

Documents, scripts, styles and data are held for a moment when their body has come (domain Fetch), because that body is
exact; what the domain Network gives of text is decoded and encoded again. Bodies come without their Content-Encoding:
the headers that speak of it are renamed, and the head as received is kept beside.
"""

from __future__ import annotations

import asyncio
import base64
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crawlers.clock import iso, utc_now
from crawlers.records import Exchange
from crawlers.values import keepable

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

MAX_EXCHANGES = 400
MAX_PAGES = 12
MAX_BODY_BYTES = 8 << 20
MAX_BODIES_BYTES = 48 << 20
"""All bodies of one page together."""
MAX_LOGGED = 1000
BUFFER_BYTES = 64 << 20
ODD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What is raised by an answer or event of another shape than the protocol's; a page may have a hand in them."""
_EXACT = ("Document", "Script", "Stylesheet", "XHR", "Fetch")
_ABOUT_ENCODING = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_REDIRECTS = range(300, 400)
_HIGHEST_STATUS = 999
_SECRET = "proxy-authorization"  # noqa: S105 - the name of a header


@dataclass(slots=True)
class Leg:
    """One request of a chain of redirects and, once it came, its response."""

    url: str
    method: str
    kind: str
    sent: dict[str, str]
    at: str
    frame: str = ""
    response: Mapping[str, Any] | None = None
    received: Mapping[str, Any] | None = None
    """`responseReceivedExtraInfo`: headers as on the wire."""
    sent_exactly: Mapping[str, str] | None = None
    body: bytes | None = None
    held: bool = False
    """Its exact body was taken, or is being taken."""
    failure: str = ""
    encoded_bytes: int = 0


@dataclass
class Traffic:
    """Everything between `begin` and `bodies`; `rested_seconds` tells when a page has come to rest."""

    session: CDPSession
    legs: dict[str, list[Leg]] = field(default_factory=dict)
    """By request id, redirects first; never empty."""
    in_flight: set[str] = field(default_factory=set)
    last_change: float = 0.0
    sockets: list[str] = field(default_factory=list)
    odd_events: int = 0
    """Events of another shape than the protocol's, passed over."""
    _room_bytes: int = MAX_BODIES_BYTES
    _jobs: set[asyncio.Task[None]] = field(default_factory=set)
    _times: Counter[str] = field(default_factory=Counter)

    async def begin(self) -> None:
        on = self._on
        on("Network.requestWillBeSent", self._sent)
        on("Network.requestWillBeSentExtraInfo", self._sent_exactly)
        on("Network.responseReceived", self._answered)
        on("Network.responseReceivedExtraInfo", self._received_exactly)
        on("Network.loadingFinished", self._finished)
        on("Network.loadingFailed", self._failed)
        on("Network.webSocketCreated", self._socket)
        on("Fetch.requestPaused", self._paused)
        limits = {"maxTotalBufferSize": BUFFER_BYTES, "maxResourceBufferSize": MAX_BODY_BYTES}
        patterns = [{"urlPattern": "http*", "resourceType": kind, "requestStage": "Response"} for kind in _EXACT]
        await asyncio.gather(
            self.session.send("Network.enable", limits), self.session.send("Fetch.enable", {"patterns": patterns})
        )

    def _on(self, name: str, take: Callable[[dict[str, Any]], None]) -> None:
        def heard(event: dict[str, Any]) -> None:
            try:
                take(keepable(event))
            except ODD:
                self.odd_events += 1

        self.session.on(name, heard)

    async def bodies(self, seconds: float) -> None:
        """Wait for bodies that are on their way from the browser to us; one that never ends is not waited for."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._jobs and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._jobs, timeout=left)
        for job in self._jobs:
            job.cancel()

    @property
    def rested_seconds(self) -> float:
        """How long nothing new was asked for, and nothing is under way that was asked for the first time."""
        under_way = {leg.url for number in self.in_flight for leg in self.legs[number][-1:]}
        once = any(self._times[url] == 1 for url in under_way)
        return 0.0 if once else asyncio.get_running_loop().time() - self.last_change

    @property
    def urls(self) -> frozenset[str]:
        return frozenset(leg.url for legs in self.legs.values() for leg in legs)

    def pages(self, url: str) -> tuple[Exchange, ...]:
        """Redirects and pages that the main frame went through, in order, up to the last that stood at `url`.

        A page that changed its address without a request is the last one loaded.
        """
        main = self._main_frame()
        loads = [legs for legs in self.legs.values() if legs[0].kind == "Document" and legs[0].frame == main]
        found = [list(_exchanges(legs)) for legs in loads]
        whole = [legs for legs in found if legs and legs[-1].status not in _REDIRECTS]
        here = [number for number, legs in enumerate(whole, 1) if legs[-1].url == url.partition("#")[0]]
        chain = [one for legs in whole[: here[-1] if here else len(whole)] for one in legs]
        return tuple(chain[-MAX_PAGES:])

    def _main_frame(self) -> str:
        return next((legs[0].frame for legs in self.legs.values() if legs[0].kind == "Document"), "")

    def security(self, url: str) -> Mapping[str, Any]:
        """`securityDetails` of the newest response at an address."""
        legs = [leg for legs in self.legs.values() for leg in legs if leg.url == url.partition("#")[0] and leg.response]
        return (legs[-1].response or {}).get("securityDetails", {}) if legs else {}

    def resources(self, chain: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
        """Everything else that was answered over http, the same answer once; the first `MAX_EXCHANGES`."""
        seen = {(one.url, one.method, one.status, hash(one.body)) for one in chain}
        others: list[Exchange] = []
        for one in (one for legs in self.legs.values() for one in _exchanges(legs)):
            key = (one.url, one.method, one.status, hash(one.body))
            if key not in seen and one.url.startswith("http"):
                seen.add(key)
                others.append(one)
        return tuple(others[:MAX_EXCHANGES])

    def log(self) -> list[dict[str, Any]]:
        """Every request with what became of it, the first `MAX_LOGGED`; WebSockets by their address."""
        rows = [_logged(leg) for legs in self.legs.values() for leg in legs]
        return [*rows, *({"url": url, "type": "WebSocket"} for url in self.sockets)][:MAX_LOGGED]

    def last_document(self) -> Exchange | None:
        """The last answer to a document request, whatever it was; without its body."""
        documents = [leg for legs in self.legs.values() for leg in legs if leg.kind == "Document" and leg.response]
        return _exchange(documents[-1], documents[-1].response or {}) if documents else None

    # what the browser tells

    def _sent(self, event: dict[str, Any]) -> None:
        leg, number = _asked(event), str(event["requestId"])
        legs = self.legs.get(number, [])
        if legs and "redirectResponse" in event:
            legs[-1].response = _response(event["redirectResponse"])
        self.legs[number] = [*legs, leg]
        if leg.kind != "Document" or leg.frame == self._main_frame():  # a frame elsewhere tells of its end elsewhere
            self.in_flight.add(number)
        self._times[leg.url] += 1
        if self._times[leg.url] == 1:  # who asks the same again and again is at rest
            self.last_change = asyncio.get_running_loop().time()

    def _sent_exactly(self, event: dict[str, Any]) -> None:
        for leg in self._known(event):
            if leg.sent_exactly is None:
                leg.sent_exactly = dict(event["headers"])
                return

    def _answered(self, event: dict[str, Any]) -> None:
        for leg in self._known(event)[-1:]:
            leg.response, leg.kind = _response(event["response"]), str(event.get("type", leg.kind))

    def _received_exactly(self, event: dict[str, Any]) -> None:
        """They come in the order of the chain, sometimes before the response they belong to."""
        for leg in self._known(event):
            if leg.received is None:
                leg.received = {"headers": dict(event["headers"]), "headersText": str(event.get("headersText", ""))}
                return

    def _finished(self, event: dict[str, Any]) -> None:
        number = str(event["requestId"])
        self.in_flight.discard(number)
        for leg in self._known(event)[-1:]:
            leg.encoded_bytes = int(event.get("encodedDataLength", 0))
            if leg.body is None and not leg.held:
                self._job(self._fetch_body(number, leg))

    def _failed(self, event: dict[str, Any]) -> None:
        self.in_flight.discard(str(event["requestId"]))
        for leg in self._known(event)[-1:]:
            leg.failure = str(event.get("blockedReason") or event.get("errorText", "failed"))

    def _socket(self, event: dict[str, Any]) -> None:
        if len(self.sockets) < MAX_LOGGED:
            self.sockets.append(str(event["url"]))

    def _known(self, event: Mapping[str, Any]) -> list[Leg]:
        return self.legs.get(str(event["requestId"]), [])

    def _job(self, work: Coroutine[Any, Any, None]) -> None:
        job = asyncio.ensure_future(work)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    def _paused(self, event: dict[str, Any]) -> None:
        self._job(self._hold(str(event["requestId"]), event))

    async def _hold(self, number: str, event: dict[str, Any]) -> None:
        """Take the exact body of a response that waits, and let it go on, whatever happens."""
        from playwright.async_api import Error

        legs = self.legs.get(str(event.get("networkId", "")), [])
        leg = legs[-1] if legs else Leg("", "", "", {}, "")
        try:
            leg.held = _has_body(event)
            if leg.held:
                leg.body = self._kept(await self.session.send("Fetch.getResponseBody", {"requestId": number}))
        except (Error, *ODD):
            leg.held = False  # the body did not come whole: perhaps the browser has it in the end
        try:
            await self.session.send("Fetch.continueRequest", {"requestId": number})
        except Error:
            return

    async def _fetch_body(self, number: str, leg: Leg) -> None:
        from playwright.async_api import Error

        try:
            leg.body = self._kept(await self.session.send("Network.getResponseBody", {"requestId": number}))
        except (Error, *ODD):
            return  # thrown away by the browser: too large, or the page has gone

    def _kept(self, answer: Mapping[str, Any]) -> bytes | None:
        body = base64.b64decode(answer["body"]) if answer["base64Encoded"] else str(answer["body"]).encode()
        if len(body) > MAX_BODY_BYTES or len(body) > self._room_bytes:
            return None
        self._room_bytes -= len(body)
        return body


def _asked(event: Mapping[str, Any]) -> Leg:
    """The leg that a `requestWillBeSent` begins."""
    asked = event["request"]
    at = iso(datetime.fromtimestamp(event["wallTime"], UTC)) if "wallTime" in event else utc_now()
    kind, frame = str(event.get("type", "")), str(event.get("frameId", ""))
    return Leg(str(asked["url"]), str(asked["method"]), kind, dict(asked["headers"]), at, frame)


def _response(told: Mapping[str, Any]) -> dict[str, Any]:
    """A response of the protocol, its required fields of their kinds. Raises one of `ODD`."""
    status, headers, security = int(told["status"]), dict(told["headers"]), told.get("securityDetails", {})
    if not 0 <= status <= _HIGHEST_STATUS or not isinstance(security, Mapping):
        raise ValueError("no response")
    return {**told, "status": status, "headers": headers}


def _has_body(event: Mapping[str, Any]) -> bool:
    """Whether a body is worth taking: there is one, and it does not say that it is too long."""
    lengths = [one["value"] for one in event.get("responseHeaders", ()) if one["name"].lower() == "content-length"]
    too_long = any(length.isdecimal() and float(length) > MAX_BODY_BYTES for length in lengths)
    return not too_long and event.get("responseStatusCode", 0) not in _REDIRECTS and "responseErrorReason" not in event


def _exchanges(legs: list[Leg]) -> Iterator[Exchange]:
    """Answered legs as exchanges; of a body that was not kept there is no record, the log names it."""
    for leg in legs:
        redirected = leg.response is not None and leg.response["status"] in _REDIRECTS
        if leg.response is not None and (leg.body is not None or redirected):
            yield _exchange(leg, leg.response)


def _exchange(leg: Leg, response: Mapping[str, Any]) -> Exchange:
    received = leg.received or {}
    head = str(received.get("headersText", ""))
    lines = _lines(head) if head else _pairs(received.get("headers") or response["headers"])
    return Exchange(
        url=leg.url,
        status=response["status"],
        reason=str(response.get("statusText", "")),
        method=leg.method,
        request_headers=tuple(
            (name, value) for name, value in _pairs(leg.sent_exactly or leg.sent) if name.lower() != _SECRET
        ),
        response_headers=tuple((kept_name(name), value) for name, value in lines),
        body=leg.body or b"",
        fetched_at=leg.at or utc_now(),
        raw_head=head.encode("latin-1", "replace"),
    )


def _pairs(headers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Lines of one name come joined by line breaks; names of HTTP/2's own are no headers."""
    return [
        (name, value)
        for name, values in headers.items()
        if not name.startswith(":")
        for value in str(values).split("\n")
    ]


def _lines(head: str) -> list[tuple[str, str]]:
    split = (line.partition(":") for line in head.splitlines()[1:])
    return [(name.strip(), value.strip()) for name, colon, value in split if colon]


def kept_name(name: str) -> str:
    """What speaks of an encoding that the body no longer has is renamed, as pywb does."""
    return f"X-Archive-Orig-{name}" if name.lower() in _ABOUT_ENCODING else name


def _logged(leg: Leg) -> dict[str, Any]:
    response = leg.response or {}
    row: dict[str, Any] = {"url": leg.url, "method": leg.method, "type": leg.kind, "at": leg.at}
    if leg.response is not None:
        row |= {"status": response["status"], "mime": response.get("mimeType", "")}
        row |= {"protocol": response.get("protocol", ""), "encoded_bytes": leg.encoded_bytes}
        row |= {"body_kept": leg.body is not None}
        if response.get("fromDiskCache") or response.get("fromServiceWorker"):
            row["from_cache"] = True
    if leg.failure:
        row["failure"] = leg.failure
    return row

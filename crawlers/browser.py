"""One page in a real Chromium: what it shows, its DOM, its own traffic, its certificate, and how that came about.

Never decides what to capture and never talks to the network but through the door.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from crawlers.apart import call
from crawlers.clock import utc_now
from crawlers.doorline import door_verdict, site_alone
from crawlers.records import Exchange, FetchProfile
from crawlers.screenshots import Picture, full_page, wake
from crawlers.steps import Step, show_form_filled, step
from crawlers.traffic import ODD, Traffic, kept_name
from crawlers.values import keepable_text

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, CDPSession, Dialog, Page, Response

T = TypeVar("T")

LOAD_SHARE = 0.5
"""Of a page's time: how long it may load before what is there is kept, flagged `load_unfinished`."""
QUIET_MS = 120
SETTLE_MAX_MS = 3_000
LITTLE_TEXT_CHARS = 200
"""A page with less text may be about to fetch it: its network must rest four times as long."""
WAKE_MAX_MS = 2_000
PICTURE_WAIT_MS = 15_000
PART_WAIT_MS = 10_000
"""For DOM, MHTML, certificate and bodies, each; what does not come in time is flagged."""
MAX_DOM_BYTES = 16 << 20
MAX_MHTML_BYTES = 32 << 20
CONSOLE_LINES = 200
CONSOLE_LINE_CHARS = 500
_QUIET = """([quiet, most]) => new Promise(done => {
  const shown = () => (document.body && document.body.innerText || '').trim().length  // `body` may be a form's name
  const end = () => done(shown())
  let timer = setTimeout(end, quiet)
  const seen = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(end, quiet) })
  seen.observe(document, { subtree: true, childList: true, characterData: true })
  setTimeout(end, most)
})"""
"""Resolves to the number of characters shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the browser presents itself."""

    profile: FetchProfile
    user_agent: str
    accept_language: str
    width: int
    height: int
    referrer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Everything one visit left; `error` is set, and the rest empty, when no page came."""

    exchanges: tuple[Exchange, ...] = ()
    """What led to the page, redirects and pages that scripts left again, then the page."""
    resources: tuple[Exchange, ...] = ()
    screenshot: bytes = b""
    dom: bytes = b""
    mhtml: bytes = b""
    title: str = ""
    console: tuple[str, ...] = ()
    network: tuple[Mapping[str, Any], ...] = ()
    certificates: tuple[bytes, ...] = ()
    """DER, leaf first."""
    tls: Mapping[str, Any] | None = None
    """Protocol, cipher and validity of the page's own connection."""
    steps: tuple[Step, ...] = ()
    environment: Mapping[str, Any] | None = None
    flags: tuple[str, ...] = ()
    verdict: str = ""
    """The door's word instead of a page, as `refused:private_address`."""
    error: str = ""

    @property
    def final_url(self) -> str:
        """Where the page stood at the end, scripts' moves included."""
        return str((self.environment or {}).get("final_url") or self.exchanges[-1].url)


async def visit(
    browser: Browser, url: str, look: Look, *, max_height_px: int, timeout_seconds: float, fill_form: bool = False
) -> Shot:
    """Open `url` in a fresh context and keep what it is. Never raises for what a page does.

    `fill_form`: show its query form filled in, too (`steps.py`); never ask for it on an official site.
    """
    from playwright.async_api import Error

    try:
        async with await _context(browser, look) as context:
            seen = _Seen(context, url, look, max_height_px, timeout_seconds)
            return await asyncio.wait_for(seen.shot(fill_form), timeout_seconds)
    except Error as error:
        return Shot(error=_kind(str(error)))
    except TimeoutError:
        return Shot(error="timeout")
    except ODD:
        return Shot(error="odd_answer")


async def _context(browser: Browser, look: Look) -> BrowserContext:
    return await browser.new_context(
        user_agent=look.user_agent,
        viewport={"width": look.width, "height": look.height},
        is_mobile=look.profile is FetchProfile.PHONE,
        has_touch=look.profile is FetchProfile.PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        ignore_https_errors=True,
        accept_downloads=False,
        service_workers="block",
        extra_http_headers={"Accept-Language": look.accept_language},
    )


def _kind(message: str) -> str:
    """`net::ERR_NAME_NOT_RESOLVED at …` becomes `name_not_resolved`."""
    if "Download is starting" in message:
        return "download"
    _, found, rest = message.partition("net::ERR_")
    return rest.split(maxsplit=1)[0].lower() if found else "browser"


@dataclass
class _Seen:
    """One page while it is looked at. (No slots: Playwright marks the listeners on it.)"""

    context: BrowserContext
    url: str
    look: Look
    max_height_px: int
    timeout_seconds: float
    console: list[str] = field(default_factory=list)
    elsewhere: list[Response] = field(default_factory=list)
    """Responses Playwright knows of, frames in processes of their own included."""
    flags: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    async def shot(self, fill_form: bool) -> Shot:
        started, clock = utc_now(), (time.time(), time.monotonic())
        page = await self.context.new_page()
        session = await self.context.new_cdp_session(page)
        traffic = Traffic(session)
        await traffic.begin()
        self._listen(page)
        error = await self._open(page, traffic)
        if error:
            return Shot(error=error, verdict=_refusal(traffic))
        await self._settle(session, traffic)
        picture, dom, mhtml, (certificates, tls), title = await asyncio.gather(
            self._picture(session),
            self._part("no_dom", page.content(), ""),
            self._part("no_mhtml", _mhtml(session), b""),
            self._part("no_certificate", _certificates(session, page, traffic), ((), None)),
            self._part("no_title", page.title(), ""),
        )
        await traffic.bodies(PART_WAIT_MS / 1000)
        chain = traffic.pages(page.url)
        if not chain:
            return Shot(error="no_response", verdict=_refusal(traffic))
        resources = [*traffic.resources(chain), *await self._frames(traffic)]
        environment = self._environment(page, started, clock, picture)
        network = traffic.log()
        if fill_form:
            self.steps += await self._part("form_failed", show_form_filled(session, page), [])
        return Shot(
            exchanges=tuple(map(site_alone, chain)),
            resources=tuple(site_alone(one) for one in resources if not door_verdict(one)),
            screenshot=picture.png,
            dom=self._capped(keepable_text(dom), MAX_DOM_BYTES, "dom_truncated"),
            mhtml=mhtml if len(mhtml) <= MAX_MHTML_BYTES else b"",
            title=keepable_text(title),
            console=tuple(self.console[:CONSOLE_LINES]),
            network=tuple(network),
            certificates=certificates,
            tls=tls,
            steps=tuple(self.steps),
            environment=environment,
            flags=(*picture.flags, *self.flags),
        )

    def _listen(self, page: Page) -> None:
        page.on("console", lambda message: self._say(message.type, message.text))
        page.on("pageerror", lambda error: self._say("error", str(error)))
        page.on("response", lambda response: self.elsewhere.append(response))  # a builtin cannot be marked
        page.on("dialog", self._dialog)
        page.on("popup", self._popup)

    def _say(self, kind: str, text: str) -> None:
        if len(self.console) < CONSOLE_LINES:
            self.console.append(keepable_text(f"{kind}: {text}"[:CONSOLE_LINE_CHARS]))

    async def _dialog(self, dialog: Dialog) -> None:
        """What a page says in a dialog is part of what it shows."""
        self._say(f"dialog {dialog.type}", dialog.message)
        await dialog.dismiss()

    async def _popup(self, popup: Page) -> None:
        self._say("popup", popup.url)
        await popup.close()

    async def _open(self, page: Page, traffic: Traffic) -> str:
        """Why no page came; empty when one did, if only in part."""
        from playwright.async_api import Error
        from playwright.async_api import TimeoutError as TooLong

        most_ms = self.timeout_seconds * LOAD_SHARE * 1000
        try:
            await page.goto(self.url, wait_until="load", referer=self.look.referrer or None, timeout=most_ms)
        except TooLong:
            if not traffic.pages(page.url):
                return "timeout"
            self.flags.append("load_unfinished")
        except Error as error:
            return _kind(str(error))
        self.steps.append(step("open", url=self.url, referrer=self.look.referrer, arrived_at=page.url))
        return ""

    async def _settle(self, session: CDPSession, traffic: Traffic) -> None:
        """Wait until DOM and network rest for a moment, but never longer than `SETTLE_MAX_MS`: a page may poll for
        ever. Then let pictures load that only come into view by scrolling."""
        loop = asyncio.get_running_loop()
        end = loop.time() + SETTLE_MAX_MS / 1000
        shown = await self._part("never_quiet", call(session, _QUIET, [QUIET_MS, SETTLE_MAX_MS]), 0)
        rest = (QUIET_MS if shown >= LITTLE_TEXT_CHARS else 4 * QUIET_MS) / 1000
        at_rest = 0.0
        while loop.time() < end and (at_rest := traffic.rested_seconds) < rest:
            await asyncio.sleep(rest / 3)
        self.steps.append(step("wait", network_at_rest=at_rest >= rest))
        if await self._part("never_quiet", wake(session, WAKE_MAX_MS), False):
            self.steps.append(step("scroll", whole_page=True))

    async def _picture(self, session: CDPSession) -> Picture:
        """A page that cannot be pictured is kept without: `no_screenshot`."""
        look, none = self.look, Picture(b"", (0, 0), (0, 0))
        work = full_page(session, width=look.width, height=look.height, max_height_px=self.max_height_px)
        picture = await self._part("no_screenshot", work, none, PICTURE_WAIT_MS)
        if picture.png:
            self.steps.append(
                step("picture", picture.png, page_px=list(picture.page_px), picture_px=list(picture.picture_px))
            )
        return picture

    async def _part(self, flag: str, work: Awaitable[T], otherwise: T, most_ms: float = PART_WAIT_MS) -> T:
        """One part of the evidence; a page that keeps it from coming loses that part, not the others."""
        from playwright.async_api import Error

        try:
            return await asyncio.wait_for(work, most_ms / 1000)
        except (Error, TimeoutError, *ODD):
            if flag not in self.flags:
                self.flags.append(flag)
            return otherwise

    def _capped(self, text: str, most: int, flag: str) -> bytes:
        """In UTF-8, cut between two characters."""
        data = text.encode()
        if len(data) <= most:
            return data
        self.flags.append(flag)
        return data[:most].decode("utf-8", "ignore").encode()

    async def _frames(self, traffic: Traffic) -> list[Exchange]:
        """Responses of frames in processes of their own; their text was decoded and encoded again."""
        unknown = [one for one in self.elsewhere if one.url not in traffic.urls and one.url.startswith("http")]
        found = await asyncio.gather(*(_exchange(one) for one in unknown))
        return [one for one in found if one is not None]

    def _environment(self, page: Page, started: str, clock: tuple[float, float], picture: Picture) -> dict[str, Any]:
        browser = self.context.browser
        drift = (time.time() - clock[0]) - (time.monotonic() - clock[1])
        return {
            "browser": f"Chromium {browser.version}" if browser else "Chromium",
            "profile": self.look.profile.value,
            "user_agent": self.look.user_agent,
            "accept_language": self.look.accept_language,
            "viewport": [self.look.width, self.look.height],
            "page_px": list(picture.page_px),
            "picture_px": list(picture.picture_px),
            "locale": "zh-CN",
            "timezone": "Asia/Shanghai",
            "referrer": self.look.referrer,
            "started_at": started,
            "finished_at": utc_now(),
            "clock_moved_ms": round(drift * 1000),
            "final_url": page.url,
        }


def _refusal(traffic: Traffic) -> str:
    """The door's word, when that was the page's last answer: Chromium shows an error page for an empty 403 or 502."""
    last = traffic.last_document()
    return door_verdict(last) if last else ""


async def _exchange(response: Response) -> Exchange | None:
    from playwright.async_api import Error

    try:
        body = b"" if 300 <= response.status < 400 else await response.body()
        received = await response.headers_array()
        sent = await response.request.headers_array()
    except Error:
        return None
    return Exchange(
        url=response.url,
        status=response.status,
        reason=response.status_text,
        method=response.request.method,
        request_headers=tuple((h["name"], h["value"]) for h in sent if h["name"].lower() != "proxy-authorization"),
        response_headers=tuple((kept_name(h["name"]), h["value"]) for h in received),
        body=body,
        fetched_at=utc_now(),
    )


async def _mhtml(session: CDPSession) -> bytes:
    snapshot = await session.send("Page.captureSnapshot", {"format": "mhtml"})
    return str(snapshot["data"]).encode()


async def _certificates(
    session: CDPSession, page: Page, traffic: Traffic
) -> tuple[tuple[bytes, ...], Mapping[str, Any] | None]:
    if not page.url.startswith("https:"):
        return (), None
    origin = "/".join(page.url.split("/", 3)[:3])
    answer = await session.send("Network.getCertificate", {"origin": origin})
    chain = tuple(base64.b64decode(entry) for entry in answer.get("tableNames", []))
    return chain, _tls(traffic.security(page.url))


def _tls(details: Mapping[str, Any]) -> dict[str, Any]:
    """What the connection of the page agreed on; times in UTC."""
    named = ("protocol", "keyExchangeGroup", "cipher", "subjectName", "issuer", "sanList")
    told = {name: details[name] for name in named if name in details}
    for name in ("validFrom", "validTo"):
        if name in details:
            told[name] = datetime.fromtimestamp(details[name], UTC).isoformat().replace("+00:00", "Z")
    return told

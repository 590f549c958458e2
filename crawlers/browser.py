"""One page in a real Chromium: what it shows, its DOM, its own traffic, its certificate.

Never decides what to capture and never talks to the network but through the door.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawlers.doorway import PEER_HEADER, VERDICT_HEADER
from crawlers.records import CrawlError, Exchange, FetchProfile

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, Request, Response

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome")
MAC_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    # a name is never looked up but by the door, and no datagram goes round it
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
MAX_RESOURCES = 200
MAX_RESOURCE_BYTES = 8 * 1024 * 1024
IDLE_WAIT_MS = 3_000
PICTURE_WAIT_MS = 15_000
MAX_WIDTH_PX = 2_560
CONSOLE_LINES = 200


class NoBrowser(CrawlError):
    """No Chromium can be had on this machine; the message says what is missing."""


def find_executable(configured: str = "") -> Path | None:
    """The configured Chromium, else one that is installed, else Playwright's own download; None when there is none."""
    if configured:
        return Path(configured) if os.access(configured, os.X_OK) else None
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    for application in MAC_APPLICATIONS:
        if os.access(application, os.X_OK):
            return Path(application)
    return _playwright_download()


def _playwright_download() -> Path | None:
    root = Path(
        os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
        or Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    )
    pattern = "chromium-*/chrome-*/**/Chromium" if sys.platform == "darwin" else "chromium-*/chrome-*/chrome"
    return max(root.glob(pattern), default=None)


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
    resources: tuple[Exchange, ...] = ()
    screenshot: bytes = b""
    dom: bytes = b""
    mhtml: bytes = b""
    title: str = ""
    console: tuple[str, ...] = ()
    certificates: tuple[bytes, ...] = ()
    """DER, leaf first."""
    environment: Mapping[str, Any] | None = None
    flags: tuple[str, ...] = ()
    verdict: str = ""
    """The door's word instead of a page, as `refused:private_address`."""
    error: str = ""

    @property
    def final_url(self) -> str:
        """Where the page stood at the end, scripts' moves included."""
        return str((self.environment or {}).get("final_url") or self.exchanges[-1].url)


@asynccontextmanager
async def launched(executable: Path, proxy: str, key: tuple[str, str]) -> AsyncIterator[Browser]:
    """A fresh headless Chromium whose every connection goes through the door at `proxy`. Raises NoBrowser."""
    try:
        from playwright.async_api import Error, async_playwright
    except ImportError as error:
        raise NoBrowser(f"{error}: install the extra `browser` of this program") from error
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=executable,
                args=list(ARGUMENTS),
                proxy={"server": proxy, "username": key[0], "password": key[1]},
            )
        except Error as error:
            raise NoBrowser(f"{executable} cannot be started: {str(error)[:500]}") from error
        try:
            yield browser
        finally:
            await browser.close()


async def visit(browser: Browser, url: str, look: Look, *, max_height_px: int, timeout_seconds: float) -> Shot:
    """Open `url` in a fresh context and keep what it is. Never raises for what a page does."""
    from playwright.async_api import Error

    try:
        async with await _context(browser, look) as context:
            context.set_default_timeout(timeout_seconds * 1000)
            return await asyncio.wait_for(_look_at(context, url, look, max_height_px), timeout_seconds)
    except Error as error:
        return Shot(error=_kind(str(error)))
    except TimeoutError:
        return Shot(error="timeout")


async def _context(browser: Browser, look: Look) -> BrowserContext:
    return await browser.new_context(
        user_agent=look.user_agent,
        viewport={"width": look.width, "height": look.height},
        is_mobile=look.profile is FetchProfile.PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        ignore_https_errors=True,
        accept_downloads=False,
        service_workers="block",
        extra_http_headers={"Accept-Language": look.accept_language},
    )


def _kind(message: str) -> str:
    """`net::ERR_NAME_NOT_RESOLVED at …` becomes `name_not_resolved`."""
    _, found, rest = message.partition("net::ERR_")
    return rest.split(maxsplit=1)[0].lower() if found else "browser"


async def _look_at(context: BrowserContext, url: str, look: Look, max_height_px: int) -> Shot:
    from playwright.async_api import Error

    page = await context.new_page()
    responses: list[Response] = []
    console: list[str] = []
    page.on("response", lambda response: responses.append(response))  # a builtin cannot be marked
    page.on("console", lambda message: console.append(f"{message.type}: {message.text}"[:500]))
    started = _now()
    try:
        response = await page.goto(url, wait_until="load", referer=look.referrer or None)
    except Error as error:
        return Shot(error=_kind(str(error)), verdict=await _refusal(responses))
    if response is None:
        return Shot(error="no_response")
    await _settle(page)
    chain = await _chain(response, started)
    screenshot, flags = await _picture(page, look, max_height_px)
    return Shot(
        exchanges=tuple(map(site_alone, chain)),
        resources=await _resources(responses, response.request, started),
        screenshot=screenshot,
        dom=(await page.content()).encode(),
        mhtml=await _mhtml(page),
        title=await page.title(),
        console=tuple(console[:CONSOLE_LINES]),
        certificates=await _certificates(page),
        environment=_environment(page, look, started),
        flags=flags,
    )


async def _refusal(responses: list[Response]) -> str:
    """The door's word, when that was the page's last answer: Chromium shows an error page for an empty 403 or 502."""
    pages = [one for one in responses if one.request.is_navigation_request() and one.frame.parent_frame is None]
    for response in pages[-1:]:
        lines = tuple((line["name"], line["value"]) for line in await response.headers_array())
        return door_verdict(Exchange(url=response.url, status=response.status, response_headers=lines))
    return ""


async def _settle(page: Page) -> None:
    """Wait for late scripts, but never longer than `IDLE_WAIT_MS`: a page may poll for ever."""
    from playwright.async_api import TimeoutError as NotIdle

    try:
        await page.wait_for_load_state("networkidle", timeout=IDLE_WAIT_MS)
    except NotIdle:
        return


async def _chain(last: Response, at: str) -> tuple[Exchange, ...]:
    """The redirects that led to the page, and the page, in order."""
    requests: list[Request] = []
    request: Request | None = last.request
    while request is not None:
        requests.insert(0, request)
        request = request.redirected_from
    found = [await _exchange(await request.response(), at) for request in requests]
    return tuple(exchange for exchange in found if exchange is not None)


async def _resources(responses: list[Response], main: Request, at: str) -> tuple[Exchange, ...]:
    chosen = [one for one in responses if one.request is not main and not one.request.redirected_to]
    found = [await _exchange(response, at) for response in chosen[:MAX_RESOURCES]]
    kept = (exchange for exchange in found if exchange and exchange.url.startswith("http"))
    return tuple(site_alone(exchange) for exchange in kept if not door_verdict(exchange))


def door_verdict(exchange: Exchange) -> str:
    """`refused:private_address` when the door itself answered; empty when the site did."""
    return _door_line(exchange, VERDICT_HEADER).replace("; ", ":")


def site_alone(exchange: Exchange) -> Exchange:
    """The exchange as the site sent it; the peer the door names becomes the exchange's own."""
    peer = _door_line(exchange, PEER_HEADER)
    if not peer:
        return exchange
    lines = tuple(line for line in exchange.response_headers if line[0].lower() != PEER_HEADER.lower())
    return replace(exchange, response_headers=lines, peer=peer)


def _door_line(exchange: Exchange, name: str) -> str:
    """What came encrypted is the site's alone: the door refuses a tunnel before there is any answer in it."""
    if not exchange.url.startswith("http:"):
        return ""
    return next((value for said, value in exchange.response_headers if said.lower() == name.lower()), "")


async def _exchange(response: Response | None, at: str) -> Exchange | None:
    """A response as the browser saw it: the body is decoded, so its encoding header is renamed, as pywb does."""
    from playwright.async_api import Error

    if response is None:
        return None
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
        response_headers=tuple((_kept_name(h["name"]), h["value"]) for h in received),
        body=body[:MAX_RESOURCE_BYTES],
        fetched_at=at,
    )


def _kept_name(name: str) -> str:
    renamed = name.lower() in {"content-encoding", "transfer-encoding", "content-length"}
    return f"X-Archive-Orig-{name}" if renamed else name


async def _picture(page: Page, look: Look, max_height_px: int) -> tuple[bytes, tuple[str, ...]]:
    """A full-page PNG of the page's own width, cut at `max_height_px`: the author of a page chooses its height.

    A page that was not made for phones is laid out wider than the phone's screen; all of that width is evidence.
    A page that cannot be pictured is kept without: `no_screenshot`.
    """
    from playwright.async_api import Error

    width, height = await page.evaluate(
        "(() => { const e = document.documentElement; return [e.scrollWidth, Math.max(e.scrollHeight, 1)] })()"
    )
    shown = max(min(height, max_height_px), look.height)
    clip: Any = {"x": 0, "y": 0, "width": max(look.width, min(width, MAX_WIDTH_PX)), "height": shown}
    try:
        picture = await page.screenshot(
            full_page=True, clip=clip, animations="disabled", caret="hide", timeout=PICTURE_WAIT_MS
        )
    except Error:
        return b"", ("no_screenshot",)
    return picture, (("screenshot_capped",) if height > max_height_px or width > MAX_WIDTH_PX else ())


async def _mhtml(page: Page) -> bytes:
    session = await page.context.new_cdp_session(page)
    snapshot = await session.send("Page.captureSnapshot", {"format": "mhtml"})
    return str(snapshot["data"]).encode()


async def _certificates(page: Page) -> tuple[bytes, ...]:
    if not page.url.startswith("https:"):
        return ()
    origin = "/".join(page.url.split("/", 3)[:3])
    session = await page.context.new_cdp_session(page)
    answer = await session.send("Network.getCertificate", {"origin": origin})
    return tuple(base64.b64decode(entry) for entry in answer.get("tableNames", []))


def _environment(page: Page, look: Look, started: str) -> dict[str, Any]:
    browser = page.context.browser
    return {
        "browser": f"Chromium {browser.version}" if browser else "Chromium",
        "profile": look.profile.value,
        "user_agent": look.user_agent,
        "viewport": [look.width, look.height],
        "referrer": look.referrer,
        "extensions": "none",
        "fresh_profile": True,
        "started_at": started,
        "finished_at": _now(),
        "final_url": page.url,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def executable_digest(executable: Path) -> str:
    """SHA-256 of the program that took the picture (法释〔2018〕16号 art. 11 asks for the environment)."""
    with executable.resolve().open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    found = find_executable()
    print(found or "no Chromium found", file=sys.stdout if found else sys.stderr)
    sys.exit(0 if found else 1)

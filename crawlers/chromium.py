"""The Chromium of this machine: where it is, and a fresh one that has no way out but the door."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crawlers.records import CrawlError

if TYPE_CHECKING:
    from playwright.async_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome")
MAC_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    # a name is never looked up but by the door, and no datagram goes round it
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its name until 2025; ignored since
)


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


def may_sandbox() -> bool:
    """Chromium's own sandbox, unless we run as the superuser, for whom it does not work."""
    return not hasattr(os, "geteuid") or os.geteuid() != 0


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
                chromium_sandbox=may_sandbox(),
                proxy={"server": proxy, "username": key[0], "password": key[1]},
            )
        except Error as error:
            raise NoBrowser(f"{executable} cannot be started: {str(error)[:500]}") from error
        try:
            yield browser
        finally:
            await browser.close()


if __name__ == "__main__":
    found = find_executable()
    print(found or "no Chromium found", file=sys.stdout if found else sys.stderr)
    sys.exit(0 if found else 1)

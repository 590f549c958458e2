"""Archives, caches and translators: where the page that they show came from, read from the address alone."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from detectors.hosts import under
from detectors.text import DATA

if TYPE_CHECKING:
    from detectors.features import Page

_ADDRESS = re.compile(r"https?:/{1,2}([a-z0-9][a-z0-9.\-]{2,252})", re.I)
_MAX_ESCAPES = 2


@dataclass(frozen=True, slots=True)
class Copy:
    """`service` shows what stood at `origin`, which is empty where its address does not say."""

    service: str
    origin: str


@cache
def _services() -> dict[str, str]:
    with (DATA / "copies.toml").open("rb") as stream:
        return {one["host"]: one["keeps"] for one in tomllib.load(stream)["services"]}


def copy_of(page: Page) -> Copy | None:
    """The page as a copy kept by one of the known services; None for any other page."""
    keeps = next((keeps for host, keeps in _services().items() if under(page.host, host)), None)
    if keeps is None:
        return None
    return Copy(page.host, {"address": _in_address, "label": _in_label}.get(keeps, _nowhere)(page))


def _in_address(page: Page) -> str:
    said = f"{page.parts.path}?{page.parts.query}"
    for _ in range(_MAX_ESCAPES):
        said = unquote(said)
    found = _ADDRESS.search(said)
    return (urlsplit(f"//{found.group(1)}").hostname or "").rstrip(".") if found else ""


def _in_label(page: Page) -> str:
    """`www-mem-gov-cn` is www.mem.gov.cn; a hyphen of the origin is written twice."""
    label = page.host.partition(".")[0]
    return label.replace("--", "\0").replace("-", ".").replace("\0", "-")


def _nowhere(page: Page) -> str:
    return ""

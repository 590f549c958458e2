"""Pages that work on the browser that looks at them: frames of every kind, odd texts, globals replaced."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from crawlers import browser
from crawlers.artefacts import _parts
from crawlers.browser import Look, Shot, visit
from crawlers.chromium import find_executable, launched
from crawlers.egress import Door, DoorPolicy
from crawlers.records import FetchProfile, PageState
from crawlers.rendering import state_of
from tests.crawlers.serving import serving
from tests.crawlers.test_browser import TEXT, Pages, html
from tests.hostile.test_outside import can_be_kept

pytestmark = pytest.mark.skipif(find_executable() is None, reason="no Chromium on this machine")

TALL = "<div style='height:3000px'></div>"
LOOK = Look(profile=FetchProfile.DESKTOP, user_agent="x", accept_language="zh-CN", width=1000, height=700)
SCRIPTS = {
    "halves": r"document.title = 'a\ud800'; document.body.append('\udfff'); console.log('c\ud800\0'); alert('\udfff')",
    "no-number": "Object.defineProperty(Element.prototype, 'scrollHeight', {get: () => NaN}); Math.max = () => 1 / 0",
    "odd-text": "Object.defineProperty(HTMLElement.prototype, 'innerText', {get: () => ({trim: () => [,]})})",
    "no-promise": "window.Promise = class {}; window.MutationObserver = null; window.setTimeout = () => 0",
    "no-root": "setTimeout(() => document.documentElement.remove(), 50)",
    "emptied": "setTimeout(() => { document.open(); document.close() }, 50)",
    "lying-form": r"Object.defineProperty(HTMLInputElement.prototype, 'value', {get: () => '\ud800', set: () => 0})",
    "deep": "let at = document.body; for (let i = 0; i < 20; i++) {"
            "const f = document.createElement('iframe'); at.append(f); at = f.contentDocument.body }",
    "restless": "const f = document.createElement('iframe'); f.src = '/inner';"
                "setInterval(() => { f.remove(); document.body.append(f) }, 5)",
}  # fmt: skip
MARKUP = {
    "frames": "<iframe src='/inner'></iframe>" * 20,
    "frameset": "</body><frameset cols='*,*'><frame src='/inner'><frame src='javascript:alert(1)'><frame src='data:,'>",
    "itself": "<iframe src='/?1'></iframe><iframe srcdoc='<script>top.name = 1</script>'></iframe><iframe src='//['>",
    "buster": "<iframe src='/busting'></iframe>",
    "clobbered": "<img name=documentElement><img name=body><form name=images></form><img name=querySelector>",
}
NAMES = sorted({*SCRIPTS, *MARKUP})
SLOW = {"restless"}
"""Keeps a browser busy for most of a minute."""


def named(names: Iterable[str]) -> list[Any]:
    return [pytest.param(name, marks=pytest.mark.long if name in SLOW else ()) for name in sorted(names)]


def answers() -> dict[str, bytes]:
    form = "<title>证书查询</title><form>证件号码：<input name='zjhm'></form>"
    found = {f"{name}.test/": f"{form}<p>{TEXT}</p>{TALL}<script>{script}</script>" for name, script in SCRIPTS.items()}
    found |= {f"{name}.test/": f"<p>{TEXT}</p>{TALL}{markup}" for name, markup in MARKUP.items()}
    found |= {f"{name}.test/inner": "<p>框内</p>" for name in NAMES}
    found["buster.test/busting"] = "<script>top.location = 'http://buster.test/end'</script>"
    found["buster.test/end"] = f"<title>终点</title><p>{TEXT}</p>{TALL}"
    return {place: html(page) for place, page in found.items()}


async def look_at(door: Door, names: Iterable[str]) -> dict[str, Shot]:
    """Each of the pages, two at a time."""
    found: dict[str, Shot] = {}
    executable, client, waiting = find_executable(), door.client(), list(names)
    assert executable
    async with launched(executable, client.proxy, client.key) as chromium:

        async def work() -> None:
            while waiting:
                name = waiting.pop()
                url, most = f"http://{name}.test/", {"max_height_px": 5000, "timeout_seconds": 90.0}
                found[name] = await visit(chromium, url, LOOK, fill_form=True, **most)

        await asyncio.gather(work(), work())
    return found


@pytest.fixture(scope="module")
def shots(request: pytest.FixtureRequest) -> Iterator[dict[str, Shot]]:
    asked = {one.name.partition("[")[2].rstrip("]") for one in request.session.items}
    wanted = [name for name in NAMES if name not in SLOW or name in asked]
    with serving(Pages(answers=answers())) as site, pytest.MonkeyPatch.context() as changed:
        changed.setattr(browser, "MAX_DOM_BYTES", 100)
        hosts = {f"{name}.test": f"127.0.0.1:{site.port}" for name in NAMES}
        with Door.spawn(DoorPolicy(host_map=hosts)) as door:
            yield asyncio.run(look_at(door, wanted))


@pytest.mark.parametrize("name", named(NAMES))
def test_a_page_is_kept_whatever_it_does_to_its_browser(shots: dict[str, Shot], name: str) -> None:
    shot = shots[name]
    assert shot.error == ""
    assert isinstance(state_of(shot)[0], PageState)
    assert {role for role, _ in _parts(shot, {}, "")} >= {"dom", "steps", "network", "environment"}
    exchanges = [(one.url, one.reason, one.response_headers) for one in (*shot.exchanges, *shot.resources)]
    assert can_be_kept([shot.title, list(shot.console), exchanges])
    assert len(shot.dom) <= 100
    shot.dom.decode()
    json.dumps(shot.environment)


@pytest.mark.parametrize("name", named({*NAMES} - {"no-root", "emptied", "frameset"}))
def test_how_high_a_page_is_its_scripts_cannot_say(shots: dict[str, Shot], name: str) -> None:
    assert ("no_screenshot" in shots[name].flags, (shots[name].environment or {})["page_px"][1] > 3000) == (False, True)


def test_what_no_database_holds_is_replaced(shots: dict[str, Shot]) -> None:
    halves = shots["halves"]
    assert halves.title == "a\ufffd"
    assert {"log: c\ufffd\ufffd", "dialog alert: \ufffd"} <= {*halves.console}


def test_a_form_is_filled_whatever_its_page_says_of_it(shots: dict[str, Shot]) -> None:
    (filled,) = (one for one in shots["lying-form"].steps if one.action == "fill_form")
    assert filled.detail["filled"] == [{"field": "zjhm", "value": "0" * 18}]


def test_a_frame_that_takes_the_page_away_leads_to_where_it_went(shots: dict[str, Shot]) -> None:
    assert (shots["buster"].final_url, shots["buster"].title) == ("http://buster.test/end", "终点")

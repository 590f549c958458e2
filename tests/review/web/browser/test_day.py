"""A day at the desk in a real browser, by keyboard where a person would (Debian's Chromium, 1366×768)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from review.cases import CaseState, find
from tests.review.web.browser.conftest import CASES, Place

KEYS = ("a", "s", "3", "a", "1")
OFFICE_PAGES = ("/today", "/queue", "/watched", "/cases/1", "/cases/1/captures", "/cases/1/flow", "/account")


def _decided(place: Place) -> int:
    with place.office.store.read() as connection:
        return sum(case.state is not CaseState.OPEN for case in find(connection))


def _title(page: Page) -> str:
    return page.locator(".case-head h2").inner_text()


def test_twenty_cases_are_cleared_by_keyboard_alone(place: Place) -> None:
    page = place.person("fenxi")
    page.goto(f"{place.served.url}/queue")
    before = _decided(place)
    seen = set()
    for number in range(20):
        seen.add(_title(page))
        with page.expect_response("**/queue/decide"):
            page.keyboard.press(KEYS[number % len(KEYS)])
        expect(page.locator(".case-head h2")).not_to_have_text(next(iter({_title(page)} & seen), "-none-"))
    assert _decided(place) - before == 20
    assert len(seen) == 20
    with place.office.store.read() as connection:
        waiting = sum(case.state is CaseState.OPEN for case in find(connection))
    expect(page.locator("#totals a[aria-current] .num")).to_have_text(str(waiting))

    last = page.locator(".toast").inner_text()
    with page.expect_response("**/queue/undo"):
        page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("已撤销")
    assert last[:8] in page.locator(".toast").inner_text()
    assert _decided(place) - before == 19

    first = _title(page)
    page.keyboard.press("j")
    expect(page.locator(".case-head h2")).not_to_have_text(first)
    page.keyboard.press("k")
    expect(page.locator(".case-head h2")).to_have_text(first)
    page.keyboard.press("x")
    expect(page.locator(".codes").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("a")  # nothing is decided under an open sheet
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("axs123")  # letters in a field are letters
    expect(page.locator("#q")).to_have_value("axs123")
    assert _decided(place) - before == 19
    page.context.close()
    place.quiet()


def test_ten_are_excluded_together_for_one_reason(place: Place) -> None:
    page = place.person("fuhe")
    page.goto(f"{place.served.url}/queue?state=open&sort=newest")
    before = _decided(place)
    boxes = page.locator('ol.cases input[name="case"]')
    assert boxes.count() >= 10
    for at in range(1, 11):
        boxes.nth(at).check()
    expect(page.locator("[data-count]")).to_have_text("10")
    page.locator('#bulk-bar button[value="picked"]').click()
    page.wait_for_url("**/queue/bulk/preview")
    page.locator("#code").select_option("4")
    page.locator("form button.primary").click()
    expect(page.locator(".lead")).to_contain_text("已定为“排除”的 10 件")
    assert _decided(place) - before == 10
    page.context.close()
    place.quiet()


def test_a_hostile_page_is_looked_at_in_safety(place: Place) -> None:
    page = place.person("lingdao")
    heard: list[str] = []
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    sent: list[dict[str, str]] = []
    evidence = place.office.config.web.listen.evidence
    page.context.on("request", lambda request: request.url.startswith(evidence) and sent.append(request.all_headers()))
    page.goto(f"{place.served.url}/queue?state=open&q=恶意页面")
    page.keyboard.press("e")
    page.wait_for_url("**/evidence/**")
    frame = page.frame_locator("iframe.captured")
    expect(frame.locator("h1")).to_have_text("应急管理部")
    assert frame.locator("script, a, form, img[src], iframe, svg, link:not([href*=captured])").count() == 0
    page.wait_for_timeout(300)
    assert heard == []
    assert sent
    assert not [headers for headers in sent if "cookie" in headers]
    page.context.close()
    place.quiet()


def test_pages_of_the_office_have_no_serious_barrier(place: Place) -> None:
    page = place.person("lingdao")
    _without_barriers(place, page, OFFICE_PAGES)


@pytest.mark.long
@pytest.mark.parametrize("username", ["fenxi", "fuhe", "lingdao", "xitong", "anquan", "shenji"])
def test_no_page_has_a_serious_barrier(place: Place, username: str) -> None:
    """Every page that needs no number in its address, as everybody who sees it in the navigation."""
    page = place.person(username)
    page.goto(f"{place.served.url}/account")
    links = page.eval_on_selector_all("nav a, main a", "all => all.map(one => one.getAttribute('href'))")
    _without_barriers(place, page, sorted({link for link in links if link and link.startswith("/")}))


def _without_barriers(place: Place, page: Page, paths: Iterable[str]) -> None:
    found = [f"{path}: {barrier}" for path in paths for barrier in _barriers(page, f"{place.served.url}{path}")]
    page.context.close()
    assert found == []
    place.quiet()


def _barriers(page: Page, address: str) -> list[str]:
    """What axe finds serious on a page, with the elements."""
    page.goto(address)
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [one for one in violations if one["impact"] in ("serious", "critical")]
    return [f"{one['id']} {[node['target'] for node in one['nodes']][:3]}" for one in serious]


def test_there_were_enough_cases_for_all_of_this() -> None:
    assert CASES >= 31


@pytest.mark.parametrize("path", ["/today", "/queue", "/cases/1", "/sources", "/campaigns", "/referrals/new"])
def test_a_phone_shows_a_page_in_its_width_with_the_navigation(place: Place, path: str) -> None:
    page = place.person("fenxi")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(place.served.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("header.top nav").bounding_box()["width"] > 350
    if path == "/queue":
        above, below = (page.locator(f"#work .{part}").bounding_box() for part in ("list", "pane"))
        assert below["y"] >= above["y"] + above["height"]
        assert below["width"] > 350

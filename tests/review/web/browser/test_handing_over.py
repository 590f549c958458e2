"""A case leaves the office in a browser: drafted, built, seen by other eyes, sent, signed for, all of it in the log."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from review.cases import Decision, decide, find
from review.packets.verify import verify
from tests.review.web.browser.conftest import Place


def _step(place: Place, page: Page, label: str, step: str, **fields: str) -> None:
    page.goto(f"{place.served.url}/referrals/{label}")
    form = page.locator(f'form[action$="/{step}"]')
    for name, value in fields.items():
        form.locator(f'[name="{name}"]').fill(value)
    form.locator("button").click()
    page.wait_for_load_state()
    expect(page.locator(".said.error")).to_have_count(0)


def _confirmed(place: Place) -> str:
    """The case whose page was captured."""
    with place.office.store.write() as connection:
        case = next(one for one in find(connection) if "site:evil-site.example" in one.subjects)
        now = place.office.clock()
        decide(connection, case.id, Decision.CONFIRM, actor="fenxi", reason="属实", now=now)
    return case.label


def test_a_case_is_handed_over_by_three_people_and_the_log_tells_it(place: Place, tmp_path: Path) -> None:
    case = _confirmed(place)
    fenxi, fuhe, lingdao = (place.person(name) for name in ("fenxi", "fuhe", "lingdao"))
    fenxi.set_default_timeout(90_000)
    fenxi.goto(f"{place.served.url}/referrals/new?case={case}")
    fenxi.locator('input[name="agency"][value="market"]').check()
    fenxi.locator("form button.primary").click()
    fenxi.wait_for_url("**/referrals/R-*")
    label = fenxi.url.rpartition("/")[2]
    _step(place, fenxi, label, "build")
    _step(place, fenxi, label, "submit")
    _step(place, fuhe, label, "review", remark="同意")
    _step(place, lingdao, label, "approve", remark="同意")
    _step(place, fenxi, label, "send", channel="公文交换")
    _step(place, fenxi, label, "receive", by="赵六")
    expect(fenxi.locator("ol.way .now")).to_have_text("已签收")

    fenxi.locator('a[href^="/packets/P-"]').first.click()
    expect(fenxi.locator("h1")).to_contain_text("P-")
    with fenxi.expect_download() as told:
        fenxi.locator("a.button.primary").click()
    packet = tmp_path / told.value.suggested_filename
    told.value.save_as(packet)
    assert verify(str(packet), str(place.office.data / "trust"))["verdict"] in ("valid", "unknown")

    shenji = place.person("shenji")
    shenji.goto(f"{place.served.url}/audit?action=referral")
    actors = shenji.locator("table.rows tbody tr td:nth-child(3)").all_inner_texts()
    assert {"fenxi", "fuhe", "lingdao"} <= set(actors)
    shenji.goto(f"{place.served.url}/audit")
    shenji.locator('form[action$="/verify"] button').click()
    expect(shenji.locator(".said.success")).to_contain_text("完整")
    place.quiet()

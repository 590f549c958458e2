"""团伙 pages: table first, picture bounded, exports inert and written down."""

from __future__ import annotations

from sqlalchemy import insert

from detectors.tables import campaign_subjects, campaign_ties, campaigns
from review.desk.roles import Role
from tests.review.web.office import HOSTILE, Office


def made(desk: Office, subjects: int = 3, shown: str = "gz***1") -> str:
    """A campaign of so many sites that share one value."""
    import json

    names = [f"site:www.example-{n}.top" for n in range(subjects)]
    now = desk.clock()
    with desk.store.write() as connection:
        query = insert(campaigns).values(opened_at=now, updated_at=now).returning(campaigns.c.id)
        number = int(connection.execute(query).scalar_one())
        connection.execute(insert(campaign_subjects), [{"subject": name, "campaign_id": number} for name in names])
        tie = {
            "campaign_id": number,
            "kind": "wechat",
            "hmac": "k1",
            "shown": shown,
            "weight": 0.9,
            "carriers": 5,
        }
        seen = json.dumps([{"subject": name, "capture": 1} for name in names])
        connection.execute(insert(campaign_ties).values({**tie, "seen": seen}))
    return f"K-{number:06d}"


def test_the_list_and_the_detail_show_what_is_shared_and_how_rare(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    desk.case(0)
    label, browser = made(desk), desk.signed_in("ana")
    assert label in browser.get("/campaigns").text
    page = browser.get(f"/campaigns/{label}").text
    assert "gz***1" in page and "共 5 处出现" in page and "<svg" in page and "A-000001" in page
    assert "<script>alert" not in page


def test_captured_words_are_inert_in_picture_and_table(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    label, browser = made(desk, shown=HOSTILE), desk.signed_in("ana")
    for path in (f"/campaigns/{label}", f"/campaigns/{label}/picture.svg"):
        assert "<script>alert(1)" not in browser.get(path).text


def test_reading_and_exports_are_written_down(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    label, browser = made(desk, shown="=1+1"), desk.signed_in("ana")
    browser.get(f"/campaigns/{label}")
    assert [row["actor"] for row in desk.told("campaign.read")] == ["ana"]
    table = browser.get(f"/campaigns/{label}/ties.csv")
    assert table.mimetype == "text/csv" and "'=1+1" in table.text
    browser.get(f"/campaigns/{label}/picture.svg")
    assert [row["actor"] for row in desk.told("campaign.export")] == ["ana", "ana"]


def test_tracing_back_from_a_subject_leads_to_its_campaign(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    number, label, browser = desk.case(0), made(desk), desk.signed_in("ana")
    assert label in browser.get(f"/campaigns?from=case:A-{number:06d}").text
    answer = browser.get("/campaigns?from=nothing")
    assert answer.status_code == 200 and "problem" in answer.text
    assert browser.get("/campaigns/K-999999").status_code == 404


def test_the_way_a_campaign_is_traced_is_no_mistake_for_odd_values(desk: Office) -> None:
    """Whatever is typed there is answered with a sentence."""
    desk.account("ana", Role.ANALYST)
    made(desk)
    browser = desk.signed_in("ana")
    for text in (
        "case:A-²",
        "case:A-" + "9" * 200,
        "contact:",
        ":",
        "qr:%",
        "site:",
        "certificate:T",
        HOSTILE,
        "K-²",
        "C-1",
    ):
        answer = browser.get("/campaigns", query_string={"from": text})
        assert answer.status_code == 200, text
    for label in ("K-²", "K-" + "9" * 30, "K-", "%"):
        assert browser.get(f"/campaigns/{label}").status_code == 404, label


def test_campaigns_speak_the_language_of_who_looks(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    label, browser = made(desk, 200), desk.signed_in("ana")
    browser.post("/account/language", {"language": "en"}, at="/account")
    for path in ("/campaigns", f"/campaigns/{label}", f"/campaigns/{label}/picture.svg"):
        text = browser.get(path).text.replace("简体中文", "")
        assert "WeChat" in text and "微信" not in text, path
    assert "Web: " in browser.get(f"/campaigns/{label}").text
    assert "WeChat" in browser.get(f"/campaigns/{label}/ties.csv").text


def test_a_start_is_named_and_told_in_words(desk: Office) -> None:
    desk.account("fenxi", Role.ANALYST)
    browser = desk.signed_in("fenxi")
    for start in ("二维码：https://nobody.example/", "证书编号:T000000199001010000", "qr:https://nobody.example/"):
        said = browser.get("/campaigns", query_string={"from": start}).text
        assert "没有在任何" in said and "qr:h" not in said.partition('role="alert"')[2].partition("</div>")[0], start
    assert "联系方式" in browser.get("/campaigns?from=nobody_0000").text.partition('role="alert"')[2]

"""The way of a hand-over: its order, who may take a step, deadlines, duplicates, and the trace each step leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config import Config
from crawlers.custody import verify_custody
from review import audit, receipts, referral_records, referrals
from review.case_facts import put
from review.cases import Decision, add_event, decide, get
from review.errors import CaseError, ReferralError
from review.referral_records import Referral, ReferralState
from review.tables import audit as audit_table
from tests.crawlers.keeping import House, house
from tests.review.handing import NOW, bundled, confirmed, office, registered

LATER = "2026-11-23T03:00:00.000Z"
NEXT_DAY = "2026-11-24T03:00:00.000Z"


class Desk:
    """A house with two confirmed cases, and steps by name."""

    def __init__(self, made: House, config: Config) -> None:
        self.house, self.config = made, config
        self.cases = [confirmed(made, f"cx-{number}.example") for number in (1, 2)]
        registered(made.store, self.cases[0], "P-2026-000001")
        registered(made.store, self.cases[1], "P-2026-000002")

    def do(self, step: Callable[..., Referral], *given: Any, **named: Any) -> Referral:
        with self.house.store.write() as connection:
            return step(connection, *given, **{"now": NOW, "actor": "张三", **named})

    def draft(self, agency: str = "cac", **named: Any) -> Referral:
        return self.do(referrals.draft, named.pop("cases", self.cases), agency, self.config, **named)

    def submitted(self) -> Referral:
        made = self.draft()
        self.do(referrals.attach, made.id, "P-2026-000001")
        self.do(referrals.attach, made.id, "P-2026-000002")
        bundled(self.house.store, made.id)
        return self.do(referrals.submit, made.id, self.config)

    def approved(self) -> Referral:
        made = self.submitted()
        self.do(referrals.review, made.id, actor="李四")
        return self.do(referrals.approve, made.id, actor="王五")

    def sent(self) -> Referral:
        return self.do(
            referrals.send, self.approved().id, self.config, channel="公文交换", doc_number="示函〔2026〕1号"
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with house(tmp_path / "data") as made:
        yield Desk(made, office())


def test_the_whole_way_and_its_trace(desk: Desk) -> None:
    made = desk.sent()
    assert (made.label, made.state.chinese, made.document) == ("R-2026-000001", "已移送", "处置请示")
    assert (made.prepared_by, made.reviewed_by, made.approved_by) == ("张三", "李四", "王五")
    desk.do(receipts.receive, made.id, by="收文 赵六")
    desk.do(receipts.answer, made.id, desk.config, result="blocked", text="已阻断")
    done = desk.do(referrals.close, made.id)
    assert done.state is ReferralState.CLOSED
    steps = ["draft", "attach", "attach", "submit", "review", "approve", "send", "receive", "answer", "close"]
    assert [event.kind for event in done.events] == steps
    with desk.house.store.read() as connection:
        assert audit.verify(connection) == []
        assert verify_custody(connection) == []
        actions = connection.execute(select(audit_table.c.action).order_by(audit_table.c.seq)).scalars().all()
        events = [event.kind for event in get(connection, desk.cases[0]).events]
    assert [action for action in actions if action.startswith("referral")] == [f"referral.{step}" for step in steps]
    assert events[-2:] == ["referred", "answered"]


@pytest.mark.parametrize("step", [referrals.review, referrals.approve])
def test_who_prepared_it_neither_reviews_nor_approves(desk: Desk, step: Callable[..., Referral]) -> None:
    made = desk.submitted()
    if step is referrals.approve:
        desk.do(referrals.review, made.id, actor="李四")
    for same in ("张三", " 张 三 "):
        with pytest.raises(ReferralError, match="参与了"):
            desk.do(step, made.id, actor=same)
    with pytest.raises(ReferralError, match="记名"):
        desk.do(step, made.id, actor=" ")


def test_who_attached_a_packet_prepared_it_too(desk: Desk) -> None:
    made = desk.draft()
    desk.do(referrals.attach, made.id, "P-2026-000001", actor="李四")
    desk.do(referrals.attach, made.id, "P-2026-000002")
    with pytest.raises(ReferralError, match="bundle build"):
        desk.do(referrals.submit, made.id, desk.config)
    bundled(desk.house.store, made.id)
    desk.do(referrals.submit, made.id, desk.config)
    with pytest.raises(ReferralError, match="李四"):
        desk.do(referrals.review, made.id, actor="李四")


def test_no_step_out_of_order(desk: Desk) -> None:
    made = desk.draft()
    for step, named in [
        (referrals.review, {}),
        (referrals.approve, {}),
        (referrals.remind, {"channel": "电话"}),
        (referrals.close, {}),
        (receipts.receive, {"by": "某"}),
    ]:
        with pytest.raises(ReferralError, match="现在是“草拟”"):
            desk.do(step, made.id, actor="李四", **named)
    with pytest.raises(ReferralError, match="没有证据包"):
        desk.do(referrals.submit, made.id, desk.config)
    assert [event.kind for event in desk_get(desk, made.id).events] == ["draft"]


def test_reviewed_is_not_approved(desk: Desk) -> None:
    made = desk.submitted()
    desk.do(referrals.review, made.id, actor="李四")
    with pytest.raises(ReferralError, match="不能登记移送"):
        desk.do(referrals.send, made.id, desk.config, channel="专人")


def desk_get(desk: Desk, referral_id: int) -> Referral:
    with desk.house.store.read() as connection:
        return referrals.get(connection, referral_id)


def test_the_same_case_is_not_referred_twice_while_open(desk: Desk) -> None:
    made = desk.draft()
    with pytest.raises(ReferralError, match="R-2026-000001"):
        desk.draft(cases=desk.cases[:1])
    desk.draft("police")
    desk.do(referrals.withdraw, made.id, reason="合并办理")
    again = desk.draft()
    assert again.label == "R-2026-000003"
    with desk.house.store.read() as connection:
        assert referrals.open_for(connection, desk.cases[0], "cac") == again.label


def test_the_database_refuses_a_duplicate_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.draft()
    monkeypatch.setattr(referrals, "open_for", lambda *_: "")
    with pytest.raises(ReferralError, match="不重复移送"):
        desk.draft()


def test_only_confirmed_cases(desk: Desk) -> None:
    made = desk.submitted()
    with desk.house.store.write() as connection:
        decide(connection, desk.cases[0], Decision.REOPEN, actor="甲", reason="再看", now=NOW)
    with pytest.raises(ReferralError, match="待审"):
        desk.draft("police")
    desk.do(referrals.review, made.id, actor="李四")
    desk.do(referrals.approve, made.id, actor="李四")
    with pytest.raises(ReferralError, match="待审"):
        desk.do(referrals.send, made.id, desk.config, channel="专人")
    with pytest.raises(ReferralError, match="至少"):
        desk.draft(cases=[])
    with pytest.raises(ReferralError, match="nobody"):
        desk.draft("nobody")


def test_operators_are_told_one_by_one(desk: Desk) -> None:
    with pytest.raises(ReferralError, match="一案一件"):
        desk.draft("operator")
    assert desk.draft("operator", cases=desk.cases[:1]).recipient == "cx-1.example的主办单位"


def test_a_packet_of_another_recipient_is_refused(desk: Desk) -> None:
    made = desk.draft()
    registered(desk.house.store, desk.cases[0], "P-2026-000009", "police")
    with pytest.raises(ReferralError, match="P-2026-000009"):
        desk.do(referrals.attach, made.id, "P-2026-000009")


def test_content_is_fixed_from_submission_on(desk: Desk) -> None:
    made = desk.submitted()
    with pytest.raises(ReferralError, match="不能附上证据包"):
        desk.do(referrals.attach, made.id, "P-2026-000001")
    desk.house.tamper("UPDATE packets SET sha256 = ? WHERE id = 'P-2026-000001'", "e" * 64)
    with pytest.raises(ReferralError, match="提交复核时不同"):
        desk.do(referrals.review, made.id, actor="李四")


def test_returned_and_taken_up_again(desk: Desk) -> None:
    made = desk.approved()
    with pytest.raises(ReferralError, match="理由"):
        desk.do(referrals.return_, made.id, actor="王五", reason=" ")
    back = desk.do(referrals.return_, made.id, actor="王五", reason="缺备案查询")
    assert (back.state, back.reviewed_by, back.approved_by, back.content) == (ReferralState.DRAFT, "", "", "")
    desk.do(referrals.submit, made.id, desk.config)
    assert desk.do(referrals.review, made.id, actor="王五").reviewed_by == "王五"


def test_deadlines_are_workdays_of_the_recipient(desk: Desk) -> None:
    made = desk.sent()
    assert (made.receipt_due, made.feedback_due) == (date(2026, 11, 26), date(2026, 12, 7))
    assert made.events[-1].detail["holidays_known"] is True
    assert not made.overdue(date(2026, 11, 26))
    assert made.overdue(date(2026, 11, 27))
    with desk.house.store.read() as connection:
        assert [r.label for r in referrals.find(connection, overdue_on=date(2026, 11, 27))] == [made.label]
        assert list(referrals.find(connection, overdue_on=date(2026, 11, 26))) == []
    reminded = desk.do(referrals.remind, made.id, channel="电话", now="2026-11-27T01:00:00.000Z")
    assert reminded.events[-1].detail["overdue"] is True
    received = desk.do(receipts.receive, made.id, by="赵六", now="2026-11-27T02:00:00.000Z")
    assert received.due == date(2026, 12, 7)


def test_a_stale_look_keeps_it_from_leaving(desk: Desk) -> None:
    made = desk.approved()
    with pytest.raises(ReferralError, match="24 小时"):
        desk.do(referrals.send, made.id, desk.config, channel="专人", now=NEXT_DAY)
    for case_id in desk.cases:
        with desk.house.store.write() as connection:
            put(
                connection, case_id, "recheck_at", "2026-11-24T10:59+08:00", desk.config,
                source="本机浏览器", actor="张三", now=NEXT_DAY,
            )  # fmt: skip
    assert desk.do(referrals.send, made.id, desk.config, channel="专人", now=NEXT_DAY).state is ReferralState.SENT


def test_a_site_that_is_gone_is_not_sent(desk: Desk) -> None:
    made = desk.approved()
    with desk.house.store.write() as connection:
        add_event(connection, desk.cases[1], "rechecked", {"night": "N2", "found": "gone"}, now=LATER)
    with pytest.raises(ReferralError, match="无法访问"):
        desk.do(referrals.send, made.id, desk.config, channel="专人", now=LATER)


def test_receipt_and_feedback_go_by_item(desk: Desk) -> None:
    made = desk.sent()
    half = desk.do(receipts.receive, made.id, by="赵六", items=[1])
    assert (half.state, half.item(1).received_by, half.item(2).received_at) == (ReferralState.SENT, "赵六", None)
    answered = desk.do(receipts.answer, made.id, desk.config, result="returned", text="不属本地", items=[2])
    assert (answered.state, answered.item(2).result) == (ReferralState.RECEIVED, "returned")
    assert desk.do(receipts.answer, made.id, desk.config, result="blocked").state is ReferralState.ANSWERED
    changed = desk.do(receipts.answer, made.id, desk.config, result="removed", items=[1])
    assert changed.item(1).result == "removed"
    assert [event.kind for event in changed.events].count("answer") == 3
    with pytest.raises(ReferralError, match="R-2026-000001/7"):
        desk.do(receipts.answer, made.id, desk.config, result="blocked", items=[7])
    with pytest.raises(ReferralError, match="已阻断"):
        desk.do(receipts.answer, made.id, desk.config, result="nonsense")


def test_times_given_must_be_possible(desk: Desk) -> None:
    made = desk.sent()
    for wrong in ("gestern", "2026-11-23T09:00+08:00", "2026-11-25T09:00+08:00"):
        with pytest.raises(ReferralError, match="不对"):
            desk.do(receipts.receive, made.id, by="赵六", received_at=wrong, now=LATER)
    good = desk.do(receipts.receive, made.id, by="赵六", received_at="2026-11-23T10:30", now=LATER)
    assert good.item(1).received_at == "2026-11-23T02:30:00.000Z"


def test_a_scanned_receipt_is_kept_and_chained(desk: Desk, tmp_path: Path) -> None:
    made = desk.sent()
    scan = tmp_path / "回执.pdf"
    scan.write_bytes(b"%PDF-1.7 invented")
    filed = desk.do(receipts.file_paper, desk.house.blobs, made.id, scan, kind="receipt", item=2)
    (paper,) = filed.papers
    assert (paper.name, paper.media_type, paper.item) == ("回执.pdf", "application/pdf", 2)
    assert desk.house.blobs.read(paper.sha256) == scan.read_bytes()
    with desk.house.store.read() as connection:
        assert verify_custody(connection) == []
        assert audit.verify(connection) == []
    with pytest.raises(ReferralError, match="已登记"):
        desk.do(receipts.file_paper, desk.house.blobs, made.id, scan, kind="receipt")
    scan.write_bytes(b"MZ not a paper")
    with pytest.raises(ReferralError, match="不是可以登记的来件"):
        desk.do(receipts.file_paper, desk.house.blobs, made.id, scan, kind="feedback")


def test_withdrawn_before_and_after_sending(desk: Desk) -> None:
    made = desk.sent()
    gone = desk.do(referrals.withdraw, made.id, reason="重复")
    assert (gone.state, gone.events[-1].detail["before"]) == (ReferralState.WITHDRAWN, "sent")
    with pytest.raises(ReferralError, match="不能撤回"):
        desk.do(referrals.withdraw, made.id, reason="再来")


def test_facts_need_a_known_field_and_a_source(desk: Desk) -> None:
    def fact(field: str, value: str, source: str) -> None:
        with desk.house.store.write() as connection:
            put(connection, desk.cases[0], field, value, desk.config, source=source, actor="张三", now=NOW)

    with pytest.raises(CaseError, match="collateral"):
        fact("nonsense", "x", "y")
    with pytest.raises(CaseError, match="来源"):
        fact("collateral", "无其他网站", "")
    with pytest.raises(CaseError, match="不对"):
        fact("recheck_at", "2026-12-01T00:00+08:00", "本机")
    fact("collateral", "无其他网站", "接入商答复")
    fact("collateral", "不详", "接入商未答复")
    from review import case_facts

    with desk.house.store.read() as connection:
        assert case_facts.values(connection, desk.cases[0]) == {"collateral": "不详"}
    fact("collateral", "", "")
    with desk.house.store.read() as connection:
        assert case_facts.values(connection, desk.cases[0]) == {}


@pytest.mark.parametrize("written", ["ANA", " a na", "ａｎａ", "a\u200bna", "Ana\u00a0"])
def test_another_writing_of_a_name_is_no_other_person(written: str) -> None:
    assert referral_records.named(written) == "ana"

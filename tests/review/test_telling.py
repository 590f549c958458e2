"""Codes of the record have words wherever they are shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import config
import review
from review import strings, telling
from review.cases import CaseEvent
from review.web import words

SOURCE = "\n".join(path.read_text("utf-8") for path in sorted(Path(review.__file__).parent.rglob("*.py")))
EVENTS = {*re.findall(r'add_event\([^"]*?, "([a-z]+)", ', SOURCE), "opened", *strings.CHANGES} - {"unchanged"}


@pytest.mark.parametrize("language", sorted(words.LANGUAGES))
def test_every_event_of_a_case_has_words(language: str) -> None:
    assert len(EVENTS) > 8
    assert sorted(kind for kind in EVENTS if kind not in words.of_language(language).event) == []


@pytest.mark.parametrize("language", sorted(words.LANGUAGES))
def test_every_action_of_the_audit_log_has_words(language: str) -> None:
    actions = set(re.findall(r'audit\.append\([^"()]*(?:\(\))?[^"()]*"([a-z_]+\.[a-z_]+)"', SOURCE))
    assert len(actions) > 20
    assert sorted(action for action in actions if action not in words.of_language(language).audit.actions) == []


def test_an_event_is_told_in_words() -> None:
    codes = telling.codes_of(config.load())

    def told(kind: str, **detail: object) -> str:
        event = CaseEvent(at="2026-11-21T00:00:00.000Z", actor="甲", kind=kind, detail=detail)
        return telling.event_told(event, codes).removeprefix("2026-11-21T00:00:00.000Z  甲  ")

    decided = told("decided", before="open", decision="confirm", reason="一致", undoes="")
    assert decided == "决定  此前 待审，决定 属实，理由 一致"
    rechecked = told("rechecked", found="still_up", url="http://a.example/")
    assert rechecked == "复查  复查结果 仍可访问，网址 http://a.example/"
    absorbed = told("absorbed", **{"from": 3, "subjects": ["site:a.example", "site:b.example"]})
    assert absorbed == "并入  来自 3，对象 site:a.example、site:b.example"
    assert told("fact", field="hosting_country", value="境外").startswith("补充要素  事项 服务器境内外")
    assert told("answered", result="blocked", referral="R-2026-000001").startswith("收到反馈  反馈结果 已阻断")


def test_codes_of_pages_contacts_and_causes_have_words() -> None:
    assert telling.state_told("blocked") == "被拦截"
    assert telling.contact_kind("wechat") == "微信"
    assert telling.cause_told("dns_failed") == "解析失败"
    assert telling.cause_told("something_new") == "something_new"

"""Codes of the record have words wherever they are shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import review
from review import strings, telling
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
    at, actor = "2026-11-21T00:00:00.000Z", "甲"
    decided = {"before": "open", "decision": "confirm", "reason": "一致", "undoes": ""}
    assert telling.event_told(at, actor, "decided", decided) == f"{at}  甲  决定  此前 待审，决定 属实，理由 一致"
    seen = {"found": "still_up", "url": "http://a.example/"}
    assert telling.event_told(at, actor, "rechecked", seen).endswith("复查  复查结果 仍可访问，网址 http://a.example/")
    absorbed = {"from": 3, "subjects": ["site:a.example", "site:b.example"]}
    assert "对象 site:a.example、site:b.example" in telling.event_told(at, actor, "absorbed", absorbed)


def test_codes_of_pages_contacts_and_causes_have_words() -> None:
    assert telling.state_told("blocked") == "被拦截"
    assert telling.contact_kind("wechat") == "微信"
    assert telling.cause_told("dns_failed") == "解析失败"
    assert telling.cause_told("something_new") == "something_new"

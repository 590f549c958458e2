"""The words of the desk: every language has the same, and every page asks only for those there are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from review.web import words

TEMPLATES = words.FOLDER.parent / "templates"
USED = re.compile(r"\bw((?:\.[a-z_0-9]+)+)")
FIELD = re.compile(r"{(\w*)}")


def leaves(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def table(language: str) -> dict[str, str]:
    return dict(leaves(tomllib.loads((words.FOLDER / f"{language}.toml").read_text("utf-8"))))


@pytest.mark.parametrize("language", sorted(set(words.LANGUAGES) - {"zh_Hans"}))
def test_a_language_has_the_keys_and_fields_of_the_chinese(language: str) -> None:
    chinese, other = table("zh_Hans"), table(language)
    assert list(other) == list(chinese)
    for key, text in chinese.items():
        assert sorted(FIELD.findall(other[key])) == sorted(FIELD.findall(text)), key


def test_english_holds_no_chinese() -> None:
    assert not [key for key, text in table("en").items() if re.search(r"[\u4e00-\u9fff]", text)]


def test_pages_ask_for_words_there_are() -> None:
    known = words.of_language("zh_Hans")
    for path in sorted(TEMPLATES.rglob("*.html")):
        for found in USED.findall(path.read_text("utf-8")):
            at: Any = known
            for step in found.strip(".").split("."):
                if step in ("get", "format", "items"):
                    break
                assert isinstance(at, str) or step in at, f"{path.name}: w{found}"
                at = getattr(at, step)


def test_templates_hold_no_words_of_their_own() -> None:
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.findall(r"[\u4e00-\u9fff]{2,}", text), path.name

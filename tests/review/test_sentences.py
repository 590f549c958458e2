"""What people read is Chinese written as Chinese is: its punctuation (GB/T 15834), one language a line."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import config
from config.strings import cause_of
from crawlers.imports.problems import Place, Problem
from review.telling import error_told

TOP = Path(config.__file__).parent.parent
HAN = r"\u4e00-\u9fff"
NARROW = re.compile(rf"[{HAN}”》）}}] ?[,;:?!(]|[,;:?!)] ?[{HAN}“《（{{]|[{HAN}]\)|\([{HAN}]")
"""Half-width punctuation beside a Chinese character or what is filled in beside one."""
ENGLISH = re.compile(r"[a-z]{2,}(?: [a-z]{2,}){3,}")
COMMAND = re.compile(r"zhengshao[ a-zA-Z0-9_{}.\-…]*|`[^`]*`")
SENTENCES = sorted({*TOP.glob("*/strings.py"), *TOP.glob("review/packets/**/*.py"), TOP / "config" / "explain.py"})
DATA = sorted([TOP / "review/web/words/zh_Hans.toml", *TOP.glob("config/agencies/*.toml")])
PATTERN = re.compile(r"\(\?|\[\\|\\s|\\d|\]\{|\$$")


def told(path: Path) -> Iterator[str]:
    """The strings of a file that hold Chinese, docstrings and patterns apart; a joined one has `{}` for its values."""
    tree = ast.parse(path.read_text("utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (parts | notes):
            text = node.value
        else:
            continue
        if re.search(f"[{HAN}]", text) and not PATTERN.search(text):
            yield from text.splitlines()


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from leaves(one)


def sentences(path: Path) -> list[str]:
    return list(leaves(tomllib.loads(path.read_text("utf-8")))) if path.suffix == ".toml" else list(told(path))


@pytest.mark.parametrize("path", [*SENTENCES, *DATA], ids=lambda path: str(path.relative_to(TOP)))
def test_sentences_have_chinese_punctuation_and_no_english_tail(path: Path) -> None:
    assert [line for line in sentences(path) if re.search(f"[{HAN}]", line) and NARROW.search(line)] == []
    assert [line for line in sentences(path) if re.search(f"[{HAN}]", line) and _english(line)] == []


def _english(line: str) -> bool:
    return bool(ENGLISH.search(COMMAND.sub("", line)))


def test_no_sentence_of_this_floor_stands_in_logic_with_other_punctuation() -> None:
    for path in sorted(TOP.glob("review/**/*.py")):
        assert [line for line in told(path) if NARROW.search(line)] == [], path


def test_words_filled_in_are_joined_with_chinese_punctuation() -> None:
    """`f"{AXES[axis]}:{LEVELS[level]}"` has no Chinese of its own, what it prints has."""
    chinese = re.compile(r"(?:[A-Z_]{3,}\[[^{}]*\]|\.chinese)\}[,;:(]|[,;:(] ?\{(?:[A-Z_]{3,}\[|[a-z_.]+\.chinese)")
    for path in sorted(TOP.glob("review/**/*.py")):
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        joined = [ast.unparse(node) for node in nodes if isinstance(node, ast.JoinedStr)]
        assert [one for one in joined if chinese.search(one)] == [], path


def test_what_was_wrong_with_a_file_is_told_with_chinese_punctuation() -> None:
    problem = Problem("damaged", Place("line", 3), {"cause": "cut", "inside": "archive/a.warc.gz", "detail": ""})
    assert problem.told("zh").startswith("第 3 行：这一处读不出（archive/a.warc.gz：")
    assert not NARROW.search(problem.told("zh"))


def test_templates_bracket_no_name_in_half_width() -> None:
    for path in sorted(TOP.glob("review/web/templates/**/*.html")):
        assert not re.search(r"\}\} ?\(\{\{", path.read_text("utf-8")), path.name


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory"), "没有这个文件或目录"),
        (ValueError("没有编号为 A-000009 的案件"), "没有编号为 A-000009 的案件"),
        (OSError(95, "Operation not supported"), "原话“Operation not supported”"),
        (ValueError("not a gzip file"), "原话“not a gzip file”"),
    ],
)
def test_a_cause_inside_a_sentence_is_chinese_or_quoted(error: Exception, said: str) -> None:
    assert cause_of(error) == said


def test_what_a_lower_floor_says_stands_below_a_chinese_line() -> None:
    first, *others = error_told(ValueError("the key is open to other users\nrun: chmod 600 key")).splitlines()
    assert re.search(f"[{HAN}]", first) and not re.search("[a-z]{3}", first)
    assert others == ["  the key is open to other users", "  run: chmod 600 key"]
    assert error_told("案件不存在") == "案件不存在"

"""Lines of keys in TOML texts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.loader import PACKAGED
from config.positions import KeyPath, find_lines

TEXT = '''# a comment with = and [brackets]
title = "x = [1]"  # 1st is line 2

[a.b]
one = 1
"quoted key" = 'raw \\ # text'
dotted.deep = true

[[sites]]
id = "first"
names = [
  "甲",   # an entry with a comment, and a ]
  "乙",
]

[[sites]]
id = "second"
identifiers = { icp = "京ICP备0号", nested = { x = 1, y = [1, 2] } }
[[sites.parts]]
kind = "p"
[sites.extra]
z = 1

[tail]
long = """
[not.a.table]
key = "nor this"
"""
literal = \'\'\'
[[nor]]
this = 1\'\'\'
after = 2027-12-31
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("a",), 4),
        (("a", "b"), 4),
        (("a", "b", "one"), 5),
        (("a", "b", "quoted key"), 6),
        (("a", "b", "dotted", "deep"), 7),
        (("sites", 0), 9),
        (("sites", 0, "id"), 10),
        (("sites", 0, "names", 0), 12),
        (("sites", 0, "names", 1), 13),
        (("sites", 1), 16),
        (("sites", 1, "id"), 17),
        (("sites", 1, "identifiers", "nested", "y", 1), 18),
        (("sites", 1, "parts", 0, "kind"), 20),
        (("sites", 1, "extra", "z"), 22),
        (("tail", "long"), 25),
        (("tail", "literal"), 29),
        (("tail", "after"), 32),
    ],
)
def test_every_form_of_key_has_its_line(path: KeyPath, line: int) -> None:
    assert find_lines(TEXT)[path] == line


def test_texts_inside_strings_are_no_keys() -> None:
    lines = find_lines(TEXT)
    assert not {("not",), ("key",), ("nor",), ("this",), ("tail", "key"), ("tail", "this")} & lines.keys()


def paths(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    if isinstance(value, dict):
        children: list[tuple[str | int, Any]] = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    else:
        children = []
    return {path, *(found for key, child in children for found in paths(child, (*path, key)))}


@pytest.mark.parametrize("file", sorted(PACKAGED.rglob("*.toml")), ids=lambda path: path.name)
def test_every_packaged_value_has_a_line_that_shows_it(file: Path) -> None:
    text = file.read_text("utf-8")
    lines = find_lines(text)
    written = text.splitlines()
    assert paths(tomllib.loads(text)) - {()} == lines.keys()
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert path[-1] in written[line - 1], f"{path} is not on line {line}"


VALUES = st.sampled_from(
    ['"a"', "1", "true", "[1, 2]", '["x",\n "y"]', "{ k = 1, l = [3] }", '"""\n[t]\nk = 1\n"""', "''"]
)
KEYS = st.sampled_from(["a", "b", "c", '"q r"', "a.b", "z-1"])
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    KEYS.map(lambda key: f"[{key}]"),
    KEYS.map(lambda key: f"[[{key}]]"),
    st.just("# comment [x] = 1"),
    st.just(""),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=12))
def test_agrees_with_tomllib_on_what_there_is(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        find_lines(text)  # must end, whatever it finds
        return
    assert paths(data) - {()} == find_lines(text).keys()

"""JSON in pages: bodies with and without a prefix, islands in order, expressions on documents of another shape."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from config.schema_profiles import Island
from crawlers.islands import as_text, body_json, find, island_documents


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ("[1, 2]", [1, 2]),
        ('\ufeff {"a": 1}', {"a": 1}),
        ('window.data1 = {"a": 1};\nvar b = 2;', {"a": 1}),
        ('mtopjsonp12({"a": 1})', {"a": 1}),
        (' jQuery.cb_1 ({"a": [1]}); ', {"a": [1]}),
        ('{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        (r'{"a": "it\'s \d", "b": "\\\" \n"}', {"a": "it's d", "b": '\\" \n'}),
        ('{"a": ', None),
        ("{a: 1}", None),
        ('"text"', None),
        ("<p>{}</p>", None),
        ("", None),
        ("[" * 100_000, None),
    ],
)
def test_body(text: str, value: Any) -> None:
    assert body_json(text) == value


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    assert isinstance(body_json(text), dict | list | None)
    assert isinstance(body_json("x = {" + text), dict | list | None)


def documents(island: Island, page: str) -> list[Any]:
    return list(island_documents(island, page, LexborHTMLParser(page)))


def test_islands_stand_in_the_order_of_their_numbers() -> None:
    page = "".join(f'<script data-id="f{n}-{n}" type="application/json">{{"n": {n}}}</script>' for n in (10, 2, 1))
    island = Island(css="script[data-id]", order=r"^data-id=.*-(\d+)$")
    assert [document["n"] for document in documents(island, page)] == [1, 2, 10]
    assert [document["n"] for document in documents(Island(css="script[data-id]"), page)] == [10, 2, 1]


def test_marked_values_are_found_wherever_they_stand() -> None:
    page = '<script>var a = 1; g_config = {"n": 1}; FM.view({"n": 2}) FM.view({broken) FM.view({"n": 3})</script>'
    assert documents(Island(marker=r"g_config\s*=\s*"), page) == [{"n": 1}]
    assert documents(Island(marker=r"FM\.view\("), page) == [{"n": 2}, {"n": 3}]


def test_expressions_on_another_shape_find_nothing() -> None:
    assert find("a.b[0].c", {"a": []}) is None
    assert find("length(a)", {"b": 1}) is None
    assert find("join(' ', a)", {"a": [1, 2]}) is None
    assert find("a.b", {"a": {"b": 0}}) == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [("x", "x"), (3, "3"), (1.5, "1.5"), (["¥", "3", 8], "¥38"), (None, ""), (True, ""), ({"a": 1}, ""), ([], "")],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert as_text(value) == text

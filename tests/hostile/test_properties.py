"""Whatever bytes come: charsets, prices and tables of links (addresses are case U2)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from crawlers.decode import decode
from crawlers.imports.formats import csv
from crawlers.imports.handed import File, Handed
from crawlers.imports.problems import Refused
from crawlers.values import price_cny

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=40, max_size=200)
LABELS = st.sampled_from(
    ["", "utf-8", "gbk", "gb2312", "big5", "utf-16", "iso-8859-1", "utf-7", "hz-gb-2312", "x" * 99]
)
AMOUNTS = st.integers(min_value=1, max_value=99_999_900)


@given(st.binary(max_size=400), LABELS, LABELS)
def test_any_bytes_are_text_with_any_declaration(body: bytes, header: str, meta: str) -> None:
    page = f'<meta charset="{meta}">'.encode() + body
    found = decode(page, [("Content-Type", f"text/html; charset={header}")])
    assert found.text.isascii() or found.encoding
    assert len(found.text) <= len(page)


@given(HAN, st.sampled_from(["utf-8", "gb18030"]), LABELS)
def test_chinese_is_read_whatever_is_declared(text: str, codec: str, label: str) -> None:
    said = "text/html" + (f"; charset={label}" if label != "big5" else "")
    assert decode(f"<p>{text}</p>".encode(codec), [("Content-Type", said)]).text == f"<p>{text}</p>"


@given(HAN, st.sampled_from(["utf-8", "gb18030"]), st.integers(1, 3))
def test_a_page_cut_anywhere_loses_one_letter_at_most(text: str, codec: str, less: int) -> None:
    found = decode(f"<p>{text}".encode(codec)[:-less], [("Content-Type", f"text/html; charset={codec}")]).text
    assert f"<p>{text}".startswith(found.rstrip("\ufffd"))
    assert len(text) + 3 - len(found.rstrip("\ufffd")) <= 2


@given(st.text(max_size=100))
def test_a_price_is_more_than_nothing_or_none(shown: str) -> None:
    price = price_cny(shown)
    assert price is None or price > 0


@given(AMOUNTS, st.sampled_from(["¥{}", "￥ {}", "{}元", "{}", "现价：{}元起", "RMB {}"]), st.booleans())
def test_a_price_is_read_in_any_dress(cents: int, dress: str, wide: bool) -> None:
    shown = f"{cents // 100}.{cents % 100:02}"
    dressed = dress.format(shown.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")) if wide else shown)
    assert price_cny(dressed) == (cents / 100 or None)


CELLS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
TABLES = st.lists(st.lists(st.one_of(CELLS, st.just("http://a.example/x")), min_size=1, max_size=4), max_size=8)


@settings(max_examples=60)
@given(st.one_of(st.binary(min_size=1, max_size=400), TABLES.map(lambda rows: "\n".join(map(",".join, rows)).encode())))
def test_any_table_is_read_or_refused_by_name(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data or b"\n")
    file = File.open(path, Handed(), config.load().settings.imports, "2026-11-21T00:00:00.000Z")
    try:
        found = list(csv.FORMAT.read(file))
    except Refused as refusal:
        assert refusal.args
    else:
        assert len(found) <= data.count(b"\n") + data.count(b"\r") + 2

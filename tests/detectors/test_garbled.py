"""Documents in the wrong encoding are read as they were meant; all others stay as they are."""

from __future__ import annotations

import pytest

from detectors.base import Level
from detectors.context import Context
from detectors.features import Page
from detectors.garbled import repaired
from detectors.runner import assess

FORM = "姓名：<input> 身份证号：<input><input type=submit value=查询>"
MEANT = f"<title>国家安全生产监督管理总局</title><p>特种作业操作证查询</p>{FORM}"


@pytest.mark.parametrize(("meant", "read"), [("gb18030", "latin-1"), ("utf-8", "latin-1"), ("gb18030", "cp1252")])
def test_a_document_read_in_a_western_encoding_is_repaired(meant: str, read: str) -> None:
    assert repaired(MEANT.encode(meant).decode(read)) == MEANT


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>plain</p>",
        MEANT,
        "<p>Überprüfung für Größe</p>",
        "<p>Ünïcödé ÄÖÜäöüß</p>",
        "<p>Привет мир</p>",
        "<p>日本 ÀÁÂÃÄÅ</p>",
    ],
)
def test_any_other_document_stays_as_it_is(html: str) -> None:
    assert repaired(html) == html


def test_a_wrong_label_hides_nobody(context: Context) -> None:
    garbled = MEANT.encode("gb18030").decode("latin-1")
    found = assess(Page.from_html(garbled, "https://a.example/"), context).impersonation
    assert found.level is Level.FLAG
    assert "应急管理部" in found.imitates

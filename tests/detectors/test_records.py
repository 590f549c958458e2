"""Certificate records that a page shows."""

from __future__ import annotations

import pytest

from detectors.features import Page
from detectors.records import named_issuer, record_fields, record_issuer, stands_alone

FIELDS = [
    ("姓　　名", "某甲"),
    ("证　　号", "T00000019000101000X"),
    ("作业类别", "高处作业"),
    ("准操项目", "登高架设作业"),
    ("初领日期", "2024-05-06"),
    ("签发机关", "银河省应急管理厅"),
]
SHAPES = {
    "table": "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in FIELDS).join(
        ("<table>", "</table>")
    ),
    "list": "".join(f"<li>{label}：{value}</li>" for label, value in FIELDS),
    "inline": "".join(f"<div><b>{label}</b><span>{value}</span></div>" for label, value in FIELDS),
}
DETAIL = "https://a.example/index/cert/detail/id/31.html"


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_labels_with_values_are_a_record_in_any_shape(shape: str) -> None:
    page = Page.from_html(SHAPES[shape], DETAIL)
    assert set(record_fields(page)) == {label.replace("　", "") for label, _ in FIELDS}
    assert named_issuer(page) == "银河省应急管理厅"


def test_an_explanation_and_a_head_row_are_none() -> None:
    head = "<table><tr>" + "".join(f"<td>{label}</td>" for label, _ in FIELDS) + "</tr></table>"
    said = "<p>查询后显示姓名、证号、作业类别、准操项目、初领日期和签发机关，2024年5月6日起实行。</p>"
    assert not record_fields(Page.from_html(head + "<p>2024-05-06</p>", DETAIL))
    assert not record_fields(Page.from_html(said, DETAIL))


def test_a_record_alone_at_an_address_of_its_own_is_an_answer() -> None:
    assert record_issuer(Page.from_html(SHAPES["list"], DETAIL)) == "银河省应急管理厅"
    assert record_issuer(Page.from_html(SHAPES["list"], "https://a.example/about")) == ""
    assert not stands_alone(Page.from_html(SHAPES["list"] + "<p>" + "文" * 2000, DETAIL))


@pytest.mark.parametrize(
    "url", ["https://a.example/?id=T000", "https://a.example/v.aspx?no=00", "https://a.example/r/8F2A"]
)
def test_addresses_that_look_a_record_up(url: str) -> None:
    assert stands_alone(Page.from_html(SHAPES["list"], url))

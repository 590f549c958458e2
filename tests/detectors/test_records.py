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


NUMBERED = "<p>甲某</p><p>{number}</p><p>电工作业</p><p>低压电工作业</p><p>2022-11-18</p><p>2022-11-18至2028-11-17</p>"


@pytest.mark.parametrize(
    ("number", "body"),
    [
        ("T9900**********0027", "应急管理部"),
        ("T990000199001010000", "应急管理部"),
        ("HT9900**********0027", ""),
        ("ZX-2022-0001", ""),
    ],
)
def test_a_number_tells_whose_certificate_it_is(number: str, body: str) -> None:
    assert record_issuer(Page.from_html(NUMBERED.format(number=number), DETAIL)) == body


def test_staff_lists_and_long_pages_are_no_certificates() -> None:
    one = NUMBERED.format(number="T9900**********0027")
    two = NUMBERED.format(number="T9900**********0035")
    assert not record_issuer(Page.from_html(one + "<p>所属班组 三班</p>", DETAIL))
    assert not record_issuer(Page.from_html(one + two, DETAIL))
    assert not record_issuer(Page.from_html(one + "<p>" + "说明" * 800 + "</p>", DETAIL))


def test_construction_has_numbers_of_its_own() -> None:
    html = "<h2>安全生产考核合格证书</h2><p>银建安C（2023）0000000</p><p>2023年08月01日 至 2026年07月31日</p>"
    assert record_issuer(Page.from_html(html, DETAIL)) == "住房和城乡建设部"


def test_a_paper_without_an_issuer_is_its_systems() -> None:
    fields = "".join(f"<p>{label}：{value}</p>" for label, value in FIELDS[:-1])
    assert record_issuer(Page.from_html("<title>查询结果</title>" + fields, DETAIL)) == "应急管理部"

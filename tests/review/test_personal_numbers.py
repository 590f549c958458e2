"""After a small run nobody's identity or certificate number stands in full outside the archive; phones are masked where
judgements stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawlers.identities import check_character
from crawlers.records import Fetched, Hit, HitKind, Listing, TaskKind
from review.cli import main
from tests.crawlers.keeping import exchange, house, page, task

BODY = "11010119900101123"
VALID = BODY + check_character(BODY)
FALSE = BODY + ("0" if VALID[-1] != "0" else "1")
PHONE = "14000000127"
WRITTEN = {
    "plain": VALID,
    "full width": "".join(chr(ord(sign) + 0xFEE0) for sign in VALID),
    "circled": "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(sign)] for sign in FALSE),
    "parted": f"{VALID[:6]} {VALID[6:14]} {VALID[14:]}",
}
RECORD = "特种作业操作证 证号：T{number} 初领日期：2021-03-05 有效期限：2021-03-05至2029-03-04 应复审日期：2024-03-04"


def offers(number: str) -> Fetched:
    said = f"焊工证 不用考试 证号T{number}"
    listing = Listing(platform="xianyu", item_id="77", title=said, text=said, seller=number, url="https://x.example/77")
    hit = Hit(
        engine="baidu",
        query="焊工证",
        kind=HitKind.AD,
        rank=1,
        title=said,
        snippet=said,
        advertiser=number,
        url="http://shop.example/",
    )
    kept = page(task("焊工证", kind=TaskKind.MARKETPLACE, source="xianyu"), exchange("https://x.example/s", b"{}"))
    fields = {name: getattr(kept, name) for name in kept.__slots__}
    return Fetched(**fields | {"listings": (listing,), "hits": (hit,), "title": said})


@pytest.mark.parametrize("number", WRITTEN.values(), ids=WRITTEN.keys())
def test_no_number_is_left_in_rows_logs_and_exports(number: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    html = (
        f"<title>办证 T{number}</title><p>焊工证不用考试三天拿证，电话{PHONE}</p><p>{RECORD.format(number=number)}</p>"
    )
    with house(data) as made:
        made.keep(
            page(task("http://shop.example/"), exchange("http://shop.example/", html.encode()), title=f"T{number}")
        )
        made.keep(offers(number))
    out = ""
    for command in (
        ["detect"],
        ["detect", "--json"],
        ["case", "list"],
        ["case", "list", "--json"],
        ["case", "show", "A-000001"],
        ["case", "show", "A-000001", "--json"],
        ["rules", "try", "不用考试"],
        ["rules", "try", "不用考试", "--json"],
        ["rules", "try", "证号", "--as", "exempt", "--json"],
    ):
        result = CliRunner().invoke(main, [*command, "--data", str(data)])
        assert result.exit_code == 0, result.output
        out += result.output
    files = [path for path in data.rglob("*") if path.is_file() and path.parts[-2] != "archive"]
    assert any(path.name == "store.sqlite" for path in files)
    for text in (out, *(path.read_bytes().decode("utf-8", "replace") for path in files)):
        assert number not in text
        assert VALID not in text
        assert FALSE not in text
    assert PHONE not in out


def test_assess_shows_contacts_in_full_and_numbers_never() -> None:
    line = json.dumps({"id": 1, "text": f"电话{PHONE}。{RECORD.format(number=VALID)}"})
    result = CliRunner().invoke(main, ["assess", "-", "--json"], input=line)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert VALID not in result.stdout
    contacts = {one["kind"]: one["value"] for one in told["contacts"]}
    assert contacts == {"phone": PHONE, "certificate": "110*************37"}
    assert "证书日期矛盾" in {signal["class"] for signal in told["selling"]["signals"]}

"""The way of a hand-over from the command line."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from review.cli import main
from review.clock import utc_now
from review.packets import strings
from review.packets.ledger import FIRST_ROW
from review.web.words import of_language
from tests.crawlers.keeping import house
from tests.review.handing import confirmed


class Desk:
    def __init__(self, data: Path, config: Path) -> None:
        self.data, self.config = data, config

    def run(self, *arguments: str, exit_code: int = 0) -> Result:
        options = ["--data", str(self.data), "--config", str(self.config)]
        done = CliRunner().invoke(main, [*arguments, *options], catch_exceptions=False)
        assert done.exit_code == exit_code, done.output
        return done


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    config, data = tmp_path / "office", tmp_path / "data"
    config.mkdir()
    (config / "settings.toml").write_text("[stamp]\nauthorities = []\n", encoding="utf-8")
    with house(data) as rooms:
        for number in (1, 2):
            confirmed(rooms, f"cx-{number}.example", fetched_at=utc_now())
    return Desk(data, config)


def fill(bundle: Path, **cells: str) -> bytes:
    """The bundle's 台账 with the first row filled in, as a recipient does it in a spreadsheet."""
    with zipfile.ZipFile(bundle) as whole:
        book = load_workbook(io.BytesIO(whole.read("01_移送台账.xlsx")))
    sheet = book[strings.LEDGER_SHEET]
    for name, value in cells.items():
        sheet.cell(FIRST_ROW, list(strings.LEDGER).index(name) + 1, value)
    book.save(output := io.BytesIO())
    return output.getvalue()


def test_from_draft_to_close(desk: Desk, tmp_path: Path) -> None:
    label = desk.run("referral", "draft", "A-1", "A-2", "--to", "cac", "--actor", "张三").stdout.strip()
    assert label.startswith("R-")
    assert "不重复移送" in desk.run("referral", "draft", "A-1", "--to", "cac", exit_code=2).output
    desk.run("case", "fact", "A-1", "collateral", "同地址未见其他网站", "--source", "接入商答复", "--actor", "张三")
    assert "接入商答复" in desk.run("case", "fact", "A-1").output
    built = json.loads(desk.run("bundle", "build", label, "--actor", "张三", "--json").stdout)
    assert built["verdict"] == "unknown"
    done = CliRunner().invoke(main, ["bundle", "verify", built["file"], "--trust", str(desk.data / "trust")])
    assert (done.exit_code, "无法判断" in done.output) == (2, True)
    desk.run("referral", "submit", label, "--actor", "张三")
    assert "参与了" in desk.run("referral", "review", label, "--actor", "张三", exit_code=2).output
    desk.run("referral", "review", label, "--actor", "李四")
    desk.run("referral", "approve", label, "--actor", "王五")
    desk.run("referral", "send", label, "--channel", "公文交换", "--number", "示网办〔2026〕1号")
    assert "应于" in desk.run("referral", "list").output
    assert desk.run("referral", "list", "--overdue").stdout == ""
    filled = tmp_path / "01_移送台账.xlsx"
    filled.write_bytes(fill(Path(built["file"]), received_by="赵六", result="已阻断", answer="已阻断"))
    assert "签收 1 件，反馈 1 件" in desk.run("bundle", "feedback", label, str(filled)).output
    filled.write_bytes(fill(Path(built["file"]), received_by="赵六", result="随便"))
    assert "不在选项内" in desk.run("bundle", "feedback", label, str(filled), exit_code=1).output
    desk.run("referral", "receive", label, "--by", "赵六")
    desk.run("referral", "answer", label, "--result", "returned")
    scan = tmp_path / "回执.pdf"
    scan.write_bytes(b"%PDF-1.7 invented")
    desk.run("referral", "file", label, str(scan), "--kind", "receipt")
    desk.run("referral", "close", label)
    told = json.loads(desk.run("referral", "show", label, "--json").stdout)
    assert (told["state"], [item["result"] for item in told["items"]]) == ("closed", ["blocked", "returned"])
    assert [paper["name"] for paper in told["papers"]] == ["01_移送台账.xlsx", "回执.pdf"]
    shown = desk.run("referral", "show", label).output
    assert "办结" in shown
    assert "已阻断" in shown
    assert "blocked" not in shown
    keys = {key for event in told["events"] for key in event["detail"]}
    assert keys - set(of_language("zh_Hans").detail) == set()


def test_what_is_not_there_is_said(desk: Desk) -> None:
    assert "R-2026-999999" in desk.run("referral", "show", "R-2026-999999", exit_code=2).output
    assert "withdrawn" in desk.run("referral", "list", "--state", "nonsense", exit_code=2).output

"""`import` of a table as a person calls it: looked at first, columns named where headers do not say, then taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawlers.imports import tips
from crawlers.store import Store, store_url
from review.cli import main

TABLE = "举报编号,涉事地址,举报内容,举报人\nGD-1,zs.example,办证,张某\nGD-2,无,加微信,李某\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "12350线索.csv"
    path.write_text(TABLE, "gbk")
    return path


def run(tmp_path: Path, *arguments: str, expect: int) -> Result:
    result = CliRunner().invoke(main, ["import", *arguments, "--data", str(tmp_path / "data")])
    assert result.exit_code == expect, result.output
    return result


def test_a_preview_shows_columns_and_makes_nothing(tmp_path: Path, table: Path) -> None:
    shown = run(tmp_path, str(table), "--preview", expect=0).stdout
    assert "第 2 列 涉事地址 → 网址（按内容）" in shown
    assert "举报人信息，不读取" in shown
    assert "张某" not in shown
    assert "http://zs.example/" in shown
    assert "什么都没有写入" in shown
    assert not (tmp_path / "data").exists()


def test_a_mapping_overrules_and_what_is_taken_is_told(tmp_path: Path, table: Path) -> None:
    mapped = ("--map", "涉事地址=url", "--map", "1=reference", "--channel", "12350")
    told = run(tmp_path, str(table), *mapped, expect=3).stdout
    assert "线索 2 条，问题 1 处" in told
    assert "未核验" in told
    store = Store.open(store_url(tmp_path / "data"))
    with store.read() as connection:
        found = [(one.tip.url, one.tip.reference, one.tip.channel) for one in tips.listed(connection)]
    store.close()
    assert found == [("http://zs.example/", "GD-1", "12350"), ("", "GD-2", "12350")]
    assert "已导入过同一文件" in run(tmp_path, str(table), expect=3).stdout


def test_a_mapping_that_does_not_fit_says_what_would(tmp_path: Path, table: Path) -> None:
    refused = run(tmp_path, str(table), "--map", "网站=url", expect=1).stderr
    assert "涉事地址" in refused
    assert "不是表里的列" in refused
    assert run(tmp_path, str(table), "--map", "网站", expect=2).stderr
    (line,) = run(tmp_path, str(table), "--map", "涉事地址=link", "--json", expect=1).stdout.splitlines()
    assert json.loads(line)["code"] == "table_field"

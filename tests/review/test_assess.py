"""`assess`, `screen` and `evaluate` as they are called: shapes, bad lines, exit codes, what they load."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from review.cli import main
from review.commands._shared import FINE, PARTIAL, USAGE

OFFER = "焊工证不用考试，三天拿证，加微信 abc_12345"
CLONE = '<title>银河省应急管理厅</title><meta name=SiteName content="银河省应急管理厅"><p>首页</p>'


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(main, [*arguments], input=stdin, catch_exceptions=False)


def documents(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_shape_of_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(f"<title>办证</title><p>{OFFER}</p>", encoding="utf-8")
    result = run("assess", str(file), "--url", "https://a.example/x", "--json")
    assert result.exit_code == FINE
    (found,) = documents(result)
    assert list(found) == ["id", "url", "state", "impersonation", "selling", "contacts"]
    assert (found["id"], found["url"], found["state"]) == (str(file), "https://a.example/x", "results")
    assert list(found["impersonation"]) == ["verdict", "class", "score", "imitates", "signals"]
    assert found["selling"]["verdict"] == "flag"
    signal = found["selling"]["signals"][0]
    assert set(signal) >= {"detector", "version", "class", "weight", "reason", "quote", "start", "end"}
    assert {"kind": "wechat", "value": "abc_12345", "quote": "abc_12345"} in found["contacts"]


@pytest.mark.parametrize("url", ["a.example.top", "a.example.top/x/", "//a.example.top/x", "https://a.example.top/"])
def test_a_bare_host_is_judged_like_an_address(tmp_path: Path, url: str) -> None:
    file = tmp_path / "a.html"
    file.write_text(CLONE, encoding="utf-8")
    (found,) = documents(run("assess", str(file), "--url", url, "--json"))
    assert (found["url"], found["impersonation"]["verdict"]) == (url, "flag")


def test_text_offsets_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(f"你好\n{OFFER}", encoding="utf-8")
    (found,) = documents(run("assess", str(file), "--json"))
    text = file.read_text(encoding="utf-8")
    for signal in found["selling"]["signals"]:
        assert text[signal["start"] : signal["end"]] == signal["quote"]


def test_lines_keep_their_ids_and_a_bad_line_costs_itself_alone() -> None:
    lines = [
        json.dumps({"id": 7, "text": OFFER}),
        "{broken",
        json.dumps(["no", "object"]),
        json.dumps({"id": "both", "text": "a", "html": "b"}),
        json.dumps({"id": "url", "html": "<p>x", "url": 5}),
        "",
        json.dumps({"id": None, "html": CLONE, "url": "https://b.example/"}),
        json.dumps({"text": "\ud800"}),
    ]
    result = run("assess", "-", "--json", stdin="\n".join(lines))
    found = documents(result)
    assert result.exit_code == PARTIAL
    assert [one["id"] for one in found] == [7, 2, 3, "both", "url", None, 8]
    assert ["error" in one for one in found] == [False, True, True, True, True, False, False]
    assert found[5]["impersonation"]["imitates"] == "银河省应急管理厅"


def test_a_file_that_is_not_there_is_an_error_object(tmp_path: Path) -> None:
    result = run("assess", str(tmp_path / "none.html"), "--json")
    assert result.exit_code == PARTIAL
    assert "cannot read" in documents(result)[0]["error"]


def test_people_get_verdicts_with_reasons_and_quotes(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(OFFER, encoding="utf-8")
    shown = run("assess", str(file)).stdout
    assert "【预警】 网上售假  承诺免考" in shown
    assert "依法必须本人培训并考核合格" in shown
    assert "“焊工证不用考试" in shown


def test_a_warc_file_is_read_record_by_record(tmp_path: Path) -> None:
    body = f"<p>{OFFER}</p>".encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body)
    record = (
        b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
        b"WARC-Date: 2026-01-31T00:00:00Z\r\nWARC-Target-URI: https://w.example/\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % (len(head) + len(body))
    )
    file = tmp_path / "a.warc.gz"
    file.write_bytes(gzip.compress(record + head + body + b"\r\n\r\n"))
    (found,) = documents(run("assess", str(file), "--json"))
    assert found["url"] == "https://w.example/"
    assert found["selling"]["verdict"] == "flag"


def test_a_file_that_is_no_warc_says_so(tmp_path: Path) -> None:
    file = tmp_path / "a.warc"
    file.write_bytes(b"no archive at all")
    result = run("assess", str(file), "--json")
    assert result.exit_code == PARTIAL
    assert "error" in documents(result)[0]


def test_assess_loads_nothing_heavy_and_writes_nothing(tmp_path: Path, root: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(CLONE, encoding="utf-8")
    code = (
        "import sys\nfrom review.cli import main\n"
        f"sys.argv = ['zhengshao', 'assess', {str(file)!r}, '--url', 'https://b.example/', '--json']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "names = ('flask', 'typst', 'twisted', 'scrapy', 'sqlalchemy', 'bs4', 'requests', 'lxml')\n"
        "print(code, [name for name in names if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"
    assert [one.name for one in tmp_path.iterdir()] == ["a.html"]


def test_screen_prints_what_is_at_watch_or_above(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("# comment\nMEM-gov-cn.com\r\nexample.com\n\n特种作业证查询.com\n", encoding="utf-8")
    result = run("screen", str(file), "--json")
    assert result.exit_code == FINE
    found = documents(result)
    assert [one["name"] for one in found] == ["MEM-gov-cn.com", "特种作业证查询.com"]
    assert [one["verdict"] for one in found] == ["flag", "watch"]
    assert all(set(one) == {"name", "unicode", "verdict", "class", "imitates", "reason"} for one in found)


def test_screen_reads_a_stream_of_any_bytes() -> None:
    result = run("screen", "-", "--json", stdin=b"\xff\xfe\nmem-gov-cn.com\n" + b"a" * 9000 + b"\n")
    assert result.exit_code == PARTIAL
    bad, found, long = documents(result)
    assert found["name"] == "mem-gov-cn.com"
    assert set(bad) == set(long) == {"name", "error"}
    assert len(long["name"]) == 300


def test_evaluate_counts_and_explains(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": OFFER, "is_selling": True, "label": "seller", "difficulty": 1},
        {"id": "b", "text": "花店", "is_selling": False, "label": "other", "difficulty": 1},
        {"id": "c", "text": "你懂的", "is_selling": True, "label": "seller", "difficulty": 3},
        {"id": "d", "html": CLONE, "url": "https://b.example/", "is_impersonation": True, "imitates": "别的机关"},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    result = run("evaluate", str(file), "--json")
    assert result.exit_code == FINE
    found = json.loads(result.stdout)
    assert found["overall"]["selling"]["rows"] == 3
    assert found["overall"]["selling"]["recall"]["value"] == pytest.approx(0.5)
    assert found["overall"]["selling"]["false_positive_rate"]["value"] == 0.0
    assert found["label"]["seller"]["selling"]["recall"]["of"] == 2
    assert [one["id"] for one in found["confusions"]] == ["c"]
    assert [one["id"] for one in found["misnamed"]] == ["d"]
    assert "漏掉 c 售假" in run("evaluate", str(file)).stdout


def test_evaluate_without_its_file() -> None:
    assert run("evaluate", "/nonexistent/rows.jsonl").exit_code == USAGE

"""`db`, `import` and `verify`, as a person calls them."""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawlers.store import Store, store_url
from review.cli import main
from review.night.ground import night_lock
from tests.crawlers.keeping import drop_guards, exchange, house, page, task

RECORD = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:x:1>\r\nWARC-Target-URI: http://old.example/\r\n"
    b"WARC-Date: 2026-01-02T03:04:05Z\r\nContent-Length: 48\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x\r\n\r\n"
)


def _run(data: Path, *arguments: str, expect: int = 0) -> Result:
    result = CliRunner().invoke(main, [*arguments, "--data", str(data)])
    assert result.exit_code == expect, result.output
    return result


def _json(data: Path, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
    lines = _run(data, *arguments, "--json", expect=expect).stdout.splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "saved.warc.gz"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x"
    record = RECORD.replace(b"Content-Length: 48", f"Content-Length: {len(block)}".encode())
    path.write_bytes(gzip.compress(record))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with one capture."""
    with house(tmp_path / "data") as made:
        made.keep(page(None, exchange()))
    return tmp_path / "data"


def test_the_command_is_called_import() -> None:
    names = main.list_commands(None)  # type: ignore[arg-type]
    assert "import" in names
    assert "import-" not in names
    assert CliRunner().invoke(main, ["import", "--help"]).exit_code == 0


def test_import_makes_the_store_and_keeps_once(tmp_path: Path, saved: Path) -> None:
    data = tmp_path / "new"
    (first,) = _json(data, "import", str(saved))
    assert (first["captures"], first["known"], first["damaged"]) == ([1], 0, [])
    (again,) = _json(data, "import", str(saved))
    assert (again["captures"], again["known"]) == ([], 1)
    assert "已导入过同一文件" in _run(data, "import", str(saved)).stdout
    assert _json(data, "verify", "audit")[0]["problems"] == []


def test_import_says_what_was_not_taken(tmp_path: Path, saved: Path) -> None:
    wrong = tmp_path / "page.html"
    wrong.write_text("<html>")
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(saved.read_bytes() + saved.read_bytes()[:60])
    told = _json(tmp_path / "new", "import", str(saved), str(wrong), str(cut), expect=3)
    assert told[1]["code"] == "needs_url"
    assert "--url" in told[1]["error"]
    assert told[2]["known"] == 1
    assert told[2]["damaged"][0]["offset"] == len(saved.read_bytes())
    assert "未导入" in _run(tmp_path / "new", "import", str(wrong), expect=1).stderr
    assert "字节" in _run(tmp_path / "new", "import", str(cut), expect=3).stderr


OFFER = "<title>办证</title><p>焊工证不用考试，三天拿证，电话 14000000127</p>"
RESULTS = """<ol id="b_results"><li class="b_algo"><h2><a href="http://sold.example/">焊工证办理</a></h2></li></ol>"""
ASKED = "https://cn.bing.com/search?q=x"


def _saved(folder: Path, url: str, html: str) -> Path:
    path = folder / "handed.warc"
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
    head = RECORD.partition(b"\r\n\r\n")[0].replace(b"http://old.example/", url.encode())
    path.write_bytes(head.replace(b"Content-Length: 48", b"Content-Length: %d" % len(block)) + b"\r\n\r\n" + block)
    with path.open("ab") as file:
        file.write(b"\r\n\r\n")
    return path


def test_an_imported_page_is_judged_and_becomes_a_case(tmp_path: Path) -> None:
    data, file = tmp_path / "new", _saved(tmp_path, "http://sold.example/", OFFER)
    assert "案件 新立 1" in _run(data, "import", str(file)).stderr
    assert [case["subjects"] for case in _json(data, "case", "list")] == [["site:sold.example"]]
    (again,) = _json(data, "detect")
    assert (again["judged"], again["cases"]) == (0, {"unchanged": 1})


def test_detect_opens_the_cases_of_what_it_judges(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.keep(page(task("http://sold.example/"), exchange("http://sold.example/", OFFER.encode())))
    (first,) = _json(tmp_path, "detect")
    assert first == {"judged": 1, "flagged": 1, "errors": 0, "cases": {"opened": 1}}
    assert "案件 无变化 1" in _run(tmp_path, "detect").stdout


def test_beside_a_night_imports_are_kept_and_judging_is_left_to_it(tmp_path: Path) -> None:
    data, file = tmp_path / "new", _saved(tmp_path, "http://sold.example/", OFFER)
    data.mkdir()
    with night_lock(data):
        assert "由该夜间任务识别" in _run(data, "import", str(file)).stderr
        assert "夜间任务" in _run(data, "detect", expect=4).stderr
    assert _json(data, "detect")[0]["cases"] == {"opened": 1}


def test_an_imported_result_page_is_its_engines_and_accuses_nobody(tmp_path: Path) -> None:
    data, file = tmp_path / "new", _saved(tmp_path, ASKED, RESULTS)
    _json(data, "import", str(file))
    assert _json(data, "case", "list") == []
    store = Store.open(store_url(data))
    (hit,), (capture,) = store.hits(), store.captures()
    store.close()
    assert (hit.engine, hit.query, hit.url) == ("bing", "x", "http://sold.example/")
    assert capture.source == "bing"


def test_import_refuses_a_store_of_another_version(data: Path, saved: Path) -> None:
    _change(data, "UPDATE alembic_version SET version_num = 'crawlers_9999' WHERE version_num LIKE 'crawlers_%'")
    assert "newer" in _run(data, "import", str(saved), expect=2).stderr


def test_upgrade_makes_and_repeats(tmp_path: Path) -> None:
    (first,) = _json(tmp_path / "new", "db", "upgrade")
    assert first["revisions"]["crawlers"].startswith("crawlers_")
    assert "数据库已就绪" in _run(tmp_path / "new", "db", "upgrade").stderr


def test_backup_and_restore(data: Path, tmp_path: Path) -> None:
    (report,) = _json(data, "db", "backup", str(tmp_path / "backup"))
    assert report["volumes"] == 1
    assert _run(data, "db", "backup", str(tmp_path / "backup"), expect=2).stderr
    (refused,) = _json(data, "db", "restore", str(tmp_path / "backup"), expect=1)
    assert "never overwrites" in refused["problems"][0]
    for path in data.glob("store.sqlite*"):
        path.unlink()
    assert "已恢复" in _run(data, "db", "restore", str(tmp_path / "backup")).stderr
    assert "一致" in _run(data, "verify", "audit").stderr


def test_audit_names_what_was_changed(data: Path) -> None:
    _change(data, "UPDATE captures SET final_url = 'http://other.example/'")
    result = _run(data, "verify", "audit", expect=1)
    assert result.stdout == "C-00000001: final_url in its row differs from its custody line\n"
    assert "1 处不一致" in result.stderr
    (told,) = _json(data, "verify", "audit", expect=1)
    assert len(told["problems"]) == 1


def test_audit_without_a_store_says_what_to_run(tmp_path: Path) -> None:
    assert "zhengshao db upgrade" in _run(tmp_path, "verify", "audit", expect=2).stderr
    assert list(tmp_path.iterdir()) == []


def _change(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "store.sqlite")) as connection, connection:
        drop_guards(connection)
        connection.execute(statement)

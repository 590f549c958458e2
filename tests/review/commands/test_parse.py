"""`zhengshao parse` and `zhengshao source`: what they print, how they end, what they load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from review.cli import main

FIXTURES = Path(__file__).parents[2] / "fixtures"
HEAVY = ("flask", "typst", "twisted", "scrapy", "sqlalchemy", "bs4", "rich")


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, list(arguments), input=stdin)


def test_prints_one_document() -> None:
    result = run("parse", "baidu", str(FIXTURES / "baidu" / "normal.html"), "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(document)[:6] == ["source", "state", "reason", "results", "ads", "cards"]
    assert (document["source"], document["state"], len(document["results"])) == ("baidu", "results", 3)
    assert document["results"][0]["url"] == "https://safety.example.org/query/index.html"
    assert document["results"][0]["shown"].startswith("http://www.baidu.com/link?url=")
    assert [len(document[kind]) for kind in ("ads", "cards")] == [1, 1]


def test_listings_are_results() -> None:
    document = json.loads(run("parse", "xianyu", str(FIXTURES / "xianyu" / "normal.json"), "--json").stdout)
    first = document["results"][0]
    assert {"title", "url", "price", "seller", "shop_id", "place", "item_id", "promoted"} <= first.keys()
    assert (first["price_cny"], document["results"][2]["promoted"]) == (12000.0, True)


@pytest.mark.parametrize("name", ["empty.html", "blocked.html", "mobile.html"])
def test_exit_is_fine_whatever_is_found(name: str) -> None:
    assert run("parse", "baidu", str(FIXTURES / "baidu" / name)).exit_code == 0


def test_reads_stdin_and_resolves_against_the_address_given() -> None:
    page = "<div class=results><div class=vrwrap><h3><a href='/link?url=x'>甲</a></h3></div></div>".encode()
    document = json.loads(run("parse", "sogou", "-", "--url", "http://m.sogou.com/web", "--json", stdin=page).stdout)
    assert document["results"][0]["url"] == "http://m.sogou.com/link?url=x"


def test_people_get_a_table() -> None:
    result = run("parse", "jd", str(FIXTURES / "jd" / "normal.html"))
    assert "jd：正常读取，结果 2 条" in result.stdout
    assert "示例旗舰店" in result.stdout
    assert "https://item.jd.com/700001.html" in result.stdout


def test_unknown_source_and_unreadable_file_are_usage_errors(tmp_path: Path) -> None:
    unknown = run("parse", "baidoo", str(FIXTURES / "baidu" / "normal.html"), "--json")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "did you mean baidu" in unknown.stderr
    missing = run("parse", "baidu", str(tmp_path / "none.html"))
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "none.html" in missing.stderr
    assert run("parse", "baidu", str(tmp_path)).exit_code == 2


def test_loads_nothing_heavy() -> None:
    page = FIXTURES / "bing" / "normal.html"
    code = (
        "import sys; from review.cli import main\n"
        f"main(['parse', 'bing', {str(page)!r}, '--json'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.strip() == "[]"
    assert json.loads(done.stdout)["source"] == "bing"


def test_every_source_is_listed() -> None:
    rows = json.loads(run("source", "list", "--json").stdout)
    assert {"baidu", "searxng", "xianyu"} <= {row["id"] for row in rows}
    by_id = {row["id"]: row for row in rows}
    assert (by_id["google"]["enabled"], by_id["google"]["access"]) == (False, "import")
    assert by_id["searxng"]["verified_on"] is None
    assert "闲鱼" in run("source", "list").stdout


def test_packaged_profiles_read_their_fixtures() -> None:
    result = run("source", "check", "--fixtures", str(FIXTURES), "--json")
    assert result.exit_code == 0, result.stdout
    pages = json.loads(result.stdout)
    assert {page["state"] for page in pages["baidu"]} == {"results", "empty", "blocked"}
    normal = next(page for page in pages["jd"] if page["page"] == "normal.html")
    assert (normal["rows"], normal["filled"]["title"], normal["filled"]["seller"]) == (2, 1.0, 0.5)


def test_a_page_read_otherwise_is_a_problem(tmp_path: Path) -> None:
    folder = tmp_path / "bing"
    folder.mkdir()
    for path in (FIXTURES / "bing").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    page = folder / "normal.html"
    page.write_text(page.read_text(encoding="utf-8").replace('class="b_algo"', 'class="b_new"'), encoding="utf-8")
    result = run("source", "check", "bing", "--fixtures", str(tmp_path))
    assert result.exit_code == 1
    assert "results" in result.stdout
    assert run("source", "check", "sogou", "--fixtures", str(tmp_path)).exit_code == 1
    assert run("source", "check", "nowhere", "--fixtures", str(tmp_path)).exit_code == 2


def test_a_missing_expectation_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "bing"
    folder.mkdir()
    (folder / "normal.html").write_text("<p>x</p>", encoding="utf-8")
    result = run("source", "check", "bing", "--fixtures", str(tmp_path))
    assert result.exit_code == 2
    assert "normal.expected.json" in result.stderr

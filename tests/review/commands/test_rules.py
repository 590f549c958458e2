"""`rules try`, as an analyst calls it: what is hit, what would change, and nothing saved."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawlers.records import FetchProfile, Listing, TaskKind
from review.cli import main
from tests.crawlers.keeping import exchange, house, page, task

PHONE = "14000000127"
SELLER = f"<title>电工</title><p>低压电工证鹿门直送，电话{PHONE}</p>"
DISGUISED = "<title>办证</title><p>焊工证，鹿.门.直.送，三天拿证，微信 bz_hg_66</p>"
SCHOOL = "<title>培训</title><p>电工培训班，考试合格后发证，所谓“鹿门直送”都是骗局，请勿相信。</p>"
PLAIN = "<title>花店</title><p>本店供应鲜花绿植，欢迎到店选购，量大从优。</p>"
RULE = """
[[concept]]
id = "straight"
terms = ["鹿门直送"]

[[rule]]
id = "straight-trade"
named = "承诺免考"
anchor = "straight"
near = { "trade_cert" = 40 }
weight = 0.7
reason = "承诺不经考试出证"
example = "焊工证鹿门直送"
near_miss = "焊工证考试"
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("rules") / "data"
    offer = Listing(
        platform="xianyu", item_id="77", title=f"登高证鹿门直送 微信{PHONE}", url="https://x.example/77", seller="某某"
    )
    with house(place) as made:
        for name, html in {"seller": SELLER, "hidden": DISGUISED, "school": SCHOOL, "flowers": PLAIN}.items():
            for profile in FetchProfile:
                address = f"http://{name}.example/"
                made.keep(page(task(address, profile=profile), exchange(address, html.encode())))
        found = page(task("登高证", kind=TaskKind.MARKETPLACE, source="xianyu"), exchange("https://x.example/s", b"{}"))
        made.keep(type(found)(**{name: getattr(found, name) for name in found.__slots__} | {"listings": (offer,)}))
    return place


def run(*arguments: str, expect: int = 0) -> Result:
    result = CliRunner().invoke(main, ["rules", "try", *arguments])
    assert result.exit_code == expect, result.output
    return result


def told(*arguments: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    lines = [json.loads(line) for line in run(*arguments, "--json").stdout.splitlines()]
    return lines[:-1], lines[-1]["summary"]


def prints(data: Path) -> dict[str, str]:
    files = sorted(path for path in data.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if "-shm" not in path.name}


def test_a_phrase_is_found_with_the_verdicts_of_today(data: Path) -> None:
    hits, summary = told("鹿门直送", "--data", str(data))
    assert {hit["subject"] for hit in hits} == {
        "site:seller.example",
        "site:hidden.example",
        "site:school.example",
        "listing:xianyu:77",
    }
    assert all(hit["after"] is None and not hit["changed"] for hit in hits)
    assert {hit["subject"] for hit in hits if hit["disguised"]} == {"site:hidden.example"}
    assert (summary["looked"], summary["hit"], summary["unreadable"]) == (9, 7, 0)


def test_as_a_term_it_says_which_verdicts_would_change(data: Path) -> None:
    hits, summary = told("鹿门直送", "--as", "exempt", "--data", str(data))
    changed = {hit["subject"] for hit in hits if hit["changed"]}
    assert {"site:seller.example", "listing:xianyu:77"} <= changed
    assert "site:school.example" not in changed
    assert all(hit["after"]["verdict"] != "clear" for hit in hits if hit["changed"])
    assert any(hit["after"]["verdict"] == "flag" for hit in hits if hit["changed"])
    newly = [one for one in summary["changes"] if one["before"] != one["after"]]
    assert sum(one["subjects"] for one in newly) == len(changed)
    assert sum(one["pages"] for one in summary["changes"]) == len(hits)


def test_the_phrase_is_folded_as_the_lexicon_folds(data: Path) -> None:
    plain, _ = told("鹿门直送", "--data", str(data))
    other, _ = told("鹿门直\u200b送", "--data", str(data))
    assert plain == other
    assert told("微Ｘ办证不存在", "--data", str(data))[0] == []


def test_a_whole_rule_is_tried(data: Path, tmp_path: Path) -> None:
    snippet = tmp_path / "rule.toml"
    snippet.write_text(RULE, encoding="utf-8")
    hits, _ = told("--rule", str(snippet), "--data", str(data))
    assert {hit["subject"] for hit in hits if hit["changed"]} >= {"site:seller.example", "listing:xianyu:77"}
    assert all(hit["quotes"] for hit in hits)


def test_contacts_are_masked_and_nothing_is_saved(data: Path) -> None:
    before = prints(data)
    out = run("鹿门直送", "--as", "exempt", "--data", str(data)).output
    out += run("鹿门直送", "--as", "exempt", "--data", str(data), "--json").output
    assert PHONE not in out
    assert "bz_hg_66" not in out
    assert prints(data) == before


def test_people_read_counts_by_present_and_future_verdict(data: Path) -> None:
    out = run("鹿门直送", "--as", "exempt", "--data", str(data), "--limit", "0").stdout
    assert "正常 → 预警" in out or "观察 → 预警" in out
    assert "看了 9 页，命中 7 页；什么都没有保存。" in out
    assert "school.example" not in out


def test_rows_of_a_file_are_tried_and_counted_by_label(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "低压电工证鹿门直送，两天寄出，微信bz_hg_66", "label": "seller"},
        {"id": "b", "text": "电工培训班，考试合格后发证", "label": "school"},
        {"id": "c", "html": SCHOOL, "label": "school"},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n不是\n", encoding="utf-8")
    result = run("鹿门直送", "--as", "exempt", "--in", str(file), "--json", expect=3)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["subject"] for line in lines[:-1]] == ["a", "c"]
    summary = lines[-1]["summary"]
    assert (summary["looked"], summary["unreadable"]) == (3, 1)
    assert {one["label"]: one["after"] for one in summary["labels"]} == {"seller": "flag", "school": "clear"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "二者取一"),
        (("免考", "--rule", "x.toml"), "二者取一"),
        (("--rule", "x.toml", "--as", "exempt"), "二者取一"),
        (("免",), "太短"),
        (("\u200b\u200b",), "太短"),
        (("免考", "--as", "exemp"), "exempt"),
        (("{nothing}免考", "--as", "exempt"), "[lists]"),
        (("免考", "--data", "/nonexistent"), "db upgrade"),
        (("免考", "--in", "/nonexistent.jsonl"), "没有这个文件或目录"),
        (("--rule", "/nonexistent.toml"), "nonexistent.toml"),
    ],
)
def test_what_cannot_be_tried_says_why(arguments: tuple[str, ...], said: str) -> None:
    assert said in run(*arguments, expect=2).output


def test_a_snippet_is_refused_with_its_line(tmp_path: Path) -> None:
    snippet = tmp_path / "rule.toml"
    snippet.write_text(RULE.replace("weight = 0.7", "weight = 7"), encoding="utf-8")
    out = run("--rule", str(snippet), "--in", "/dev/null", expect=2).output
    assert f"{snippet}:11" in out
    assert "weight" in out
    snippet.write_text(RULE.replace('anchor = "straight"', 'anchor = "nowhere"'), encoding="utf-8")
    assert "nowhere" in run("--rule", str(snippet), "--in", "/dev/null", expect=2).output


def test_a_page_that_cannot_be_read_is_counted(tmp_path: Path) -> None:
    with house(tmp_path / "data") as made:
        made.keep(page(task("http://a.example/"), exchange("http://a.example/", SELLER.encode())))
        volume = made.volume()
        damaged = bytearray(volume.read_bytes())
        start = next(made.store.captures()).place.offset
        damaged[start + 40 : start + 44] = b"\x00\x00\x00\x00"
        volume.write_bytes(bytes(damaged))
    assert "无法读取" in run("鹿门直送", "--data", str(tmp_path / "data"), expect=3).output

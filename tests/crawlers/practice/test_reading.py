"""A practice web is read forgivingly, and a mistake in it is named with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.practice import PracticeError, read_truth
from crawlers.practice.__main__ import main
from crawlers.practice.reading import read_web
from tests.crawlers.practice.webs import html_page, write_web

OFFER = {"platform": "xianyu", "item_id": "910000000001", "title": "焊工证"}


def problems_of(root: Path) -> list[str]:
    with pytest.raises(PracticeError) as caught:
        read_web(root)
    return caught.value.problems


def test_an_empty_folder_is_a_web(tmp_path: Path) -> None:
    web = read_web(tmp_path)
    assert (web.folders, web.offers, web.warnings) == ({}, (), ())


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    assert "no such folder" in problems_of(tmp_path / "nowhere")[0]


def test_unknown_keys_are_warned_about_with_a_suggestion(tmp_path: Path) -> None:
    toml = '[engines.baidu]\ncaptcha_afer = 3\n[[engines.baidu.ads]]\ntitle = "x"\nhost = "a.top"\ncolour = "red"\n'
    warnings = read_web(write_web(tmp_path, toml=toml)).warnings
    assert any("engines.baidu.captcha_afer" in line and "captcha_after" in line for line in warnings)
    assert any("engines.baidu.ads[0].colour" in line for line in warnings)


def test_all_mistakes_come_at_once_with_their_lines(tmp_path: Path) -> None:
    states = ['[[states]]\nhost = "a.top"\nstate = "dead"\n', '[[states]]\nhost = "b.top"\nstate = "gone"\n']
    toml = "\n".join(['[engines.baidu]\nstate = "asleep"\n', *states])
    root = write_web(tmp_path, toml=toml, offers=[OFFER, {"platform": "xianyu", "item_id": 5}])
    problems = problems_of(root)
    assert any(line.startswith(f"{root / 'web.toml'}:2: engines.baidu.state") for line in problems)
    assert any(line.startswith(f"{root / 'web.toml'}:10: states.1.state") for line in problems)
    assert any(line.startswith(f"{root / 'listings.jsonl'}:2: title") for line in problems)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[engines.bing", "not TOML"),
        ('[[engines.baidu.ads]]\ntitle = "x"\n', "needs `url` or `host`"),
        ('[[conditions]]\nhost = "a.top"\nwhen = { query = "x" }\n', "needs one of"),
        ('[[conditions]]\nhost = "a.top"\nserve = "_none.html"\n', "is not a file"),
        ('[[conditions]]\nhost = "a.top"\nserve = "../../../web.toml"\n', "is not a file"),
        ('[[states]]\nhost = "a.top"\npath = "/x"\nstate = "dead"\n', "whole host"),
        ('[[redirects]]\nfrom = "a.top/x"\n', "to"),
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, toml: str, said: str) -> None:
    root = write_web(tmp_path, {"a.top/index.html": html_page("a")}, toml=toml)
    assert any(said in line for line in problems_of(root))


def test_sources_that_are_not_played_are_warned_about_and_ignored(tmp_path: Path) -> None:
    root = write_web(tmp_path, toml="[engines.bidu]\n[marketplaces.ebay]\n", offers=[OFFER | {"platform": "taobo"}])
    said = "\n".join(read_web(root).warnings)
    assert "[engines.bidu]" in said and "did you mean baidu?" in said
    assert "[marketplaces.ebay]" in said and "known: xianyu" in said
    assert "'taobo'" in said and "did you mean taobao?" in said


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "listings.jsonl").write_text('\n{"platform": \n', encoding="utf-8")
    assert problems_of(tmp_path) == [
        f"{tmp_path / 'listings.jsonl'}:2: not JSON: Expecting value; write one object a line"
    ]


def test_one_host_in_two_spellings_is_refused(tmp_path: Path) -> None:
    root = write_web(tmp_path, {"焊工.top/index.html": "a", "xn--est093b.top/index.html": "b"})
    assert "merge" in problems_of(root)[0]


def test_numbers_are_taken_for_texts(tmp_path: Path) -> None:
    offer = read_web(write_web(tmp_path, offers=[OFFER | {"item_id": 910000000001, "price": 260}])).offers[0]
    assert (offer.item_id, offer.price) == ("910000000001", "260")


def test_truth_is_read_in_order(tmp_path: Path) -> None:
    rows = [
        {"subject": "a.top", "axis": "impersonation", "verdict": "flag", "imitates": "应急管理部", "trick": "clone"},
        {"subject": "sogou", "axis": "source", "verdict": "降级"},
    ]
    truth = read_truth(write_web(tmp_path, truth=rows))
    assert [(t.subject, t.axis, t.verdict, t.imitates) for t in truth] == [
        ("a.top", "impersonation", "flag", "应急管理部"),
        ("sogou", "source", "降级", ""),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [{"subject": "a", "axis": "selling", "verdict": "降级"}],
        [{"subject": "baidu", "axis": "source", "verdict": "flag"}],
        [
            {"subject": "a", "axis": "selling", "verdict": "flag"},
            {"subject": "a", "axis": "selling", "verdict": "clear"},
        ],
        [{"subject": "a", "axis": "beauty", "verdict": "flag"}],
    ],
)
def test_a_truth_that_contradicts_itself_is_refused(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    with pytest.raises(PracticeError):
        read_truth(write_web(tmp_path, truth=rows))


def test_a_web_without_truth_states_none(tmp_path: Path) -> None:
    assert read_truth(tmp_path) == []


def test_check_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(write_web(tmp_path, {"a.top/index.html": "x"}, offers=[OFFER])), "--check"]) == 0
    assert "1 hosts, 1 offers" in capsys.readouterr().out
    (tmp_path / "web.toml").write_text("[engines.x", encoding="utf-8")
    assert main([str(tmp_path), "--check"]) == 2
    assert "not TOML" in capsys.readouterr().err

"""How a problem reads."""

from __future__ import annotations

import pickle

from config import ConfigError, Problem

LINE = Problem("office/crawl.toml", 14, "delay_seconds", '"一"', "需要数字（秒）", "例：delay_seconds = 0.6")


def test_a_problem_is_one_line_with_place_value_and_example() -> None:
    assert str(LINE) == 'office/crawl.toml:14: delay_seconds = "一" — 需要数字（秒）。例：delay_seconds = 0.6。'


def test_a_problem_of_a_whole_file_shows_no_line() -> None:
    assert (
        str(Problem("office/x.toml", 0, "", "", "没有读取", "是不是想写 y？"))
        == "office/x.toml: 没有读取。是不是想写 y？"
    )


def test_problems_are_sorted_by_file_and_line_and_not_repeated() -> None:
    later = Problem("office/crawl.toml", 20, "x", "1", "没有这个键")
    other = Problem("office/a.toml", 99, "x", "1", "没有这个键")
    error = ConfigError([later, LINE, other, later])
    assert error.problems == (other, LINE, later)
    assert str(error).splitlines() == [str(other), str(LINE), str(later)]


def test_an_error_survives_the_way_between_processes() -> None:
    assert pickle.loads(pickle.dumps(ConfigError([LINE]))).problems == (LINE,)


def test_json_has_one_field_for_each_part() -> None:
    assert LINE.as_json() == {
        "file": "office/crawl.toml",
        "line": 14,
        "key": "delay_seconds",
        "found": '"一"',
        "accepted": "需要数字（秒）",
        "fix": "例：delay_seconds = 0.6",
    }

"""Reading TOML files, and laying one over another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.documents import Node, Source, overlay, read
from config.errors import ConfigError, Problem


def refused(path: Path, content: bytes) -> Problem:
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read(path, "office/settings.toml")
    (problem,) = caught.value.problems
    assert problem.file == "office/settings.toml"
    return problem


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b'\xef\xbb\xbf[office]\nname = "x"\n', 1, "BOM"),
        ('[office]\nname = "衡阳"\n'.encode("gbk"), 2, "GBK"),
        ('[office]\nname = "x"\n'.encode("utf-16"), 1, "UTF-16"),
        (b'a = "\xff\xff\xff"\n', 1, "未知编码"),
        (b"a = 1\na = 2\n", 2, "同一个键写了两次"),
        (b"[a]\nb = 1\n[a]\n", 3, "同一个表写了两次"),
        ("a = 1\nb = “x”\n".encode(), 2, "值写得不对"),
        ("a = 1\nb = 30分钟\n".encode(), 2, "值后面还有别的内容"),
        (b"a = [1, 2\nb = 3\n", 2, "列表缺少 ]"),
        (b'a = "x\n', 1, "引号可能没有配对"),
        (b'a = """x\n\n', 3, "引号没有配对"),
        (b'path = "C:\\data"\n', 1, "反斜杠"),
        ("键＝1\n".encode(), 1, "全角"),
        (b"a = 1\nb = " + b"9" * 5000, 2, "长得无法读取的数"),
        (b'a = 1\nb = "x\\u0000"\n', 2, "零字符"),
        (b"a = 1\nb = " + b"[" * 3000 + b"]" * 3000, 2, "嵌套过深"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(tmp_path: Path, content: bytes, line: int, said: str) -> None:
    problem = refused(tmp_path / "settings.toml", content)
    assert problem.line == line
    assert said in problem.accepted


def test_a_missing_file_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="读不出来"):
        read(tmp_path / "none.toml", "none.toml")


def test_windows_line_ends_keep_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"a = 1\r\n\r\nb = 2\r\n")
    assert read(path, "a.toml").line(("b",)) == 3


def source(name: str, data: dict[str, Any]) -> Node:
    return Source(name, "", data).node


def merged(base: dict[str, Any], over: dict[str, Any], **identity: str) -> tuple[Any, list[str]]:
    said: list[str] = []
    node = overlay(source("base", base), source("over", over), identity, lambda at, accepted, fix: said.append(fix))
    return node.plain(), said


def test_tables_merge_by_key_and_values_replace() -> None:
    base = {"a": {"x": 1, "y": {"z": 1}}, "words": ["甲", "乙"]}
    assert merged(base, {"a": {"y": {"w": 2}}, "words": ["丙"]}) == (
        {"a": {"x": 1, "y": {"z": 1, "w": 2}}, "words": ["丙"]},
        [],
    )


def test_entries_with_an_id_are_changed_added_and_removed() -> None:
    base = {"sites": [{"id": "a", "host": "a.cn"}, {"id": "b", "host": "b.cn"}]}
    over = {"sites": [{"id": "c", "host": "c.cn"}, {"id": "a", "note": "n"}, {"id": "b", "remove": True}]}
    expected = [{"id": "a", "host": "a.cn", "note": "n"}, {"id": "c", "host": "c.cn"}]
    assert merged(base, over) == ({"sites": expected}, [])


def test_the_identifying_key_may_have_another_name() -> None:
    base = {"known_good": [{"host": "a.cn", "kind": "news"}]}
    over = {"known_good": [{"host": "a.cn", "kind": "portal"}]}
    assert merged(base, over, known_good="host") == ({"known_good": [{"host": "a.cn", "kind": "portal"}]}, [])


def test_removing_what_is_not_there_is_reported_with_the_nearest_name() -> None:
    data, said = merged({"sites": [{"id": "hunan"}]}, {"sites": [{"id": "hunna", "remove": True}]})
    assert data == {"sites": [{"id": "hunan"}]}
    assert said == ["是不是想写 hunan？"]


def test_an_id_written_twice_stays_twice_for_the_check_of_duplicates() -> None:
    data, _ = merged({"sites": [{"id": "a"}]}, {"sites": [{"id": "b", "n": 1}, {"id": "b", "n": 2}]})
    assert [entry["id"] for entry in data["sites"]] == ["a", "b", "b"]


def test_arrays_without_identity_are_replaced_whole() -> None:
    assert merged({"rows": [{"css": "a"}, {"css": "b"}]}, {"rows": [{"css": "c"}]})[0] == {"rows": [{"css": "c"}]}


def test_values_keep_the_file_they_come_from() -> None:
    node = overlay(
        source("base", {"a": {"x": 1, "y": 1}}), source("over", {"a": {"y": 2}}), {}, lambda at, accepted, fix: None
    )
    assert node.at(("a", "x")).source.label == "base"
    assert node.at(("a", "y")).source.label == "over"
    assert node.at(("a", "none", "deeper")).path == ("a",)

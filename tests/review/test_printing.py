"""Reports at a terminal: how Chinese is broken into lines, and what is never folded."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.console import Console

from review.printing import Sentences, wrapped

SILENT = "哔哩哔哩视频搜索 的 6 页全说没有结果，而别的来源有：可能被限制，请人工看一眼。"
BLOCKED = "淘宝 有 3/7 页被验证码或防火墙拦下，不能当作“没有发现”：改用 SearXNG 或由人工导入。"
CLOSING = "，。；：、！？）》”"


@pytest.mark.parametrize("cells", [24, 31, 36, 40, 67])
@pytest.mark.parametrize("told", [SILENT, BLOCKED])
def test_chinese_is_broken_between_characters_only(told: str, cells: int) -> None:
    lines = list(wrapped(told, cells))
    assert "".join(lines).replace(" ", "") == told.replace(" ", "")
    assert max(map(cell_len, lines)) <= cells
    assert not [line for line in lines if line[0] in CLOSING or line[-1] in "（“"]
    assert any(number in line for line in lines for number in ("6 页", "3/7 页"))
    assert "SearXNG" not in told or any("SearXNG" in line for line in lines)


def test_each_sentence_begins_a_line_and_words_stay_whole() -> None:
    lines = list(wrapped(f"{BLOCKED}\n运行 zhengshao source check taobao。", 24))
    assert lines[-2:] == ["运行 zhengshao source", "check taobao。"]


@pytest.mark.parametrize("width", [80, 110])
def test_a_cell_of_sentences_keeps_numbers_with_their_units(width: int) -> None:
    from review.printing import _table

    table = _table("来源", "来源", "结论", "说明")
    table.add_row("bilibili", "正常", Sentences(SILENT))
    console = Console(width=width, file=None, record=True, quiet=False, force_terminal=False)
    with console.capture() as captured:
        console.print(table)
    shown = captured.get()
    assert "6 页全说" in shown
    assert max(map(cell_len, shown.splitlines())) <= width

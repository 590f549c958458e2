"""Reports as tables for people at a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from review.night.health import sentence
from review.strings import (
    AXES,
    CHANGES,
    DEMO_NEXT,
    LEVELS,
    NEVER_SEEN,
    OUTCOMES,
    SEEN_AS,
    SOURCE_FAILED,
    SOURCE_NORMAL,
    VERIFIED,
)

if TYPE_CHECKING:
    from review.demo import DemoReport
    from review.night import NightReport
    from review.truth import Row

_PIECE = re.compile(r"[（《“]*(?:[0-9][0-9/.%]* ?[\u4e00-\u9fff]?|[!-~]+ ?|.)[，。；：、！？）》”…]*\s?")
LEAST_CELLS = 24
"""Narrower than this a sentence is not told: other columns fold first."""
LONGEST_NAME_CELLS = 32
"""A host or an item number up to this is not folded: half a name is another name."""
COLOURS = {SOURCE_NORMAL: "green", SOURCE_FAILED: "red", "found": "green", "missed": "yellow", "accused": "red"}


def _table(title: str, *headings: str) -> Table:
    """Columns without lines: terminals disagree about the width of line characters beside Chinese."""
    table = Table(title=f"\n[bold]{title}[/]", title_justify="left", title_style="", box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, header_style="dim", overflow="fold")
    return table


@dataclass(frozen=True, slots=True)
class Sentences:
    """Chinese text in a cell, a sentence a line: broken between any two characters, never within a word of letters or
    digits, between a number and its unit, or before closing punctuation. Rich alone breaks at blanks, which stand
    just where Chinese must not be broken: `6 页`."""

    text: str

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max(map(cell_len, self.text.splitlines()), default=0)
        return Measurement(min(longest, LEAST_CELLS), longest).clamp(max_width=options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text("\n".join(wrapped(self.text, options.max_width)), no_wrap=True, overflow="fold")


def wrapped(text: str, cells: int) -> Iterator[str]:
    """Lines of at most `cells` terminal cells, unless one unbreakable piece is longer."""
    for told in text.splitlines():
        line = ""
        for piece in _PIECE.findall(told):
            if line and cell_len(line) + cell_len(piece.rstrip()) > cells:
                yield line.rstrip()
                line = ""
            line += piece
        yield line.rstrip()


def print_night(report: NightReport) -> None:
    console = Console(highlight=False)
    table = _table(f"夜间运行 {report.night}", "来源", "结论", "任务", "页面", "结果", "新增", "说明")
    for column in table.columns[2:6]:
        column.justify = "right"
    for source in report.sources:
        colour = COLOURS.get(source.verdict, "yellow")
        numbers = (str(number) for number in (source.asked, source.pages, source.rows, source.new))
        told = [source.advice, *(sentence(finding) for finding in source.findings)]
        words = "\n".join(dict.fromkeys(filter(None, told)))
        table.add_row(source.source, f"[{colour}]{source.verdict}[/]", *numbers, Sentences(words))
    console.print(table)
    console.print(
        f"取证 {report.captures} 份；案件 {counts_told(report.cases)}；待盖时间戳 {report.stamps_queued} 组；"
        f"用时 {report.seconds:.0f} 秒"
    )


def counts_told(counts: Mapping[str, int]) -> str:
    """What became of cases, in words."""
    return "、".join(f"{CHANGES[name]} {number}" for name, number in counts.items()) or "无"


def print_demo(report: DemoReport, data: Path) -> None:
    print_night(report.night)
    console = Console(highlight=False)
    _print_comparison(console, report)
    _print_packets(console, report)
    packet = report.packets[0].file if report.packets else "P-….zip"
    account = {"username": report.account.username, "password": report.account.password}
    console.print(DEMO_NEXT.format(data=data, packet=packet, **account), soft_wrap=True)


def _print_comparison(console: Console, report: DemoReport) -> None:
    comparison = report.comparison
    table = _table("与真实情况对照", "结果", "对象", "方面", "类别，或为何漏掉", "冒用")
    widest = max((cell_len(row.subject) for row in comparison.rows), default=0)
    table.columns[1].min_width = min(widest, LONGEST_NAME_CELLS)
    for row in sorted(comparison.rows, key=lambda row: ("accused", "missed", "found").index(row.outcome)):
        colour, outcome = COLOURS[row.outcome], OUTCOMES[row.outcome]
        cells = (row.subject, AXES[row.axis], row.cls or _missed(row), row.imitates or row.expected)
        table.add_row(f"[{colour}]{outcome}[/]", *(escape(cell) for cell in cells))
    console.print(table)
    counts = {name: len(comparison.subjects(name)) for name in ("found", "missed", "accused")}
    console.print(
        f"埋设 {comparison.planted} 个：查获 {counts['found']}，漏掉 {counts['missed']}，冤枉 {counts['accused']}；"
        f"无辜对象 {comparison.innocents} 个，其中看过 {comparison.innocents_seen} 个"
    )


def _missed(row: Row) -> str:
    return SEEN_AS.format(level=LEVELS[row.level]) if row.level else NEVER_SEEN


def _print_packets(console: Console, report: DemoReport) -> None:
    table = _table("证据包", "编号", "案件", "收件方", "核验")
    for packet in report.packets:
        colour = "green" if packet.verdict == "valid" else "red"
        table.add_row(packet.packet, packet.case, packet.agency, f"[{colour}]{VERIFIED[packet.verdict]}[/]")
    console.print(table)

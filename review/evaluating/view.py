"""An evaluation for people at a terminal of 80 columns or more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from review.evaluating.counts import LEVELS, Share, wilson
from review.strings import (
    AXES,
    EVALUATION_CLASSES_COLUMNS,
    EVALUATION_CLASSES_TITLE,
    EVALUATION_COLUMNS,
    EVALUATION_FAULTLESS,
    EVALUATION_GROUP_COLUMNS,
    EVALUATION_GROUPS,
    EVALUATION_LEVELS,
    EVALUATION_LINES,
    EVALUATION_MORE,
    EVALUATION_NUMBERS,
    EVALUATION_OUTCOMES,
    EVALUATION_TITLE,
)
from review.strings import (
    LEVELS as VERDICTS,
)

if TYPE_CHECKING:
    from rich.console import JustifyMethod

    from review.evaluating.evaluation import Evaluation, Tallies

_INDENT = (0, 0, 0, 4)
_NONE = "–"
_MANY_GROUPS = 24


def print_evaluation(found: Evaluation, *, limit: int, console: Console | None = None) -> None:
    """At most `limit` confusions are shown."""
    console = console or Console(highlight=False)
    console.print(_overall(found))
    for key, named in found.groups.items():
        if named:
            console.print(_grouped(key, named))
    if found.classes:
        console.print(_classes(found))
    for one in found.confusions[:limit]:
        _print_confusion(console, one)
    if len(found.confusions) > limit:
        console.print(EVALUATION_MORE.format(count=len(found.confusions) - limit))
    for one in found.misnamed:
        console.print(escape(EVALUATION_LINES["misnamed"].format(**one)))


def _table(title: str, headings: Iterable[str]) -> Table:
    """Without lines: terminals disagree about the width of line characters beside Chinese."""
    table = Table(title=f"\n[bold]{title}[/]", title_justify="left", title_style="", box=None, pad_edge=False)
    for heading in headings:
        justify: JustifyMethod = "right" if heading in EVALUATION_NUMBERS else "left"
        table.add_column(heading, header_style="dim", overflow="fold", justify=justify)
    return table


def _overall(found: Evaluation) -> Table:
    """A line for each axis and level."""
    table = _table(EVALUATION_TITLE, EVALUATION_COLUMNS)
    for axis, tally in found.overall.items():
        for level in LEVELS:
            count = tally.at[level]
            shares = (_text(share) for share in (count.recall, count.fpr, count.precision))
            table.add_row(AXES[axis], str(count.rows), EVALUATION_LEVELS[level.value], *shares)
    return table


def _grouped(key: str, named: dict[str, Tallies]) -> Table:
    """A line for each group; of many, such as families, those that are all right only by their number."""
    table = _table(EVALUATION_GROUPS[key], EVALUATION_GROUP_COLUMNS)
    lines = [(name, axis, tally) for name, tallies in sorted(named.items()) for axis, tally in tallies.items()]
    shown = [line for line in lines if not line[2].faultless] if len(lines) > _MANY_GROUPS else lines
    axes = {axis for _, axis, _ in lines}
    for name, axis, tally in shown:
        flag, watch = (tally.at[level] for level in LEVELS)
        told = escape(name) if len(axes) == 1 else f"{escape(name)} {AXES[axis]}"
        recalls, fprs = (_text(flag.recall), _bare(watch.recall)), (_text(flag.fpr), _bare(watch.fpr))
        table.add_row(told, str(flag.rows), *recalls, *fprs)
    if len(shown) < len(lines):
        table.add_row(EVALUATION_FAULTLESS.format(count=len(lines) - len(shown)))
    return table


def _text(share: Share) -> str:
    """In per cent, the interval behind it."""
    if share.value is None:
        return _NONE
    low, high = wilson(share.part, share.whole)
    return f"{share.value * 100:.1f} ({low * 100:.1f}–{high * 100:.1f})"


def _bare(share: Share) -> str:
    return _NONE if share.value is None else f"{share.value * 100:.1f}"


def _classes(found: Evaluation) -> Table:
    table = _table(EVALUATION_CLASSES_TITLE.format(share=_text(found.agreement)), EVALUATION_CLASSES_COLUMNS)
    for cls, said in sorted(found.classes.items()):
        others = "、".join(f"{name} {count}" for name, count in said.most_common() if name != cls)
        table.add_row(escape(cls), f"{said[cls]}/{said.total()}", escape(others))
    return table


def _print_confusion(console: Console, one: dict[str, Any]) -> None:
    outcome, colour = EVALUATION_OUTCOMES["missed" if one["truth"] else "accused"]
    labels = " · ".join(str(value) for value in one["labels"].values())
    verdict = f"{VERDICTS[one['verdict']]} {one['class']}"
    console.print(f"\n[{colour}]{outcome}[/] [bold]{escape(str(one['id']))}[/] {AXES[one['axis']]}：{escape(verdict)}")
    console.print(Padding(f"[dim]{escape(labels)}[/]", _INDENT, expand=False))
    said = [("excerpt", one.get("excerpt"))] if one.get("excerpt") else []
    said += [("reason", reason) for reason in one.get("reasons", ())]
    said += [("nearly", sentence) for sentence in one.get("nearly", ())]
    for kind, told in said:
        console.print(Padding(escape(EVALUATION_LINES[kind].format(told=told)), _INDENT, expand=False))

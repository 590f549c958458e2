"""A campaign as a picture: what is shared on the left, who shares it on the right, drawn by us and without a script.

Two columns instead of a cloud of points: every line can be followed with a finger, it prints, and the same campaign
always looks the same. At most `MAX_NODES` boxes; the subjects beyond are counted in groups by where they trade.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detectors.strings import TIE_NAMES
from review.subjects import shown

if TYPE_CHECKING:
    from detectors.campaigns import Campaign, KeptTie

MAX_NODES = 150
MAX_LINES = 600
ROW_PX, BOX_PX, LEFT_PX, RIGHT_PX, WIDTH_PX = 26, 22, 330, 690, 1020
TOP_PX = 14
VALUE_CHARS, SUBJECT_CHARS = 34, 40


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the picture. `count` is 0 for a subject or a value, and how many a group stands for."""

    key: str
    text: str
    full: str
    y: int
    cls: str
    count: int = 0
    state: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A tie between a value and a subject; `why` says which value, where it was seen and how rare it is."""

    y1: int
    y2: int
    weight: float
    why: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws; `folded` groups can be opened by name, `opened` ones closed."""

    ties: tuple[Box, ...]
    subjects: tuple[Box, ...]
    lines: tuple[Line, ...]
    height: int
    folded: tuple[Box, ...] = ()
    width: int = WIDTH_PX
    left: int = LEFT_PX
    right: int = RIGHT_PX


@dataclass(frozen=True, slots=True)
class Names:
    """What kinds of ties, places of trade and subjects are called, in the language of who looks."""

    tie: Callable[[str], str] = TIE_NAMES.__getitem__
    trade: Callable[[str], str] = str
    subject: Callable[[str], str] = shown


CHINESE = Names()


@dataclass(slots=True)
class _Side:
    keys: list[str]
    groups: dict[str, list[str]] = field(default_factory=dict)


def draw(
    campaign: Campaign,
    held: Mapping[str, tuple[str, str]],
    why: str,
    group_name: str,
    *,
    opened: str = "",
    limit: int = MAX_NODES,
    names: Names = CHINESE,
) -> Picture:
    """`held` gives (label, state) of each subject's case; `why` and `group_name` are sentences with fields."""
    ties = sorted(campaign.ties, key=lambda tie: (-tie.weight, tie.kind, tie.key))[: limit // 2]
    side = _fold(campaign.subjects, limit - len(ties), opened)
    place = {key: number for number, key in enumerate(_ordered(side, ties))}
    group_of = {subject: group for group, members in side.groups.items() for subject in members}
    rows = max(len(ties), len(place), 1)
    left, right = _spread(len(ties), rows), _spread(len(place), rows)
    boxes = [_tie_box(tie, y, names) for tie, y in zip(ties, left, strict=True)]
    others = [
        _group_box(key, right[at], len(side.groups[key]), group_name, names)
        if key in side.groups
        else _subject_box(key, right[at], held, names)
        for key, at in place.items()
    ]
    lines: dict[tuple[int, int], Line] = {}
    for tie, y in zip(ties, left, strict=True):
        for subject, capture in tie.seen:
            key = group_of.get(subject, subject)
            if key in place:
                told = _why(tie, subject, capture, why, names)
                lines.setdefault((y, right[place[key]]), Line(y, right[place[key]], tie.weight, told))
    kept = sorted(lines.values(), key=lambda line: -line.weight)[:MAX_LINES]
    folded = tuple(box for box in others if box.count)
    return Picture(tuple(boxes), tuple(others), tuple(kept), rows * ROW_PX + 2 * TOP_PX, folded)


def _fold(subjects: Sequence[str], room: int, opened: str) -> _Side:
    """Whole when there is room; else the largest kinds of subjects become one counted group each."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for subject in sorted(subjects):
        kinds[trade(subject)].append(subject)
    side = _Side([], {})
    left = len(subjects)
    for kind in sorted(kinds, key=lambda one: (one == opened, -len(kinds[one]), one)):
        if left + len(side.groups) <= room:
            break
        members = kinds.pop(kind)
        spare = max(0, room - len(side.groups) - 1 - (left - len(members)))
        side.keys += members[:spare]
        side.groups[kind] = members[spare:]
        left -= len(members) - spare
    side.keys += [subject for members in kinds.values() for subject in members]
    return side


def trade(subject: str) -> str:
    """Where a subject trades: `site`, or the platform of a listing."""
    kind, _, rest = subject.partition(":")
    return rest.partition(":")[0] if kind == "listing" else "site"


def _ordered(side: _Side, ties: Sequence[KeptTie]) -> list[str]:
    """Subjects beside the values they show, so that few lines cross; groups come last."""
    at: defaultdict[str, list[int]] = defaultdict(list)
    for number, tie in enumerate(ties):
        for subject, _ in tie.seen:
            at[subject].append(number)
    middle = {key: sum(at[key]) / len(at[key]) if at[key] else len(ties) for key in side.keys}
    return [*sorted(side.keys, key=lambda key: (middle[key], key)), *side.groups]


def _spread(count: int, rows: int) -> list[int]:
    """The middles of `count` boxes over the height of `rows`."""
    if not count:
        return []
    step = rows * ROW_PX / count
    return [round(TOP_PX + step * (number + 0.5)) for number in range(count)]


def _tie_box(tie: KeptTie, y: int, names: Names) -> Box:
    text = f"{names.tie(tie.kind)} {tie.shown}"
    return Box(f"{tie.kind}:{tie.key}", _short(text, VALUE_CHARS), text, y, "tie")


def _group_box(key: str, y: int, count: int, group_name: str, names: Names) -> Box:
    text = group_name.format(name=names.trade(key), count=count)
    return Box(key, text, text, y, "group", count)


def _subject_box(key: str, y: int, held: Mapping[str, tuple[str, str]], names: Names) -> Box:
    case, state = held.get(key, ("", ""))
    text = names.subject(key)
    return Box(key, _short(text, SUBJECT_CHARS), text, y, "subject", state=state, case=case)


def _why(tie: KeptTie, subject: str, capture: int, why: str, names: Names) -> str:
    return why.format(
        name=names.tie(tie.kind),
        value=tie.shown,
        subject=names.subject(subject),
        capture=f"C-{capture:08d}",
        carriers=tie.carriers,
        weight=tie.weight,
    )


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"

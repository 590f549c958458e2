"""Names written by others, who had not seen the rules: half were read and learnt from, half are only counted. Beside
them what the read ones made us think of ourselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.base import Level
from detectors.context import Context

HERE = Path(__file__).parent


def levels(file: str, context: Context) -> list[Level]:
    names = (HERE / file).read_text(encoding="utf-8").split()
    return [context.names.judge(name).level for name in names]


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ("second_hand/names_read.txt", 0.96),
        ("second_hand/names_unread.txt", 0.93),
        ("third_hand/names_read.txt", 0.98),
        ("third_hand/names_unread.txt", 0.95),
        ("own/names.txt", 0.93),
    ],
)
def test_look_alikes_are_watched(file: str, found: float, context: Context) -> None:
    judged = levels(file, context)
    assert sum(level is not Level.CLEAR for level in judged) >= found * len(judged)


@pytest.mark.parametrize(
    "file",
    [
        "second_hand/good_names_read.txt",
        "second_hand/good_names_unread.txt",
        "third_hand/good_names_read.txt",
        "third_hand/good_names_unread.txt",
        "own/good_names.txt",
    ],
)
def test_honest_neighbours_are_never_flagged_and_seldom_watched(file: str, context: Context) -> None:
    judged = levels(file, context)
    assert Level.FLAG not in judged
    assert sum(level is Level.WATCH for level in judged) <= 0.08 * len(judged)

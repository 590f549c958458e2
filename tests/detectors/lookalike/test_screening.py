"""The sieve against the full judgement: whatever is planted or made at random, both give the same answers."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from benchmarks.planted import CLASSES, planted
from detectors.base import Level
from detectors.context import Context
from detectors.lookalike.hostname import read_line
from detectors.lookalike.screening import Screener
from detectors.lookalike.typos import kept
from detectors.names import Names, NameVerdict

Answer = tuple[str, NameVerdict | None]

NAMES = Context.build(config.load()).names
SCREENER = Screener(NAMES)
WORDS = sorted(NAMES.rules.lexis.words)
GLYPHS = ["0", "1", "3", "5", "q", "l", "i", "rn", "vv", "nn", "cl", "-", "--", "_", "é", "а", "о", "证", "查询", "."]
SUFFIXES = [
    "com",
    "cn",
    "gov.cn",
    "com.cn",
    "top",
    "net",
    "中国",
    "gov.uk",
    "edu.cn",
    "github.io",
    "1688.com",
    "in",
    "de",
]

PLANTED: dict[str, list[str]] = {kind: [] for kind in CLASSES}
for _kind, _name in planted(100, 3):
    PLANTED[_kind].append(_name)

pieces = st.one_of(st.sampled_from(WORDS), st.sampled_from(GLYPHS), st.text("abcegilmnoqrtvwyz0159-", max_size=4))
labels = st.lists(pieces, min_size=1, max_size=5).map("".join)
hosts = st.builds(
    lambda front, suffix: ".".join((*front, suffix)),
    st.lists(labels, min_size=1, max_size=3),
    st.sampled_from(SUFFIXES),
)
urls = st.builds(
    lambda scheme, host, path: f"{scheme}{host}{path}",
    st.sampled_from(["", "", "", "https://", "http://x@", "*."]),
    hosts,
    st.sampled_from(["", "", "", "/", "/cx.mem.gov.cn/", ":8080", "/a/mem-gov-cn", "\r", " "]),
)
lines = st.one_of(hosts, urls, st.text(max_size=20).filter(lambda text: "\n" not in text), st.just("a" * 300))


def one_by_one(names: Names, given_lines: Iterable[str]) -> list[Answer]:
    """The answers of the full judgement alone."""
    answers: list[Answer] = []
    for given_line in given_lines:
        line = given_line.encode("utf-8", "replace").decode("utf-8", "replace").rstrip("\r")
        read = read_line(line)
        verdict = names.judge_line(read) if read.host else None
        told = line.strip() and line[0] not in "#;" if verdict is None else verdict.level is not Level.CLEAR
        answers += [(line, verdict)] if told else []
    return answers


def at_once(screener: Screener, given_lines: Iterable[str]) -> list[Answer]:
    return list(screener.block("\n".join(given_lines).encode("utf-8", "replace")))


@settings(max_examples=400, deadline=None)
@given(st.lists(lines, min_size=1, max_size=12))
def test_the_sieve_changes_no_answer(made: list[str]) -> None:
    assert at_once(SCREENER, made) == one_by_one(NAMES, made)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None)
@given(st.lists(lines, min_size=1, max_size=12))
def test_the_sieve_changes_no_answer_at_length(made: list[str]) -> None:
    assert at_once(SCREENER, made) == one_by_one(NAMES, made)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_sieve_loses_nothing_planted(names: Names, screener: Screener, seed: int) -> None:
    made = [name for _, name in planted(150, seed)]
    assert at_once(screener, made) == one_by_one(names, made)


def misspelt(core: str, errors: int, dice: random.Random) -> str:
    for _ in range(errors):
        at = dice.randrange(len(core))
        letter = dice.choice("abcdefghijklmnopqrstuvwxyz")
        turned = core[:at] + core[at : at + 2][::-1] + core[at + 2 :]
        core = dice.choice(
            [core[:at] + core[at + 1 :], core[:at] + letter + core[at:], turned, core[:at] + letter + core[at + 1 :]]
        )
    return core


def test_every_misspelling_is_kept_by_the_sieve(names: Names, screener: Screener) -> None:
    dice = random.Random(5)
    cores = names.rules.typos.cores
    made = [f"{misspelt(dice.choice(cores), dice.choice([1, 2]), dice)}.com" for _ in range(3000)]
    assert at_once(screener, made) == one_by_one(names, made)


def test_a_misspelling_keeps_a_piece() -> None:
    dice = random.Random(6)
    for _ in range(3000):
        core = dice.choice(["tezhongzuoye", "yingjiguanliting", "anquanshengchan"])
        text = misspelt(core, 2, dice)
        near = any(piece in text for piece, _ in kept(core))
        assert near or NAMES.rules.typos.find(text, lambda rest: not rest) != core


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_planted_names_are_found(names: Names, kind: str) -> None:
    """Short form of the benchmark's: at least 0.95 of each class, so that a rule that breaks is seen."""
    made = PLANTED[kind]
    found = sum(names.judge(name).level is not Level.CLEAR for name in made)
    assert found >= 0.95 * len(made)

"""Typing errors in long names: the few words that are compared by distance, and what every misspelling keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import ahocorasick_rs
from rapidfuzz.distance import OSA

from detectors.phonetics import code

MAX_CORES = 100
MIN_CORE_CHARS = 8
_SYLLABLE_MAX_LETTERS = 6
TWO_ERRORS_CHARS = 12
"""From this length on two errors are looked past, below it one."""


def is_pinyin(text: str) -> bool:
    """Whether a text is syllables and nothing else: two letters away from a core it is another word (anquan-jiaoyu)."""
    reached = {0}
    for end in range(1, len(text) + 1):
        if any(end - size in reached and code(text[end - size : end]) for size in range(1, _SYLLABLE_MAX_LETTERS + 1)):
            reached.add(end)
    return len(text) in reached


def errors_in(core: str) -> int:
    return 2 if len(core) >= TWO_ERRORS_CHARS else 1


def kept(core: str) -> Iterator[tuple[str, int]]:
    """(string, where in the core): every text that holds a misspelling of the core holds one of the strings.

    The core is cut in one piece more than errors are looked past. An error spoils one of them, but two letters that
    changed places where pieces meet spoil both: those are listed as they are then written.
    """
    count = errors_in(core) + 1
    cuts = [round(len(core) * part / count) for part in range(count + 1)]
    for start, end in pairwise(cuts):
        yield core[start:end], start
    for start, cut, end in zip(cuts, cuts[1:], cuts[2:], strict=False):
        yield _crossed(core, cut)[start:end], start
    if count == 3:
        yield _crossed(_crossed(core, cuts[1]), cuts[2]), 0


def _crossed(text: str, cut: int) -> str:
    """The letters on both sides of a cut changed about."""
    return text[: cut - 1] + text[cut] + text[cut - 1] + text[cut + 1 :]


def pairs(text: str) -> set[str]:
    """Every two letters that stand side by side."""
    return set(map("".join, pairwise(text)))


def pairs_left(core: str) -> int:
    """How many different pairs of the core every misspelling keeps at least: an error spoils three at most."""
    return len(pairs(core)) - 3 * errors_in(core)


class Typos:
    """At most `MAX_CORES` long words, found misspelt within a text whose rest is said to be ours."""

    def __init__(self, cores: Iterable[str]) -> None:
        fit = dict.fromkeys(core for core in cores if len(core) >= MIN_CORE_CHARS)
        self.cores = tuple(fit)[:MAX_CORES]
        self._pieces = [(piece, core, offset) for core in self.cores for piece, offset in kept(core)]
        self._automaton = ahocorasick_rs.AhoCorasick([piece for piece, _, _ in self._pieces])

    def find(self, text: str, ours: Callable[[str], bool]) -> str:
        """The core that a part of the text misspells, or empty. What stands before and after it must be `ours`, but
        for one error in a long core."""
        for number, at, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            _, core, offset = self._pieces[number]
            for start, end, errors in _misspelt(text, core, at - offset):
                if errors > 1 and is_pinyin(text[start:end]):
                    continue
                alone = errors == 1 and len(core) >= TWO_ERRORS_CHARS
                if alone or (ours(text[:start]) and ours(text[end:])):
                    return core
        return ""


def _misspelt(text: str, core: str, about: int) -> Iterator[tuple[int, int, int]]:
    """(start, end, errors) of what begins about there and misspells the core."""
    most = errors_in(core)
    if len(text) < len(core) - most:
        return
    for start in range(max(0, about - most), min(len(text), about + most) + 1):
        for length in range(len(core) - most, min(len(core) + most, len(text) - start) + 1):
            errors = OSA.distance(text[start : start + length], core, score_cutoff=most)
            if errors <= most:
                yield start, start + length, errors

"""What is wrong with the configuration: one `Problem` a finding, all of them in one `ConfigError`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake, as an office can correct it. `accepted` and `fix` are Chinese sentences.

    `line` is 1-based; 0 means that the file as a whole is meant. `key` is the dotted path inside the file,
    array entries counted from 1 as `sites[3].host`; `found` is the value as written, shortened.
    """

    file: str
    line: int
    key: str
    found: str
    accepted: str
    fix: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = " = ".join(part for part in (self.key, self.found) if part)
        sentence = "".join(_ended(part) for part in (self.accepted, self.fix) if part)
        return f"{place}: {subject} — {sentence}" if subject else f"{place}: {sentence}"

    def as_json(self) -> dict[str, str | int]:
        return asdict(self)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(("。", "？")) else f"{sentence}。"


class ConfigError(Exception):
    """The configuration cannot be used. `problems` is sorted and holds every mistake found, not the first only."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)

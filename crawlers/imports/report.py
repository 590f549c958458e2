"""What became of a file, or would become of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from crawlers.imports.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """All of a file was kept, less what `damaged` lists; the same file again gives `already` and changes nothing."""

    file: str
    sha256: str
    format: str
    provenance: str
    """`verified` (agrees with the digests of the archive it came in) or `unverified`."""
    captures: tuple[int, ...] = ()
    """New captures, by id."""
    known: int = 0
    """Pages that were kept before: same address, time and bytes."""
    tips: int = 0
    """Links that wait for the next night, and rows without a link that wait for a person."""
    duplicates: int = 0
    """Links that an earlier row of the file has too."""
    skipped: dict[str, int] = field(default_factory=dict)
    """What holds no page, by kind."""
    damaged: tuple[Problem, ...] = ()
    """Left out, the first ones."""
    damaged_count: int = 0
    already: str = ""
    """When the same bytes were taken before; empty when they were not."""

    @property
    def whole(self) -> bool:
        return not self.damaged_count

    def as_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in ("captures", "damaged")}
        return {
            **plain,
            "captures": list(self.captures),
            "damaged": [one.as_json() for one in self.damaged],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table. `field` is what it is read as, "" when left out; `how`: header, map, content or ""."""

    number: int
    header: str
    field: str
    how: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file holds, before anything is written."""

    file: str
    sha256: str
    format: str
    provenance: str = "unverified"
    already: str = ""
    columns: tuple[Column, ...] = ()
    """Of a table."""
    header_row: int = 0
    pages: int = 0
    links: int = 0
    sample: tuple[str, ...] = ()
    """The first addresses."""
    skipped: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    complete: bool = True
    """False when only the beginning was looked at."""
    refused: Problem | None = None
    """Why `take` would refuse it; None when it would not, as far as was looked."""

    def as_json(self) -> dict[str, Any]:
        document = {name: getattr(self, name) for name in self.__slots__}
        return document | {
            "columns": [asdict(column) for column in self.columns],
            "sample": list(self.sample),
            "problems": [one.as_json() for one in self.problems],
            "refused": self.refused.as_json() if self.refused else None,
        }

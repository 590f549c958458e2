"""The labelled pages and what must hold of them; run as a module it names every offender."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.detectors.labelled import checks

PAGES = Path(__file__).parent / "pages"
SPLITS = ("tune", "test")
GUILTY = {"clone", "query", "result", "app"}
INNOCENT = {
    *("official", "school", "news", "law", "links", "institution", "company"),
    *("archive", "error", "search", "parked", "other"),
}
MIN_BYTES, MAX_BYTES = 100, 40_000
_KEYS = {"id", "family", "url", "html", "label", "is_impersonation", "difficulty"}
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class LabelledPage:
    split: str
    file: str
    row: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.split}/{self.file} {self.row.get('id')}"


def labelled_pages(split: str) -> list[LabelledPage]:
    return [
        LabelledPage(split, file.name, json.loads(line))
        for file in sorted((PAGES / split).glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def malformed(page: LabelledPage) -> Iterator[str]:
    """What is wrong with the form of one row."""
    row = page.row
    if set(row) - {"imitates"} != _KEYS:
        yield f"keys {sorted(set(row) ^ _KEYS)}"
        return
    if f"{row['family']}.jsonl" != page.file:
        yield f"family {row['family']}"
    if row["label"] not in (GUILTY if row["is_impersonation"] else INNOCENT):
        yield f"label {row['label']}"
    if not row["is_impersonation"] and "imitates" in row:
        yield "imitates somebody, though innocent"
    if row["difficulty"] not in {"plain", "hard"}:
        yield f"difficulty {row['difficulty']}"
    if not MIN_BYTES <= len(row["html"].encode()) <= MAX_BYTES:
        yield f"{len(row['html'].encode())} bytes"


def personal(html: str) -> list[str]:
    """Numbers that somebody could have."""
    return _MOBILE.findall(html) + [one for one in _IDENTITY.findall(html) if checks(one.upper())]


def families(split: str) -> set[str]:
    return {page.row["family"] for page in labelled_pages(split)}


def problems() -> Iterator[str]:
    rows = [page for split in SPLITS for page in labelled_pages(split)]
    yield from (f"{page}: {problem}" for page in rows for problem in malformed(page))
    yield from (f"{page}: may be somebody's number" for page in rows if personal(page.row["html"]))


def main() -> None:
    found = list(problems())
    for split in SPLITS:
        rows = labelled_pages(split)
        print(f"{split}: {len(rows)} pages, {sum(page.row['is_impersonation'] for page in rows)} imitate somebody")
    print("\n".join(found) or "nothing to correct")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

"""Labelled rows from files and folders of JSON Lines; a bad line is named and the others go on."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from config.strings import cause_of
from review.assessing import Failed, lines
from review.errors import ReviewError
from review.strings import NAMED, NO_LABELLED_FILES, NO_TRUTH, NOT_READ

if TYPE_CHECKING:
    from review.assessing import Document

TRUTHS = {"selling": "is_selling", "impersonation": "is_impersonation"}
"""Axis to the row's key that holds the truth of it."""


class LabelledRowsError(ReviewError):
    """A file or folder that cannot be read at all."""


def files(given: Iterable[Path]) -> list[Path]:
    """The files themselves, and all `*.jsonl` under the folders, by name; `-` is standard input."""
    found: list[Path] = []
    for path in given:
        if not path.is_dir():
            found.append(path)
            continue
        below = sorted(path.rglob("*.jsonl"))
        if not below:
            raise LabelledRowsError(NO_LABELLED_FILES.format(folder=path))
        found += below
    return found


def read(paths: Iterable[Path]) -> Iterator[Document | Failed]:
    for path in paths:
        try:
            stream = sys.stdin.buffer if str(path) == "-" else path.open("rb")
        except OSError as error:
            raise LabelledRowsError(NOT_READ.format(path=path, cause=cause_of(error))) from error
        with stream:
            for document in lines(stream):
                yield _checked(document, path)


def _checked(document: Document | Failed, path: Path) -> Document | Failed:
    """The document if it says what is true of it."""
    if isinstance(document, Failed):
        return Failed(document.id, f"{path}: {document.error}")
    row = document.row
    wrong = [key for key in TRUTHS.values() if not isinstance(row.get(key), bool | None)]
    if wrong or all(row.get(key) is None for key in TRUTHS.values()):
        told = NO_TRUTH.format(id=document.id, keys="、".join(TRUTHS.values()))
        return Failed(document.id, NAMED.format(name=path, value=told))
    return document

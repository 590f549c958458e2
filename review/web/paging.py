"""A list cut into pages by `?page=`: a page that is no number is a mistake, one beyond the last is the last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import abort, request

Row = TypeVar("Row")
LONGEST_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Paged(Generic[Row]):
    """`rows` of this page; `count` of all."""

    rows: Sequence[Row]
    page: int
    pages: int
    count: int

    @property
    def address(self) -> Callable[[int], str]:
        """The address of another page of the same list."""
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]

        def to(number: int) -> str:
            from urllib.parse import urlencode

            return f"{request.path}?{urlencode([*kept, ('page', number)])}"

        return to


def page_number(name: str = "page") -> int:
    """`?page=` as a number from 1; 400 for anything else."""
    text = request.args.get(name, "1")
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and int(text)):
        abort(400)
    return int(text)


def pages_of(count: int, per_page: int, name: str = "page") -> tuple[int, int]:
    """(page, pages) of a list of `count`; `name` tells two lists of one page apart."""
    pages = max(1, -(-count // per_page))
    return min(page_number(name), pages), pages


def paged(rows: Sequence[Row], per_page: int) -> Paged[Row]:
    page, pages = pages_of(len(rows), per_page)
    return Paged(rows[(page - 1) * per_page : page * per_page], page, pages, len(rows))

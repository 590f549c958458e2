"""All papers of a packet, in the order the recipient's file names them, and what goes into `papers.json`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from review.errors import ReviewError
from review.packets import strings
from review.packets.coverage import drawn
from review.packets.papers.model import Block, Paper, shown
from review.packets.papers.view import View

Compose = Callable[[View], Iterable[Block]]
AFTER_HOW_TO = 4
"""03 is how to verify; papers beyond the third go on from here."""


class NoSuchPaper(ReviewError):
    """A recipient's file names a kind of paper that nothing composes."""


def compose(view: View) -> Iterator[Paper]:
    for position, kind in enumerate(view.form.documents):
        number = position if position < AFTER_HOW_TO - 1 else position + 1
        blocks = tuple(shown(block, drawn) for block in composer(kind)(view))
        file, title = strings.PAPERS.get(kind, (view.form.document, view.say(view.form.title)))
        yield Paper(f"{number:02d}_{file}", title, blocks)


@cache
def composer(kind: str) -> Compose:
    """`compose` of the module of that name beside this one."""
    try:
        found: Compose = importlib.import_module(f"review.packets.papers.{kind}").compose
    except (ModuleNotFoundError, AttributeError) as error:
        raise NoSuchPaper(strings.NO_SUCH_PAPER.format(kind=kind)) from error
    return found

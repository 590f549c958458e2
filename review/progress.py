"""Tells a person at a terminal what the night is doing; silent when nobody watches but the final report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from review.strings import STAGES

Say = Callable[[str, str], None]


@contextmanager
def progress() -> Iterator[Say]:
    """A status line on a terminal, plain lines on a pipe; always on standard error."""
    console = Console(stderr=True, highlight=False)
    started = time.monotonic()
    with console.status("…") as status:

        def say(stage: str, words: str) -> None:
            seconds = time.monotonic() - started
            status.update(STAGES[stage])
            console.print(f"[dim]{seconds:6.1f} s[/dim]  [bold]{STAGES[stage]}[/bold]  {words}")

        yield say

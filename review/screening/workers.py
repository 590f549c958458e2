"""Blocks of names judged here or by several processes, in the order they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detectors.lookalike.screening import Screener

Row = dict[str, str]
"""What is printed of a name: a verdict, or `name` and `error`."""
BLOCKS_AHEAD = 2
"""Blocks waiting for each process: enough that none is idle, and memory stays flat."""


@cache
def screener(config_dir: Path | None) -> Screener:
    """Of this process; built once."""
    import config
    from detectors.context import Context
    from detectors.lookalike.screening import Screener

    return Screener(Context.build(config.load(config_dir)).names)


def judge(block: bytes, config_dir: Path | None) -> list[Row]:
    """What is at watch or above in a block of lines, and what is no host name."""
    from review.strings import NO_HOST_NAME

    return [
        verdict.as_json(line) if verdict else {"name": line[:MAX_SHOWN_CHARS], "error": NO_HOST_NAME}
        for line, verdict in screener(config_dir).block(block)
    ]


MAX_SHOWN_CHARS = 300
"""Of a line that is no host name."""


def screen(blocks: Iterable[bytes], config_dir: Path | None, workers: int) -> Iterator[Row]:
    """Every row to print, in the order of the list."""
    if workers < 2:
        return chain.from_iterable(judge(block, config_dir) for block in blocks)
    return _by_several(blocks, config_dir, workers)


def _by_several(blocks: Iterable[bytes], config_dir: Path | None, workers: int) -> Iterator[Row]:
    waiting: deque[Future[list[Row]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for block in blocks:
            waiting.append(pool.submit(judge, block, config_dir))
            if len(waiting) > BLOCKS_AHEAD * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

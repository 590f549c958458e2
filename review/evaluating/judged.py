"""One labelled row judged: the truth beside the verdict of each axis, and why, without personal numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detectors.base import Level
from detectors.masking import mask, mask_signal, mask_text
from detectors.runner import assess
from review.assessing import page_of
from review.evaluating.nearly import nearly
from review.evaluating.rows import TRUTHS

if TYPE_CHECKING:
    from detectors.base import Assessment, Signal, Verdict
    from detectors.context import Context
    from detectors.features import Page
    from review.assessing import Document

_EXCERPT_CHARS = 120
_QUOTE_CHARS = 60
_MAX_REASONS = 4
_CHUNK_ROWS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Truth and verdict of one axis. `reasons`, `excerpt` and `nearly` are filled where the two differ."""

    axis: str
    truth: bool
    level: Level
    cls: str
    imitates: str
    excerpt: str = ""
    reasons: tuple[str, ...] = ()
    nearly: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        return self.truth != (self.level is Level.FLAG)


@dataclass(frozen=True, slots=True)
class Judged:
    """A row's id and labels with its outcomes; the text itself is left behind."""

    id: Any
    labels: dict[str, Any]
    outcomes: tuple[Outcome, ...]
    errors: tuple[str, ...]
    """Detectors that failed on it."""


def judge_all(documents: Iterable[Document], make_context: Callable[[], Context], workers: int) -> Iterator[Judged]:
    """Rows in their order; `make_context` must be picklable when there is more than one worker."""
    if workers <= 1:
        yield from map(partial(judge_row, make_context()), documents)
        return
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_prepare, initargs=(make_context,)
    ) as pool:
        yield from pool.map(_judge_in_worker, documents, chunksize=_CHUNK_ROWS)


_contexts: list[Context] = []


def _prepare(make_context: Callable[[], Context]) -> None:
    _contexts.append(make_context())


def _judge_in_worker(document: Document) -> Judged:
    return judge_row(_contexts[0], document)


def context_of(config_dir: Path | None) -> Context:
    """Of an office's directory that has been validated before."""
    import config
    from detectors.context import Context

    return Context.build(config.load(config_dir))


def judge_row(context: Context, document: Document) -> Judged:
    page = page_of(document)
    assessment = assess(page, context)
    outcomes = tuple(
        _outcome(axis, truth, page, assessment, context)
        for axis, key in TRUTHS.items()
        if isinstance(truth := document.row.get(key), bool)
    )
    labels = {key: value for key, value in document.row.items() if key not in ("text", "html")}
    errors = tuple(f"{error.detector}: {error.kind}: {error.message}" for error in assessment.errors)
    return Judged(document.id, labels, outcomes, errors)


def _outcome(axis: str, truth: bool, page: Page, assessment: Assessment, context: Context) -> Outcome:
    verdict: Verdict = getattr(assessment, axis)
    plain = Outcome(axis=axis, truth=truth, level=verdict.level, cls=verdict.cls, imitates=verdict.imitates)
    if not plain.wrong:
        return plain
    signals = [mask_signal(signal, assessment.contacts) for signal in verdict.signals[:_MAX_REASONS]]
    masked = _masked(page, assessment)
    return Outcome(
        axis=axis,
        truth=truth,
        level=verdict.level,
        cls=verdict.cls,
        imitates=verdict.imitates,
        excerpt=_excerpt(masked, signals),
        reasons=tuple(f"{signal.weight:+.2f} {signal.reason}：“{_short(signal.quote)}”" for signal in signals),
        nearly=nearly(page, context, masked) if truth and axis == "selling" else (),
    )


def _masked(page: Page, assessment: Assessment) -> str:
    text = page.text
    for contact in assessment.contacts:
        text = text[: contact.start] + mask(text[contact.start : contact.end]) + text[contact.end :]
    return mask_text(text)


def _excerpt(text: str, signals: list[Signal]) -> str:
    """The beginning, or of a long text what stands around its heaviest signal."""
    start = next((signal.start for signal in signals if signal.where == "text"), 0)
    start = max(0, start - _EXCERPT_CHARS // 2) if len(text) > _EXCERPT_CHARS else 0
    shown = " ".join(text[start : start + _EXCERPT_CHARS].split())
    return f"{'…' if start else ''}{shown}{'…' if start + _EXCERPT_CHARS < len(text) else ''}"


def _short(quote: str) -> str:
    quote = " ".join(quote.split())
    return quote if len(quote) <= _QUOTE_CHARS else f"{quote[:_QUOTE_CHARS]}…"

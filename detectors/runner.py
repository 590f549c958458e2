"""Runs every detector on a page: each with a time budget, each alone with its errors."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from detectors import together, verdict
from detectors.base import Assessment, Contact, Detector, DetectorError, Finding, FollowUp, Signal, Trace, registry

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page

MAX_FINDINGS = 200
"""Per detector and page; a detector that yields more is stopped there."""


def assess(page: Page, context: Context) -> Assessment:
    """Both axes of one page, text or listing. Deterministic: only the budget's clock is read, and only to stop."""
    findings: list[Finding] = []
    errors: list[DetectorError] = []
    if page.state not in verdict.UNREADABLE:
        with _uncollected():
            is_document = page.kind == "html"
            for one in registry():
                if is_document or not one.of_documents:
                    error = _run(one, page, context, findings)
                    if error is not None:
                        errors.append(error)
            # a reader and its page hold each other: they would outlive the judgement until a collection finds them
            page.memo.clear()
    signals = [finding for finding in findings if isinstance(finding, Signal)]
    return Assessment(
        state=page.state.value,
        impersonation=verdict.impersonation(page, signals, context),
        selling=verdict.selling(page, signals, context),
        contacts=tuple(finding for finding in findings if isinstance(finding, Contact)),
        followups=tuple(finding for finding in findings if isinstance(finding, FollowUp)),
        traces=tuple(finding for finding in findings if isinstance(finding, Trace)),
        errors=tuple(errors),
    )


def assess_all(pages: Iterable[Page], context: Context) -> Iterator[Assessment]:
    """What `assess` finds of each, in their order; short texts go faster so."""
    remaining = iter(pages)
    while chunk := list(islice(remaining, together.CHUNK_PAGES)):
        with _uncollected():
            _look_through(chunk, context)
            found = [assess(page, context) for page in chunk]
        yield from found


@contextmanager
def _uncollected() -> Iterator[None]:
    """A long text is tuples by the hundred thousand, which every collection would walk."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _look_through(pages: list[Page], context: Context) -> None:
    short = [page for page in pages if len(page.text) <= together.MAX_CHARS and page.state not in verdict.UNREADABLE]
    try:
        together.look_through(short, context)
    except Exception:  # noqa: BLE001 - the same boundary: what fails here fails again in the detector that asks for it
        return


def _run(one: Detector, page: Page, context: Context, findings: list[Finding]) -> DetectorError | None:
    """One detector's findings appended; what it yielded before it failed is kept."""
    started = time.perf_counter()
    try:
        for count, finding in enumerate(one.run(page, context)):
            findings.append(finding)
            if count >= MAX_FINDINGS:
                break
            spent_ms = (time.perf_counter() - started) * 1000
            if spent_ms > one.budget_ms:
                return DetectorError(
                    detector=one.name,
                    version=one.version,
                    kind="budget",
                    message=f"{spent_ms:.0f} ms spent of {one.budget_ms} ms",
                )
    except Exception as error:  # noqa: BLE001 - the boundary: one detector's fault must not cost the others' findings
        return DetectorError(
            detector=one.name, version=one.version, kind=type(error).__name__, message=str(error)[:500]
        )
    return None

"""Runs every detector on a page: each with a time budget, each alone with its errors."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import TYPE_CHECKING, TypeVar

from detectors import together, verdict
from detectors.base import Assessment, Contact, Detector, DetectorError, Finding, FollowUp, Signal, Trace, registry
from detectors.uncollected import uncollected

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page

T = TypeVar("T", bound=Finding)

MAX_FINDINGS = 200
"""Per detector and page; a detector that yields more is stopped there."""


def assess(page: Page, context: Context) -> Assessment:
    """Both axes of one page, text or listing. Deterministic: only the budget's clock is read, and only to stop."""
    return _judged([page], context)[0]


def assess_all(pages: Iterable[Page], context: Context) -> Iterator[Assessment]:
    """What `assess` finds of each, in their order; short texts go faster so."""
    for are_short, some in groupby(pages, together.is_short):
        while chunk := list(islice(some, together.CHUNK_PAGES if are_short else 1)):
            yield from _judged(chunk, context)


def _judged(pages: list[Page], context: Context) -> list[Assessment]:
    found = [_Found(page) for page in pages]
    with uncollected():
        read = [one for one in found if one.page.state not in verdict.UNREADABLE]
        if len(read) > 1:
            _look_through([one.page for one in read], context)
        for detector in registry():
            for one in read:
                if one.page.kind == "html" or not detector.of_documents:
                    _run(detector, one, context)
        for one in read:
            # a reader and its page hold each other: they would outlive the judgement until a collection finds them
            one.page.memo.clear()
    return [one.assessment(context) for one in found]


@dataclass(slots=True)
class _Found:
    """What the detectors have found of a page so far."""

    page: Page
    findings: list[Finding] = field(default_factory=list)
    errors: list[DetectorError] = field(default_factory=list)

    def assessment(self, context: Context) -> Assessment:
        signals = self._of(Signal)
        return Assessment(
            state=self.page.state.value,
            impersonation=verdict.impersonation(self.page, signals, context),
            selling=verdict.selling(self.page, signals, context),
            contacts=self._of(Contact),
            followups=self._of(FollowUp),
            traces=self._of(Trace),
            errors=tuple(self.errors),
        )

    def _of(self, kind: type[T]) -> tuple[T, ...]:
        return tuple([one for one in self.findings if isinstance(one, kind)]) if self.findings else ()


def _look_through(pages: list[Page], context: Context) -> None:
    try:
        together.look_through(pages, context)
    except Exception:  # noqa: BLE001 - the same boundary: what fails here fails again in the detector that asks for it
        return


def _run(one: Detector, found: _Found, context: Context) -> None:
    """One detector's findings added; what it yielded before it failed is kept."""
    started = time.perf_counter()
    try:
        for count, finding in enumerate(one.run(found.page, context)):
            found.findings.append(finding)
            if count >= MAX_FINDINGS:
                break
            spent_ms = (time.perf_counter() - started) * 1000
            if spent_ms > one.budget_ms:
                found.errors.append(_error(one, "budget", f"{spent_ms:.0f} ms spent of {one.budget_ms} ms"))
                break
    except Exception as error:  # noqa: BLE001 - the boundary: one detector's fault must not cost the others' findings
        found.errors.append(_error(one, type(error).__name__, str(error)[:500]))


def _error(one: Detector, kind: str, message: str) -> DetectorError:
    return DetectorError(detector=one.name, version=one.version, kind=kind, message=message)

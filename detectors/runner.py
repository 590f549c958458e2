"""Runs every detector on a page: each with a time budget, each alone with its errors."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from detectors import verdict
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
        collects = gc.isenabled()
        gc.disable()  # a long text is tuples by the hundred thousand, which every collection would walk
        try:
            errors = [error for one in registry() if (error := _run(one, page, context, findings)) is not None]
        finally:
            # a reader and its page hold each other: they would outlive the judgement until a collection finds them
            page.memo.clear()
            if collects:
                gc.enable()
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

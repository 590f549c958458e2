"""What was kept outside a night, judged and led to its cases and campaigns; a night that is running does it itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from detectors.judge import JudgeReport, judge_pending
from review.judging import judging_context
from review.night.ground import night_lock
from review.night.settle import settle

if TYPE_CHECKING:
    from config import Config
    from crawlers.store import Store


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging gave, and what became of the cases."""

    report: JudgeReport
    cases: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        report = self.report
        return {
            "judged": report.judged,
            "flagged": report.flagged,
            "errors": report.errors,
            "cases": dict(self.cases),
        }


def judge_kept(config: Config, data: Path, store: Store, *, name: str) -> Judged:
    """Judge what the present detectors and rules have not judged, then open the cases it gives, found in `name`.

    Raises NightLocked while a night is at work on the same data.
    """
    with night_lock(data):
        context = judging_context(config, data, store)
        archive = Archive(data / "archive", gzip_level=config.settings.archive.gzip_level)
        report = judge_pending(store, archive, context, blobs=BlobStore(data / "blobs"))
        return Judged(report, settle(store, context, name).cases)

"""The door for files that people hand in: shown first, then kept whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from config.schema_profiles import Profile
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.clock import utc_now
from crawlers.imports.formats import format_of
from crawlers.imports.handed import NIGHT, File, Handed, Limits
from crawlers.imports.items import Item, Page, Provenance, Skipped
from crawlers.imports.keeping import Keeping, why_nothing
from crawlers.imports.problems import Problem, Refused
from crawlers.imports.report import Column, ImportReport, Preview
from crawlers.imports.tips import Tip
from crawlers.records import ArchiveError, ImportRefused
from crawlers.store import Store
from crawlers.tables import imports

if TYPE_CHECKING:
    from config import Config

PREVIEW_ITEMS = 2000
"""Items looked at for a preview."""
SAMPLE = 10


class Intake:
    """Takes files into one data directory. Not for several threads at a time."""

    def __init__(
        self,
        store: Store,
        archive: Archive,
        blobs: BlobStore,
        limits: Limits,
        *,
        profiles: Sequence[Profile] = (),
        actor: str = "import",
        night: str = NIGHT,
    ) -> None:
        self.store, self.archive, self.blobs, self.limits = store, archive, blobs, limits
        self.profiles, self.actor, self.night = tuple(profiles), actor, night

    @classmethod
    def open(cls, config: Config, data: Path, store: Store, *, actor: str = "import") -> Intake:
        """With the office's limits and profiles; `data` is its data directory."""
        settings = config.settings
        archive = Archive.by_settings(data / "archive", settings.archive)
        profiles = [*config.engines.values(), *config.marketplaces.values()]
        return cls(store, archive, BlobStore(data / "blobs"), settings.imports, profiles=profiles, actor=actor)

    def preview(self, path: Path, handed: Handed | None = None) -> Preview:
        """What a file holds and how its columns would be read; nothing is written."""
        return preview(path, handed, self.limits, profiles=self.profiles, store=self.store, scratch=self._scratch())

    def take(self, path: Path, handed: Handed | None = None) -> ImportReport:
        """Keep all of a file's pages as captures and its links as tips, in one transaction.

        The same bytes again change nothing and give the first report. Raises Refused, and nothing is kept.
        """
        handed = handed or Handed()
        name = handed.called(path)
        try:
            file = self._opened(path, handed)
            earlier = taken_before(self.store, file.sha256)
            return earlier or Keeping(self, file, format_of(file)).run()
        except Refused as error:
            error.file = error.file or name
            raise
        except (ImportRefused, ArchiveError) as error:
            refused = Refused("damaged", detail=str(error))
            refused.file = name
            raise refused from error

    def _opened(self, path: Path, handed: Handed) -> File:
        return File.open(path, handed, self.limits, utc_now(), self.profiles, self._scratch())

    def _scratch(self) -> Path | None:
        data = self.archive.root.parent
        return data if data.is_dir() else None


def taken_before(store: Store, sha256: str) -> ImportReport | None:
    """The report of a file with these bytes, as of one that changes nothing; None when it was never taken."""
    with store.read() as connection:
        row = connection.execute(select(imports).where(imports.c.sha256 == sha256)).one_or_none()
    if row is None:
        return None
    detail = json.loads(row.detail)
    return ImportReport(
        file=row.file,
        sha256=sha256,
        format=row.format,
        provenance=row.provenance,
        known=detail["known"] + len(detail["captures"]),
        duplicates=detail["duplicates"] + detail["tips"],
        skipped=detail["skipped"],
        damaged=tuple(Problem.of(one) for one in detail["damaged"]),
        damaged_count=detail["damaged_count"],
        already=row.received_at,
    )


def imported(store: Store, sha256: str) -> list[int]:
    """The captures of a file that was taken, by id; none when it was not."""
    with store.read() as connection:
        detail = connection.scalar(select(imports.c.detail).where(imports.c.sha256 == sha256))
    return [int(number) for number in json.loads(detail)["captures"]] if detail else []


def preview(
    path: Path,
    handed: Handed | None,
    limits: Limits,
    *,
    profiles: Sequence[Profile] = (),
    store: Store | None = None,
    scratch: Path | None = None,
) -> Preview:
    """What a file holds and how its columns would be read; nothing is written. Never raises for what it holds."""
    handed = handed or Handed()
    try:
        file = File.open(path, handed, limits, utc_now(), tuple(profiles), scratch)
    except Refused as error:
        return Preview(file=handed.called(path), sha256="", format="", refused=error.problem)
    seen = _Seen(limits.max_problems)
    refused: Problem | None = None
    try:
        seen.look(file)
    except Refused as error:
        refused = error.problem
    except (ImportRefused, ArchiveError) as error:
        refused = Problem("damaged", fields={"detail": str(error)})
    earlier = taken_before(store, file.sha256) if store is not None else None
    return seen.told(file, refused, earlier.already if earlier else "")


class _Seen:
    """What the first items of a file are."""

    def __init__(self, max_problems: int) -> None:
        self.pages = self.links = self.tips = self.problem_count = 0
        self.verified = False
        self.complete = True
        self.sample: list[str] = []
        self.skipped: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.format = ""
        self.header_row = 0
        self.columns: tuple[Column, ...] = ()
        self._max_problems = max_problems

    def look(self, file: File) -> None:
        form = format_of(file)
        self.format = form.id
        if form.columns is not None:
            self.header_row, self.columns = form.columns(file)
        with closing(form.read(file)) as items:
            for number, item in enumerate(items):
                if number >= PREVIEW_ITEMS:
                    self.complete = False
                    return
                self._note(item)

    def nothing(self) -> Problem | None:
        """Why nothing would be kept, when nothing would."""
        return None if self.pages or self.tips or not self.complete else why_nothing(self.problems)

    def told(self, file: File, refused: Problem | None, already: str) -> Preview:
        return Preview(
            file=file.name,
            sha256=file.sha256,
            format=self.format,
            provenance="verified" if self.verified else "unverified",
            already=already,
            columns=self.columns,
            header_row=self.header_row,
            pages=self.pages,
            links=self.links,
            sample=tuple(self.sample),
            skipped=self.skipped,
            problems=tuple(self.problems),
            problem_count=self.problem_count,
            complete=self.complete,
            refused=refused or self.nothing(),
        )

    def _note(self, item: Item) -> None:
        if isinstance(item, Page):
            self.pages += 1
            self._sample(item.exchanges[-1].url)
        elif isinstance(item, Tip):
            self.tips += 1
            self.links += bool(item.url)
            self._sample(item.url)
        elif isinstance(item, Problem):
            self.problem_count += 1
            if len(self.problems) < self._max_problems:
                self.problems.append(item)
        elif isinstance(item, Provenance):
            self.verified = item.verified
        elif isinstance(item, Skipped):
            self.skipped[item.kind] = self.skipped.get(item.kind, 0) + 1

    def _sample(self, url: str) -> None:
        if url and len(self.sample) < SAMPLE:
            self.sample.append(url)

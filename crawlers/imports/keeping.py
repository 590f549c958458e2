"""One file on its way into the archive and the store: everything in one transaction, or nothing."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from crawlers import custody, identities
from crawlers.imports.handed import PHOTO, SOURCE, File
from crawlers.imports.items import Format, Page, Provenance, Skipped
from crawlers.imports.problems import Problem, Refused
from crawlers.imports.reading import Read, read
from crawlers.imports.report import ImportReport
from crawlers.imports.tips import Tip, add
from crawlers.keeping import Kept, keep
from crawlers.marks import mark
from crawlers.records import Exchange, Fetched, Origin, Outcome, Task, TaskKind
from crawlers.tables import captures, imports
from crawlers.writing import Writer

if TYPE_CHECKING:
    from crawlers.imports.intake import Intake

BATCH = 200
"""Captures that share one stamp."""
_SPOOL_BYTES = 1 << 20
_PASSES = ("provenance_verified", "provenance_unverified")


class Keeping:
    """Pages go to the archive as they are read, tips to a file beside it; the store learns of all of them at once."""

    def __init__(self, intake: Intake, file: File, form: Format) -> None:
        self._intake, self._file, self._form = intake, file, form
        self._writer = Writer(intake.store, intake.archive, "import")
        self._verified = False
        self._kept: list[Kept] = []
        self._seen: set[bytes] = set()
        self._known = self._tips = self._problem_count = 0
        self._skipped: Counter[str] = Counter()
        self._problems: list[Problem] = []

    def run(self) -> ImportReport:
        scratch = str(self._file.scratch) if self._file.scratch else None
        try:
            with tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+", encoding="utf-8", dir=scratch) as spool:
                self._read(spool)
                if not (self._kept or self._known or self._tips):
                    only = why_nothing(self._problems)
                    raise Refused(only.code, only.place, **only.fields)
                original = self._keep_original()
                spool.seek(0)
                report = self._commit(spool, original)
        except BaseException:
            self._writer.cut_back()
            self._writer.let_go()
            raise
        self._writer.seal()
        return report

    # Reading

    def _read(self, spool: IO[str]) -> None:
        for item in self._form.read(self._file):
            if isinstance(item, Page):
                self._page(item)
            elif isinstance(item, Tip):
                self._tips += 1
                spool.write(item.as_line())
            elif isinstance(item, Problem):
                self._problem_count += 1
                if len(self._problems) < self._file.limits.max_problems:
                    self._problems.append(item)
            elif isinstance(item, Skipped):
                self._skipped[item.kind] += 1
            elif isinstance(item, Provenance):
                self._verified = item.verified

    def _page(self, page: Page) -> None:
        exchange = page.exchanges[-1]
        sha256 = hashlib.sha256(exchange.body).hexdigest()
        key = hashlib.sha256(f"{exchange.url}\n{exchange.fetched_at}\n{sha256}".encode("utf-8", "replace")).digest()
        if key in self._seen or self._is_kept(exchange, sha256):
            self._known += 1
            return
        found = read(page, self._intake.profiles)
        if not (page.wanted or found.hits or found.listings):
            self._skipped["reply"] += 1
            return
        self._seen.add(key)
        self._kept.append(self._writer.append(self._fetched(page, exchange, found)))

    def _is_kept(self, exchange: Exchange, sha256: str) -> bool:
        rows = captures.c
        same = rows.sha256 == sha256, rows.final_url == exchange.url, rows.fetched_at == exchange.fetched_at
        with self._intake.store.read() as connection:
            return connection.scalar(select(rows.id).where(*same).limit(1)) is not None

    def _fetched(self, page: Page, exchange: Exchange, found: Read) -> Fetched:
        file = self._file
        told = (
            ("file", identities.mask(file.name)),
            ("file_sha256", file.sha256),
            ("format", self._form.id),
            ("provenance", "verified" if self._verified else "unverified"),
            ("actor", self._intake.actor),
            *((("channel", file.handed.channel),) if file.handed.channel else ()),
        )
        return Fetched(
            task=Task(
                night=self._intake.night, kind=TaskKind.SITE, source=found.source, target=exchange.url, origin=SOURCE
            ),
            outcome=Outcome.CAPTURED,
            reason=found.reason,
            exchanges=page.exchanges,
            page_state=found.state,
            flags=(*page.flags, *found.flags, _PASSES[not self._verified]),
            hits=found.hits,
            listings=found.listings,
            reading=found.reading,
            resources=page.resources,
            origin=Origin.IMPORT,
            provenance=(*told, *page.provenance),
        )

    # Keeping

    def _keep_original(self) -> bool:
        """The bytes as they came, where they are not the capture itself and not too many."""
        file = self._file
        if self._form.id == PHOTO or file.size > file.limits.keep_original_bytes:
            return False
        return self._intake.blobs.put(file.path.read_bytes()) == file.sha256

    def _commit(self, spool: IO[str], original: bool) -> ImportReport:
        self._writer.sync()
        mark("import-after-fsync")
        with self._intake.store.write() as connection:
            ids = self._insert(connection)
            report = self._report(ids)
            number = self._note(connection, report, original)
            added = add(
                connection,
                map(Tip.of_line, spool),
                import_id=number,
                captures=ids,
                now=self._file.received_at,
            )
            report = self._report(ids, added)
            self._finish(connection, report, number)
            mark("import-before-commit")
        return report

    def _insert(self, connection: Connection) -> list[int]:
        ids: list[int] = []
        if self._kept:
            self._writer.claim(connection)
        for start in range(0, len(self._kept), BATCH):
            ids += keep(connection, self._kept[start : start + BATCH], "import")
        return ids

    def _report(self, ids: Sequence[int], added: int = 0) -> ImportReport:
        return ImportReport(
            file=self._file.name,
            sha256=self._file.sha256,
            format=self._form.id,
            provenance="verified" if self._verified else "unverified",
            captures=tuple(ids),
            known=self._known,
            tips=added,
            duplicates=self._tips - added,
            skipped=dict(self._skipped),
            damaged=tuple(self._problems),
            damaged_count=self._problem_count,
        )

    def _note(self, connection: Connection, report: ImportReport, original: bool) -> int:
        file, handed = self._file, self._file.handed
        row = {
            "sha256": file.sha256,
            "file": identities.mask(file.name),
            "format": report.format,
            "size_bytes": file.size,
            "received_at": file.received_at,
            "actor": self._intake.actor,
            "channel": handed.channel,
            "note": identities.mask(handed.note, tell=True),
            "provenance": report.provenance,
            "original": original,
            "detail": "",
        }
        number: int = connection.execute(insert(imports).values(row).returning(imports.c.id)).scalar_one()
        return number

    def _finish(self, connection: Connection, report: ImportReport, number: int) -> None:
        told = report.as_json()
        row = imports.update().where(imports.c.id == number)
        connection.execute(row.values(detail=json.dumps(told, ensure_ascii=False, sort_keys=True)))
        names = ("sha256", "format", "provenance", "known", "tips", "damaged_count")
        detail = {"import": number, "captures": len(report.captures), **{name: told[name] for name in names}}
        custody.append(connection, "imported", self._intake.actor, detail)


def why_nothing(problems: Sequence[Problem]) -> Problem:
    """Of a file that gives nothing: its only problem, when it has just one."""
    return problems[0] if len(problems) == 1 else Problem("nothing")

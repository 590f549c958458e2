"""Official pages that this office collects to compare others with: fetched or handed in, kept like any capture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.imports import Handed, Intake, imported
from crawlers.records import ArchiveError, PageState
from crawlers.urls import canonical
from detectors import references
from detectors.fingerprints import Fingerprint, fingerprint
from detectors.hosts import Owner
from detectors.kept import Kept
from review import audit
from review.clock import utc_now
from review.errors import ReferenceRefused
from review.strings import (
    REFERENCE_FOREIGN,
    REFERENCE_NO_PAGE,
    REFERENCE_NO_URL,
    REFERENCE_NOT_READ,
    REFERENCE_OTHER_URL,
    REFERENCE_THIN,
    REFERENCE_UNKNOWN,
)

if TYPE_CHECKING:
    from config.schema import OfficialSite
    from crawlers.records import Capture
    from crawlers.store import Store
    from detectors.context import Context
    from detectors.features import Page

MIN_STRUCTURE_RUNS = 20


@dataclass(frozen=True, slots=True)
class Added:
    url: str
    name: str
    version: int
    capture_ids: tuple[int, ...]


class Collector:
    """Collects into one data directory; the store, archive and context are its own office's."""

    def __init__(self, store: Store, data: Path, context: Context, *, actor: str) -> None:
        archive = Archive(data / "archive", gzip_level=context.config.settings.archive.gzip_level)
        self.store, self.data, self.archive, self.context, self.actor = store, data, archive, context, actor
        self.kept = Kept(store, archive, context, BlobStore(data / "blobs"))

    def site(self, url: str) -> OfficialSite:
        """Whose page an address is. Raises ReferenceRefused for every host the registry does not know as official."""
        owner, site = self.context.registry.owner(urlsplit(canonical(url)).hostname or "")
        if owner is not Owner.OFFICIAL or site is None:
            raise ReferenceRefused(REFERENCE_FOREIGN.format(url=url))
        return site

    def take(self, url: str, night: str, reason: str = "") -> Added:
        """From what a capturing run kept of an address; `reason` is why it kept nothing, when it did not."""
        found = [one for one in self.store.captures(night=night) if url in (one.url, one.final_url)]
        return self._add(url, found, reason)

    def file(self, path: Path, url: str = "") -> list[Added]:
        """A saved page with its address, or the official pages of an archive."""
        if url:
            self.site(url)
            url = canonical(url)
        intake = Intake.open(self.context.config, self.data, self.store, actor=self.actor)
        shown = intake.preview(path, Handed(url=url))
        if shown.refused is not None and shown.refused.code == "needs_url":
            raise ReferenceRefused(REFERENCE_NO_URL.format(file=path.name))
        if shown.refused is None and not shown.pages:
            raise ReferenceRefused(REFERENCE_NO_PAGE.format(file=path.name))
        report = intake.take(path, Handed(url=url))
        ids = imported(self.store, report.sha256)
        kept = [one for one in self.store.captures(ids=ids) if self._readable(one)]
        foreign = [one.final_url for one in kept if not self._is_official(one.final_url)]
        if not kept:
            raise ReferenceRefused(REFERENCE_NO_PAGE.format(file=path.name))
        if foreign:
            raise ReferenceRefused(REFERENCE_FOREIGN.format(url=foreign[0]))
        if url and url not in (one.final_url for one in kept):
            raise ReferenceRefused(REFERENCE_OTHER_URL.format(file=path.name, known=kept[0].final_url, url=url))
        return [self._add(url, [one for one in kept if one.final_url == url]) for url in _distinct(kept)]

    def _is_official(self, url: str) -> bool:
        return self.context.registry.owner(urlsplit(url).hostname or "")[0] is Owner.OFFICIAL

    def _readable(self, capture: Capture) -> bool:
        return capture.media_type in ("text/html", "application/xhtml+xml", "")

    def _add(self, url: str, captures: Iterable[Capture], reason: str = "") -> Added:
        site = self.site(url)
        read = [one for one in captures if self._readable(one) and self._is_official(one.final_url)]
        pages = [(one.id, page) for one in read if (page := self._page(one)) is not None]
        if not pages:
            raise ReferenceRefused(REFERENCE_NOT_READ.format(url=url, reason=reason or "unreadable"))
        prints = [(number, found) for number, page in pages if _enough(found := fingerprint(page))]
        if not prints:
            raise ReferenceRefused(REFERENCE_THIN.format(url=url))
        now = utc_now()
        with self.store.write() as connection:
            version = references.add(connection, site, url, prints, now=now)
            ids = tuple(number for number, _ in prints)
            detail = {"url": url, "site": site.id, "version": version, "captures": [f"C-{one:08d}" for one in ids]}
            audit.append(connection, self.actor, "reference.add", detail, now=now)
        return Added(url, site.name, version, ids)

    def _page(self, capture: Capture) -> Page | None:
        try:
            page = self.kept.page(capture)
        except ArchiveError:
            return None
        return page if page.state in (PageState.RESULTS, PageState.PARTIAL) else None

    def remove(self, url: str) -> None:
        now = utc_now()
        with self.store.write() as connection:
            if not references.retire(connection, url, now=now):
                raise ReferenceRefused(REFERENCE_UNKNOWN.format(url=url))
            audit.append(connection, self.actor, "reference.remove", {"url": url}, now=now)


def _enough(found: Fingerprint) -> bool:
    return len(found.structure) >= MIN_STRUCTURE_RUNS and bool(found.parts)


def _distinct(captures: Sequence[Capture]) -> list[str]:
    return list(dict.fromkeys(one.final_url for one in captures))

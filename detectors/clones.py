"""Near-duplicates of official pages that this office has collected, on hosts that are not official."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detectors import strings
from detectors.base import Axis, Signal, detector
from detectors.fingerprints import passages, plain, text_hashes
from detectors.hosts import Owner, icp_body
from detectors.kits import structure
from detectors.pages import query_fields

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page, Passage
    from detectors.fingerprints import Reference

VERSION = 1
_MAX_PART_CHARS = 40
"""A long passage says more than a short one, but not without end."""
_MIN_STRUCTURE = 20
"""Different runs of tags; below that a page has no structure to speak of."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """Shares (0 … 1) of the reference that the page has too."""

    reference: Reference
    structure: float
    identity: float
    text: float
    same: tuple[Passage, ...]
    """Passages of the page that stand in the reference's title, masthead or footer, the longest first."""


_WEIGHT_CLONE, _WEIGHT_PART = 0.7, 0.35
_CLONE = (0.5, 0.5)
"""Of structure and of identity; both, for other organs use the same template and others repeat articles."""
_PART = (0.3, 0.3)


@detector("clones", version=VERSION, title="照搬官方网页", axis=Axis.IMPERSONATION, budget_ms=2000, of_documents=True)
def clones(page: Page, context: Context) -> Iterator[Signal]:
    """Compares a page with the official pages collected by `zhengshao reference add`: structure, and the words by which
    the site names itself. An article repeated elsewhere has the text alone, another organ's site the template alone;
    neither is a clone."""
    references = context.known.references
    if not references or page.kind != "html" or not page.host:
        return
    if context.registry.owner(page.host)[0] in (Owner.OFFICIAL, Owner.STATE, Owner.KNOWN):
        return
    best = max(nearest(page, references, context), key=lambda one: one.structure + one.identity, default=None)
    if best is None:
        return
    whole = best.structure >= _CLONE[0] and best.identity >= _CLONE[1]
    if whole or (best.structure >= _PART[0] and best.identity >= _PART[1]):
        yield _signal(page, best, whole=whole)


def nearest(page: Page, references: Iterable[Reference], context: Context) -> Iterator[Nearness]:
    """How near the page is to each reference that shares structure and the organ's own name with it."""
    own, text = structure(page), text_hashes(page)
    for reference in references:
        held = reference.fingerprint
        if len(held.structure) < _MIN_STRUCTURE:
            continue
        shared = _share(held.structure, own)
        if shared < _PART[0]:
            continue
        parts = [part for part in held.parts if part in passages(page)]
        if not _named(parts, reference, page, context):
            continue
        yield Nearness(
            reference=reference,
            structure=shared,
            identity=_told(parts) / (_told(held.parts) or 1),
            text=_share(held.text, text),
            same=tuple(passages(page)[part] for part in sorted(parts, key=len, reverse=True)),
        )


def _share(sample: tuple[int, ...], whole: frozenset[int]) -> float:
    return sum(one in whole for one in sample) / len(sample) if sample else 0.0


def _told(parts: Iterable[str]) -> int:
    return sum(min(len(part), _MAX_PART_CHARS) for part in parts)


def _named(parts: Iterable[str], reference: Reference, page: Page, context: Context) -> bool:
    """Whether what is the same names the organ: by its name, or by its number for sites."""
    names = [plain(name) for name, site in context.registry.names.items() if site.id == reference.site_id]
    if any(name in part for name in names for part in parts):
        return True
    sites = (site for site in context.registry.sites if site.id == reference.site_id and site.identifiers.icp)
    return any(icp_body(site.identifiers.icp) in page.text.replace(" ", "") for site in sites)


def _signal(page: Page, near: Nearness, *, whole: bool) -> Signal:
    reference, shown = near.reference, near.same[0] if near.same else None
    reason = (strings.CLONE if whole else strings.CLONE_PART).format(
        name=reference.name,
        url=reference.url,
        version=reference.version,
        capture=f"C-{reference.capture_id:08d}",
        structure=near.structure,
        identity=near.identity,
        text=near.text,
        host=page.host,
    )
    return Signal(
        detector="clones",
        version=VERSION,
        axis=Axis.IMPERSONATION,
        cls=strings.FAKE_QUERY if query_fields(page) or reference.fingerprint.asks else strings.FAKE_SITE,
        weight=_WEIGHT_CLONE if whole else _WEIGHT_PART,
        reason=reason,
        quote=page.quote(shown) if shown else page.host,
        start=shown.start if shown else 0,
        end=shown.end if shown else 0,
        where="text" if shown else "url",
        imitates=reference.name,
    )

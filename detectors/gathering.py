"""Everything stored that subjects may share: contacts, traces of pages, and whom codes and links lead to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import or_, select

from crawlers.tables import captures
from detectors.base import Level
from detectors.hosts import Owner
from detectors.likeness import groups as alike
from detectors.masking import link
from detectors.tables import contacts, judgements, newest, traces, verdicts
from detectors.ties import Value, table

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select, Table

    from detectors.context import Context

MOBILE_DIGITS = 11
_PLATFORM_SEGMENTS = 2
"""On platforms whose subjects have so long a path, pages are made by the platform: repositories, articles, profiles."""
_POINTERS = {"qr": "points_to", "link": "link"}


@dataclass(slots=True)
class _Shared:
    """One value as it is gathered."""

    shown: str
    seen: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Shown:
    """One value on one page."""

    subject: str
    capture: int
    kind: str
    shown: str
    key: str


class Gathering:
    """Reads the newest judgement of every capture; nothing is written."""

    def __init__(self, connection: Connection, context: Context, excluded: Collection[str] = ()) -> None:
        """`excluded` are subjects that people have cleared: they count as innocent whatever was judged."""
        self.connection, self.context = connection, context
        self.accused = self._at(Level.FLAG, Level.WATCH) - frozenset(excluded)
        self.flagged = self._at(Level.FLAG) - frozenset(excluded)
        self._official: dict[str, bool] = {}

    def _at(self, *levels: Level) -> frozenset[str]:
        named = select(judgements.c.subject).join(verdicts).where(newest())
        return frozenset(self.connection.scalars(named.where(verdicts.c.level.in_([level.value for level in levels]))))

    def values(self) -> list[Value]:
        """What at least one accused subject shows."""
        found: dict[tuple[str, str], _Shared] = {}
        for one in self._rows():
            if one.kind in table().kinds and not self._of_platform(one):
                found.setdefault((one.kind, one.key), _Shared(one.shown)).seen.setdefault(one.subject, one.capture)
        self._merge_pictures(found)
        self._follow(found)
        return [self._value(kind, key, shared) for (kind, key), shared in found.items() if self._ties(kind, shared)]

    def _rows(self) -> Iterator[_Shown]:
        """What accused subjects show, and who else shows the same; of pictures all, for they need not be equal."""
        accused = select(judgements.c.subject).join(verdicts).where(verdicts.c.level != Level.CLEAR.value)
        for rows, shown in ((contacts, contacts.c.masked), (traces, traces.c.shown)):
            statement = (
                select(judgements.c.subject, judgements.c.capture_id, rows.c.kind, shown, rows.c.hmac)
                .join(judgements, judgements.c.id == rows.c.judgement_id)
                .where(newest())
                .where(or_(rows.c.kind == "image", rows.c.hmac.in_(_keys(rows, accused))))
                .order_by(judgements.c.capture_id, rows.c.position)
            )
            for row in self.connection.execute(statement):
                yield _Shown(*row)

    def _of_platform(self, one: _Shown) -> bool:
        """Whether a value of a site is the platform's, whose page an offer stands on."""
        if not table().kinds[one.kind].site:
            return False
        kind, _, name = one.subject.partition(":")
        host = name.partition("/")[0]
        platform = self.context.registry.platform(host)
        owned = platform is not None and platform.path_segments >= _PLATFORM_SEGMENTS
        return kind == "listing" or owned or self.context.registry.owner(host)[0] is Owner.KNOWN

    def _merge_pictures(self, found: dict[tuple[str, str], _Shared]) -> None:
        """Pictures that look the same are one value; the hash itself stands in `shown`."""
        pictures = {shared.shown: key for (kind, key), shared in found.items() if kind == "image"}
        for look, leader in alike(pictures).items():
            if look != leader:
                other = found.pop(("image", pictures[look]))
                for subject, capture in other.seen.items():
                    found["image", pictures[leader]].seen.setdefault(subject, capture)

    def _follow(self, found: dict[tuple[str, str], _Shared]) -> None:
        """A code or link that leads to an accused subject is a value of that subject too, through redirects."""
        addresses, first = self._addresses()
        for (kind, key), shared in list(found.items()):
            if kind not in _POINTERS or (target := addresses.get((kind, key))) is None or set(shared.seen) == {target}:
                continue
            name = (_POINTERS[kind], link(_POINTERS[kind], target, self.context.key))
            merged = found.setdefault(name, _Shared(target.partition(":")[2]))
            if name == (kind, key):
                merged.shown = shared.shown
            for subject, capture in shared.seen.items():
                merged.seen.setdefault(subject, capture)
            merged.seen.setdefault(target, first[target])

    def _addresses(self) -> tuple[dict[tuple[str, str], str], dict[str, int]]:
        """By kind and HMAC, the accused subject that an address leads to; and each subject's first capture."""
        of_subject = (
            select(judgements.c.subject, captures.c.id, captures.c.url, captures.c.final_url)
            .join(captures, captures.c.id == judgements.c.capture_id)
            .where(judgements.c.listing_id.is_(None))
            .order_by(captures.c.id)
        )
        found: dict[tuple[str, str], str] = {}
        first: dict[str, int] = {}
        for row in self.connection.execute(of_subject):
            if row.subject in self.accused:
                first.setdefault(row.subject, row.id)
                found["link", link("link", row.subject, self.context.key)] = row.subject
                for url in {row.url, row.final_url}:
                    found.setdefault(("qr", link("qr", url, self.context.key)), row.subject)
        return found, first

    def _ties(self, kind: str, shared: _Shared) -> bool:
        """Copied from an official host it ties nothing; a seller's own contact that a notice warns of still does."""
        if not any(subject in self.accused for subject in shared.seen):
            return False
        own = table().kinds[kind].own or _mobile(kind, shared.shown)
        return own or not any(self._is_official(subject) for subject in shared.seen)

    def _is_official(self, subject: str) -> bool:
        if subject not in self._official:
            host = urlsplit("//" + subject.partition(":")[2]).hostname or "" if subject.startswith("site:") else ""
            owner = self.context.registry.owner(host)[0] if host else Owner.UNKNOWN
            self._official[subject] = owner in (Owner.OFFICIAL, Owner.STATE)
        return self._official[subject]

    def _value(self, kind: str, key: str, shared: _Shared) -> Value:
        seen = {subject: capture for subject, capture in shared.seen.items() if subject in self.accused}
        return Value(kind, key, shared.shown, seen, innocent=len(shared.seen) - len(seen))


def _keys(rows: Table, subjects: Select[tuple[str]]) -> Select[tuple[str]]:
    """HMACs that pages of these subjects show."""
    of_page = select(rows.c.hmac).join(judgements, judgements.c.id == rows.c.judgement_id)
    return of_page.where(judgements.c.subject.in_(subjects))


def _mobile(kind: str, masked: str) -> bool:
    return kind == "phone" and len(masked) == MOBILE_DIGITS and masked.startswith("1")

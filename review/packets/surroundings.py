"""What stands around a case's captures: quoted passages, the genuine page, its campaign, its network, its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from crawlers import identities, network
from crawlers.decode import decode_exchange
from crawlers.records import Capture
from crawlers.tables import captures as capture_rows
from crawlers.tables import hits as hit_rows
from detectors import campaigns, contacts, references
from detectors.features import Page
from detectors.masking import mask
from detectors.strings import TIE_NAMES
from detectors.suffixes import registrable
from detectors.text import views
from review.campaigns import cases_of
from review.packets import strings
from review.packets.source import CampaignFacts, Earlier, Excerpt, Genuine, TieFacts
from review.referral_records import find
from review.tables import packets

if TYPE_CHECKING:
    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from crawlers.store import Store

CONTEXT_CHARS = 28
EXCERPTS_MAX = 12
PAGES_READ_MAX = 4
"""Captures of a case whose text is read for passages and contacts; they mostly repeat each other."""
NEIGHBOURS_MAX = 20
WAYS_MAX = 5
MAINLAND = "CN"


def texts(captures: Sequence[Capture], archive: Archive, blobs: BlobStore) -> dict[str, str]:
    """What detectors read of the pages of a case, by label of the capture, one of each content, the newest first."""
    pages = {one.sha256: one for one in captures if one.media_type in ("text/html", "application/xhtml+xml")}
    newest = sorted(pages.values(), key=lambda one: -one.id)[:PAGES_READ_MAX]
    return {one.label: Page.from_html(_html(one, archive, blobs), one.final_url, one.status).text for one in newest}


def _html(capture: Capture, archive: Archive, blobs: BlobStore) -> str:
    dom = next((one for one in capture.artefacts if one.role == "dom"), None)
    if dom is not None:
        return blobs.read(dom.sha256).decode("utf-8", "replace")
    return decode_exchange(archive.read(capture.place)).text


def excerpts(assessment: Mapping[str, Any], pages: Mapping[str, str]) -> tuple[Excerpt, ...]:
    """Each quoted passage of visible text with what stands around it, heaviest first; identity numbers are masked."""
    signals = [s for axis in strings.AXES for s in assessment.get(axis, {}).get("signals", ()) if s["weight"] > 0]
    wanted = [s for s in signals if s.get("where", "text") == "text" and s["end"] > s["start"]]
    found: dict[tuple[int, int], Excerpt] = {}
    for signal in sorted(wanted, key=lambda one: -one["weight"]):
        span = (signal["start"], signal["end"])
        if span not in found and (excerpt := _excerpt(signal, pages)) is not None:
            found[span] = excerpt
    return tuple(found.values())[:EXCERPTS_MAX]


def _excerpt(signal: Mapping[str, Any], pages: Mapping[str, str]) -> Excerpt | None:
    """From the page that still says so there; a quote whose contacts were masked fits by its length and first sign."""
    start, end, quote = signal["start"], signal["end"], signal["quote"]
    for label, text in pages.items():
        passage = text[start:end]
        if passage == quote or (len(passage) == len(quote) and "*" in quote and passage[:1] == quote[:1]):
            before, after = text[max(0, start - CONTEXT_CHARS) : start], text[end : end + CONTEXT_CHARS]
            return Excerpt(label, _flat(before), _flat(identities.mask(passage)), _flat(after), signal["reason"])
    return None


def _flat(text: str) -> str:
    return " ".join(identities.mask(text).split())


def in_full(assessment: Mapping[str, Any], pages: Mapping[str, str]) -> dict[str, Any]:
    """The assessment with the operator's contacts, also inside quotes, as the pages show them: rows keep them masked, a
    lead needs them.

    Numbers of cards and persons stay masked. A contact that no page shows any more stays as the row has it.
    """
    seen = [c for text in pages.values() for c in contacts.find(views(text)) if c.kind != "certificate"]
    known = {(c.kind, mask(c.value)): c.value for c in reversed(seen)}
    shown = [
        {**entry, "value": known.get((entry["kind"], entry["value"]), entry["value"])}
        for entry in assessment.get("contacts", ())
    ]
    verdicts = {axis: _quoted_in_full(assessment[axis], pages) for axis in strings.AXES if axis in assessment}
    return {**assessment, **verdicts, "contacts": shown}


def _quoted_in_full(verdict: Mapping[str, Any], pages: Mapping[str, str]) -> dict[str, Any]:
    signals = []
    for signal in verdict["signals"]:
        found = _excerpt(signal, pages) if "*" in signal["quote"] else None
        signals.append({**signal, "quote": found.quote} if found else signal)
    return {**verdict, "signals": signals}


def genuine(connection: Connection, store: Store, blobs: BlobStore, name: str) -> tuple[Genuine, ...]:
    """Collected pages of the organ of that name, those with a picture first."""
    if not name:
        return ()
    held = [one for one in references.load(connection) if name in (one.name, one.site_id) or one.name in name]
    wanted = [one.capture_id for one in held]
    found = [_genuine(capture, held[0].name, blobs) for capture in store.captures(ids=wanted)]
    return tuple(sorted(found, key=lambda one: (not one.picture, one.capture)))


def _genuine(capture: Capture, name: str, blobs: BlobStore) -> Genuine:
    shot = next((one for one in capture.artefacts if one.role == "screenshot"), None)
    return Genuine(
        name=name,
        url=capture.final_url,
        title=capture.title,
        capture=capture.label,
        fetched_at=capture.fetched_at,
        sha256=capture.sha256,
        picture=blobs.read(shot.sha256) if shot else b"",
    )


def campaigns_of(connection: Connection, subject: str) -> tuple[CampaignFacts, ...]:
    """The campaigns the subject belongs to, with the ties it has part in first."""
    numbers = sorted(set(campaigns.of_subjects(connection, [subject]).values()))
    return tuple(_campaign(connection, number, subject) for number in numbers)


def _campaign(connection: Connection, number: int, subject: str) -> CampaignFacts:
    found = campaigns.get(connection, number)
    ties = [
        TieFacts(
            name=TIE_NAMES[tie.kind],
            shown=tie.shown,
            subjects=tuple(dict.fromkeys(one for one, _ in tie.seen)),
            carriers=tie.carriers,
        )
        for tie in found.ties
    ]
    held = {one: label for one, (label, _) in cases_of(connection, found.subjects).items()}
    ordered = sorted(ties, key=lambda tie: subject not in tie.subjects)
    return CampaignFacts(label=found.label, subjects=found.subjects, ties=tuple(ordered), cases=held)


def neighbours(connection: Connection, captures: Sequence[Capture]) -> tuple[str, ...]:
    """Hosts of other registrable names that this office met at an address of these captures, whatever the port."""
    addresses = {one.peer.rpartition(":")[0] for one in captures} - {""}
    own = {registrable(one.host) for one in captures}
    met = select(capture_rows.c.host).distinct().order_by(capture_rows.c.host)
    hosts: dict[str, None] = {}
    for address in sorted(addresses):
        rows = connection.scalars(met.where(capture_rows.c.peer.startswith(f"{address}:", autoescape=True)))
        hosts |= dict.fromkeys(host for host in rows if registrable(host) not in own)
    return tuple(hosts)[:NEIGHBOURS_MAX]


def ways_in(connection: Connection, captures: Sequence[Capture], engines: Mapping[str, str]) -> tuple[str, ...]:
    """How these pages were come upon: engine (by its name in `engines`), words, place in the list; adverts first."""
    urls = {url for one in captures for url in (one.url, one.final_url, *(hop.url for hop in one.hops))}
    shown = (hit_rows.c.url.in_(urls)) | (hit_rows.c.resolved.in_(urls))
    rows = connection.execute(select(hit_rows).where(shown).order_by(hit_rows.c.kind, hit_rows.c.rank, hit_rows.c.id))
    told = [
        strings.WAY_IN.format(
            engine=engines.get(row["engine"], row["engine"]),
            query=row["query"],
            rank=row["rank"],
            kind=strings.HIT_KINDS[row["kind"]],
        )
        for row in rows.mappings()
    ]
    return tuple(dict.fromkeys(told))[:WAYS_MAX]


def network_of(store: Store, captures: Sequence[Capture]) -> tuple[network.Facts, ...]:
    """What was asked about each host of the case, nearest to its newest capture."""
    newest = {one.host: one for one in captures}
    return tuple(found for one in newest.values() if (found := network.facts_of(store, one)) is not None)


def network_fields(found: Sequence[network.Facts]) -> dict[str, str]:
    """Facts that look-ups give, by field id; what no look-up told is left out."""
    registrations = [one.registration for one in found if one.registration and one.registration.value]
    holders = [answer for one in found for answer in one.networks if answer.value.get("holder")]
    numbers = [str(answer.value["number"]) for one in found for answer in one.numbers if answer.question == "icp"]
    fields = {
        "registrar": _joined(str(one.value.get("registrar", "")) for one in registrations),
        "registrant": _joined(_registration(one.value) for one in registrations),
        "hosting": _joined(f"{one.value['holder']}（AS{one.value['asn']}）" for one in holders),
        "hosting_country": _where({str(one.value.get("country", "")) for one in holders}),
        "icp_shown": _joined(numbers),
        "addresses": _joined(address for one in found for address in one.addresses),
    }
    return {name: value for name, value in fields.items() if value}


def _joined(values: Iterator[str] | Sequence[str]) -> str:
    return "、".join(dict.fromkeys(value for value in values if value))


def _registration(value: Mapping[str, Any]) -> str:
    said = (str(value.get(name, "")) for name in ("registrant", "registrar", "registered_at"))
    return "，".join(one for one in said if one)


def _where(countries: set[str]) -> str:
    """境内 is the mainland; addresses on both sides are told as unknown, for people to part them."""
    countries.discard("")
    if not countries:
        return ""
    if countries == {MAINLAND}:
        return strings.DOMESTIC
    return strings.UNKNOWN if MAINLAND in countries else strings.OVERSEAS


def earlier(connection: Connection, case_id: int, before: str) -> tuple[Earlier, ...]:
    """Packets and hand-overs of this case before a moment (UTC), oldest first."""
    built = connection.execute(select(packets).where(packets.c.case_id == case_id).order_by(packets.c.built_at))
    made = [Earlier(row["id"], row["agency"], row["built_at"], "") for row in built.mappings()]
    sent = [
        Earlier(one.label, one.agency, one.sent_at, one.state.chinese)
        for one in find(connection, case_id=case_id)
        if one.sent_at
    ]
    return tuple(sorted((one for one in [*made, *sent] if one.at < before), key=lambda one: one.at))

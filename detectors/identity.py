"""Claim against ownership: whose identity a page carries, and whether its host owns it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from detectors import organs, strings
from detectors.addresses import institution_in_path
from detectors.bare import asks_namelessly, is_bare, is_sole_name, leads_elsewhere, points_to
from detectors.base import Axis, Signal, detector
from detectors.claims import claims
from detectors.copies import copy_of
from detectors.hosts import Owner, under
from detectors.intents import intents
from detectors.marks import Claim
from detectors.naming import imitated
from detectors.operators import is_only_signed, own_identity
from detectors.pages import asks_for_identity, query_fields
from detectors.records import named_issuer, record_fields, record_issuer, scripted_body, scripted_fields

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page
    from detectors.hosts import Registry

VERSION = 14
WEIGHTS = {
    "site_name": 0.65,
    "site_domain": 0.6,
    "site_code": 0.45,
    "footer": 0.4,
    "signature": 0.2,
    "title": 0.35,
    "masthead": 0.25,
    "statement": 0.35,
    "description": 0.25,
    "supervisor": 0.2,
    "icp": 0.4,
    "jiucuo": 0.6,
    "conac": 0.2,
    "saved_from": 0.4,
    "canonical": 0.4,
    "path": 0.35,
    "assets": 0.35,
    "code": 0.3,
    "logo": 0.2,
    "links": 0.25,
    "columns": 0.35,
    "frame": 0.4,
    "door": 0.6,
    "form": 0.25,
    "platform": 0.25,
    "emblem": 0.15,
    "template": 0.15,
    "defunct": 0.2,
    "labelled": 0.2,
    "filed": 0.2,
}
"""What one mark weighs on a host that does not own it; marks of different kinds add up."""
_SITE_MARKS = frozenset({"site_name", "site_domain", "site_code", "footer", "icp", "jiucuo", "saved_from"})
"""By these a page speaks as the site itself; whose name else it bears does not weaken the others then."""
_CALLED = frozenset({"site_name", "footer", "title", "masthead", "statement"})
_FOOTER_MARKS = frozenset({"footer", "signature", "site_code"})
_MENTIONS = frozenset(
    {
        *("title", "masthead", "statement", "description", "supervisor", "platform", "conac", "canonical"),
        *(
            "path",
            "logo",
            "assets",
            "code",
            "links",
            "columns",
            "frame",
            "door",
            "form",
            "emblem",
            "template",
            "defunct",
            "labelled",
            "filed",
        ),
    }
)
_SAYS = frozenset({"site_name", "title", "masthead", "description"})
"""Whose reasons tell what the page calls itself."""
_LABEL = re.compile(r"^.*[码:：]\s*")
_SUPPORT = frozenset({"emblem", "template", "defunct", "labelled", "filed"})
"""Speak only beside a mark that says whose site it is."""
_OWN_FACTOR = 0.4
_BESIDE_OWN = frozenset({"supervisor", "filed"})
"""Say little of whose site it is beside a name of its own: many name who is over them, and every site is filed."""
_QUERY_WEIGHT = 0.35
_IDENTITY_WEIGHT = 0.35
_RESULT_WEIGHT = 0.65
_OPEN_WEIGHT = 0.3
_BARE_WEIGHT = 0.25
_SOLE_WEIGHT = 0.25
_DOOR_WEIGHT = 0.35
_MIRRORED_WEIGHT = 0.35
"""For a look: no law of ours speaks of it."""
_RECORD_WEIGHT = 0.4
_INTENT_WEIGHTS = {"app": 0.35, "follow": 0.35, "pay": 0.35, "outcome": 0.35, "card": 0.4}
_AT_HOME = ("教育", "考试院", "招生", "学位", "学历", "科学研究")
"""Of whose organs the sites may stand under suffixes of schools and institutes."""
_REASONS = strings.CLAIM_REASONS


@detector("identity", version=VERSION, title="身份与归属", axis=Axis.IMPERSONATION, budget_ms=3000, of_documents=True)
def identity(page: Page, context: Context) -> Iterator[Signal]:
    """Reads every mark by which a page names its operator and asks whether its host owns it. Marks are claims: none
    clears a page, only the registry's entry for the host does."""
    if page.kind != "html":
        return
    if not page.host:
        yield from _without_address(page, context)
        return
    copy = copy_of(page)
    if copy is not None and not copy.origin:
        return
    host = copy.origin if copy is not None else page.host
    owner, site = context.registry.owner(host)
    if copy is not None and owner in (Owner.OFFICIAL, Owner.STATE, Owner.FORMER):
        reason = strings.COPY_OF.format(host=page.host, origin=host)
        yield _about_host(page.host, -1.0, strings.OFFICIAL_COPY, reason)
        return
    if owner is Owner.OFFICIAL and site is not None:
        yield _about_host(host, -1.0, strings.OFFICIAL_HOST, strings.HOST_OFFICIAL.format(host=host, name=site.name))
        return
    if owner is Owner.STATE:
        yield _about_host(host, -1.0, strings.STATE_HOST, strings.HOST_STATE.format(host=host))
        return
    if owner is Owner.KNOWN:
        return
    found = _foreign(claims(page, context.registry), host, context.registry)
    if copy is not None:
        found = [claim for claim in found if claim.kind != "path"]
    if context.registry.is_institution(host):
        found = _elsewhere(found, context.registry)
    if not any(claim.kind not in _SUPPORT for claim in found):
        yield from _unclaimed(page)
        found = []
    yield from _signals(page, found, context)
    yield from _mirrored(page, context)
    if owner is Owner.FORMER and site is not None:
        yield _about_host(host, 0.2, strings.FAKE_SITE, strings.HOST_FORMER.format(host=host, name=site.name))


def _without_address(page: Page, context: Context) -> Iterator[Signal]:
    """A page that carries an organ's identity cannot be cleared while nobody knows where it stands."""
    found = claims(page, context.registry)
    kinds = {claim.kind for claim in found} - _SUPPORT
    carried = kinds & _SITE_MARKS or {"title", "masthead"} <= kinds or (kinds and query_fields(page))
    whom = imitated(page, found, context) if carried else record_issuer(page)
    if (not carried and not whom) or own_identity(page):
        return
    reason = strings.NO_ADDRESS.format(name=whom or page.title[:40])
    yield replace(_intent(page, _OPEN_WEIGHT, reason, ""), cls=strings.OWNER_OPEN, quote=page.title, where="html")


def _unclaimed(page: Page) -> Iterator[Signal]:
    """What a page that names nobody as its operator shows or asks for."""
    whom, factor = record_issuer(page), _OWN_FACTOR if own_identity(page) else 1.0
    if whom:
        reason = strings.RESULT_PAGE if named_issuer(page) else strings.RESULT_UNSIGNED
        yield _intent(page, _RESULT_WEIGHT * factor, reason.format(name=whom, host=page.host), whom)
    elif whom := scripted_body(page):
        yield _intent(page, _RESULT_WEIGHT * factor, strings.RESULT_UNSIGNED.format(name=whom, host=page.host), whom)
    elif asked := asks_namelessly(page):
        reason = strings.QUERY_NAMELESS.format(name=asked, host=page.host)
        yield _intent(page, _OPEN_WEIGHT * factor, reason, organs.body_of(asked))


def _mirrored(page: Page, context: Context) -> Iterator[Signal]:
    """A school's or a newspaper's page under the name of its site, on a platform where anybody publishes."""
    claimed, name = institution_in_path(page, context.registry), own_identity(page)
    if claimed and name and not any(name in part for part in page.parts.path.split("/")):
        reason = strings.MIRRORED.format(claimed=claimed, name=name, host=page.host)
        yield replace(_intent(page, _MIRRORED_WEIGHT, reason, name), cls=strings.FAKE_OTHER)


def _foreign(found: list[Claim], host: str, registry: Registry) -> list[Claim]:
    """Claims that the host contradicts, one of each kind, the one that names somebody first."""
    kept: dict[str, Claim] = {}
    for claim in found:
        if claim.host and registry.same_organ(host, claim.host) and not under(host, "gov.cn") and claim.kind != "path":
            continue
        if claim.kind not in kept or (claim.name and not kept[claim.kind].name):
            kept[claim.kind] = claim
    return list(kept.values())


def _elsewhere(found: list[Claim], registry: Registry) -> list[Claim]:
    """On the host of a school or an institute: exam authorities and training centres of the state are at home there, so
    only marks that say a page belongs elsewhere accuse it."""
    owned = [claim for claim in found if claim.host and claim.kind not in ("footer", "signature", "supervisor")]
    listed = any(registry.site_of(claim.host) for claim in owned)
    if not listed and any(word in claim.name for claim in found for word in _AT_HOME):
        return []
    return [claim for claim in found if claim in owned or claim.kind in _SITE_MARKS | _SUPPORT] if owned else []


def _signals(page: Page, found: list[Claim], context: Context) -> Iterator[Signal]:
    if not found:
        return
    whom = imitated(page, found, context)
    own = _own_name(page, found, context.registry)
    told = [claim for claim in found if own and _is_told(page, claim)]
    identified = any(claim.kind in _SITE_MARKS and claim not in told for claim in found)
    factor = _OWN_FACTOR if not identified and (own or points_to(page, context.registry)) else 1.0
    named = any(claim.name for claim in found)
    for claim in found:
        weight = WEIGHTS[claim.kind] * (factor if claim.kind in _MENTIONS or claim in told else 1.0)
        if own and claim.kind in _BESIDE_OWN:
            weight = WEIGHTS[claim.kind] * _OWN_FACTOR
        elif claim.kind == "conac" and not named:
            weight *= _OWN_FACTOR
        yield _mark(page, claim, weight, whom)
    if factor == 1.0 and is_bare(page, found, context.registry):
        weight = _DOOR_WEIGHT if leads_elsewhere(page) else _BARE_WEIGHT
        yield replace(_intent(page, weight, strings.BARE.format(host=page.host), whom), cls=strings.FAKE_SITE)
    elif not own and (sole := next((one for one in found if is_sole_name(page, one, found, context.registry)), None)):
        yield replace(_mark(page, sole, _SOLE_WEIGHT, whom), reason=strings.SOLE_NAME.format(quote=sole.quote))
    if all(claim in told or claim.kind in _SUPPORT for claim in found):
        return
    masthead = any(claim.kind == "masthead" for claim in found)
    yield from _wants(page, whom, factor, 1.0 if masthead and is_only_signed(page) else factor)
    if any(claim.kind in _CALLED and not (own and claim.kind == "footer") for claim in found):
        yield from _wants_somebody(page, whom, factor)


def _own_name(page: Page, found: list[Claim], registry: Registry) -> str:
    """Under whose name the page appears, when that is no organ's. What only ends a title is nobody's name over a query
    under an organ's masthead."""
    name = own_identity(page)
    is_brand = bool(name) and not organs.own_identity(name)
    if is_brand and query_fields(page) and any(one.kind == "masthead" for one in found):
        return ""
    return "" if registry.claimed_by_name(name) else name


def _is_told(page: Page, claim: Claim) -> bool:
    """Whether a footer's words stand in the running text of a page that somebody else's name is on."""
    if claim.kind not in _FOOTER_MARKS or claim.where != "text":
        return False
    passage = page.passage_at(claim.start)
    return passage is not None and passage.kind in ("body", "code")


def _wants(page: Page, whom: str, factor: float, of_query: float) -> Iterator[Signal]:
    """What the page asks for or shows under the name it bears. A query under an organ's masthead is not made lighter by
    who signs beneath it."""
    fields = query_fields(page)
    if fields:
        names = "、".join(strings.FIELD_NAMES[field] for field in fields)
        yield _intent(page, _QUERY_WEIGHT * of_query, strings.QUERY_FORM.format(fields=names, host=page.host), whom)
    record = record_fields(page) or scripted_fields(page)
    if record:
        reason = strings.RECORD_PAGE.format(fields="、".join(record[:4]), host=page.host)
        yield _intent(page, _RECORD_WEIGHT * factor, reason, whom)
    for intent in intents(page):
        reason = strings.INTENT_REASONS[intent.kind].format(quote=intent.quote, host=page.host)
        signal = _intent(page, _INTENT_WEIGHTS[intent.kind] * factor, reason, whom)
        cls = strings.FAKE_SITE if intent.kind == "card" else strings.FAKE_QUERY
        yield replace(signal, cls=cls, quote=intent.quote, start=intent.start, end=intent.end, where=intent.where)


def _wants_somebody(page: Page, whom: str, factor: float) -> Iterator[Signal]:
    """A form for somebody's papers or password that is no query, on a page that is called as an organ is."""
    if asks_for_identity(page) and not query_fields(page):
        signal = _intent(page, _IDENTITY_WEIGHT * factor, strings.IDENTITY_FORM.format(host=page.host), whom)
        yield replace(signal, cls=strings.FAKE_SITE)


def _is_called_otherwise(claim: Claim) -> bool:
    """Whether a page calls somebody by another name than the registry does: nothing is put into its mouth."""
    return claim.kind in _SAYS and bool(claim.name) and claim.name not in organs.plain_name(claim.quote)


def _mark(page: Page, claim: Claim, weight: float, whom: str) -> Signal:
    otherwise = _is_called_otherwise(claim)
    said = claim.quote if otherwise else claim.name or claim.quote
    code = _LABEL.sub("", claim.quote) if claim.kind == "site_code" else claim.quote
    reason = _REASONS[claim.kind].format(name=said, host=page.host, claimed=claim.host, code=code, number=claim.quote)
    if otherwise:
        reason += strings.THAT_IS.format(name=claim.name)
    return Signal(
        detector="identity",
        version=VERSION,
        axis=Axis.IMPERSONATION,
        cls=strings.FAKE_SITE,
        weight=weight,
        reason=reason,
        quote=claim.quote if claim.where != "text" else page.text[claim.start : claim.end],
        start=claim.start,
        end=claim.end,
        where=claim.where,
        imitates=whom,
    )


def _intent(page: Page, weight: float, reason: str, whom: str) -> Signal:
    return Signal(
        detector="identity",
        version=VERSION,
        axis=Axis.IMPERSONATION,
        cls=strings.FAKE_QUERY,
        weight=weight,
        reason=reason,
        quote=page.host,
        where="url",
        imitates=whom,
    )


def _about_host(host: str, weight: float, cls: str, reason: str) -> Signal:
    return Signal(
        detector="identity",
        version=VERSION,
        axis=Axis.IMPERSONATION,
        cls=cls,
        weight=weight,
        reason=reason,
        quote=host,
        where="url",
    )

"""Whom a page imitates, by the marks it bears: the plainest name of all that they give."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from detectors import organs
from detectors.records import record_issuer

if TYPE_CHECKING:
    from config.schema import OfficialSite
    from detectors.context import Context
    from detectors.features import Page
    from detectors.hosts import Registry
    from detectors.marks import Claim

_NAMING = ("site_code", "footer", "title", "masthead", "statement", "description", "icp", "platform", "supervisor")


def imitated(page: Page, found: list[Claim], context: Context) -> str:
    """Whom the marks name, else whom the address is written like, else whose papers the page is about; a name that
    every place has (应急管理局) says less than the address."""
    named = _named(found, context)
    is_everywhere = named in _anybodys() and not context.registry.claimed_by_name(named)
    return (
        ("" if is_everywhere else named)
        or canonical_name(_by_place(found, context), context.registry)
        or _by_address(page, context)
        or named
        or _by_subject(page, found)
        or next((claim.host for claim in found if claim.host), "")
    )


def _named(found: list[Claim], context: Context) -> str:
    """The site's own statement first, then the registry, the footer, the title, last the host it points to."""
    registry = context.registry
    by_kind = {claim.kind: claim for claim in found}
    said = by_kind["site_name"].name if "site_name" in by_kind else ""
    if said and organs.organ_name(said):
        return canonical_name(said, registry)
    for claim in found:
        site = registry.site_of(claim.host) or _by_ending(claim, registry)
        if site is not None and claim.kind != "platform":
            return site.name
    hosts = organs.table()["hosts"]
    if listed := next((hosts[claim.host] for claim in found if claim.host in hosts), ""):
        return str(listed)
    names = [by_kind[kind].name for kind in _NAMING if kind in by_kind and by_kind[kind].name]
    if names:
        first = next((name for name in names if name not in _anybodys()), names[0])
        return canonical_name(max((name for name in names if first in name), key=len), registry)
    by_host = (context.domains.name_of(claim.host) for claim in found if claim.host)
    return canonical_name(said, registry) or next(filter(None, by_host), "")


@cache
def _anybodys() -> frozenset[str]:
    """What every place's organ is called: 应急管理厅, 电子税务局."""
    return frozenset((*organs.table()["endings"], *organs.table()["site_words"]))


def _by_ending(claim: Claim, registry: Registry) -> OfficialSite | None:
    """Whose host a path names with letters put in front (`mhmiit.gov.cn` for miit.gov.cn, `mhchsi.com.cn`)."""
    if claim.kind != "path":
        return None
    endings = ((host.removeprefix("www."), site) for host, site in registry.current.items())
    fitting = [(host, site) for host, site in endings if claim.host.endswith(host) and host.count(".") > 1]
    return max(fitting, key=lambda one: len(one[0]))[1] if fitting else None


def canonical_name(name: str, registry: Registry) -> str:
    """A name as the registry writes it, where it knows the organ."""
    if listed := _listed(name, registry):
        return listed.name
    right = organs.spelt_right(name)
    if right != name and (listed := _listed(right, registry)):
        return listed.name
    organ = organs.organ_name(right) if right else None
    return organs.written_out(organ.organ if organ else name)


def _listed(name: str, registry: Registry) -> OfficialSite | None:
    return registry.claimed_by_name(name) or registry.claimed_by_name(name.removeprefix("中华人民共和国"))


def _by_address(page: Page, context: Context) -> str:
    """Whose official name the address carries or is written like."""
    name = context.names.judge(page.host)
    known = name.imitates in context.registry.names
    named = canonical_name(name.imitates, context.registry)
    return named if known else name.official if name.kind == "misleading_subdomain" else ""


def _by_place(found: list[Claim], context: Context) -> str:
    """Which place's organ has a platform of that name."""
    for claim in found:
        name = organs.plain_name(claim.quote) if claim.kind == "platform" else ""
        for place in context.config.places.provinces if name else ():
            short = _short(place.name)
            if name.startswith(short) and not name.startswith(place.name):
                name = place.name + name.removeprefix(short).removeprefix("省")
                break
        if organ := organs.of_place(name):
            return organ
    return ""


def _short(province: str) -> str:
    """A province as it is called in short: 广西, 内蒙古, 北京."""
    name = province.removesuffix("省").removesuffix("市")
    return name[: 3 if name.startswith("内蒙古") else 2] if name.endswith("自治区") else name


def _by_subject(page: Page, found: list[Claim]) -> str:
    """Whose papers a query page without a name of its own is about."""
    return record_issuer(page) or next((body for claim in found if (body := organs.body_of(claim.quote))), "")

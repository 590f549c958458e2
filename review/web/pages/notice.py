"""如何核验证书: the official query entries, made from the registry, for enterprises to print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, render_template

from review.web.desk import desk
from review.web.entry import public

page = Blueprint("notice", __name__)


@page.get("/notice")
@public
def show() -> str:
    return render_template(
        "notice.html", entries=list(entries()), office=desk().config.settings.office, former=_former()
    )


def entries() -> Iterator[dict[str, Any]]:
    """Each certificate with the sites it is looked up at; one nobody confirmed is left out."""
    config = desk().config
    sites = {site.id: site for site in config.official.sites if site.status == "current"}
    for licence in config.certificates.licences:
        found = [sites[name] for name in licence.query_sites if name in sites]
        if found:
            yield {"licence": licence, "sites": found}


def _former() -> list[Any]:
    """Query addresses that were official once and are nobody's word any more."""
    return [site for site in desk().config.official.sites if site.status == "former"]

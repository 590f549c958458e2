"""How a subject is shown to people: an internationalised host in its own script, with the ASCII form beside it."""

from __future__ import annotations

from review.strings import REMARKED

WEB = "web"


def shown(subject: str) -> str:
    """`site:xn--….com` → `site:特种作业证查询.com（xn--….com）`; anything else as it is."""
    kind, _, name = subject.partition(":")
    if kind != "site" or "xn--" not in name:
        return subject
    host, slash, path = name.partition("/")
    try:
        own = host.encode("ascii").decode("idna")
    except UnicodeError:
        return subject
    return REMARKED.format(name=f"{kind}:{own}{slash}{path}", remark=host)


def platform_of(subject: str) -> str:
    """`listing:xianyu:910…` → `xianyu`; of the open web `web`."""
    kind, _, name = subject.partition(":")
    return name.partition(":")[0] if kind == "listing" else WEB

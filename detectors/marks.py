"""One mark by which a page says who it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """`kind`: site_name site_domain site_code footer signature supervisor title masthead statement description icp
    jiucuo conac saved_from canonical path logo assets code links columns frame form platform; emblem, template,
    defunct, labelled and filed only support others. `name` is the organ it names, `host` the official host it names."""

    kind: str
    quote: str
    name: str = ""
    host: str = ""
    start: int = 0
    end: int = 0
    where: str = "text"

"""Whose word an answer in the browser is: the door's or the site's. On plain HTTP the door speaks in headers."""

from __future__ import annotations

from dataclasses import replace

from crawlers.doorway import PEER_HEADER, VERDICT_HEADER
from crawlers.records import Exchange


def door_verdict(exchange: Exchange) -> str:
    """`refused:private_address` when the door itself answered; empty when the site did."""
    return _door_line(exchange, VERDICT_HEADER).replace("; ", ":")


def site_alone(exchange: Exchange) -> Exchange:
    """The exchange as the site sent it; the peer the door names becomes the exchange's own."""
    peer = _door_line(exchange, PEER_HEADER)
    if not peer:
        return exchange
    lines = tuple(line for line in exchange.response_headers if line[0].lower() != PEER_HEADER.lower())
    own = PEER_HEADER.lower().encode()
    head = b"".join(line for line in exchange.raw_head.splitlines(keepends=True) if not line.lower().startswith(own))
    return replace(exchange, response_headers=lines, peer=peer, raw_head=head)


def _door_line(exchange: Exchange, name: str) -> str:
    """What came encrypted is the site's alone: the door refuses a tunnel before there is any answer in it."""
    if not exchange.url.startswith("http:"):
        return ""
    return next((value for said, value in exchange.response_headers if said.lower() == name.lower()), "")

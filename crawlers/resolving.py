"""DNS questions to named resolvers, over TCP (RFC 7766) so that they pass the door; every answer's bytes are kept."""

from __future__ import annotations

import socket
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from crawlers.answers import ANSWERED, FAILED, NOTHING, Answer, failed
from crawlers.clock import utc_now
from crawlers.tunnels import NoTunnel, Tunnels

if TYPE_CHECKING:
    from config.schema_network import Resolver

OF_HOST = ("A", "AAAA", "CNAME")
OF_DOMAIN = ("NS", "MX", "TXT")
_LENGTH = struct.Struct("!H")


def ask_resolver(tunnels: Tunnels, resolver: Resolver, host: str, domain: str) -> list[Answer]:
    """What one resolver says: addresses and aliases of the host, servers, mail and texts of its domain.

    One connection for all questions, opened again when the resolver closes it or its time was over; a connection that
    gave no answer at all is the last.
    """
    questions = [(host, kind) for kind in OF_HOST] + [(domain or host, kind) for kind in OF_DOMAIN]
    answers: list[Answer] = []
    while len(answers) < len(questions):
        before = len(answers)
        try:
            with tunnels.open(resolver.address, resolver.port) as (line, received):
                for name, kind in questions[before:]:
                    answers.append(_ask(line, received, resolver, name, kind))
        except NoTunnel as error:
            if len(answers) == before:
                answers += [_failed(resolver, name, kind, error.reason) for name, kind in questions[before:]]
                answers[before] = replace(answers[before], raw=error.received)
    return answers


def _ask(line: socket.socket, received: bytearray, resolver: Resolver, name: str, kind: str) -> Answer:
    try:
        query = dns.message.make_query(name, kind)
    except (dns.exception.DNSException, UnicodeError):
        return _failed(resolver, name, kind, "name")
    asked_at = utc_now()
    wire = query.to_wire()
    line.sendall(_LENGTH.pack(len(wire)) + wire)
    (length,) = _LENGTH.unpack(_read(line, received, _LENGTH.size))
    raw = _read(line, received, length)
    state, reason, value = _understood(query, raw, kind)
    return Answer("dns", f"{name} {kind}", resolver.id, asked_at, state, reason, value, raw)


def _read(line: socket.socket, received: bytearray, length: int) -> bytes:
    """So many bytes; `received` holds them until all are there."""
    while len(received) < length:
        part = line.recv(length - len(received))
        if not part:
            raise ConnectionResetError("the resolver closed the connection")
        received += part
    data = bytes(received)
    received.clear()
    return data


def _understood(query: dns.message.Message, raw: bytes, kind: str) -> tuple[str, str, dict[str, Any]]:
    """State, reason and value: `{"records": [...], "aliases": [...], "ttl_seconds": n}`."""
    try:
        answer = dns.message.from_wire(raw, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError, struct.error):
        return FAILED, "unreadable", {}
    if not query.is_response(answer):
        return FAILED, "not_an_answer", {}
    code = dns.rcode.to_text(answer.rcode())
    if code not in ("NOERROR", "NXDOMAIN"):
        return FAILED, code.lower(), {}
    wanted = dns.rdatatype.from_text(kind)
    sets = [found for found in answer.answer if found.rdtype == wanted]
    aliases = [_text(item) for found in answer.answer if found.rdtype == dns.rdatatype.CNAME for item in found]
    records = sorted(_text(item) for found in sets for item in found)
    value: dict[str, Any] = {"records": records}
    if aliases and kind != "CNAME":
        value["aliases"] = aliases
    if sets:
        value["ttl_seconds"] = min(found.ttl for found in sets)
    if records:
        return ANSWERED, "", value
    return NOTHING, "nxdomain" if code == "NXDOMAIN" else "no_record", value


def _text(item: Any) -> str:
    """A record as zone files write it, without the dot at the end of a name."""
    text = str(item.to_text())
    return text if text.endswith('"') else text.rstrip(".")


def _failed(resolver: Resolver, name: str, kind: str, reason: str) -> Answer:
    return failed("dns", f"{name} {kind}", resolver.id, reason)

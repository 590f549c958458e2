"""Who registered a name: RDAP (RFC 9083) read by whoisit, WHOIS on port 43 (RFC 3912) where a registry has no RDAP.

Both give one shape: `registrar`, `registrar_id`, `registered_at`, `changed_at`, `expires_at`, `status`,
`nameservers`, `abuse_email`, `abuse_phone`, `registrant`, `dnssec`; what the registry does not tell is left out.
The registrant of a person's name is masked here; what was received is kept as it came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crawlers.answers import ANSWERED, FAILED, NOTHING, Answer, failed
from crawlers.clock import iso, utc_now
from crawlers.deadline import MAX_ANSWER_BYTES
from crawlers.tunnels import NoTunnel, Tunnels
from crawlers.values import keepable

if TYPE_CHECKING:
    from config.schema_network import Registry

WHOIS_PORT = 43
_HEADERS = {"Accept": "application/rdap+json, application/json", "User-Agent": "zhengshao"}
_OK, _NOT_FOUND, _TOO_MANY = 200, 404, 429
_ORGANISATION = re.compile(
    r"公司|集团|中心|协会|学校|学院|大学|医院|银行|事务所|经营部|服务部|商行|工作室|[局部委厅院会社所站]$"
    r"|\b(?:inc|ltd|llc|limited|corp|company|co|gmbh|organi[sz]ation|university|association)\b",
    re.IGNORECASE,
)
_WITHHELD = re.compile(r"redacted|privacy|protected|withheld|not disclosed|隐私", re.IGNORECASE)
_NO_MATCH = re.compile(r"no matching record|no match for|not found|no entries found|no data found", re.IGNORECASE)
_WHOIS_FIELDS = {
    "sponsoring registrar": "registrar",
    "registrar": "registrar",
    "registrar iana id": "registrar_id",
    "registration time": "registered_at",
    "creation date": "registered_at",
    "updated date": "changed_at",
    "expiration time": "expires_at",
    "registry expiry date": "expires_at",
    "domain status": "status",
    "name server": "nameservers",
    "registrar abuse contact email": "abuse_email",
    "registrar abuse contact phone": "abuse_phone",
    "registrant": "registrant",
    "registrant organization": "registrant",
    "dnssec": "dnssec",
}
_LISTS = ("status", "nameservers")


def ask_registry(tunnels: Tunnels, registry: Registry, domain: str) -> Answer:
    """What the registry says of a registrable name, by RDAP, else by WHOIS."""
    return _ask_rdap(tunnels, registry, domain) if registry.rdap else _ask_whois(tunnels, registry, domain)


def _ask_rdap(tunnels: Tunnels, registry: Registry, domain: str) -> Answer:
    asked_at, url = utc_now(), f"{registry.rdap.rstrip('/')}/domain/{domain}"
    try:
        status, raw = tunnels.get(url, _HEADERS)
    except NoTunnel as error:
        return failed("rdap", url, registry.id, error.reason, error.received)
    if status == _NOT_FOUND:
        return Answer("rdap", url, registry.id, asked_at, NOTHING, "not_registered", raw=raw)
    if status != _OK:
        reason = "asked_too_often" if status == _TOO_MANY else f"http_{status}"
        return Answer("rdap", url, registry.id, asked_at, FAILED, reason, raw=raw)
    value = read_rdap(raw, domain)
    if value is None:
        return Answer("rdap", url, registry.id, asked_at, FAILED, "unreadable", raw=raw)
    return Answer("rdap", url, registry.id, asked_at, ANSWERED, "", value, raw)


def read_rdap(raw: bytes, domain: str) -> dict[str, Any] | None:
    """The registration in an RDAP answer about `domain`; None when it is none, or is about another name."""
    from whoisit import _bootstrap
    from whoisit.errors import WhoisItError
    from whoisit.parser import parse

    try:
        document = keepable(json.loads(raw))
        if str(document.get("ldhName", domain)).rstrip(".").lower() != domain:
            return None
        return _registration(parse(_bootstrap, "domain", domain, document, False))
    except (WhoisItError, ArithmeticError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return None  # whoisit takes a document for well-formed: what it trips over is no RDAP


def _registration(found: Mapping[str, Any]) -> dict[str, Any]:
    return _filled(
        {
            **_entities(found["entities"]),
            "registered_at": _time(found["registration_date"]),
            "changed_at": _time(found["last_changed_date"]),
            "expires_at": _time(found["expiration_date"]),
            "status": sorted(found["status"]),
            "nameservers": sorted(str(name).lower().rstrip(".") for name in found["nameservers"]),
            "dnssec": "signed" if found["dnssec"] else "unsigned",
        }
    )


def _entities(entities: Mapping[str, Any]) -> dict[str, str]:
    registrar, abuse, registrant = (_first(entities, role) for role in ("registrar", "abuse", "registrant"))
    ids = registrar.get("public_ids") or [{}]
    return {
        "registrar": str(registrar.get("name", "")),
        "registrar_id": str(ids[0].get("identifier", "")),
        "abuse_email": str(abuse.get("email", "")),
        "abuse_phone": str(abuse.get("tel", "")),
        "registrant": masked_name(str(registrant.get("name", ""))),
    }


def _first(entities: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    return next(iter(entities.get(role) or [{}]))


def _time(moment: Any) -> str:
    return iso(moment) if isinstance(moment, datetime) and moment.tzinfo else str(moment or "")


def _ask_whois(tunnels: Tunnels, registry: Registry, domain: str) -> Answer:
    asked_at, question = utc_now(), f"{domain} @{registry.whois}"
    try:
        with tunnels.open(registry.whois, WHOIS_PORT) as (line, raw):
            line.sendall(f"{domain}\r\n".encode("ascii"))
            while (part := line.recv(65536)) and len(raw) <= MAX_ANSWER_BYTES:
                raw += part
    except NoTunnel as error:
        return failed("whois", question, registry.id, error.reason, error.received)
    state, reason, value = read_whois(bytes(raw), domain)
    return Answer("whois", question, registry.id, asked_at, state, reason, value, bytes(raw))


def read_whois(raw: bytes, domain: str) -> tuple[str, str, dict[str, Any]]:
    """State, reason and registration of a WHOIS answer about `domain`, in UTF-8."""
    text = raw.decode("utf-8", "replace")
    pairs = [(key.strip().lower(), value.strip()) for key, _, value in map(_split, text.splitlines())]
    named = [value.lower().rstrip(".") for key, value in pairs if key == "domain name"]
    if domain not in named:
        none = not named and _NO_MATCH.search(text)
        return (NOTHING, "not_registered", {}) if none else (FAILED, "unreadable", {})
    value: dict[str, Any] = {name: [] for name in _LISTS}
    for key, said in pairs:
        field = _WHOIS_FIELDS.get(key)
        if field in _LISTS:
            value[field].append(said.partition(" http")[0].lower())
        elif field and said:
            value.setdefault(field, said)
    value["registrant"] = masked_name(value.get("registrant", ""))
    for field in ("registered_at", "changed_at", "expires_at"):
        value[field] = value.get(field, "")
    return ANSWERED, "", _filled(value)


def _split(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def _filled(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said for name, said in value.items() if said not in ("", [], None)}


def masked_name(name: str) -> str:
    """An organisation's name as it is, a person's as its first character; empty when it was withheld."""
    name = name.strip()
    if not name or _WITHHELD.search(name):
        return ""
    return name if _ORGANISATION.search(name) else name[0] + "*" * min(len(name) - 1, 3)

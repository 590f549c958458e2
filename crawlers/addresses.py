"""Which addresses, host names and ports may be dialled at all. Pure functions, no look-up is made here.

The ranges are those of the IANA special-purpose registries (IPv4, IPv6), written out: `ipaddress.is_global`
changes with the patch level of Python and lets several of them through.
"""

from __future__ import annotations

import re
import socket
import unicodedata
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_V4_REFUSED = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_V6_UNICAST = IPv6Network("2000::/3")
_V6_REFUSED = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "2620:4f:8000::/48")
)
_WEB_PORTS = frozenset({*range(80, 89), 443})
_FIRST_FREE_PORT = 1024
_HOST_MAX_CHARS = 253
_LABEL_MAX_CHARS = 63
_PLAIN_HOST = re.compile(r"[a-z0-9_.-]+")
_NUMERIC_HOST = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}")
_DOTS = str.maketrans("。．｡", "...")


def public(text: str) -> bool:
    """Whether an address literal belongs to the public internet. Anything that is not an address is not."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return _public_v6(address)
        address = address.ipv4_mapped
    return not any(address in network for network in _V4_REFUSED)


def _public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _V6_UNICAST:
        return False
    return not any(address in network for network in _V6_REFUSED)


def port_allowed(port: int, denied: Collection[int]) -> bool:
    """Web ports and unprivileged ones, less the ports of well-known services named in the settings."""
    if port in denied or not 0 < port < 65536:
        return False
    return port in _WEB_PORTS or port >= _FIRST_FREE_PORT


def canonical_host(raw: str) -> str:
    """One spelling for a host: lower case, ASCII, no trailing dot, addresses in their usual form.

    `127.1`, `0x7f.1`, `2130706433` and full-width digits become `127.0.0.1`. Raises ValueError for what no
    resolver should be asked.
    """
    if raw.startswith("[") and raw.endswith("]"):
        return _spelled(IPv6Address(raw[1:-1]))
    folded = unicodedata.normalize("NFKC", raw.translate(_DOTS)).lower().removesuffix(".")
    literal = _address(folded)
    if literal:
        return literal
    host = folded if folded.isascii() else ".".join(map(_ascii_label, folded.split(".")))
    if not _PLAIN_HOST.fullmatch(host) or len(host) > _HOST_MAX_CHARS:
        raise ValueError(f"not a host name: {raw[:80]!r}")
    labels = host.split(".")
    if any(not 0 < len(label) <= _LABEL_MAX_CHARS for label in labels):
        raise ValueError(f"a label of the host name is empty or too long: {raw[:80]!r}")
    if _NUMERIC_HOST.fullmatch(labels[-1]):
        raise ValueError(f"neither an address nor a name: {raw[:80]!r}")
    return host


def _address(host: str) -> str:
    """The address a host spells, in any form that `inet_aton` of a C library takes; empty for a name."""
    if ":" in host:
        return _spelled(IPv6Address(host))
    if not _NUMERIC_HOST.fullmatch(host):
        return ""
    try:
        return str(IPv4Address(socket.inet_aton(host)))
    except OSError:
        raise ValueError(f"neither an address nor a name: {host[:80]!r}") from None


def _spelled(address: IPv6Address) -> str:
    """One spelling in every version of Python; an address that holds an IPv4 one is that one."""
    if address.scope_id is not None:
        raise ValueError(f"an address of one interface: {address}")
    return str(address.ipv4_mapped or address)


def _ascii_label(label: str) -> str:
    """An A-label; labels that IDNA forbids but registries have sold (emoji) are encoded all the same."""
    if label.isascii():
        return label
    import idna

    try:
        return idna.encode(label, uts46=True).decode("ascii")
    except idna.IDNAError:
        return "xn--" + label.encode("punycode").decode("ascii")


def valid_idn(host: str) -> bool:
    """Whether IDNA 2008 allows every international label of an ASCII host."""
    international = [label for label in host.split(".") if label.startswith("xn--")]
    if not international:
        return True
    import idna

    try:
        return all(idna.decode(label) for label in international)
    except idna.IDNAError:
        return False

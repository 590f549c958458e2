"""Who is asked about a suspect's name: resolvers, registries, the table of networks, and the office's own exit."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from config.schema import Count, Host, Identifier, Model, Port, Seconds, SecondsOrNone, Text, Url


def _address(value: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError as error:
        raise PydanticCustomError("address", "not an IP address") from error


def _label(value: str) -> str:
    if not value.isascii() or value != value.lower().strip("."):
        raise PydanticCustomError("suffix_label", "not a suffix in ASCII")
    return value


class Resolver(Model):
    """A recursive resolver that answers over TCP (RFC 7766)."""

    id: Identifier
    address: Annotated[str, AfterValidator(_address)]
    port: Port
    owner: Text


class Registry(Model):
    """Where the registry of some suffixes (ASCII, without dot) tells who registered a name."""

    id: Identifier
    suffixes: Annotated[tuple[Annotated[str, AfterValidator(_label)], ...], Field(min_length=1)]
    rdap: Url
    whois: Host | Annotated[str, Field(max_length=0)]

    @model_validator(mode="after")
    def _asked_somehow(self) -> Registry:
        if not (self.rdap or self.whois):
            raise PydanticCustomError("registry", "no way to ask")
        return self


class Network(Model):
    timeout_seconds: Seconds
    registry_delay_seconds: SecondsOrNone
    registry_timeouts_max: Count
    hosts_per_night: Count
    asn_table: str
    exit_address: str
    exit_carrier: str
    exit_proxied: bool
    resolvers: Annotated[tuple[Resolver, ...], Field(min_length=1)]
    registries: tuple[Registry, ...]

    def registry_of(self, domain: str) -> Registry | None:
        """The registry of a name: that of its longest known suffix."""
        labels = domain.split(".")
        ends = [".".join(labels[start:]) for start in range(1, len(labels))]
        return next((entry for end in ends for entry in self.registries if end in entry.suffixes), None)

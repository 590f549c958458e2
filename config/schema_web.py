"""Models of `web.toml`: where the review desk listens, how people sign in, how much it shows."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from config.schema import Bytes, Count, Model, Port, Seconds, Text, Url

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def _network(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError as error:
        raise PydanticCustomError("network", "not a network") from error


def _proxy(value: str) -> str:
    try:
        return str(ip_address(value)) if value else ""
    except ValueError as error:
        raise PydanticCustomError("proxy", "not an address") from error


Network = Annotated[str, AfterValidator(_network)]
Proxy = Annotated[str, AfterValidator(_proxy)]
Pixels = Annotated[int, Field(ge=200, le=20_000)]
Days = Annotated[int, Field(ge=1)]


class Listen(Model):
    host: Text
    port: Port
    url: Url
    evidence_port: Port
    evidence_url: Url
    threads: Annotated[int, Field(ge=1, le=64)]
    trusted_proxy: Proxy
    admin_networks: tuple[Network, ...]

    @model_validator(mode="after")
    def _open_only_behind_tls(self) -> Self:
        """等保: a desk that others can reach over a network is reached over TLS."""
        if self.host not in LOOPBACK and not self.trusted_proxy:
            raise PydanticCustomError("plain_http", "reachable without TLS")
        return self

    @property
    def desk(self) -> str:
        """The origin of the desk as browsers name it."""
        return (self.url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def evidence(self) -> str:
        """The origin of captured material: another host name, since cookies know no port."""
        return (self.evidence_url or f"http://localhost:{self.evidence_port}").rstrip("/")


class SignIn(Model):
    passwords: Literal["mlps", "asvs"]
    second_factor: Literal["all", "administrators", "none"]
    failures: Count
    lock_seconds: Seconds
    address_failures: Count
    idle_seconds: Seconds
    absolute_seconds: Seconds
    sessions_per_user: Count
    unused_days: Days


class Queue(Model):
    page_cases: Annotated[int, Field(ge=10, le=200)]
    lock_seconds: Seconds
    undo_seconds: Seconds
    bulk_cases: Annotated[int, Field(ge=1, le=5000)]
    review_days: Days
    search_cases: Annotated[int, Field(ge=100, le=20_000)]


class Limits(Model):
    form_bytes: Bytes
    upload_bytes: Bytes
    upload_waits_seconds: Seconds
    evidence_url_seconds: Seconds
    picture_width_px: Pixels
    picture_height_px: Pixels
    source_characters: Annotated[int, Field(ge=1000)]


class Public(Model):
    report: bool
    reports_per_hour: Count


class Web(Model):
    profile: Literal["standard", "small"]
    language: Literal["zh_Hans", "en"]
    listen: Listen
    sign_in: SignIn
    queue: Queue
    public: Public
    limits: Limits

"""Strict frozen models of what an office edits: settings, queries, policy, registry, catalogue and law.

The values, their meaning and their units stand in the TOML files and in `docs/settings.md`; there are no
defaults here where the packaged files hold them.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

RETENTION_MINIMUM_DAYS = 184
"""Six natural months at their longest; 网络安全法 asks for logs of at least six months."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_SUFFIX = re.compile(r"(?:\.[\w-]+)+")
_TEMPLATE_FIELDS = frozenset({"place", "trade", "offer"})


def _checked_host(value: str) -> str:
    if "*" in value or "." not in value.strip("."):
        raise PydanticCustomError("swallows", "no single host")
    try:
        ascii_name = value.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_name = ""
    if not _HOST.fullmatch(ascii_name):
        raise PydanticCustomError("host", "not a host name")
    return ascii_name


def _checked_suffix(value: str) -> str:
    if not _SUFFIX.fullmatch(value):
        raise PydanticCustomError("suffix", "not a suffix")
    return value


def _checked_url(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and "@" not in value
    except ValueError:
        sound = False
    if not sound:
        raise PydanticCustomError("url", "not a service address")
    return value


def _absolute(value: Path) -> Path:
    path = value.expanduser()
    if not path.is_absolute():
        raise PydanticCustomError("absolute", "a relative path means another place in every directory")
    return path


def _identifier(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", value):
        raise PydanticCustomError("identifier", "not an identifier")
    return value


def _template(value: str) -> str:
    fields = set(re.findall(r"\{(\w*)\}", value))
    if not fields <= _TEMPLATE_FIELDS or not fields & {"trade", "offer"}:
        raise PydanticCustomError("query_template", "unknown field", {"fields": "{place} {trade} {offer}"})
    return value


def _iso_date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise PydanticCustomError("date_parsing", "not a date") from error


def _retained(value: int) -> int:
    if value < RETENTION_MINIMUM_DAYS:
        raise PydanticCustomError("retention", "too short", {"minimum": RETENTION_MINIMUM_DAYS})
    return value


Host = Annotated[str, AfterValidator(_checked_host)]
"""ASCII form of a host name of at least two labels, no port."""
IsoDate = Annotated[str, AfterValidator(_iso_date)]
"""`YYYY-MM-DD`; a quoted string or a TOML date."""
Suffix = Annotated[str, AfterValidator(_checked_suffix)]
Url = Annotated[str, AfterValidator(_checked_url)]
Identifier = Annotated[str, AfterValidator(_identifier)]
AbsolutePath = Annotated[Path, AfterValidator(_absolute)]
Count = Annotated[int, Field(ge=1)]
CountOrNone = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
SecondsOrNone = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Bytes = Annotated[int, Field(ge=1024)]
Port = Annotated[int, Field(ge=1, le=65535)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


# settings.toml


class Office(Model):
    name: Text
    kind: Literal["cac", "safety_committee", "market"]
    region: str
    data_dir: AbsolutePath
    timezone: Text


class StoreSettings(Model):
    url: str
    busy_timeout_seconds: Seconds


class ArchiveSettings(Model):
    gzip_level: Annotated[int, Field(ge=0, le=9)]
    volume_max_bytes: Annotated[int, Field(ge=1_048_576)]
    batch_records: Annotated[int, Field(ge=1, le=1000)]
    batch_wait_ms: Annotated[int, Field(ge=0, le=10_000)]
    revisit_min_bytes: CountOrNone
    revisit_payloads: Count


class ImportSettings(Model):
    """How much of a file that a person hands in is read; more is refused by name."""

    max_file_bytes: Bytes
    max_page_bytes: Bytes
    max_body_bytes: Bytes
    max_entries: Count
    max_unpacked_bytes: Bytes
    max_workbook_bytes: Bytes
    max_shared_strings_bytes: Bytes
    max_rows: Count
    max_columns: Count
    max_cell_chars: Count
    max_photo_pixels: Count
    max_problems: Count
    keep_original_bytes: CountOrNone


class Service(Model):
    """A service the office runs itself: exactly this scheme, host and port, for exactly this component."""

    url: Url
    component: Identifier
    enabled: bool


class StampSettings(Model):
    authorities: tuple[str, ...]
    timeout_seconds: Seconds
    policy: Literal["required", "queued"]


class PacketSettings(Model):
    light_copy_bytes: Annotated[int, Field(ge=1_048_576)]


class SignSettings(Model):
    """A device that signs for the office; without a command its own key does."""

    command: tuple[str, ...]
    public_key_file: str
    timeout_seconds: Seconds


class BrowserSettings(Model):
    enabled: bool
    executable: str
    max_height_px: Annotated[int, Field(ge=1000, le=60_000)]
    timeout_seconds: Seconds
    workers: Count
    render_budget: CountOrNone
    show_forms: bool


class NightSettings(Model):
    rounds: CountOrNone
    lease_seconds: Seconds
    child_memory_mb: Annotated[int, Field(ge=256)]
    child_time_seconds: Seconds
    followups_per_subject: CountOrNone
    blocked_stop: Count
    source_wait_seconds: SecondsOrNone


class Retention(Model):
    days: Annotated[int, AfterValidator(_retained)]


class Settings(Model):
    office: Office
    store: StoreSettings
    archive: ArchiveSettings
    imports: ImportSettings
    services: dict[str, Service]
    stamp: StampSettings
    packets: PacketSettings
    sign: SignSettings
    browser: BrowserSettings
    night: NightSettings
    retention: Retention


# queries.toml


class Queries(Model):
    """Words only; which of them a night asks, and in what order, is decided by the night."""

    trades: Annotated[tuple[Text, ...], Field(min_length=1)]
    offers: Annotated[tuple[Text, ...], Field(min_length=1)]
    places: tuple[Text, ...]
    templates: Annotated[tuple[Annotated[str, AfterValidator(_template)], ...], Field(min_length=1)]
    verbatim: tuple[Text, ...]
    keywords: tuple[Text, ...]


# policy.toml


class Threshold(Model):
    flag: Share
    watch: Share


class Thresholds(Model):
    impersonation: Threshold
    selling: Threshold


class HostingPlatform(Model):
    """Where anyone can put up pages. A subject is the host plus `path_segments` leading parts of its path."""

    suffix: Host
    path_segments: Annotated[int, Field(ge=0, le=4)]
    owner: Text
    reason: Text
    expires: IsoDate


class KnownGood(Model):
    """A host whose operator is known and no impersonator; what its users write there is still judged."""

    host: Host
    kind: Literal["portal", "news", "search", "social", "marketplace", "school", "hospital", "reference", "service"]
    owner: Text
    reason: Text
    expires: IsoDate


class NameRelay(Model):
    """Names below `suffix` repeat other people's host names by design; such a name says nothing of its own."""

    suffix: Host
    kind: Literal["delivery", "proxy"]
    owner: Text
    reason: Text
    expires: IsoDate


class Policy(Model):
    restricted_suffixes: tuple[Suffix, ...]
    institution_suffixes: tuple[Suffix, ...]
    thresholds: Thresholds
    hosting_platforms: tuple[HostingPlatform, ...]
    known_good: tuple[KnownGood, ...]
    name_relays: tuple[NameRelay, ...]


# official_sites.toml


class Identifiers(Model):
    """What a genuine footer shows; a copy of it proves nothing, but says who is imitated."""

    icp: str = ""
    site_code: str = ""


class OfficialSite(Model):
    """A site of a state organ or public body. Only `current` ones clear a page; a `former` host never does."""

    id: Identifier
    name: Text
    short_names: tuple[Text, ...] = ()
    host: Host
    region: Text
    kind: Literal["ministry", "provincial", "city", "county", "query", "exam", "service", "report"]
    status: Literal["current", "former"]
    source: Text
    confidence: Literal["several sources", "two sources", "one source", "confirm"]
    note: str = ""
    identifiers: Identifiers = Identifiers()


class Official(Model):
    sites: tuple[OfficialSite, ...]


# certificates.toml


class Licence(Model):
    """A kind of certificate: what it is called, who issues it and where it is looked up (ids of official sites)."""

    id: Identifier
    name: Text
    aliases: tuple[Text, ...]
    issuer: Text
    basis: Text
    query_sites: tuple[str, ...]


class Trade(Model):
    """One class of work of a licence. `aliases` are the words sellers and buyers use for the card."""

    id: Identifier
    licence: str
    name: Text
    items: tuple[Text, ...]
    aliases: tuple[Text, ...]
    codes: tuple[Text, ...] = ()


class Certificates(Model):
    licences: tuple[Licence, ...]
    trades: tuple[Trade, ...]


# law.toml


class Law(Model):
    """An article that a document may cite. `text` is the article itself, `gist` what it says in our own words;
    an entry that is not `confirmed` is printed with 待核."""

    id: Identifier
    title: Text
    article: str
    version: Text
    text: str
    gist: str
    classes: tuple[Text, ...]
    confirmed: bool
    source: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.gist:
            raise PydanticCustomError("gist", "neither text nor gist")
        return self


class LawBook(Model):
    classes: tuple[Text, ...]
    entries: tuple[Law, ...]

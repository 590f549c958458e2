"""What flows out of fetching: tasks, hits, listings, exchanges and captures.

Plain values only: no I/O, no clock, nothing of the database and no judgement.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class PageState(StrEnum):
    """What a fetched page is, as far as its reader can tell.

    `RESULTS` is also the state of an ordinary page that was read well. "Nothing found" may only be
    concluded from `EMPTY`; the last four mean that we do not know.
    """

    RESULTS = "results"
    EMPTY = "empty"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    LOGIN = "login"
    UNDECODABLE = "undecodable"


KNOWN_STATES = frozenset({PageState.RESULTS, PageState.EMPTY})
"""States that say something about what the source holds."""


class TaskKind(StrEnum):
    """Who fetches it: spider `search`, `marketplace`, `lookalikes` or `sites` (`SITE`, `RECHECK`), or the browser."""

    SEARCH = "search"
    MARKETPLACE = "marketplace"
    SITE = "site"
    LOOKALIKE = "lookalike"
    RECHECK = "recheck"
    BROWSER = "browser"


class TaskState(StrEnum):
    PLANNED = "planned"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"


class Outcome(StrEnum):
    """How a task ended. `REFUSED` is the door's own word and never the site's."""

    CAPTURED = "captured"
    REFUSED = "refused"
    FAILED = "failed"


class FetchProfile(StrEnum):
    """How the plain crawler shows itself: a desktop visitor, or a phone that comes from a search engine."""

    DESKTOP = "desktop"
    PHONE = "phone"


class HitKind(StrEnum):
    ORGANIC = "organic"
    AD = "ad"
    CARD = "card"


class Origin(StrEnum):
    """Where a capture came from."""

    CRAWL = "crawl"
    BROWSER = "browser"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One piece of fetching. Unique in the store by (night, kind, source, target, profile, page)."""

    night: str
    kind: TaskKind
    source: str
    """Profile name (`baidu`, `xianyu`, …), or `web` for sites."""
    target: str
    """A query, a keyword or an absolute URL."""
    profile: FetchProfile = FetchProfile.DESKTOP
    page: int = 1
    referrer: str = ""
    priority: int = 0
    round: int = 0
    origin: str = "plan"
    """What proposed it: `plan`, `hit`, `ad`, `followup`, `tip`, `recheck`, `render`, `preserve`."""
    id: int | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One search result as a result page shows it."""

    engine: str
    query: str
    kind: HitKind
    rank: int
    title: str
    url: str
    """As shown in the page (may be a redirect of the engine), made absolute."""
    resolved: str = ""
    """The target, when the page itself gives it; empty when only a request can tell."""
    resolution: str = "none"
    """attribute | decoded | direct | none"""
    display: str = ""
    """The host or address line shown to the reader."""
    snippet: str = ""
    advertiser: str = ""
    id: int | None = None
    capture_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One offer on a marketplace or forum."""

    platform: str
    item_id: str
    title: str
    url: str
    price: str = ""
    """As shown, e.g. "238.00", "面议"."""
    price_cny: float | None = None
    seller: str = ""
    shop_id: str = ""
    place: str = ""
    text: str = ""
    images: tuple[str, ...] = ()
    promoted: bool = False
    published_at: str = ""
    rank: int = 0
    id: int | None = None
    capture_id: int | None = None

    @property
    def subject(self) -> str:
        return f"{self.platform}:{self.item_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a source's profile read from a page, counted: by it a change of the source's pages is noticed."""

    source: str
    layout: str
    """Id of the profile's layout that gave the rows; empty when none did."""
    rows: int
    ads: int
    cards: int
    filled: tuple[tuple[str, int], ...] = ()
    """Rows that have a value, by field."""


@dataclass(frozen=True, slots=True)
class WarcPlace:
    """Where one record stands: volume file name (relative to the archive), byte offset, byte length."""

    volume: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request and its response, as they were on the wire after de-chunking."""

    url: str
    status: int
    reason: str = ""
    method: str = "GET"
    request_headers: tuple[tuple[str, str], ...] = ()
    response_headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    """Content-Encoding still applied."""
    peer: str = ""
    """`address:port` the door dialled; empty when unknown."""
    fetched_at: str = ""
    """UTC, ISO 8601 with milliseconds and `Z`."""
    certificate_der: bytes = b""
    issuers_der: tuple[bytes, ...] = ()
    """The certificates the server sent with its own, in its order."""
    raw_head: bytes = b""
    """Status and header lines as they came, where names and values alone do not tell all of them."""


@dataclass(frozen=True, slots=True)
class Hop:
    url: str
    status: int
    peer: str
    place: WarcPlace | None = None


@dataclass(frozen=True, slots=True)
class Artefact:
    """Something kept beside a capture that is not an HTTP body, in the blob store.

    Roles: screenshot, step (a picture), steps, dom, mhtml, console, network, tls, dns, environment.
    """

    role: str
    sha256: str
    bytes: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a spider hands over for one task; it is kept whole or not at all.

    `exchanges` are in order, redirects first; the last one is the page. Without exchanges the task
    ended `refused` or `failed` and `reason` says why (`private_address`, `dns`, `timeout`, …).
    """

    task: Task
    outcome: Outcome
    reason: str = ""
    exchanges: tuple[Exchange, ...] = ()
    page_state: PageState = PageState.RESULTS
    flags: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    listings: tuple[Listing, ...] = ()
    reading: Reading | None = None
    origin: Origin = Origin.CRAWL
    artefacts: tuple[Artefact, ...] = ()
    title: str = ""
    resources: tuple[Exchange, ...] = ()
    """What a browser fetched to show the page; kept in the archive beside it."""
    provenance: tuple[tuple[str, str], ...] = ()
    """Where an import came from (file, its SHA-256, …); told in the capture's custody line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One fetch, kept for ever."""

    id: int
    task_id: int | None
    night: str
    source: str
    url: str
    final_url: str
    host: str
    status: int
    peer: str
    profile: FetchProfile
    origin: Origin
    fetched_at: str
    sha256: str
    """Of the archived payload (body as transferred)."""
    size_bytes: int
    place: WarcPlace
    page_state: PageState
    reason: str
    flags: tuple[str, ...]
    media_type: str
    custody_seq: int
    stamp_id: int | None
    hops: tuple[Hop, ...] = ()
    artefacts: tuple[Artefact, ...] = field(default=())
    title: str = ""

    @property
    def label(self) -> str:
        return f"C-{self.id:08d}"


class CrawlError(Exception):
    """Root of what this floor raises; the message says what, where and what to do."""


class ArchiveError(CrawlError):
    """A WARC volume or a record in it cannot be written or read."""


class StoreError(CrawlError):
    """The database is missing, locked or of another version."""


class ProfileError(CrawlError):
    """A source profile does not exist or cannot be applied."""


class KeyMissing(ProfileError):
    """A service wants a key and the environment has none."""


class ImportRefused(CrawlError):
    """A file handed in by a person is not taken, and nothing of it was kept."""

"""What a source profile may say: how to ask a search engine or marketplace, and how to read its answer.

One TOML file per source in `engines/` or `marketplaces/`; the reader of `crawlers/profiles.py` knows no source by name.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _pattern(text: str) -> str:
    """A regular expression that compiles."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


def _step(value: Any) -> Any:
    """`"h3 a::attr(href)"` is short for `{select = "h3 a", attr = "href"}`, as in Scrapy's selectors."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(.*?)::attr\(([\w:-]+)\)", value)
    return {"select": match[1], "attr": match[2]} if match else {"select": value}


Pattern = Annotated[str, AfterValidator(_pattern)]
Texts = tuple[str, ...]
Patterns = tuple[Pattern, ...]
State = Literal["results", "empty", "partial", "blocked", "login", "undecodable"]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Step(_Strict):
    """One way to read one field of a row; the first way that gives a value wins."""

    select: str = ""
    """CSS in an `html` layout (empty: the row itself), jmespath in a `json` layout."""
    attr: str = ""
    """Attribute to read; without it the visible text."""
    without: str = ""
    """CSS of descendants whose text does not belong to the value."""
    json_path: str = ""
    """jmespath into the JSON that the attribute or text holds."""
    regex: Pattern = ""
    """First group (or the whole match) is the value; no match is no value."""
    join: bool = False
    """A JSON list is one value, its items put together; otherwise each item is a value."""
    template: str = ""
    """`{}` is replaced by the value."""


Steps = tuple[Annotated[Step, BeforeValidator(_step)], ...]


class KindRule(_Strict):
    """Says what a row is. All conditions that are given must hold; the first rule that holds decides."""

    kind: Literal["organic", "ad", "card", "drop"]
    matches: str = ""
    """CSS the row itself matches."""
    has: str = ""
    """CSS something inside the row matches."""
    label: str = ""
    """CSS of an element whose whole text matches `label_text`."""
    label_text: Pattern = "^广告$"
    title: Pattern = ""
    url: Pattern = ""
    """Searched in the absolute address as shown."""
    where: str = ""
    """jmespath that is true for the row of a `json` layout."""

    @model_validator(mode="after")
    def _says_something(self) -> KindRule:
        if not (self.matches or self.has or self.label or self.title or self.url or self.where):
            raise ValueError("a kind rule needs one of: matches, has, label, title, url, where")
        return self


class Island(_Strict):
    """Where the data lies, when it is not simply the page's markup.

    Empty: the body itself is JSON, bare, behind an assignment or in a JSONP call.
    """

    css: str = ""
    """Elements whose text is JSON, one document each."""
    order: Pattern = ""
    """Over the element's attributes as `name=value` lines: the number captured orders the documents."""
    marker: Pattern = ""
    """Ends just before a JSON value somewhere in the text, e.g. `g_page_config\\s*=\\s*`; every occurrence counts."""
    html: str = ""
    """jmespath to markup inside the JSON: the layout's rows are looked for in it."""


class Fields(_Strict):
    """What is read from a row; names are those of `Hit` and `Listing`."""

    title: Steps
    url: Steps
    target: Steps = ()
    """An address the page itself states for a redirecting link."""
    snippet: Steps = ()
    display: Steps = ()
    advertiser: Steps = ()
    item_id: Steps = ()
    price: Steps = ()
    seller: Steps = ()
    shop_id: Steps = ()
    place: Steps = ()
    text: Steps = ()
    images: Steps = ()
    published_at: Steps = ()


class Layout(_Strict):
    """One way a source writes its result page. Alternatives stand in order; the first that gives results wins."""

    id: str
    format: Literal["html", "json"] = "html"
    islands: tuple[Island, ...] = ()
    unwrap: Texts = ()
    """Tags whose only content is a comment that holds the real markup."""
    rows: Texts
    """CSS selectors (their union, in document order) or jmespath expressions (the first that gives rows)."""
    fields: Fields
    kinds: tuple[KindRule, ...] = ()
    default_kind: Literal["organic", "ad", "card", "drop"] = "organic"
    title_required: bool = True


class StateRule(_Strict):
    """Says in which state a page is. All conditions that are given must hold; within a list one is enough."""

    state: State
    reason: str
    reason_path: str = ""
    """jmespath over the JSON body, appended to the reason."""
    url: Pattern = ""
    text: Texts = ()
    """Literal text anywhere in the body as sent."""
    css: str = ""
    lacks: str = ""
    """CSS that nothing matches."""
    where: str = ""
    """jmespath over the JSON body."""
    status: tuple[int, ...] = ()
    max_chars: int | None = None
    """The body is at most this long."""
    max_visible_chars: int | None = None
    """The text a reader sees is at most this long."""
    with_rows: bool = False
    """Applies although rows were read; otherwise a page with rows is `results`."""

    @model_validator(mode="after")
    def _says_something(self) -> StateRule:
        given = (self.url, self.text, self.css, self.lacks, self.where, self.status)
        if not any(given) and self.max_chars is None and self.max_visible_chars is None:
            raise ValueError("a state rule needs a condition")
        return self


StateRules = tuple[StateRule, ...]


class Request(_Strict):
    """How to ask. `{query}`, `{page}` and `{offset}` are filled in, the query percent-encoded in `encoding`."""

    url: str
    """For a service of the office: the path below the service's address."""
    method: Literal["GET", "POST"] = "GET"
    form: dict[str, str] = {}
    """POST fields; in a value that is JSON the query is escaped for JSON."""
    body: str = ""
    """JSON to POST; the query is escaped for JSON."""
    headers: dict[str, str] = {}
    """`{key}` stands for the service's key."""
    key_env: str = ""
    """Environment variable that holds the key. It is sent, and neither kept with the request nor written to a log."""
    pages: int | None = Field(default=None, ge=1)
    """How many pages the source gives; without it as many as the night asks for."""
    encoding: str = "utf-8"
    first_page: int = 1
    """Value of `{page}` on the first page."""
    first_offset: int = 0
    page_step: int = 10
    """By how much `{offset}` grows from page to page."""
    service: str = ""
    """Name under `[services]`, when the source is one the office runs itself."""


class Redirect(_Strict):
    """How a link of the source leads to its target."""

    decoder: str = "direct"
    opaque: Patterns = ()
    """Addresses that only a request can resolve."""
    placeholders: Texts = ()
    """Hosts, with their subdomains, that stand for "no destination"."""


class Profile(_Strict):
    """One source."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    kind: Literal["engine", "marketplace", "forum"]
    hosts: Texts
    base_url: str
    """Resolves relative links when the page's own address is not known."""
    access: Literal["anonymous", "service", "login", "import"]
    enabled: bool = True
    verified_on: date | None = None
    """Date of the newest recorded page the profile was checked against; none for one never checked."""
    notes: str = ""
    politeness: str = ""
    robots: Literal["obey", "not_asked"] = "obey"
    """Whether robots.txt of the source's hosts is asked and obeyed."""
    robots_reason: str = ""
    queries_per_night: int | None = Field(default=None, ge=0)
    """Fewer queries than `crawl.budget` allows, where the source has a quota."""
    delay_seconds: float | None = Field(default=None, gt=0)
    """A fixed pause between two requests, where the source names one; else AutoThrottle decides."""
    request: Request
    redirect: Redirect = Redirect()
    layouts: Annotated[tuple[Layout, ...], Field(min_length=1)]
    states: StateRules = ()
    next_page: Steps = ()

    @property
    def lists_offers(self) -> bool:
        """True when rows are `Listing`s, false when they are `Hit`s."""
        return self.kind != "engine"


class PageStates(_Strict):
    """`page_states.toml`: what holds for every page, whatever its source."""

    min_visible_chars: int
    """Below this a page with scripts needs rendering before it can be judged."""
    mount_points: str
    """CSS of the empty elements that scripts fill."""
    max_undecodable_ratio: float
    """Share of replacement and control characters above which a text is undecodable."""
    min_mapped_words: int
    """With so many words that only its own font can show a page is not read before a browser has shown it."""
    rules: StateRules

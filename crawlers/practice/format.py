"""The format of `web.toml`, `listings.jsonl` and `truth.jsonl`, as models; docs/practice-web.md is its text.

Unknown keys are kept aside (`extra="allow"`) so that the reader can warn about them instead of refusing the web.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from crawlers.practice.names import ascii_host

ENGINE_IDS = ("baidu", "baidu_news", "baidu_site", "sogou", "sogou_weixin", "so360", "bing", "toutiao", "searxng")
MARKETPLACE_IDS = ("xianyu", "taobao", "jd", "tieba", "weibo", "bilibili", "classified")

SourceState = Literal["ok", "empty", "captcha", "login", "error", "slow", "timeout", "refuse", "dead"]
SiteState = Literal["dead", "refuse", "timeout", "slow", "error", "captcha", "login"]


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


def absolute(url: str) -> str:
    """An address with a scheme and a punycode host; `//host/x` and `host/x` are taken as https."""
    parts = urlsplit(url if "://" in url else "https://" + url.lstrip("/"))
    if not parts.hostname:
        raise ValueError(f"{url!r} is no address: write https://host/path")
    host = ascii_host(parts.hostname) + (f":{parts.port}" if parts.port else "")
    return parts._replace(netloc=host, path=parts.path or "/").geturl()


class Model(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class Placement(Model):
    """An advert or a card: the address as `url`, or as `host` with `path`."""

    title: str
    url: str = ""
    host: str = ""
    path: str = "/"
    text: str = ""
    advertiser: str = ""
    words: Texts = ()

    @model_validator(mode="after")
    def _addressed(self) -> Placement:
        if not (self.url or self.host):
            raise ValueError("needs `url` or `host`")
        absolute(self.target)
        return self

    @property
    def target(self) -> str:
        return absolute(self.url or f"https://{self.host}/{self.path.lstrip('/')}")

    def shown_for(self, query: str) -> bool:
        return not self.words or any(word in query for word in self.words)


class SourcePlan(Model):
    """What an engine and a marketplace have in common."""

    serve: bool = True
    state: SourceState = "ok"
    captcha_after: int = Field(default=0, ge=0)
    per_page: int = Field(default=0, ge=0)
    """0: as in life (10 for engines, 30 for marketplaces)."""


class EnginePlan(SourcePlan):
    hosts: Texts | None = None
    exclude: Texts = ()
    unresponsive: Texts = ()
    ads: tuple[Placement, ...] = ()
    cards: tuple[Placement, ...] = ()


class MarketplacePlan(SourcePlan):
    host: str = ""
    """Of the classified site; the others have their own."""


class Redirect(Model):
    origin: str = Field(alias="from")
    to: str
    status: Literal[301, 302, 303, 307, 308] = 302

    @field_validator("to")
    @classmethod
    def _target(cls, value: str) -> str:
        return absolute(value)


class When(Model):
    """All keys given must hold; `""` stands for an absent header."""

    user_agent: Texts | None = None
    referrer: Texts | None = None
    cookie: Texts | None = None
    accept_language: Texts | None = None
    query: Texts | None = None


class Condition(Model):
    host: str
    path: str = "*"
    when: When = When()
    serve: str = ""
    redirect: str = ""
    status: int = Field(default=0, ge=0, le=599)

    @model_validator(mode="after")
    def _does_something(self) -> Condition:
        if not (self.serve or self.redirect or self.status):
            raise ValueError("needs one of `serve`, `redirect`, `status`")
        return self


class StateRule(Model):
    host: str
    path: str = "*"
    state: SiteState
    seconds: float = Field(default=2.0, ge=0, le=60)

    @model_validator(mode="after")
    def _whole_host(self) -> StateRule:
        if self.path != "*" and self.state in ("dead", "refuse"):
            raise ValueError(f"`{self.state}` is a state of a whole host: leave `path` out")
        return self


class Schemes(Model):
    http: bool = True
    https: bool = True


class IndexEntry(Model):
    url: str
    title: str = ""
    text: str = ""
    engines: Texts = ()

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        return absolute(value)


class Registration(Model):
    """How a name was registered and where its hosts stand; what is left out is invented from the name."""

    domain: str
    registered: bool = True
    registrar: str = ""
    registrar_id: str = ""
    registrant: str = ""
    created: str = ""
    expires: str = ""
    nameservers: Texts = ()
    status: Texts = ()
    addresses: Texts = ()
    second: Texts = ()
    """What the second resolver says instead."""

    @field_validator("domain")
    @classmethod
    def _punycode(cls, value: str) -> str:
        return ascii_host(value)


class WebPlan(Model):
    """`web.toml` as a whole."""

    engines: dict[str, EnginePlan] = {}
    marketplaces: dict[str, MarketplacePlan] = {}
    redirects: tuple[Redirect, ...] = ()
    conditions: tuple[Condition, ...] = ()
    states: tuple[StateRule, ...] = ()
    hosts: dict[str, Schemes] = {}
    index: tuple[IndexEntry, ...] = ()
    registrations: tuple[Registration, ...] = ()

    @field_validator("hosts")
    @classmethod
    def _punycode(cls, value: dict[str, Schemes]) -> dict[str, Schemes]:
        return {ascii_host(name): schemes for name, schemes in value.items()}


class Offer(Model):
    """One line of `listings.jsonl`."""

    platform: str
    item_id: Annotated[str, BeforeValidator(str)]
    title: str
    price: Annotated[str, BeforeValidator(lambda value: "" if value is None else str(value))] = ""
    seller: str = ""
    shop_id: Annotated[str, BeforeValidator(str)] = ""
    place: str = ""
    text: str = ""
    images: tuple[str, ...] = ()
    promoted: bool = False
    published_at: str = ""

    @field_validator("images")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(absolute(image) for image in value)


class Truth(Model):
    """One line of `truth.jsonl`: what a perfect night would conclude."""

    subject: str
    axis: Literal["impersonation", "selling", "source"]
    verdict: Literal["flag", "watch", "clear", "正常", "降级", "失败"]
    imitates: str = ""

    @model_validator(mode="after")
    def _verdict_of_axis(self) -> Truth:
        if (self.axis == "source") != (self.verdict in ("正常", "降级", "失败")):
            raise ValueError("a source is 正常, 降级 or 失败; any other subject is flag, watch or clear")
        return self

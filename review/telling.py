"""What codes of the record are called where people read them at a terminal: events, reasons of failures, errors.

The words are those of the review desk (`web/words/zh_Hans.toml`), read without the desk.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from config.strings import cause_of, in_chinese
from review.strings import AXES, LEVELS, QUOTED_CAUSE, REMARKED, VERDICT_TOLD, VERDICT_WHOM
from review.subjects import shown

if TYPE_CHECKING:
    from config import Config

_WORDS = Path(__file__).parent / "web" / "words" / "zh_Hans.toml"
CODED = {"before": "state", "decision": "decision", "found": "found"}
"""Which values of an event's detail are codes, and the table of the desk's words that names them."""
_HAN = re.compile(r"[\u4e00-\u9fff]")


class Event(Protocol):
    """What happened to a case or a referral."""

    @property
    def at(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def detail(self) -> Mapping[str, Any]: ...


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(_WORDS.read_text("utf-8"))


def cause_told(code: str) -> str:
    """Why a visit failed, by the code that is kept; what has no words is told by the code."""
    return str(_words()["sources"]["reason"].get(code, code))


def batch_told(night: str) -> str:
    """Where a case comes from that no night found: `watch-list` → `观察名单`; nothing for one that a night found."""
    known: Mapping[str, str] = _words()["batch"]
    return known.get(night, known.get(night.partition("-")[0], ""))


def state_told(code: str) -> str:
    """How a page could be read: `results` → `正常读取`."""
    return str(_words()["page_state"].get(code, code))


def contact_kind(code: str) -> str:
    """`wechat` → `微信`."""
    return str(_words()["contact"].get(code, code))


Codes = Mapping[str, Mapping[str, str]]
"""By key of an event's detail, what its codes are called."""


@lru_cache(maxsize=8)
def codes_of(config: Config) -> Codes:
    """What an office's own files name: recipients, the answers they may give, the facts their papers ask for."""
    from review.case_facts import fields

    agencies = config.agencies
    results = {result.id: result.text for agency in agencies.values() for result in agency.results}
    recipients = {name: agency.name for name, agency in agencies.items()}
    return {"result": results, "agency": recipients, "field": {one.id: one.label for one in fields(config).values()}}


def event_told(event: Event, codes: Codes, kinds: Mapping[str, str] | None = None) -> str:
    """One line of a history; `kinds` are the words for its kinds where they are not those of cases."""
    words = _words()
    known: Codes = {
        **{key: words[table] for key, table in CODED.items()},
        **codes,
        "before": words["state"] | words["referrals"]["state"],
    }
    told = "，".join(
        f"{words['detail'].get(key, key)} {_value(value, known.get(key, {}))}"
        for key, value in event.detail.items()
        if value
    )
    kind = (kinds or words["event"]).get(event.kind, event.kind)
    return "  ".join(part for part in (event.at, event.actor, kind, told) if part)


def _value(value: Any, named: Mapping[str, str]) -> str:
    if isinstance(value, list | tuple):
        return "、".join(_value(one, named) for one in value)
    if isinstance(value, bool):
        return str(_words()["sources"]["on"])
    return named.get(str(value), shown(str(value)))


def verdict_told(axis: str, verdict: Mapping[str, Any]) -> str:
    """One verdict in one line: `售假：立案 · 代办出证（1.00）`."""
    whom = VERDICT_WHOM.format(whom=verdict["imitates"]) if verdict.get("imitates") else ""
    return VERDICT_TOLD.format(
        axis=AXES[axis], level=LEVELS[verdict["verdict"]], cls=verdict["class"], whom=whom, score=verdict["score"]
    )


def remark_told(said: str) -> str:
    """What is wrong with one line or file among many: our sentence, or a library's words marked as such."""
    return said if _HAN.search(said) else in_chinese(said)


def error_told(error: BaseException | str) -> str:
    """What stopped a command, in Chinese: our sentences as they are, the operating system's in our words, and what a
    library or a lower floor says in English as a quotation on lines of its own."""
    if isinstance(error, OSError) and error.errno is not None:
        cause = cause_of(error)
        return REMARKED.format(name=error.filename, remark=cause) if error.filename else cause
    said = str(error).strip()
    return said if _HAN.search(said) else QUOTED_CAUSE.format(said="\n  ".join(said.splitlines()))

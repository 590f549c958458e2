"""The shape of judging: signals, verdicts, follow-ups, and what a detector is.

A detector is a pure function of a page and a context: no network, no clock, no randomness, no database.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page


class Axis(StrEnum):
    IMPERSONATION = "impersonation"
    SELLING = "selling"


class Level(StrEnum):
    """`FLAG` opens a case, `WATCH` is kept and looked at again, `CLEAR` is silent."""

    FLAG = "flag"
    WATCH = "watch"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing a detector saw, with the evidence for it."""

    detector: str
    version: int
    axis: Axis
    cls: str
    """The named class, in Chinese (`承诺免考`, `仿冒查询页`, …); `class` in JSON."""
    weight: float
    """-1 … 1; negative weights speak for the subject."""
    reason: str
    """One Chinese sentence that a layman understands."""
    quote: str
    """`Page.text[start:end]`, verbatim; or the host, URL, header or markup named by `where`."""
    start: int = 0
    end: int = 0
    where: str = "text"
    """text | url | meta | html | image | header: what the quote and offsets refer to."""
    imitates: str = ""
    box: tuple[int, int, int, int] | None = None
    """Left, top, width and height in pixels of the picture that `reason` names; only where `where` is image."""

    def as_json(self) -> dict[str, Any]:
        document = {
            "detector": self.detector,
            "version": self.version,
            "class": self.cls,
            "weight": round(self.weight, 4),
            "reason": self.reason,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "where": self.where,
        }
        return document | {"box": list(self.box)} if self.box else document


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A way to reach the operator. `value` is normalised for linking; it never leaves the process unmasked
    except on standard output of `assess` and into a packet's operator fields."""

    kind: str
    """phone | wechat | qq | email | telegram | whatsapp | shop | payment | other; of an organisation: account |
    dingtalk | wecom; certificate, whose value is never shown in full"""
    value: str
    quote: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What a detector wants fetched next; the night turns it into Tasks within budget."""

    detector: str
    kind: str
    """qr | short_link | inner_page | frame | render; of suspects alone: record | contact | price | outlink"""
    url: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A value by which subjects can be tied to each other; it accuses nobody."""

    kind: str
    """qr link analytics icp address image favicon seller; of a page's make: structure classes fields action asset admin
    snippet comment"""
    value: str
    """Normalised for linking; a row holds its HMAC alone."""
    shown: str
    """What people are shown of it, and what a row holds."""
    where: str = "html"
    """text | url | html | image: where it was seen."""


Finding = Signal | Contact | FollowUp | Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement of one subject on one axis."""

    axis: Axis
    level: Level
    cls: str
    score: float
    """0 … 1; sorts the queue, decides nothing."""
    imitates: str = ""
    signals: tuple[Signal, ...] = ()

    def as_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"verdict": self.level.value, "class": self.cls, "score": round(self.score, 4)}
        if self.axis is Axis.IMPERSONATION:
            document["imitates"] = self.imitates
        document["signals"] = [signal.as_json() for signal in self.signals]
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorError:
    """A detector that raised or ran over its budget on one page; the others went on."""

    detector: str
    version: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything the detectors say of one page, text or listing."""

    state: str
    impersonation: Verdict
    selling: Verdict
    contacts: tuple[Contact, ...] = ()
    followups: tuple[FollowUp, ...] = ()
    traces: tuple[Trace, ...] = ()
    errors: tuple[DetectorError, ...] = ()


@dataclass(frozen=True, slots=True)
class Detector:
    """A registered detector: what it is called, its version and the function."""

    name: str
    version: int
    title: str
    axis: Axis
    run: Callable[[Page, Context], Iterator[Finding]]
    budget_ms: int
    help: str
    of_documents: bool = False
    """Whether it has nothing to say of texts and offers."""


class DetectorsError(Exception):
    """Root of what this floor raises."""


Run = Callable[["Page", "Context"], Iterator[Finding]]
_registered: dict[str, Detector] = {}


def detector(
    name: str, *, version: int, title: str, axis: Axis, budget_ms: int, of_documents: bool = False
) -> Callable[[Run], Run]:
    """Register a generator function of (page, context); its docstring is the help; new behaviour, new version."""

    def register(run: Run) -> Run:
        if name in _registered and _registered[name].run.__module__ != run.__module__:
            raise DetectorsError(
                f"two detectors are called {name}: {_registered[name].run.__module__}, {run.__module__}"
            )
        help_text = " ".join((run.__doc__ or "").split())
        _registered[name] = Detector(name, version, title, axis, run, budget_ms, help_text, of_documents)
        return run

    return register


def registry() -> tuple[Detector, ...]:
    """Every detector, by name: the modules of this package that use `@detector`, found by looking, not by a list."""
    if not _discovered:
        _discovered.append(True)
        for path in sorted(Path(__file__).parent.glob("*.py")):
            if path.name != "base.py" and "\n@detector(" in path.read_text(encoding="utf-8"):
                importlib.import_module(f"detectors.{path.stem}")
    if len(_in_order) != len(_registered):
        _in_order[:] = [_registered[name] for name in sorted(_registered)]
    return tuple(_in_order)


_discovered: list[bool] = []
_in_order: list[Detector] = []

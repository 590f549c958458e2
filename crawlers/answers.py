"""What somebody answered when asked about a name: with who, when, and the bytes of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawlers.clock import utc_now

ANSWERED = "answered"
NOTHING = "nothing"
"""Asked and answered: there is no such name or record. That is knowledge, unlike `failed`."""
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One question and what came of it.

    `kind`: `dns`, `rdap`, `whois`, `asn`, `number` (shown on the page). `source`: who said it, by the id in
    `network.toml`, the table's name, or the capture. `value` holds no personal data in clear; `raw` is as received.
    """

    kind: str
    question: str
    source: str
    asked_at: str
    state: str
    reason: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)
    raw: bytes = b""


def failed(kind: str, question: str, source: str, reason: str, raw: bytes = b"") -> Answer:
    """No answer, and why; `raw` is what came of one."""
    return Answer(kind, question, source, utc_now(), FAILED, reason, raw=raw)

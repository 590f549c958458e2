"""Values as the packet writes them: canonical JSON and UTC times."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any, Dict, List, Tuple

from review.packets.verify.reasons import Finding

DIGITS_MAX, VALUES_MAX = 20, 1 << 22
"""Of a whole number: longer ones take Python time that grows with their square. Of a file: each takes memory."""

SKEW = timedelta(seconds=600)
"""How far two honest clocks may differ."""


def canonical(value: Any) -> bytes:
    """Keys sorted, no spaces, UTF-8 unescaped: one way only to write a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("utf-8")


def strict_json(raw: bytes, where: str, exact: bool = False) -> Any:
    """Parse; refuse repeated keys, and with `exact` any writing but the canonical one."""

    def pairs(items: List[Tuple[str, Any]]) -> Dict[str, Any]:
        if len(dict(items)) != len(items):
            raise Finding("JSON_DUPLICATE_KEY", where)
        return dict(items)

    if raw.count(b",") + raw.count(b"[") + raw.count(b"{") > VALUES_MAX:
        raise Finding("JSON_INVALID", f"{where}: more than {VALUES_MAX} values")
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=pairs, parse_int=whole_number, parse_constant=no_number
        )
        if exact and canonical(value) != raw:
            raise Finding("JSON_NOT_CANONICAL", where)
    except (ValueError, RecursionError) as error:
        raise Finding("JSON_INVALID", where) from error
    return value


def whole_number(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise ValueError("a number too long")
    return int(digits)


def no_number(name: str) -> None:
    """`NaN` and `Infinity`, which Python reads and JSON does not have."""
    raise ValueError(name)


def moment(text: str) -> datetime:
    """`2026-11-21T08:00:00.000Z`, always UTC."""
    pattern = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    return datetime.strptime(text, pattern).replace(tzinfo=timezone.utc)

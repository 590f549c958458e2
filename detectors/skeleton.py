"""The structure of a document without its words: the order in which elements open and close, in overlapping runs.

Two documents are compared by the share of one's runs that the other has too (containment), estimated on the smallest
hashes of the one (Broder, On the resemblance and containment of documents, 1997).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from heapq import nsmallest

RUN_TAGS = 8
MAX_SOURCE_CHARS = 600_000
"""What comes later in a document repeats lists; comparing needs no more."""
SKETCH_HASHES = 256
_HASH_BYTES = 6
BANDS = 8
_BAND_HASHES = 3
_MIN_RUNS = 60
"""A document of fewer different runs looks like many others."""
_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]{0,11})")
_TAGS = (
    "html head title body header footer nav main section article aside div p h1 h2 h3 h4 h5 h6 ul ol li "
    "dl dt dd a img table thead tbody tr td th form input select option button label textarea iframe "
    "video hr center marquee em"
)
"""Scripts, styles and inline emphasis come and go between copies of one page."""
_OTHER_TAGS = "script /script style /style span /span b /b i /i strong /strong br meta link"
"""The usual ones of them, looked up once."""
_LETTER_BYTES = 2
"""Of each letter in UTF-8."""


class _Letters(dict[str, str]):
    """A letter for each tag that tells of the structure, nothing for any other, however they are written."""

    def __missing__(self, name: str) -> str:
        return self.get(name.lower(), "")


_LETTERS = _Letters(
    {name: chr(0x100 + number) for number, name in enumerate(_TAGS.split())}
    | {"/" + name: chr(0x200 + number) for number, name in enumerate(_TAGS.split())}
    | dict.fromkeys(_OTHER_TAGS.split(), "")
)


def hashed(value: str) -> int:
    return int.from_bytes(blake2b(value.encode(), digest_size=_HASH_BYTES).digest())


def runs(source: str) -> frozenset[int]:
    """Hashes of the different runs of `RUN_TAGS` tags; empty for a document that has fewer."""
    order = "".join(map(_LETTERS.__getitem__, _TAG.findall(source[:MAX_SOURCE_CHARS]))).encode()
    size = RUN_TAGS * _LETTER_BYTES
    different = {order[at : at + size] for at in range(0, len(order) - size + 1, _LETTER_BYTES)}
    number = int.from_bytes  # without a call of ours for each: pages have hundreds
    return frozenset([number(blake2b(one, digest_size=_HASH_BYTES).digest()) for one in different])


def sketch(hashes: Iterable[int]) -> tuple[int, ...]:
    """A sample of a set that is the same wherever the set is: its smallest hashes."""
    return tuple(nsmallest(SKETCH_HASHES, hashes))


def bands(hashes: frozenset[int]) -> tuple[str, ...]:
    """Up to eight short names of a structure; nearly equal structures share most of them, others none."""
    if len(hashes) < _MIN_RUNS:
        return ()
    parts: list[list[int]] = [[] for _ in range(BANDS)]
    for value in hashes:
        parts[value % BANDS].append(value)
    smallest = (nsmallest(_BAND_HASHES, part) for part in parts)
    return tuple(f"{number}:{hashed(repr(part)):012x}" for number, part in enumerate(smallest))

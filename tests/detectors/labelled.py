"""The labelled texts and what must hold of them; run as a module it names every offender.

    .venv/bin/python -m tests.detectors.labelled

Of the held-out split it prints ids, never texts.
"""

from __future__ import annotations

import json
import math
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import config

TEXTS = Path(__file__).parent / "texts"
SPLITS = ("tune", "test")
LABELS = {"seller", "training", "government", "news", "job", "qa", "other"}
DIFFICULTIES = {"plain", "veiled", "hidden"}
SIMILAR = 0.6
_KEYS = {"id", "family", "text", "label", "is_selling", "difficulty"}
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s.·。,，/_-]+(?=\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_INVENTED_MOBILE = re.compile(r"1\d\d0000\d{4}")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)")
_NOT_WORDS = re.compile(r"[\W_]+")
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_EXCERPT_CHARS = 24


@dataclass(frozen=True, slots=True)
class Text:
    split: str
    file: str
    line: int
    row: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.row.get("id"))

    def __str__(self) -> str:
        shown = "" if self.split == "test" else f" {str(self.row.get('text'))[:_EXCERPT_CHARS]!r}"
        return f"{self.split}/{self.file}:{self.line} {self.id}{shown}"


def texts(split: str) -> list[Text]:
    return [
        Text(split, file.name, number, json.loads(line))
        for file in sorted((TEXTS / split).glob("*.jsonl"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    ]


@cache
def classes() -> frozenset[str]:
    return frozenset(rule.named for rule in config.load().wording.rule)


def malformed(text: Text) -> Iterator[str]:
    """What is wrong with the form of one row."""
    row = text.row
    allowed = _KEYS | {"class"}
    if not set(row) >= _KEYS or not set(row) <= allowed:
        yield f"keys {sorted(set(row) ^ _KEYS)}"
        return
    if not all(isinstance(row[key], str) and row[key].strip() for key in _KEYS - {"is_selling"}):
        yield "an empty value"
    if row["label"] not in LABELS or row["difficulty"] not in DIFFICULTIES:
        yield f"label {row['label']}, difficulty {row['difficulty']}"
    if row["is_selling"] is not (row["label"] == "seller"):
        yield "is_selling does not go with label"
    if row["is_selling"] and row.get("class") not in classes():
        yield f"class {row.get('class')}"
    if not row["is_selling"] and row.get("class"):
        yield "a class, though no seller"


def personal(text: str) -> list[str]:
    """Numbers in a text that somebody could have: mobile numbers, identity numbers whose checksum holds."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_CHINESE_DIGITS)
    plain = _BETWEEN_DIGITS.sub("", "".join(c for c in plain if unicodedata.category(c) not in ("Cf", "Mn", "Me")))
    mobiles = [number for number in _MOBILE.findall(plain) if not _INVENTED_MOBILE.fullmatch(number)]
    return mobiles + [number for number in _IDENTITY.findall(plain) if checks(number)]


def checks(identity: str) -> bool:
    """ISO 7064 MOD 11-2 as in GB 11643: eighteen characters, the last the check character."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(identity[:17]))
    return "10X98765432"[total % 11] == identity[17]


def shingles(text: str) -> frozenset[str]:
    """Character trigrams of the words alone; of a shorter text the text itself."""
    words = _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text).lower())
    return frozenset(words[start : start + 3] for start in range(max(1, len(words) - 2)))


def alike(sets: list[frozenset[str]], threshold: float = SIMILAR) -> Iterator[tuple[int, int, float]]:
    """All pairs (i < j) with a Jaccard similarity of at least `threshold`, exactly, by prefix filtering.

    Bayardo, Ma, Srikant: Scaling up all pairs similarity search, WWW 2007: of two such sets, the rarest
    |x| - ceil(t·|x|) + 1 members have one in common.
    """
    frequency = Counter(member for one in sets for member in one)
    seen: dict[str, list[int]] = defaultdict(list)
    for j, one in enumerate(sets):
        rarest = sorted(one, key=lambda member: (frequency[member], member))
        prefix = rarest[: len(one) - math.ceil(threshold * len(one)) + 1]
        for i in sorted({i for member in prefix for i in seen[member]}):
            similarity = len(one & sets[i]) / len(one | sets[i])
            if similarity >= threshold:
                yield i, j, similarity
        for member in prefix:
            seen[member].append(j)


def repeated_ids(rows: Iterable[Text]) -> list[str]:
    return [name for name, count in Counter(text.id for text in rows).items() if count > 1]


def families(split: str) -> set[str]:
    return {str(text.row.get("family")) for text in texts(split)}


def problems() -> Iterator[str]:
    rows = [text for split in SPLITS for text in texts(split)]
    yield from (f"{text}: {problem}" for text in rows for problem in malformed(text))
    yield from (f"{text}: may be somebody's number" for text in rows if personal(str(text.row.get("text"))))
    yield from (f"{name}: id given twice" for name in repeated_ids(rows))
    yield from (f"{family}: family in both splits" for family in sorted(families("tune") & families("test")))
    for i, j, similarity in alike([shingles(str(text.row.get("text"))) for text in rows]):
        yield f"{rows[j]}: {similarity:.2f} like {rows[i]}"


def main() -> None:
    found = list(problems())
    for split in SPLITS:
        rows = texts(split)
        sellers = sum(text.row.get("is_selling") is True for text in rows)
        print(f"{split}: {len(rows)} texts, {len(families(split))} families, {sellers} sellers")
    print("\n".join(found) or "nothing to correct")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

"""Where a text announces a contact (微信, V, 扣扣, 电报 …), however disguised, and which id stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import ahocorasick_rs

from detectors.numerals import REAL_DIGITS, as_digits, plain, tables
from detectors.text import Views, fold, is_han

_WINDOW_CHARS = 60
_MAX_LABELS = 1_000
"""Labels of one text that are looked at; a page that repeats one word has said it."""
_LONG_NUMBER = 8
_MOBILE = re.compile(r"1[3-9]\d{9}")


class Label(NamedTuple):
    """One announcement; `start`, `end` in the folded text. A weak one counts only before a colon or a long number."""

    kind: str
    start: int
    end: int
    weak: bool


class _Terms(NamedTuple):
    named: dict[str, tuple[str, bool]]
    """Kind of each term, and whether it is weak."""
    meaning: list[tuple[str, bool]]
    automaton: ahocorasick_rs.AhoCorasick


@cache
def _terms() -> tuple[_Terms, _Terms]:
    """Terms of letters and hanzi, sought where everything else is dropped; terms with signs, sought as written."""
    named: dict[str, tuple[str, bool]] = {}
    for one in tables()["label"]:
        if one["kind"] != "phone":  # a telephone number needs no label
            named.update({fold(term).text: (one["kind"], True) for term in one.get("weak", ())})
            named.update({fold(term).text: (one["kind"], False) for term in one["terms"]})
    signed = {term: meaning for term, meaning in named.items() if not _SOLID.fullmatch(term)}
    solid = {term: meaning for term, meaning in named.items() if term not in signed}
    return _compiled(solid), _compiled(signed)


_SOLID = re.compile(r"[0-9a-z\u3400-\u9fff@+]+")


def _compiled(named: dict[str, tuple[str, bool]]) -> _Terms:
    words = sorted(named)
    kind = ahocorasick_rs.MatchKind.LeftmostLongest
    automaton = ahocorasick_rs.AhoCorasick(words, matchkind=kind, store_patterns=False)
    return _Terms(named, [named[word] for word in words], automaton)


def labels(views: Views) -> list[Label]:
    """Announcements in order of position, at most `_MAX_LABELS`."""
    solid, signed = _terms()
    folded, dense = views.folded, views.dense
    near = [
        match for match in solid.automaton.find_matches_as_indexes(dense.text) if _announces(dense.text, solid, match)
    ]
    found = []
    for index, start, end in near[:_MAX_LABELS]:
        first, last = dense.original(start, end)
        kind, weak = solid.meaning[index]
        if last - first > end - start and ":" in folded.text[first:last]:
            # `V:x…` is no `VX`: what stands before the colon is the label
            last = folded.text.index(":", first)
            kind, weak = solid.named.get(folded.text[first:last], ("", False))
        if kind and last - first <= 3 * (end - start) and _stands_alone(folded.text, first, last):
            found.append(Label(kind, first, last, weak))
    for index, start, end in signed.automaton.find_matches_as_indexes(folded.text)[:_MAX_LABELS]:
        found.append(Label(signed.meaning[index][0], start, end, signed.meaning[index][1]))
    return sorted(found, key=lambda label: label.start)[:_MAX_LABELS]


_SOMEBODY_CHARS = 8
_LETTER = re.compile(r"[a-z]")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@cache
def _beside() -> frozenset[str]:
    """What can follow a label that announces something: the first character of an id or of a connecting word."""
    glyphs = (*tables()["digits"].values(), *(words[0] for words in tables()["ids"]["connectors"]))
    return _LATIN | frozenset("".join(glyphs)) | {"@", "+"}


def _announces(text: str, terms: _Terms, match: tuple[int, int, int]) -> bool:
    """Whether letters or digits stand where an id would: right before or after, or after a few words."""
    index, start, end = match
    if text[end : end + 1] in _beside() or text[start - 1 : start] in _LATIN:
        return True
    kind, weak = terms.meaning[index]
    if not weak and text[end + 1 : end + 2].isdigit():
        return True
    return (kind == "other" or not weak) and _LETTER.search(text, end, end + _SOMEBODY_CHARS) is not None


@cache
def _anywhere() -> tuple[str, ...]:
    """Beginnings of terms that may follow letters."""
    return tuple(tables()["ids"]["anywhere"])


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a term that begins or ends in letters is not part of a longer word."""
    term, before, after = text[start:end], text[start - 1 : start], text[end : end + 1]
    if term[0].isascii() and term[0].isalpha() and before.isascii() and before.isalnum():
        # a number may end where a label begins, but `a1v…` is one word; `bànQQ` are two
        return (len(term) > 1 and before.isdigit()) or term.startswith(_anywhere())
    return not (term[-1].isascii() and term[-1].isalpha() and after.isascii() and after.isalpha())


class Id(NamedTuple):
    """An id and where it stands in the folded text."""

    value: str
    start: int
    end: int


@cache
def _connector() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, tables()["ids"]["connectors"]), key=len, reverse=True))
    return re.compile(rf"(?:[^\w@+]{{0,6}}(?:{words})){{0,3}}[^\w@+]{{0,10}}@?\s?")


_SOMEBODY = re.compile(r"[\u4e00-\u9fff]{0,6}[^\w@+]{1,3}(?=[a-z])")
"""Whom to ask, before the id."""
_SAYING = re.compile(r"(?:[\u4e00-\u9fff]{1,6}\s?[:：]\s?(?=[a-z])|[\u4e00-\u9fff]\s?[:：]\s?(?=\d))")
"""A few words between a label and its id, as in 微信放这: or 微信沟通即可:; one wrong character for 号."""
_SPREAD = re.compile(r"[a-z0-9_\-](?P<mark>[^\w\-]{1,4})(?:[a-z0-9_\-](?P=mark)){4,18}[a-z0-9_\-](?![a-z0-9])")
"""The same ornament, blank or line break after every character."""
_ORNAMENTED = re.compile(r"[a-z](?:[\*·~|丨^•=`'\"]{0,2}[a-z0-9_\-]){4,19}(?![a-z0-9])")
_LETTERED = re.compile(r"[1-9l][\doli]{5,10}(?![a-z0-9])")
_NAME = re.compile(r"[a-z][a-z0-9_\-]{4,19}(?![a-z0-9])")
_DIGITS = re.compile(r"\d[\dx]{4,10}(?![a-z0-9])")
_PARTED = re.compile(r"\d(?:[^\w\n,，、；;]{0,3}\d){4,10}(?!\d)")
_TWO_PARTS = re.compile(r"[1-9]\d{2,4}[ \-]\d{3,5}(?![\d年月日元]|[ \-]\d)")
_PARTED_MOBILE = re.compile(r"1[^\w\n]{0,3}[3-9](?:[^\w\n]{0,3}\d){9}(?!\d)")
_MIXED = re.compile(r"[a-z0-9][a-z0-9_\-]{5,19}(?![a-z0-9])")
_SHAPE = re.compile(r"(?=.*\d)[a-z]{1,12}[a-z0-9]{0,10}[_\-][a-z0-9_\-]{2,12}|[a-z]{2,12}\d{4,11}[a-z]{0,3}")
_BARE_WX = re.compile(r"(?<![a-z0-9])(wx[_\-][a-z0-9_]{4,18}|wx[a-z]{0,4}\d{5,12}|wxid_[a-z0-9]{6,20})(?![a-z0-9])")
_BEFORE = re.compile(r"(?<![a-z0-9_\-])([a-z][a-z0-9]{0,9}_[a-z0-9_]{2,12}|[a-z]{2,10}\d{3,10})\s{0,2}[（(【\[]?$")


def id_after(text: str, label: Label) -> Id | None:
    """The id that follows a label in a folded text, in any digits, parted or not."""
    window = text[label.end : label.end + _WINDOW_CHARS]
    begin = _connector().match(window)
    assert begin is not None
    if label.kind == "other":
        begin = _SOMEBODY.match(window) or begin
    elif not label.weak:
        begin = _SAYING.match(window) or begin
    skipped, at = begin.group(), begin.end()
    colon = any(sign in skipped for sign in ":：")
    found = _id_at(window, at)
    if found is None or found[0] in tables()["ids"]["never"] or _is_public(found[0]):
        return None
    value, last = found
    if label.kind == "account" and not any(map(str.isalpha, value)):
        return None
    if value.isalpha() and not (colon or "号" in skipped or "@" in skipped):
        return None
    if label.weak and not (_sure(label.kind, value, colon=colon) or _is_number_of_hanzi(text, label, value)):
        return None
    return Id(value, label.end + at, label.end + last)


def _sure(kind: str, value: str, *, colon: bool) -> bool:
    """Whether a weak label and what follows leave no doubt: a colon, a mobile number, a messenger's letter before a
    number of its length, an id that is no word; after what only invites (`other`) nothing else."""
    if _is_id(value):
        return True
    if kind == "other":
        return False
    return (
        colon
        or _MOBILE.fullmatch(value) is not None
        or (kind == "qq" and value.isdigit() and len(value) >= _LONG_NUMBER)
    )


def _is_number_of_hanzi(text: str, label: Label, value: str) -> bool:
    """`微1000055183` is an id; `V20261121` may be a version."""
    return label.kind != "other" and is_han(text[label.start]) and value.isdigit() and len(value) >= _LONG_NUMBER


def _is_id(value: str) -> bool:
    """Letters and digits joined as in ids only, not as in the number of a standard or a model."""
    return _SHAPE.fullmatch(value) is not None and value.rstrip("_-0123456789") not in _models()


@cache
def _models() -> frozenset[str]:
    return frozenset(tables()["ids"]["never_before_digits"])


def _is_public(value: str) -> bool:
    return value in tables()["public"]["hotlines"]


def _id_at(window: str, at: int) -> tuple[str, int] | None:
    """Value and end of the id that begins at `at`: letters first, else digits of any style."""
    written = plain(window)
    spread = _SPREAD.match(written, at)
    if spread:
        return spread.group()[:: len(spread["mark"]) + 1], spread.end()
    name, other = _NAME.match(window, at), _NAME.match(written, at)
    if other and (name is None or _is_longer(window, name.end(), other.end())):
        name = other
    ornamented = _ORNAMENTED.match(window, at)
    if ornamented and (name is None or ornamented.end() > name.end() + 1):
        return re.sub(r"[^a-z0-9_\-]", "", ornamented.group()), ornamented.end()
    if name:
        return name.group(), name.end()
    return _number_at(window, written, at)


def _is_longer(window: str, end: int, other: int) -> bool:
    """Whether the digits of another style that follow an id belong to it: one 一 or 两 begins the next word."""
    return other > end + 1 or (other > end and window[end] not in "一两")


def _number_at(window: str, written: str, at: int) -> tuple[str, int] | None:
    """An id of digits, or one that begins with a digit."""
    mobile = _PARTED_MOBILE.match(written, at)
    if mobile:
        return re.sub(r"\D", "", mobile.group()), mobile.end()
    run = _DIGITS.match(window, at) if window[at : at + 1].isascii() else None
    other = _DIGITS.match(written, at)
    if other and (run is None or _is_longer(window, run.end(), other.end())):
        run = other
    parted = _TWO_PARTS.match(written, at) or (None if run else _PARTED.match(written, at))
    if run and not parted:
        return run.group(), run.end()
    if parted:
        return re.sub(r"\D", "", parted.group()), parted.end()
    lettered = _LETTERED.match(written, at)
    if lettered and sum(map(str.isdigit, lettered.group())) >= REAL_DIGITS:
        return as_digits(lettered.group()), lettered.end()
    mixed = _MIXED.match(window, at)
    return (mixed.group(), mixed.end()) if mixed and _is_mixed(mixed.group()) else None


def _is_mixed(token: str) -> bool:
    """Letters and digits both, as ids that do not begin with a letter have."""
    return any(sign.isalpha() for sign in token) and sum(sign.isdigit() for sign in token) > 1


def id_before(text: str, label: Label) -> Id | None:
    """The id that stands directly before a label (`cc_0802 微信`)."""
    first = max(0, label.start - _WINDOW_CHARS)
    match = _BEFORE.search(text[first : label.start])
    return Id(match[1], first + match.start(1), first + match.end(1)) if match else None


def bare_ids(text: str) -> Iterator[Id]:
    """Ids that begin with the messenger's own letters and need no label."""
    if "wx" in text:
        yield from (Id(match[1], match.start(1), match.end(1)) for match in _BARE_WX.finditer(text))

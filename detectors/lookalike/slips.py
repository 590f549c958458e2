"""Errors of the hand in what is too short to be compared by distance: written out beforehand, looked up as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from detectors.lookalike.typos import is_pinyin

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = {letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in _ROWS for at, letter in enumerate(row)}
_NEAR["j"] += "i"
"""Keys beside a key; i and j look alike."""
_MIN_REPLACED_CHARS = 8
"""From this length on a wrong key beside the right one is looked past, too: in fewer letters it is another name."""
_MIN_SHORTENED_CHARS = 5
_MIN_PLACE_CHARS = 5


def slips(word: str, *, replaced: bool = False) -> set[str]:
    """A word with one letter left out, doubled or changed about with the next; `replaced`: or the key beside it hit."""
    made = {word[:at] + word[at + 1 :] for at in range(1, len(word))} if len(word) >= _MIN_SHORTENED_CHARS else set()
    made |= {word[:at] + word[at] + word[at:] for at in range(len(word))}
    made |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    if replaced or len(word) >= _MIN_REPLACED_CHARS:
        made |= {word[:at] + key + word[at + 1 :] for at in range(len(word)) for key in _NEAR.get(word[at], "")}
    return made - {word}


def flattened(word: str) -> set[str]:
    """A word in pinyin with one -ng of it written as -n."""
    return {word[:at] + "n" + word[at + 2 :] for at in range(len(word) - 1) if word[at : at + 2] == "ng"}


@lru_cache(maxsize=4096)
def is_another(text: str, meant: str) -> bool:
    """Whether what might misspell a word is pinyin of something else, and sounds like it."""
    return is_pinyin(text) and _heard(text) != _heard(meant)


class Spellings:
    """Long names with one error in them, found however many names there are."""

    def __init__(self, spellings: Iterable[str]) -> None:
        self._shortened: dict[str, list[str]] = {}
        for spelling in dict.fromkeys(spellings):
            if len(spelling) >= _MIN_PLACE_CHARS:
                for one in _shortened(spelling):
                    self._shortened.setdefault(one, []).append(spelling)

    def meant(self, text: str, *, sure: bool) -> str:
        """The place that a text misspells by one letter left out, put in, replaced or changed about; or nothing.

        Unless somebody is `sure` that a place is meant, pinyin of something else means one only by sounding like it.
        """
        if len(text) < _MIN_PLACE_CHARS - 1:
            return ""
        near = (place for one in _shortened(text) for place in self._shortened.get(one, ()))
        return next((place for place in near if _is_meant(text, place, sure)), "")


def _shortened(text: str) -> Iterator[str]:
    yield text
    yield from (text[:at] + text[at + 1 :] for at in range(1, len(text)))


def _is_meant(text: str, place: str, sure: bool) -> bool:
    if text == place or text[:-1] == place or not _is_near(text, place):
        return False
    return sure or not is_another(text, place)


def _heard(text: str) -> str:
    for letters, sound in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n")):
        text = text.replace(letters, sound)
    return text


def _is_near(text: str, place: str) -> bool:
    """Whether one error makes a text of a place; both have a string in common that lacks a letter of either."""
    if len(text) != len(place):
        return True
    wrong = [at for at, letter in enumerate(text) if letter != place[at]]
    return len(wrong) == 1 or (len(wrong) == 2 and text[wrong[0]] == place[wrong[1]] and wrong[1] - wrong[0] == 1)

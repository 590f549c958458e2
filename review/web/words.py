"""The words of the desk, one TOML file a language, by key; pages hold none of their own.

In templates `w.queue.title`; with values `w.queue.shown.format(count=3)`. The packaged Chinese is the reference: a test
holds the other languages to its keys and its fields.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from flask import request, session
from flask_babel import get_locale
from flask_login import current_user

FOLDER = Path(__file__).parent / "words"
LANGUAGES = {"zh_Hans": "中文", "en": "English"}
TAGS = {"zh_Hans": "zh-CN", "en": "en"}


class Words:
    """A table of words; an unknown key is a mistake of ours and raises AttributeError."""

    def __init__(self, table: dict[str, Any], path: str = "") -> None:
        self._table = {
            key: Words(value, f"{path}{key}.") if isinstance(value, dict) else value for key, value in table.items()
        }
        self._path = path

    def __getattr__(self, key: str) -> Any:
        try:
            return self._table[key]
        except KeyError:
            raise AttributeError(f"no words {self._path}{key}") from None

    def get(self, key: object, default: str | None = None) -> str:
        """The words for a value of data; the value itself where there are none."""
        found = self._table.get(str(key), default if default is not None else str(key))
        return str(found)

    def __contains__(self, key: object) -> bool:
        return key in self._table

    def __iter__(self) -> Any:
        return iter(self._table)

    def items(self) -> Any:
        return self._table.items()


@cache
def of_language(language: str) -> Words:
    return Words(tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8")))


def words() -> Words:
    """Those of the language of the request."""
    return of_language(language())


def language() -> str:
    return str(get_locale()) if str(get_locale()) in LANGUAGES else "zh_Hans"


def choose(default: str) -> str:
    """What the person chose, else what the browser asks for first, else the office's language."""
    chosen = (current_user.language if current_user.is_authenticated else "") or session.get("language", "")
    if chosen in LANGUAGES:
        return str(chosen)
    asked = request.accept_languages.best_match(["zh-CN", "zh", "zh-Hans", "en"])
    return {"en": "en", None: default}.get(asked, "zh_Hans")

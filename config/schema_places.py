"""Models of `places.toml`: provinces, prefectures and counties with how they are read."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from config.schema import Model, Text

_DIVISION = re.compile(r"[\u3400-\u9fff]+ [a-z]+(?:-[a-z]+)*")


def _divisions(value: str) -> str:
    if value.strip() and not all(_DIVISION.fullmatch(entry.strip()) for entry in value.split(",")):
        raise PydanticCustomError("divisions", "not a list of names with their readings")
    return value


Divisions = Annotated[str, AfterValidator(_divisions)]
"""`长沙市 chang-sha, 株洲市 zhu-zhou`: a name, a space, its reading with a hyphen between syllables."""


class Province(Model):
    name: Text
    reading: Text
    also: tuple[Text, ...]
    prefectures: Divisions
    counties: Divisions


class Places(Model):
    provinces: tuple[Province, ...]

"""Names of people in Chinese text: those that a label announces, those that the words around them give away.

Neither finds every name. What only looks like one is listed for the person who checks a copy before it goes out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from review.packets.strings import NAME_LABELS

HAN = "\u4e00-\u9fff"
_LABEL = "|".join(r"\s*".join(label) for label in NAME_LABELS)
LABEL_ALONE = re.compile(rf"\s*(?:{_LABEL})\s*[：:]?\s*")
_LABELLED = re.compile(rf"(?:{_LABEL})\s*[：:]?\s*([{HAN}]{{2,4}}|[{HAN}]{{1,4}}·[{HAN}]{{1,8}})(?![{HAN}])")
_DOTTED = re.compile(rf"(?<![{HAN}])[{HAN}]{{1,4}}·[{HAN}]{{1,8}}(?![{HAN}])")


@cache
def _data() -> dict[str, Any]:
    text = files("review.packets").joinpath("names.toml").read_text("utf-8")
    found = tomllib.loads(text)
    return {**found, "surnames": "".join(found["surnames"].split())}


def compound() -> tuple[str, ...]:
    """Surnames of two characters."""
    return tuple(_data()["compound"])


@cache
def _shapes() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A name after words that announce one, before words that people say behind one, and standing alone."""
    data = _data()
    name = rf"((?:{'|'.join(data['compound'])}|[{data['surnames']}])[{HAN}]{{1,2}}?)"
    end = rf"(?=[{data['ends']}]|[^{HAN}]|$|(?:{'|'.join(data['behind'])}))"
    before, behind = "|".join(data["before"]), "|".join(data["behind"])
    return (
        re.compile(rf"(?:{before})(?:名叫|叫|姓名|是|为)?\s*[：:“\"]?\s*{name}{end}"),
        re.compile(rf"(?<![{HAN}]){name}(?:{behind})"),
        re.compile(rf"(?<![{HAN}]){name}(?![{HAN}])"),
    )


def labelled(text: str) -> set[str]:
    """Names behind a label such as 姓名 or 持证人: what stands there is a name, whatever it is."""
    return set(_LABELLED.findall(text))


def spoken_of(text: str) -> set[str]:
    """Names that the words around them give away: 我叫…, 客户…, …女士."""
    after, ahead, _ = _shapes()
    return {name for shape in (after, ahead) for name in shape.findall(text) if not _ordinary(name)}


def maybe(text: str) -> Iterator[str]:
    """What else could be a name: a surname and one or two characters that stand alone, or two parts with a dot."""
    for name in (*_shapes()[2].findall(text), *_DOTTED.findall(text)):
        if not _ordinary(name):
            yield name


def _ordinary(name: str) -> bool:
    return name.startswith(tuple(_data()["ordinary"])) or name.endswith(tuple(_data()["behind"]))

"""From an error of pydantic to a `Problem` an office can act on: place, value, what is accepted, an example."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config import strings
from config.documents import Node
from config.errors import Problem
from config.positions import KeyPath

_FOUND_CHARACTERS = 60


def explained(error: ValidationError, model: type[BaseModel], node: Node, packaged: Any) -> Iterator[Problem]:
    """`packaged` is the plain packaged document: its value at the same place is the best example there is."""
    details = error.errors(include_url=False)
    places = [detail["loc"] for detail in details]
    for detail in details:
        # entries that are wrong themselves are not counted: the list is not too short, it is wrong inside
        inside = any(place[:-1] == detail["loc"] for place in places)
        if detail["type"] != "too_short" or not inside:
            yield _problem(detail, model, node, packaged)


def problem_at(node: Node, accepted: str, fix: str) -> Problem:
    """A problem of the value at `node`, as it is written."""
    return Problem(node.source.label, node.line, dotted(node.path), written(node.plain()), accepted, fix)


def _problem(detail: ErrorDetails, model: type[BaseModel], root: Node, packaged: Any) -> Problem:
    path: KeyPath = tuple(detail["loc"])
    node = root.at(path)
    if detail["type"] == "missing":
        key = dotted((*node.path, *path[len(node.path) :]))
        return Problem(node.source.label, node.line, key, "", _accepted(detail, path), _example(detail, path, packaged))
    if detail["type"] == "extra_forbidden":
        return problem_at(node, _accepted(detail, path), _known_keys(model, path))
    return problem_at(node, _accepted(detail, path), _example(detail, path, packaged))


def _accepted(detail: ErrorDetails, path: KeyPath) -> str:
    unit = strings.UNITS.get(_unit(path), "")
    said = strings.ACCEPTED.get(detail["type"], detail["msg"].replace("{", "{{").replace("}", "}}"))
    facts = {"unit": f"（{unit}）" if unit else "", **detail.get("ctx", {})}
    facts = {name: int(fact) if isinstance(fact, float) and fact.is_integer() else fact for name, fact in facts.items()}
    if "expected" in facts:
        facts["expected"] = facts["expected"].replace("'", '"').replace(" or ", "、").replace(", ", "、")
    return said.format(**facts)


def _example(detail: ErrorDetails, path: KeyPath, packaged: Any) -> str:
    while path and isinstance(path[-1], int):
        path = path[:-1]
    value = _converted(detail.get("input"), _unit(path))
    if value is None:
        value = _walk(packaged, path)
    shown = strings.EXAMPLES.get(detail["type"], "") if value is None else written(value)
    return strings.EXAMPLE.format(example=f"{path[-1]} = {shown}") if shown and path else ""


def _unit(path: KeyPath) -> str:
    """The last word of the key's name: `lease_seconds` → `seconds`."""
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    return key.rsplit("_", 1)[-1]


def _converted(value: Any, unit: str) -> int | float | None:
    """`"30分钟"` in the unit of the setting; None when it is not a number with a unit we know."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z一-鿿]*)\s*", value) if isinstance(value, str) else None
    if match is None:
        return None
    scale = strings.SCALES.get(unit, {}).get(match.group(2).lower(), 1 if not match.group(2) else None)
    if scale is None:
        return None
    worth = float(match.group(1)) * scale
    return int(worth) if worth.is_integer() else worth


def _walk(document: Any, path: KeyPath) -> Any:
    """The value at `path`, or None; any entry of an array shows what its entries look like."""
    for step in path:
        if isinstance(document, list):
            document = document[0] if document else None
        elif isinstance(document, dict):
            document = document.get(str(step))
        else:
            return None
    tables = isinstance(document, dict) or (isinstance(document, list) and any(isinstance(x, dict) for x in document))
    return None if tables else document


def _known_keys(model: type[BaseModel], path: KeyPath) -> str:
    known = _keys_at(model, path[:-1])
    return strings.did_you_mean(str(path[-1]), known) or strings.KNOWN.format(known=strings.listed(known))


def _keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    annotation: Any = model
    for step in path:
        annotation = _inner(annotation, step)
    return sorted(name for one in _models(annotation) for name in one.model_fields)


def _inner(annotation: Any, step: str | int) -> Any:
    """What is inside a container's annotation: the value of a dict, the entry of a tuple or list."""
    for one in _models(annotation):
        if step in one.model_fields:
            return one.model_fields[str(step)].annotation
    arguments = [argument for argument in get_args(annotation) if argument not in (Ellipsis, type(None))]
    return arguments[-1] if arguments else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models named in an annotation, unions and containers included."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]


def dotted(path: KeyPath) -> str:
    """`("sites", 2, "host")` → `sites[3].host`: people count from one."""
    shown = ""
    for step in path:
        shown += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if shown else step
    return shown


def written(value: Any) -> str:
    """A value as TOML would show it, nearly; containers and long texts are cut."""
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= _FOUND_CHARACTERS else shown[:_FOUND_CHARACTERS] + "…"

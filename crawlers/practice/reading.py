"""Reads a practice web from its folder: all mistakes at once, each with file, line, what and how to fix it."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from crawlers.practice.format import ENGINE_IDS, MARKETPLACE_IDS, Offer, Truth, WebPlan
from crawlers.practice.names import ascii_host
from crawlers.records import CrawlError

Row = TypeVar("Row", bound=BaseModel)


class PracticeError(CrawlError):
    """A practice web cannot be read or served; `problems` has one line for each mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Web:
    """A practice web as read: its plan, the folder of each host (punycode) and what the shops offer."""

    root: Path
    plan: WebPlan
    folders: dict[str, Path]
    offers: tuple[Offer, ...]
    warnings: tuple[str, ...] = ()


def read_web(root: Path) -> Web:
    """Raises `PracticeError` with every mistake of the folder; a folder without any of the parts is an empty web."""
    if not root.is_dir():
        raise PracticeError([f"{root}: no such folder; a practice web is a folder (docs/practice-web.md)"])
    problems: list[str] = []
    warnings: list[str] = []
    plan = _read_plan(root / "web.toml", problems, warnings)
    folders = _host_folders(root / "hosts", problems)
    offers = tuple(row for _, row in _rows(root / "listings.jsonl", Offer, problems))
    warnings += _unknown_sources(root / "web.toml", plan) + _unknown_platforms(root / "listings.jsonl", offers)
    problems += _missing_files(root / "web.toml", plan, folders)
    if problems:
        raise PracticeError(problems)
    return Web(root, plan, folders, offers, tuple(warnings))


def read_truth(root: Path) -> list[Truth]:
    """The truth of a web, in file order; empty when the web states none."""
    path = root / "truth.jsonl"
    problems: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    rows = []
    for number, row in _rows(path, Truth, problems):
        first = seen.setdefault((row.subject, row.axis), number)
        if first != number:
            problems.append(f"{path}:{number}: {row.subject} / {row.axis} stands on line {first} already; keep one")
        rows.append(row)
    if problems:
        raise PracticeError(problems)
    return rows


def _read_plan(path: Path, problems: list[str], warnings: list[str]) -> WebPlan:
    if not path.exists():
        return WebPlan()
    text = path.read_text(encoding="utf-8")
    try:
        plan = WebPlan.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path}: not TOML: {error}")
    except ValidationError as error:
        problems += [f"{path}:{_line(text, e['loc'])}: {_where(e['loc'])}: {_said(e)}" for e in error.errors()]
    else:
        warnings += [f"{path}: {where}: unknown key, ignored{hint}" for where, hint in _unknown_keys(plan)]
        return plan
    return WebPlan()


def _rows(path: Path, model: type[Row], problems: list[str]) -> Iterator[tuple[int, Row]]:
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield number, model.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            problems.append(f"{path}:{number}: not JSON: {error.msg}; write one object a line")
        except ValidationError as error:
            problems += [f"{path}:{number}: {_where(e['loc'])}: {_said(e)}" for e in error.errors()]


def _host_folders(hosts: Path, problems: list[str]) -> dict[str, Path]:
    folders: dict[str, Path] = {}
    for folder in sorted(hosts.iterdir()) if hosts.is_dir() else ():
        if not folder.is_dir() or folder.name.startswith((".", "_")):
            continue
        name = ascii_host(folder.name)
        if name in folders:
            problems.append(f"{folder}: the same host as {folders[name].name}; merge the two folders")
        folders[name] = folder
    return folders


def _unknown_sources(path: Path, plan: WebPlan) -> list[str]:
    named: list[tuple[str, str, tuple[str, ...]]] = [("engines", name, ENGINE_IDS) for name in plan.engines]
    named += [("marketplaces", name, MARKETPLACE_IDS) for name in plan.marketplaces]
    return [
        f"{path}: [{t}.{name}]: not played here, ignored; {_accepted(name, ids)}"
        for t, name, ids in named
        if name not in ids
    ]


def _unknown_platforms(path: Path, offers: tuple[Offer, ...]) -> list[str]:
    names = {offer.platform for offer in offers} - set(MARKETPLACE_IDS)
    return [
        f"{path}: platform {name!r}: not played here, ignored; {_accepted(name, MARKETPLACE_IDS)}"
        for name in sorted(names)
    ]


def _missing_files(path: Path, plan: WebPlan, folders: dict[str, Path]) -> Iterator[str]:
    for condition in plan.conditions:
        folder = folders.get(ascii_host(condition.host))
        inside = ".." not in Path(condition.serve).parts
        if condition.serve and folder and not (inside and (folder / condition.serve).is_file()):
            yield f"{path}: [[conditions]] {condition.host}: serve = {condition.serve!r} is not a file of {folder}"


def _accepted(name: str, ids: tuple[str, ...]) -> str:
    near = get_close_matches(name, ids, 1)
    return (f"did you mean {near[0]}? " if near else "") + "known: " + ", ".join(ids)


def _unknown_keys(model: BaseModel, where: str = "") -> Iterator[tuple[str, str]]:
    fields = [field.alias or name for name, field in type(model).model_fields.items()]
    for key in model.model_extra or {}:
        near = get_close_matches(key, fields, 1)
        yield f"{where}{key}", f"; did you mean {near[0]}?" if near else ""
    for name in type(model).model_fields:
        yield from _unknown_below(getattr(model, name), f"{where}{name}.")


def _unknown_below(value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        yield from _unknown_keys(value, where)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _unknown_below(item, f"{where}{key}.")
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _unknown_below(item, f"{where[:-1]}[{number}].")


def _line(text: str, location: tuple[int | str, ...]) -> int:
    """The line of a key path in a TOML text: descends name by name, the n-th `[[…]]` header for a number."""
    lines, at, prefix = text.splitlines(), 0, ""
    for part in location:
        if isinstance(part, int):
            pattern, skip = rf"\s*\[\[\s*{re.escape(prefix)}\s*\]\]", part
        else:
            prefix, skip = f"{prefix}.{part}".lstrip("."), 0
            quoted = f"[\"']?{re.escape(part)}[\"']?"
            pattern = rf"\s*(\[+\s*(\w+\.)*{quoted}\s*[].]|{quoted}\s*=|.*\b{re.escape(part)}\s*=)"
        start = 0 if isinstance(part, int) else at
        found = [number for number in range(start, len(lines)) if re.match(pattern, lines[number])]
        at = found[skip] if len(found) > skip else at
    return at + 1


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "(the whole)"


def _said(error: Any) -> str:
    given = "" if isinstance(error["input"], dict) else f" (given: {error['input']!r})"
    return f"{error['msg'].removeprefix('Value error, ')}{given}"


def print_warnings(web: Web) -> None:
    for warning in web.warnings:
        print(warning, file=sys.stderr)

"""Reads the packaged configuration, lays an office's directory over it, and validates every part.

Parts are read when they are first asked for, so that a command that needs three of them pays for three. What an
office has written itself is always validated by `load`, before anything else happens; `everything=True` (or
`check`) validates the packaged files too.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from config import strings
from config.documents import Node, Source, overlay, read, unbounded
from config.errors import ConfigError, Problem

if TYPE_CHECKING:
    from pydantic import BaseModel

    from config.schema import Certificates, LawBook, Official, Policy, Queries, Settings
    from config.schema_agencies import Agency
    from config.schema_crawl import Crawl
    from config.schema_network import Network
    from config.schema_places import Places
    from config.schema_profiles import PageStates, Profile
    from config.schema_web import Web
    from config.schema_wording import Wording
    from config.schema_workdays import Workdays

PACKAGED = Path(__file__).parent
ENVIRONMENT = "ZHENGSHAO_CONFIG"

T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """One attribute of `Config`: a TOML file, or a folder of them as a dict by file stem.

    `identity` names the identifying key of an array of tables where it is not `id`; `unique` lists the keys
    that may not repeat inside an array.
    """

    name: str
    model: str
    folder: bool = False
    identity: Mapping[str, str] = field(default_factory=dict)
    unique: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return self.name if self.folder else f"{self.name}.toml"

    def load_model(self) -> type[BaseModel]:
        # searching every installed distribution for pydantic plugins takes as long as reading all of our files
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        module, _, name = self.model.partition(":")
        model: type[BaseModel] = getattr(importlib.import_module(module), name)
        return model

    @overload
    def __get__(self, config: None, owner: type[Config]) -> Part[T]: ...
    @overload
    def __get__(self, config: Config, owner: type[Config]) -> T: ...
    def __get__(self, config: Config | None, owner: type[Config]) -> Part[T] | T:
        return self if config is None else config.part(self)

    def __set__(self, config: Config, value: T) -> None:
        raise AttributeError(f"the configuration is frozen: set {self.name} in a TOML file")


class Config:
    """The validated configuration; its parts are frozen models, read on first use.

    `directory` is the office's own directory, None for the packaged defaults alone.
    """

    settings: Part[Settings] = Part("settings", "config.schema:Settings")
    crawl: Part[Crawl] = Part("crawl", "config.schema_crawl:Crawl")
    queries: Part[Queries] = Part("queries", "config.schema:Queries")
    network: Part[Network] = Part(
        "network", "config.schema_network:Network", unique={"resolvers": ("id", "address"), "registries": ("id",)}
    )
    web: Part[Web] = Part("web", "config.schema_web:Web")
    policy: Part[Policy] = Part(
        "policy",
        "config.schema:Policy",
        identity={"hosting_platforms": "suffix", "known_good": "host", "name_relays": "suffix"},
        unique={"hosting_platforms": ("suffix",), "known_good": ("host",), "name_relays": ("suffix",)},
    )
    places: Part[Places] = Part(
        "places", "config.schema_places:Places", identity={"provinces": "name"}, unique={"provinces": ("name",)}
    )
    official: Part[Official] = Part("official_sites", "config.schema:Official", unique={"sites": ("id", "host")})
    certificates: Part[Certificates] = Part(
        "certificates", "config.schema:Certificates", unique={"licences": ("id",), "trades": ("id",)}
    )
    wording: Part[Wording] = Part(
        "wording",
        "config.schema_wording:Wording",
        unique={"concept": ("id",), "frame": ("id",), "boost": ("id",), "rule": ("id",)},
    )
    law: Part[LawBook] = Part("law", "config.schema:LawBook", unique={"entries": ("id",)})
    workdays: Part[Workdays] = Part("workdays", "config.schema_workdays:Workdays", unique={"years": ("id",)})
    page_states: Part[PageStates] = Part("page_states", "config.schema_profiles:PageStates")
    engines: Part[dict[str, Profile]] = Part("engines", "config.schema_profiles:Profile", folder=True)
    marketplaces: Part[dict[str, Profile]] = Part("marketplaces", "config.schema_profiles:Profile", folder=True)
    agencies: Part[dict[str, Agency]] = Part("agencies", "config.schema_agencies:Agency", folder=True)

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory
        self._values: dict[str, Any] = {}

    def part(self, part: Part[T]) -> T:
        """The value of a part; raises `ConfigError` with all that is wrong in it."""
        if part.name not in self._values:
            self._values[part.name] = _read_folder(part, self) if part.folder else _read_file(part, self)
        value: T = self._values[part.name]
        return value

    def replaced(self, name: str, value: BaseModel) -> Config:
        """The same with one part (`web`) put in its place, as a command-line option asks for."""
        changed = Config(self.directory)
        changed._values = {**self._values, name: value}
        return changed

    def nodes(self, part: Part[Any]) -> dict[str, Node]:
        """Each readable document of a part, overlaid, with its places; by file stem. For checks across parts."""
        return {stem: document.node for stem, document in _documents(part, self)[0].items()}


PARTS: tuple[Part[Any], ...] = tuple(part for part in vars(Config).values() if isinstance(part, Part))


def load(directory: Path | None = None, *, everything: bool = False) -> Config:
    """The configuration of `directory` (None: `$ZHENGSHAO_CONFIG`, else the packaged defaults alone).

    Raises `ConfigError` with every problem of the office's own files; with `everything`, of the packaged ones too.
    """
    directory = directory or _from_environment()
    config = Config(directory)
    problems = list(_problems(config, everything))
    if problems:
        raise ConfigError(problems)
    return config


def check(directory: Path | None = None) -> tuple[Problem, ...]:
    """Every problem of the packaged files and of `directory`, sorted; empty when all is well."""
    try:
        load(directory, everything=True)
    except ConfigError as error:
        return error.problems
    return ()


def _from_environment() -> Path | None:
    named = os.environ.get(ENVIRONMENT, "")
    return Path(named) if named else None


def _problems(config: Config, everything: bool) -> Iterator[Problem]:
    if config.directory is not None and not config.directory.is_dir():
        yield Problem(str(config.directory), 0, "", "", strings.NO_DIRECTORY, strings.NO_DIRECTORY_FIX)
        return
    yield from _unknown_files(config.directory)
    touched = [part for part in PARTS if everything or _office_files(part, config.directory)]
    sound = set()
    for part in touched:
        try:
            for node in config.nodes(part).values():
                yield from _duplicates(node, part.unique)
            config.part(part)
            sound.add(part.name)
        except ConfigError as error:
            yield from error.problems
    if sound:
        from config.checks import across

        yield from across(config, sound)


LEARNT = ("manner.tsv", "classes.tsv")
"""Weights that an office has learnt itself (`zhengshao rules`); read by the detectors, no part of what is set."""


def _unknown_files(directory: Path | None) -> Iterator[Problem]:
    """What lies in an office's directory and no part reads; notes for people (`*.md`) and hidden files are left."""
    if directory is None:
        return
    files = {*LEARNT, *(part.where for part in PARTS if not part.folder)}
    folders = {part.where for part in PARTS if part.folder}
    for path in sorted(directory.rglob("*")):
        inside = path.relative_to(directory)
        if path.is_dir() or path.suffix == ".md" or any(step.startswith(".") for step in inside.parts):
            continue
        if str(inside) in files or (len(inside.parts) == 2 and inside.parts[0] in folders and path.suffix == ".toml"):
            continue
        known = sorted(files | {f"{folder}/{path.stem}.toml" for folder in folders})
        patterns = [*sorted(files), *(f"{folder}/*.toml" for folder in sorted(folders))]
        fix = strings.did_you_mean(str(inside), known) or strings.KNOWN.format(known=strings.listed(patterns, 20))
        yield Problem(str(path), 0, "", "", strings.UNKNOWN_FILE, fix)


# one document: a packaged file, an office's file, or the second laid over the first


@dataclass(frozen=True)
class _Document:
    packaged: Source | None
    office: Source | None
    part: Part[Any]

    @property
    def data(self) -> dict[str, Any]:
        """Plain values; places are only worked out where two files meet or something is wrong."""
        if self.office is None:
            assert self.packaged is not None
            return self.packaged.data
        data: dict[str, Any] = self.node.plain()
        return data

    @property
    def node(self) -> Node:
        return self._merged([])

    def overlay_problems(self) -> list[Problem]:
        """What cannot be laid over the packaged file, such as removing an entry that is not there."""
        problems: list[Problem] = []
        if self.packaged and self.office:
            self._merged(problems)
        return problems

    def _merged(self, problems: list[Problem]) -> Node:
        from config.explain import problem_at

        def report(node: Node, accepted: str, fix: str) -> None:
            problems.append(problem_at(node, accepted, fix))

        if self.packaged and self.office:
            return overlay(self.packaged.node, self.office.node, self.part.identity, report)
        source = self.packaged or self.office
        assert source is not None
        return source.node


def _documents(part: Part[Any], config: Config) -> tuple[dict[str, _Document], list[Problem]]:
    """What can be read, by file stem, and what is wrong with the files that cannot."""
    packaged, problems = _sources(_files(part, PACKAGED), PACKAGED.parent)
    office, more = _sources(_office_files(part, config.directory), None)
    stems = sorted(packaged.keys() | office.keys())
    documents = {stem: _Document(packaged.get(stem), office.get(stem), part) for stem in stems}
    return documents, [*problems, *more]


def _files(part: Part[Any], directory: Path) -> list[Path]:
    if part.folder:
        return sorted((directory / part.name).glob("*.toml"))
    path = directory / part.where
    return [path] if path.exists() else []


def _office_files(part: Part[Any], directory: Path | None) -> list[Path]:
    return _files(part, directory) if directory is not None else []


def _sources(files: list[Path], shown_from: Path | None) -> tuple[dict[str, Source], list[Problem]]:
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for path in files:
        try:
            sources[path.stem] = read(path, str(path.relative_to(shown_from)) if shown_from else str(path))
        except ConfigError as error:
            problems.extend(error.problems)
    return sources, problems


def _duplicates(root: Node, unique: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    from config.explain import problem_at

    for array, keys in unique.items():
        for key in keys:
            seen: dict[str, Node] = {}
            entries = root.value[array].value if array in root.value else None
            for entry in entries if isinstance(entries, list) else ():
                node = entry.value.get(key) if isinstance(entry.value, dict) else None
                if node is None:
                    continue
                first = seen.setdefault(str(node.value), node)
                if first is not node:
                    place = f"{first.source.label}:{first.line}"
                    yield problem_at(node, strings.DUPLICATE.format(key=key, place=place), strings.DUPLICATE_FIX)


def _read_file(part: Part[Any], config: Config) -> BaseModel:
    return next(iter(_read_folder(part, config).values()))


def _read_folder(part: Part[Any], config: Config) -> dict[str, BaseModel]:
    values: dict[str, BaseModel] = {}
    documents, problems = _documents(part, config)
    for stem, document in documents.items():
        try:
            values[stem] = _validated(part.load_model(), document)
        except ConfigError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(problems)
    return values


def _validated(model: type[BaseModel], document: _Document) -> BaseModel:
    from pydantic import ValidationError

    problems = document.overlay_problems()
    try:
        # JSON mode: strict about types, while lists, paths and dates keep their written form
        value = model.model_validate_json(_as_json(document), strict=True)
    except ValidationError as error:
        from config.explain import explained

        packaged = document.packaged.data if document.packaged else {}
        problems.extend(explained(error, model, document.node, packaged))
    if problems:
        raise ConfigError(problems)
    return value


def _as_json(document: _Document) -> str:
    try:
        return json.dumps(document.data, default=str)
    except ValueError as error:  # a number of thousands of digits, written in sixteens
        source = document.office or document.packaged
        assert source is not None
        raise unbounded(source.label, source.text) from error

"""What detectors judge by: thresholds, registry and compiled wording, built once per process from the configuration."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from detectors import weights
from detectors.hosts import Registry
from detectors.known import Known
from detectors.lexicon import Lexicon
from detectors.text import DATA

if TYPE_CHECKING:
    from config import Config
    from config.schema import Thresholds
    from config.schema_wording import Wording
    from detectors.classes import Classes
    from detectors.domains import Domains
    from detectors.manner import Manner
    from detectors.names import Names
    from detectors.ocr import Written


@dataclass
class Context:
    """Immutable after `build` but for what it remembers; safe to share between threads that only read."""

    config: Config
    key: bytes = b""
    """The office's secret under which contacts are linked; empty where nothing is stored."""

    pictures: dict[str, Written] = field(default_factory=dict, repr=False)
    """The text of every picture read so far, by the SHA-256 of its bytes; no part of what judging rests on."""

    tried: Wording | None = None
    """Judged by in place of the configuration's wording, to see what it would change."""

    known: Known = field(default_factory=Known, repr=False)
    """Official pages and kits to compare with, as the store holds them when the context is built."""

    @classmethod
    def build(cls, config: Config, key: bytes = b"", known: Known | None = None) -> Context:
        return cls(config, key, known=known or Known())

    def trying(self, wording: Wording) -> Context:
        """The same but for its wording."""
        return Context(self.config, self.key, self.pictures, wording, self.known)

    @cached_property
    def wording(self) -> Wording:
        return self.tried or self.config.wording

    @cached_property
    def thresholds(self) -> Thresholds:
        return self.config.policy.thresholds

    @cached_property
    def registry(self) -> Registry:
        return Registry(self.config)

    @cached_property
    def names(self) -> Names:
        from detectors.names import Names

        return Names(self.registry, self.config.places)

    @cached_property
    def domains(self) -> Domains:
        from detectors.domains import Domains

        return Domains(self.registry, self.config.places)

    @cached_property
    def lexicon(self) -> Lexicon:
        names = [name for trade in self.config.certificates.trades for name in (trade.name, *trade.aliases)]
        return Lexicon(self.wording, {"trade_cert": [name for name in names if len(name) > 1]})

    @cached_property
    def manner(self) -> Manner:
        from detectors.manner import Manner

        return weights.read(Manner.load, self.manner_file)

    @cached_property
    def classes(self) -> Classes:
        from detectors.classes import Classes

        return weights.read(Classes.load, self.classes_file)

    def check_learnt(self) -> None:
        """Read the weights that the office has learnt itself. ConfigError where they are damaged, so that no page is
        judged without them."""
        for name, file in (("manner", self.manner_file), ("classes", self.classes_file)):
            if file.parent != DATA:
                getattr(self, name)

    @property
    def manner_file(self) -> Path:
        return self._learnt("manner.tsv")

    @property
    def classes_file(self) -> Path:
        return self._learnt("classes.tsv")

    def _learnt(self, name: str) -> Path:
        """The office's own weights where it has learnt some."""
        own = self.config.directory / name if self.config.directory else None
        return own if own is not None and own.is_file() else DATA / name

    @cached_property
    def digest(self) -> str:
        """Of everything that can change a judgement: detector versions, their tables, wording, registry, policy."""
        from detectors.base import registry

        parts = [f"{one.name}@{one.version}" for one in registry()]
        parts += [
            f"{table.name}: {table.read_text(encoding='utf-8')}"
            for table in (*sorted(DATA.glob("*.toml")), self.manner_file, self.classes_file)
        ]
        models = (self.wording, self.config.official, self.config.policy, self.config.certificates, self.config.places)
        parts += [model.model_dump_json() for model in models]
        parts += [one.digest for one in self.known.references]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

"""One file a format; a new one is found by being here."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from crawlers.imports.handed import File
from crawlers.imports.items import Format
from crawlers.imports.problems import Refused


@cache
def formats() -> tuple[Format, ...]:
    """All of them, in the order they are asked."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return tuple(sorted((module.FORMAT for module in modules), key=lambda one: one.order))


def format_of(file: File) -> Format:
    """Refused when no format takes the file."""
    for one in formats():
        if one.recognises(file):
            return one
    raise Refused("unknown_format", start=repr(file.start[:16]))

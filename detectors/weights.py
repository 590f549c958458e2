"""Files of learnt weights: an office's own may come back damaged."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from config.errors import ConfigError, Problem
from detectors.strings import WEIGHTS_BROKEN, WEIGHTS_FIX

Weights = TypeVar("Weights")


def finite(written: str) -> float:
    """A weight. ValueError for what is no number, or none that can be added up."""
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(f"{written} is no weight")
    return number


def read(load: Callable[[Path], Weights], path: Path) -> Weights:
    """What `load` makes of the file. ConfigError, naming it, where it makes nothing of it."""
    try:
        return load(path)
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError) as error:
        said = WEIGHTS_BROKEN.format(reason=f"{type(error).__name__}: {error}"[:200])
        raise ConfigError([Problem(str(path), 0, "", "", said, WEIGHTS_FIX)]) from error

"""A small internet on loopback: engines, shops, regulators, counterfeits and innocents (docs/practice-web.md)."""

from __future__ import annotations

from crawlers.practice.format import Truth
from crawlers.practice.reading import PracticeError, read_truth
from crawlers.practice.spawn import PACKAGED, Practice
from crawlers.practice.world import Trust, World

__all__ = ["PACKAGED", "Practice", "PracticeError", "Trust", "Truth", "World", "read_truth"]

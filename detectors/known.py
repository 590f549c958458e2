"""What this office has learnt and detectors compare with: official pages it collected, kits of confirmed cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detectors.fingerprints import Reference
    from detectors.kits import Kit


@dataclass(frozen=True)
class Known:
    """Empty where nothing is stored. References are part of what a judgement rests on; kits are not: what they say
    of pages judged before, campaigns tell."""

    references: tuple[Reference, ...] = ()
    kits: tuple[Kit, ...] = ()

    @cached_property
    def _kits_by_feature(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for number, kit in enumerate(self.kits):
            for feature in kit.features:
                found[feature].append(number)
        return found

    def kits_with(self, features: Iterable[str]) -> Iterator[Kit]:
        """Kits that share any feature, the oldest first."""
        numbers = {number for one in features for number in self._kits_by_feature.get(one, ())}
        return (self.kits[number] for number in sorted(numbers))

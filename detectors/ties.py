"""Which subjects belong together by what they share: every value weighed by how rare it is among unrelated ones."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations

from detectors.text import DATA


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of value ties, as `data/ties.toml` says."""

    weight: float
    most: float
    free: int
    site: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    together: float
    least: float
    carriers_max: int
    kinds: Mapping[str, Kind]


@cache
def table() -> Table:
    read = tomllib.loads((DATA / "ties.toml").read_text(encoding="utf-8"))
    kinds = {name: Kind(**one) for name, one in read["kinds"].items()}
    return Table(read["together"], read["least"], read["carriers_max"], kinds)


@dataclass(frozen=True, slots=True)
class Value:
    """What may be shared. `key` is its HMAC, `shown` what people may read of it."""

    kind: str
    key: str
    shown: str
    seen: Mapping[str, int] = field(compare=False)
    """Accused subject → the first capture of it that shows the value."""
    innocent: int = field(default=0, compare=False)
    """How many subjects show it that nobody accuses."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A value that ties. `carriers` counts all subjects that show it, `seen` names those of the group."""

    value: Value
    weight: float
    carriers: int
    seen: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects that belong together, by name; ties by weight."""

    subjects: tuple[str, ...]
    ties: tuple[Tie, ...]


class _Sets:
    """Disjoint sets of names; the first name in order leads."""

    def __init__(self) -> None:
        self.leaders: dict[str, str] = {}

    def leader(self, name: str) -> str:
        while (above := self.leaders.get(name, name)) != name:
            self.leaders[name] = self.leaders.get(above, above)
            name = above
        return name

    def join(self, one: str, other: str) -> None:
        first, last = sorted((self.leader(one), self.leader(other)))
        self.leaders[last] = first


def groups(values: Iterable[Value], related: Iterable[Sequence[str]] = ()) -> list[Group]:
    """Groups of two or more, by their first subject. `related` are subjects that people have called one story, and
    belong together whatever they share. What a person is reached by joins first; then values of sites are
    weighed among the groups so found, for a template that one seller uses on twenty hosts is no common template."""
    shared = [value for value in values if 1 < len(value.seen) <= table().carriers_max and value.kind in table().kinds]
    shared.sort(key=lambda value: (value.kind, value.key))
    sets = _Sets()
    for one, *others in related:
        for other in others:
            sets.join(one, other)
    personal = {value: _rare(value, 0) for value in shared if not table().kinds[value.kind].site}
    _join(sets, personal)
    weights = personal | {
        value: _rare(value, len({sets.leader(subject) for subject in value.seen}) - 2)
        for value in shared
        if value not in personal
    }
    _join(sets, weights)
    return _groups(sets, weights)


def _rare(value: Value, strangers: int) -> float:
    """The weight of a value: halved for every unrelated subject beyond what is free."""
    kind = table().kinds[value.kind]
    unrelated = value.innocent + max(0, strangers)
    weight = kind.weight * float(0.5 ** max(0, unrelated - kind.free))
    return weight if weight >= table().least * kind.weight else 0.0


def _join(sets: _Sets, weights: Mapping[Value, float]) -> None:
    pairs: defaultdict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for value, weight in weights.items():
        if weight:
            for pair in combinations(sorted(value.seen), 2):
                pairs[pair][value.kind] += weight
    for pair, kinds in pairs.items():
        if sum(min(weight, table().kinds[kind].most) for kind, weight in kinds.items()) >= table().together - 1e-9:
            sets.join(*pair)


def _groups(sets: _Sets, weights: Mapping[Value, float]) -> list[Group]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    for name in {*sets.leaders, *sets.leaders.values()}:
        members[sets.leader(name)].add(name)
    ties: defaultdict[str, list[Tie]] = defaultdict(list)
    for value, weight in weights.items():
        by_leader: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for subject, capture in sorted(value.seen.items()):
            by_leader[sets.leader(subject)].append((subject, capture))
        for leader, seen in by_leader.items() if weight else ():
            if len(seen) > 1:
                ties[leader].append(Tie(value, weight, len(value.seen) + value.innocent, tuple(seen)))
    return [
        Group(tuple(sorted(members[leader])), tuple(_ordered(ties[leader])))
        for leader in sorted(members)
        if len(members[leader]) > 1
    ]


def _ordered(ties: Sequence[Tie]) -> list[Tie]:
    return sorted(ties, key=lambda tie: (-tie.weight, tie.value.kind, tie.value.key))

"""Whose an address under gov.cn says it is, label by label: for naming alone, it owns nothing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from detectors import organs
from detectors.lookalike.vocabulary import divisions_of
from detectors.suffixes import registrable

if TYPE_CHECKING:
    from config.schema_places import Places
    from detectors.hosts import Registry

_GOVERNMENT = "人民政府"
_STATE = ".gov.cn"


class Domains:
    """Names of organs by host; built once per process, from the registry, `organs.toml` and the places."""

    def __init__(self, registry: Registry, places: Places) -> None:
        self.registry = registry
        self.places = places

    def name_of(self, host: str) -> str:
        """`hrss.gd.gov.cn` is 广东省人力资源和社会保障厅; empty for what is not under gov.cn or says nobody's name."""
        if not host.endswith(_STATE):
            return ""
        base = registrable(host)
        label = base.removesuffix(_STATE)
        place = self.of_place.get(label, "")
        for front in reversed(host.removesuffix(base).strip(".").split(".")) if place else ():
            office = organs.table()["bureaus"].get(front)
            if office:
                return self.office(place, office)
        return place + _GOVERNMENT if place else self.national.get(base, "")

    def office(self, place: str, office: str) -> str:
        """An office of a place as it is called there: 厅 in provinces, 局 elsewhere, unless its name says it."""
        if office.endswith(("局", "委员会", "网", "办公室", "中心")):
            return place + office
        return place + office + ("厅" if place in self.provinces and not place.endswith("市") else "局")

    @cached_property
    def national(self) -> dict[str, str]:
        listed = {host: site.name for host, site in self.registry.current.items() if host.startswith("www.")}
        known = {**organs.table()["hosts"], **listed}
        return {registrable(host): name for host, name in known.items() if host.endswith(_STATE)}

    @cached_property
    def provinces(self) -> frozenset[str]:
        return frozenset(province.name for province in self.places.provinces)

    @cached_property
    def of_place(self) -> dict[str, str]:
        """By label: provinces as their governments write themselves, prefectures whose reading is theirs alone."""
        readings: dict[str, list[str]] = {}
        for province in self.places.provinces:
            for name, reading in divisions_of(province.prefectures):
                readings.setdefault(reading.replace("-", ""), []).append(name)
        found = {label: names[0] for label, names in readings.items() if len(names) == 1}
        for host, name in organs.table()["hosts"].items():
            if name.endswith(_GOVERNMENT):
                found[registrable(host).removesuffix(_STATE)] = name.removesuffix(_GOVERNMENT)
        return found

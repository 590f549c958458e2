"""Names of our own making: watched by our own judgement, nobody's official host, some of every kind early on."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import config
from detectors.base import Level
from detectors.hosts import Owner
from detectors.lookalike.variants import variants
from detectors.names import Names

PLACES = config.load().places
REGION = "湖南省衡阳市"


def test_every_name_is_watched_and_none_is_official(names: Names) -> None:
    made = list(islice(variants(names, PLACES, REGION), 3000))
    assert len(set(made)) == len(made) == 3000
    for name in made:
        assert names.judge(name).level is not Level.CLEAR
        assert names.registry.owner(name)[0] is Owner.UNKNOWN


def test_the_beginning_holds_every_kind(names: Names) -> None:
    kinds = Counter(names.judge(name).kind for name in islice(variants(names, PLACES, REGION), 120))
    assert set(kinds) >= {
        "gov_separator",
        "combosquat",
        "initials",
        "typo",
        "homoglyph",
        "chinese_name",
        "place_function",
    }


def test_local_organs_are_those_of_the_region(names: Names) -> None:
    here = set(variants(names, PLACES, REGION))
    elsewhere = set(variants(names, PLACES, "广东省"))
    assert {"hengyangyjj.com", "yjt-hunan-gov-cn.com", "xn--hunan.com"} & here == {
        "hengyangyjj.com",
        "yjt-hunan-gov-cn.com",
    }
    assert {"shenzhenyjj.com", "hengyangyjj.com"} & elsewhere == {"shenzhenyjj.com"}


def test_the_same_configuration_makes_the_same_names(names: Names) -> None:
    twice = [list(islice(variants(names, PLACES, REGION), 200)) for _ in range(2)]
    assert twice[0] == twice[1]


def test_an_office_of_no_known_place_still_has_the_nation(names: Names) -> None:
    assert "mem-gov-cn.com" in set(islice(variants(names, PLACES, "示例县"), 200))

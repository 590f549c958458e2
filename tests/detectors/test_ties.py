"""What ties and what does not: rarity among unrelated subjects, sums of weak values, chains through strong ones."""

from __future__ import annotations

import pytest

from detectors.strings import TIE_NAMES
from detectors.ties import Group, Value, groups, table


def shared(kind: str, *subjects: str, key: str = "k", innocent: int = 0) -> Value:
    return Value(kind, f"{kind}-{key}", key, {subject: number for number, subject in enumerate(subjects)}, innocent)


def members(*values: Value) -> list[tuple[str, ...]]:
    return [group.subjects for group in groups(values)]


def test_every_kind_has_a_name_and_can_be_outweighed() -> None:
    assert set(table().kinds) == set(TIE_NAMES)
    assert all(0 < kind.weight <= kind.most <= table().together for kind in table().kinds.values())


@pytest.mark.parametrize("kind", ["wechat", "phone", "qr", "certificate", "analytics", "points_to"])
def test_one_strong_value_is_enough(kind: str) -> None:
    (group,) = groups([shared(kind, "site:a", "site:b")])
    assert group.subjects == ("site:a", "site:b")
    assert [(tie.value.kind, tie.weight, tie.carriers, tie.seen) for tie in group.ties] == [
        (kind, 1.0, 2, (("site:a", 0), ("site:b", 1)))
    ]


@pytest.mark.parametrize("kind", ["image", "icp", "asset", "fields", "link", "address", "favicon"])
def test_one_weak_value_is_not(kind: str) -> None:
    assert members(shared(kind, "site:a", "site:b")) == []


def test_weak_values_of_different_kinds_add_up() -> None:
    assert members(shared("image", "a", "b"), shared("icp", "a", "b")) == [("a", "b")]


def test_many_values_of_one_weak_kind_do_not() -> None:
    assets = [shared("asset", "a", "b", key=str(number)) for number in range(12)]
    assert members(*assets) == []
    assert members(*assets, shared("fields", "a", "b"), shared("classes", "a", "b")) == [("a", "b")]


@pytest.mark.parametrize(("innocent", "tied"), [(0, True), (2, True), (3, False), (40, False)])
def test_a_contact_that_many_innocents_quote_ties_nothing(innocent: int, tied: bool) -> None:
    assert bool(members(shared("wechat", "a", "b", innocent=innocent))) is tied


def test_an_account_that_any_innocent_shows_is_an_agencys() -> None:
    assert members(shared("analytics", "a", "b", innocent=1)) == []


def test_a_template_of_many_unrelated_sellers_is_common() -> None:
    sellers = [f"site:{letter}" for letter in "abcdefgh"]
    make = [shared(kind, *sellers) for kind in ("classes", "fields", "action", "snippet")]
    assert members(*make) == []
    assert members(*(shared(kind, "site:a", "site:b") for kind in ("classes", "fields", "action", "snippet")))


def test_a_template_that_one_seller_uses_on_many_hosts_is_rare() -> None:
    hosts = [f"site:{letter}" for letter in "abcdefgh"]
    make = [shared(kind, *hosts, "site:other") for kind in ("classes", "fields", "action", "snippet")]
    assert members(*make) == []
    assert members(shared("wechat", *hosts), *make) == [tuple(sorted([*hosts, "site:other"]))]


def test_groups_grow_through_what_only_two_of_them_share() -> None:
    found = members(shared("wechat", "a", "b"), shared("phone", "b", "c"), shared("qq", "d", "e"))
    assert found == [("a", "b", "c"), ("d", "e")]


def test_a_value_of_two_groups_is_a_tie_in_each_that_shares_it() -> None:
    found = groups([shared("wechat", "a", "b"), shared("qq", "c", "d"), shared("image", "a", "b", "c", "d")])
    assert [group.subjects for group in found] == [("a", "b"), ("c", "d")]
    images = [[tie.seen for tie in group.ties if tie.value.kind == "image"] for group in found]
    assert images == [[(("a", 0), ("b", 1))], [(("c", 2), ("d", 3))]]


def test_ties_stand_in_order_of_weight() -> None:
    (group,) = groups([shared("image", "a", "b"), shared("wechat", "a", "b"), shared("icp", "a", "b")])
    assert [tie.value.kind for tie in group.ties] == ["wechat", "icp", "image"]


def test_a_value_beyond_counting_is_left_aside() -> None:
    crowd = [f"site:{number:04d}" for number in range(table().carriers_max + 1)]
    assert members(shared("wechat", *crowd)) == []
    assert len(members(shared("wechat", *crowd[:-1]))[0]) == table().carriers_max


def test_the_order_of_values_decides_nothing() -> None:
    values = [shared("wechat", "b", "c"), shared("image", "a", "b"), shared("icp", "a", "b"), shared("qq", "x", "y")]
    found: list[Group] = groups(values)
    assert groups(reversed(values)) == found


def test_what_people_called_one_story_belongs_together_whatever_it_shares() -> None:
    found = groups([shared("wechat", "b", "c"), shared("image", "a", "b")], [("a", "b"), ("x", "y", "z")])
    assert [group.subjects for group in found] == [("a", "b", "c"), ("x", "y", "z")]
    assert [[tie.value.kind for tie in group.ties] for group in found] == [["wechat", "image"], []]

"""The picture of a campaign: bounded, the same every time, and every line says why."""

from __future__ import annotations

from detectors.campaigns import Campaign, KeptTie
from review.desk import graph

WHY = "{name} {value} {subject} {capture} {carriers} {weight:.2f}"
GROUP = "{name} +{count}"


def campaign(subjects: int, ties: int = 2) -> Campaign:
    names = tuple(f"site:www.example-{n:03d}.top" for n in range(subjects))
    made = tuple(
        KeptTie("wechat", f"k{n}", f"gz***{n}", 1 - n / 100, subjects, tuple((name, 7) for name in names))
        for n in range(ties)
    )
    return Campaign(3, "2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z", None, names, made)


def test_a_small_campaign_is_drawn_whole() -> None:
    picture = graph.draw(campaign(4), {"site:www.example-000.top": ("A-000001", "confirmed")}, WHY, GROUP)
    assert (len(picture.ties), len(picture.subjects), len(picture.lines)) == (2, 4, 8)
    assert not picture.folded
    assert {box.case for box in picture.subjects} == {"A-000001", ""}
    assert "gz***0" in picture.lines[0].why and "C-00000007" in picture.lines[0].why


def test_a_large_campaign_stays_within_its_nodes_and_counts_the_rest() -> None:
    drawn = graph.draw(campaign(1000, 60), {}, WHY, GROUP)
    assert len(drawn.ties) + len(drawn.subjects) <= graph.MAX_NODES
    assert len(drawn.lines) <= graph.MAX_LINES
    shown = sum(1 for box in drawn.subjects if not box.count)
    assert [box.count for box in drawn.folded] == [1000 - shown]


def test_the_opened_kind_is_folded_last() -> None:
    both = campaign(200)
    mixed = Campaign(
        3,
        both.opened_at,
        both.updated_at,
        None,
        (*both.subjects, *(f"listing:xianyu:{n}" for n in range(80))),
        both.ties,
    )
    closed = graph.draw(mixed, {}, WHY, GROUP)
    opened = graph.draw(mixed, {}, WHY, GROUP, opened="site")
    assert {box.key for box in closed.folded} == {"site"}
    assert "xianyu" in {box.key for box in opened.folded}


def test_the_same_campaign_is_always_drawn_alike() -> None:
    assert graph.draw(campaign(300), {}, WHY, GROUP) == graph.draw(campaign(300), {}, WHY, GROUP)


def test_an_empty_campaign_is_an_empty_picture() -> None:
    picture = graph.draw(campaign(0, 0), {}, WHY, GROUP)
    assert not picture.ties and not picture.subjects and picture.height > 0

"""The runner: discovery, budgets, errors that cost one detector only, states that say nothing."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.records import PageState
from detectors import runner, strings, wording
from detectors.base import Axis, Detector, DetectorsError, Finding, Level, Signal, detector, registry
from detectors.contacts import page_views
from detectors.context import Context
from detectors.features import Page
from detectors.runner import MAX_FINDINGS, assess, assess_all
from detectors.uncollected import uncollected
from tests.detectors import labelled

OFFER = "焊工证不用考试三天拿证，电话14000000127"


def made(run: object, budget_ms: int = 10_000) -> Detector:
    return Detector("made", 1, "", Axis.SELLING, run, budget_ms, "")  # type: ignore[arg-type]


def signal(number: int) -> Signal:
    return Signal(
        detector="made",
        version=1,
        axis=Axis.SELLING,
        cls="x",
        weight=0.01,
        reason="r",
        quote="",
        start=number,
        end=number,
    )


def with_detector(monkeypatch: pytest.MonkeyPatch, one: Detector) -> None:
    everyone = registry()
    monkeypatch.setattr(runner, "registry", lambda: (one, *everyone))


def test_a_detector_that_raises_keeps_what_it_found_and_costs_no_other(
    monkeypatch: pytest.MonkeyPatch, context: Context
) -> None:
    def run(page: Page, context: Context) -> Iterator[Finding]:
        yield signal(0)
        raise ValueError("broken")

    with_detector(monkeypatch, made(run))
    found = assess(Page.from_text(OFFER), context)
    assert [(error.detector, error.kind, error.message) for error in found.errors] == [("made", "ValueError", "broken")]
    assert found.selling.level is Level.FLAG
    assert any(one.detector == "made" for one in found.selling.signals)


def test_a_detector_over_its_budget_is_stopped(monkeypatch: pytest.MonkeyPatch, context: Context) -> None:
    def run(page: Page, context: Context) -> Iterator[Finding]:
        number = 0
        while True:
            number += 1
            yield signal(number)

    with_detector(monkeypatch, made(run, budget_ms=0))
    (error,) = assess(Page.from_text("x"), context).errors
    assert error.kind == "budget"


def test_a_detector_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch, context: Context) -> None:
    def run(page: Page, context: Context) -> Iterator[Finding]:
        number = 0
        while True:
            number += 1
            yield signal(number)

    with_detector(monkeypatch, made(run))
    found = assess(Page.from_text("x"), context)
    assert len(found.selling.signals) == MAX_FINDINGS + 1


@pytest.mark.parametrize("state", [PageState.BLOCKED, PageState.LOGIN, PageState.UNDECODABLE])
def test_a_page_that_was_not_read_is_not_judged(state: PageState, context: Context) -> None:
    page = Page.from_text(OFFER)
    page.state = state
    found = assess(page, context)
    assert (found.selling.level, found.selling.cls) == (Level.CLEAR, strings.UNREADABLE)
    assert not found.contacts


def test_two_detectors_of_one_name_are_refused() -> None:
    def other(page: Page, context: Context) -> Iterator[Finding]:
        yield from ()

    with pytest.raises(DetectorsError, match="wording"):
        detector("wording", version=1, title="", axis=Axis.SELLING, budget_ms=1)(other)


def test_every_detector_is_found_and_documented(root: Path) -> None:
    text = (root / "docs" / "detectors.md").read_text(encoding="utf-8")
    assert [one.name for one in registry()] == sorted(one.name for one in registry())
    for one in registry():
        own = text.partition(f"## `{one.name}` · {one.title}\n")[2].partition("\n## ")[0]
        assert one.help in " ".join(own.split())
        assert f"version {one.version}," in own


def test_the_digest_changes_with_versions_and_rules(context: Context) -> None:
    assert context.digest == Context.build(context.config).digest


def test_assessing_loads_nothing_heavy(root: Path) -> None:
    code = (
        "import sys, config\n"
        "from detectors.context import Context\nfrom detectors.features import Page\n"
        "from detectors.runner import assess\n"
        "c = Context.build(config.load())\n"
        "assess(Page.from_html('<p>焊工证免考试', 'https://a.github.io/x/'), c)\n"
        "print([m for m in ('bs4','scrapy','twisted','flask','typst','sqlalchemy','requests','PIL','numpy')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"


def test_texts_judged_together_are_judged_as_each_alone(context: Context) -> None:
    written = [one.row["text"] for one in labelled.texts("tune")[::40]]
    made = [
        *map(Page.from_text, written),
        Page.from_text(""),
        Page.from_html("<p>焊工证免考试", "https://a.github.io/x/"),
    ]
    again = [
        *map(Page.from_text, written),
        Page.from_text(""),
        Page.from_html("<p>焊工证免考试", "https://a.github.io/x/"),
    ]
    assert list(assess_all(made, context)) == [assess(page, context) for page in again]


def test_a_text_that_fails_costs_no_other(monkeypatch: pytest.MonkeyPatch, context: Context) -> None:
    def fails(page: Page) -> object:
        if page.text == "x":
            raise ValueError("broken")
        return page_views(page)

    monkeypatch.setattr(wording, "page_views", fails)
    broken, found = assess_all([Page.from_text("x"), Page.from_text(OFFER)], context)
    assert {error.message for error in broken.errors} == {"broken"}
    assert not found.errors
    assert found.selling.level is Level.FLAG


def test_the_collector_comes_back_after_a_page_even_after_a_fault() -> None:
    with pytest.raises(ValueError, match="broken"), uncollected():
        assert not gc.isenabled()
        raise ValueError("broken")
    assert gc.isenabled()
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()

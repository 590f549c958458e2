"""What a judgement rests on: its digest changes with everything that can change a verdict, and with nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import config
from detectors import context as contexts
from detectors.base import Detector, registry
from detectors.context import Context
from detectors.ocr import Written
from detectors.text import DATA

TABLES = sorted(path.name for path in DATA.glob("*.toml"))


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packaged tables in their stead."""
    copy = Path(shutil.copytree(DATA, tmp_path / "data"))
    monkeypatch.setattr(contexts, "DATA", copy)
    return copy


def digest() -> str:
    return Context.build(config.load()).digest


def test_the_same_rules_have_the_same_digest(tables: Path) -> None:
    packaged = digest()
    (tables / "notes.txt").write_text("not a table", encoding="utf-8")
    assert digest() == packaged


@pytest.mark.parametrize("name", TABLES)
def test_an_edited_table_changes_the_digest(name: str, tables: Path) -> None:
    before = digest()
    with (tables / name).open("a", encoding="utf-8") as table:
        table.write("\n# edited\n")
    assert digest() != before


def test_a_table_put_in_or_taken_out_changes_the_digest(tables: Path) -> None:
    packaged = digest()
    (tables / TABLES[0]).unlink()
    fewer = digest()
    (tables / "zz.toml").write_text("", encoding="utf-8")
    assert len({packaged, fewer, digest()}) == 3


def test_an_edited_rule_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "wording.toml").write_text("damped_window = 161\n", encoding="utf-8")
    assert Context.build(config.load(tmp_path)).digest != digest()


def test_a_newer_detector_changes_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest()
    newer = [_newer(one) for one in registry()]
    monkeypatch.setattr("detectors.base.registry", lambda: newer)
    assert digest() != before


def test_pictures_read_do_not_change_the_digest() -> None:
    context = Context.build(config.load())
    context.pictures["a" * 64] = Written("电工证")
    assert context.digest == digest()


def _newer(one: Detector) -> Detector:
    return Detector(one.name, one.version + 1, one.title, one.axis, one.run, one.budget_ms, one.help)

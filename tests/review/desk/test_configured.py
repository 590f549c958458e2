"""A changed configuration is in the audit log once, with what it became."""

from __future__ import annotations

from pathlib import Path

from review.desk import configured
from tests.review.web.conftest import desk
from tests.review.web.office import NOW, Office

__all__ = ["desk"]


def test_each_change_of_the_offices_files_is_noted_once(desk: Office, tmp_path: Path) -> None:
    place = tmp_path / "office"
    (place / "agencies").mkdir(parents=True)
    (place / "settings.toml").write_text("[office]\n")

    def noted() -> list[str]:
        with desk.store.write() as connection:
            return configured.note(connection, place, actor="root", now=NOW)

    assert noted() == ["settings.toml"]
    assert noted() == []
    (place / "agencies" / "cac.toml").write_text("x = 1\n")
    (place / "settings.toml").unlink()
    assert noted() == ["agencies/cac.toml", "settings.toml"]
    assert len(desk.told("config.changed")) == 2


def test_an_office_without_files_of_its_own_has_nothing_to_note(desk: Office) -> None:
    with desk.store.write() as connection:
        assert configured.note(connection, None, actor="root", now=NOW) == []

"""An office's directory, written by the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import config
from config import ConfigError, Problem

Office = Callable[..., Path]
Problems = Callable[..., tuple[Problem, ...]]


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHENGSHAO_CONFIG", raising=False)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """`office("settings.toml", text, …)` writes files (text or bytes) and returns the directory."""

    def write(*files: str | bytes) -> Path:
        for name, content in zip(files[::2], files[1::2], strict=True):
            assert isinstance(name, str)
            path = tmp_path / "office" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / "office"

    return write


@pytest.fixture
def problems(office: Office) -> Problems:
    """What `load` says of an office's files; `file` is shown relative to the office's directory."""

    def find(*files: str | bytes) -> tuple[Problem, ...]:
        directory = office(*files)
        with pytest.raises(ConfigError) as caught:
            config.load(directory)
        assert all(problem.file.startswith(str(directory)) for problem in caught.value.problems)
        return caught.value.problems

    return find

"""`docs/settings.md` and the comments in the files name every setting, with its default."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from config.loader import PACKAGED

ROW = re.compile(r"^\| `([^`]+)` \| (.*?) \|", re.MULTILINE)


def rows(root: Path, file: str) -> dict[str, str]:
    """Key → default as printed, of the section of one file."""
    text = (root / "docs" / "settings.md").read_text("utf-8")
    section = text.split(f"\n## {file}\n", 1)[1].split("\n## ", 1)[0]
    return dict(ROW.findall(section))


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {key: leaf for name, child in value.items() for key, leaf in leaves(child, f"{path}.{name}").items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {f"{path[1:]}[].{name}": None for entry in value for name in entry}
    return {path[1:]: value}


@pytest.mark.parametrize(
    "file", ["settings.toml", "crawl.toml", "network.toml", "queries.toml", "policy.toml", "web.toml"]
)
def test_the_page_lists_exactly_the_settings_there_are(root: Path, file: str) -> None:
    data = tomllib.loads((PACKAGED / file).read_text("utf-8"))
    assert set(leaves(data)) == set(rows(root, file))


@pytest.mark.parametrize("file", ["settings.toml", "crawl.toml", "network.toml", "policy.toml", "web.toml"])
def test_the_page_gives_the_packaged_default(root: Path, file: str) -> None:
    printed = rows(root, file)
    for key, value in leaves(tomllib.loads((PACKAGED / file).read_text("utf-8"))).items():
        default = printed[key].strip("`")
        if isinstance(value, bool | int | float) or (isinstance(value, str) and "user_agent" not in key):
            assert default == json.dumps(value, ensure_ascii=False), key


@pytest.mark.parametrize("file", ["settings.toml", "crawl.toml", "web.toml"])
def test_every_key_has_a_comment_on_its_line(file: str) -> None:
    for number, line in enumerate((PACKAGED / file).read_text("utf-8").splitlines(), 1):
        if re.match(r"\w+ = ", line):
            assert re.search(r"  # \S", line), f"{file}:{number} has no comment"


def test_a_limit_has_its_unit_in_its_name() -> None:
    """Durations and sizes in the four files end in a unit; what is left over is a count, a share or a level."""
    unitless = {"delay", "timeout", "idle", "pin", "lease", "wait", "memory", "height", "size", "body"}
    for file in ("settings.toml", "crawl.toml", "web.toml"):
        for key in leaves(tomllib.loads((PACKAGED / file).read_text("utf-8"))):
            assert key.rsplit(".", 1)[-1].rsplit("_", 1)[-1] not in unitless, key

"""A paper as PDF, set by typst. All text reaches the template as JSON data and is never markup."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from review.errors import ReviewError
from review.packets import fonts
from review.packets.papers.model import Paper

TEMPLATES = ("official", "paper")


class DocumentError(ReviewError):
    """A paper could not be set."""


def pdf(paper: Paper, built_at: str) -> bytes:
    """One PDF, byte for byte the same for the same paper, fonts and time."""
    import typst

    data = json.dumps({**paper.as_json(), "fonts": fonts.choose()}, ensure_ascii=False)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in _templates().items():
            (root / name).write_text(text, "utf-8")
        for picture in paper.pictures:
            (root / picture.file).write_bytes(picture.content)
        try:
            content, warnings = typst.compile_with_warnings(
                root / "paper.typ",
                root=root,
                font_paths=fonts.found(),
                sys_inputs={"data": data},
                timestamp=int(datetime.fromisoformat(built_at).timestamp()),
            )
        except typst.TypstError as error:
            raise DocumentError(f"{paper.name}: {error.message}; a text or picture of it cannot be set") from error
    if warnings:
        raise DocumentError(f"{paper.name}: {'; '.join(warning.message for warning in warnings)}")
    assert isinstance(content, bytes)
    return content


@cache
def _templates() -> Mapping[str, str]:
    folder: Any = files("review.packets").joinpath("templates")
    return {f"{name}.typ": folder.joinpath(f"{name}.typ").read_text("utf-8") for name in TEMPLATES}

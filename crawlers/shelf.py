"""Where source profiles stand: packaged ones and an office's own, one read without the others."""

from __future__ import annotations

import difflib
import json
import tomllib
from pathlib import Path

from pydantic import ValidationError

import config
from config.schema_profiles import Profile
from crawlers.records import ProfileError

FOLDERS = ("engines", "marketplaces")
PACKAGED = Path(config.__file__).parent


def profile_paths(directory: Path | None = None) -> dict[str, Path]:
    """Profile files by name; a file of the office's `directory` stands for the packaged one of that name."""
    roots = (PACKAGED, directory) if directory else (PACKAGED,)
    return {path.stem: path for root in roots for folder in FOLDERS for path in sorted((root / folder).glob("*.toml"))}


def load_profile(name: str, directory: Path | None = None) -> Profile:
    """One profile by name. Raises `ProfileError` for an unknown name or a file that is not a profile."""
    paths = profile_paths(directory)
    if name not in paths:
        near = difflib.get_close_matches(name, paths, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ProfileError(f"unknown source {name!r}: {hint}known are {', '.join(sorted(paths))}")
    return read_profile(paths[name])


def read_profile(path: Path) -> Profile:
    """A profile file, validated. Raises `ProfileError` naming the file and every problem."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return Profile.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise ProfileError(f"{path} is not a source profile: {places}") from error
    except (OSError, ValueError, RecursionError) as error:  # not UTF-8, not TOML, or a number without end
        raise ProfileError(f"{path}: {error}") from error

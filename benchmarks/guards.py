"""Takes each guard of the crawler away in turn, in a copy of the project, and says which hostile test notices.

`python benchmarks/guards.py [--only TEXT]`. The guards stand in `benchmarks/guards.toml`: the case they serve, the
file, the lines, and what stands there without the guard. Exit 1 when one can be taken away unnoticed.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("config", "crawlers", "detectors", "review", "tests", "pyproject.toml", "scrapy.cfg")
TIME_MAX_SECONDS = 300
_NO_TESTS = 5
_FAILED = re.compile(r"^(?:FAILED|ERROR) \S+::(\S+)", re.MULTILINE)


def guards() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "benchmarks" / "guards.toml").read_text("utf-8"))["guards"]
    return found


def without(guard: Mapping[str, Any], copy: Path) -> None:
    """Rewrite the copy. Raises ValueError when the lines are no longer there."""
    for edit in guard["edits"]:
        path = copy / edit["file"]
        text = path.read_text("utf-8")
        if edit["old"] not in text:
            raise ValueError(f"{guard['case']}: {edit['file']} has no {edit['old']!r}")
        path.write_text(text.replace(edit["old"], edit["new"], 1), "utf-8")


def noticed(guard: Mapping[str, Any], copy: Path) -> Sequence[str]:
    """The tests that fail."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        f"--basetemp={copy}/temporary",
        *shlex.split(guard["tests"]),
    ]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    child = subprocess.Popen(
        command,
        cwd=copy,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = child.communicate(timeout=TIME_MAX_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)  # with the crawl it keeps running beside its tests
        child.communicate()
        return ["(stopped: it took too long)"]
    if child.returncode == _NO_TESTS:
        raise ValueError(f"{guard['case']}: {guard['tests']} selects no test")
    said = output.strip().splitlines()[-1:]
    return _FAILED.findall(output) or (said if child.returncode else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases that contain this text")
    given = parser.parse_args()
    unnoticed = 0
    for guard in guards():
        if given.only not in guard["case"]:
            continue
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="guards-") as folder:
            for name in COPIED:
                source = ROOT / name
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, Path(folder) / name, ignore=ignored) if source.is_dir() else shutil.copy(
                    source, folder
                )
            without(guard, Path(folder))
            tests = noticed(guard, Path(folder))
        unnoticed += not tests
        said = ", ".join(tests) if tests else "NOT NOTICED"
        print(f"{guard['case']:34} {time.monotonic() - started:4.0f} s  {said}", flush=True)
    print(f"{unnoticed} guards can be taken away unnoticed")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())

"""What others would use against the same names, run where they are installed: never in the product's environment.

    uv run --no-project --with pymispwarninglists==1.7.0 --with dnstwist==20250130 --with opensquat==2.3.1 \\
        benchmarks/rivals.py real|dnstwist|opensquat LIST [WORDS…]

`real` writes the million popular names that pymispwarninglists carries (Tranco; `--crux` Chrome's) to LIST; the others
judge LIST and print `{"seconds", "names", "flagged": […]}`. dnstwist (Apache-2.0) makes every permutation of every
word, and what of it stands in LIST is flagged; openSquat (GPL-3.0) is its command on LIST with the words as keywords.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LISTS = {"real": "tranco", "crux": "google-chrome-crux-1million"}


def real(target: Path, kind: str) -> dict[str, Any]:
    package = find_spec("pymispwarninglists")
    assert package is not None and package.origin is not None
    file = Path(package.origin).parent / "data" / "misp-warninglists" / "lists" / LISTS[kind] / "list.json"
    listed = json.loads(file.read_text(encoding="utf-8"))["list"]
    names = [urlsplit(name).hostname if "//" in name else name for name in listed]
    target.write_text("\n".join(filter(None, names)) + "\n", encoding="utf-8")
    return {"names": len(names)}


def dnstwist(names: Path, words: list[str]) -> dict[str, Any]:
    fuzzer: Any = importlib.import_module("dnstwist").Fuzzer
    listed = names.read_text(encoding="utf-8").split()
    started = time.perf_counter()
    wanted = set(listed)
    made: set[str] = set()
    for word in words:
        fuzz = fuzzer(word)
        fuzz.generate()
        made |= {permutation["domain"] for permutation in fuzz.domains} - {word}
    flagged = sorted(made & wanted)
    return {"seconds": time.perf_counter() - started, "names": len(listed), "made": len(made), "flagged": flagged}


def opensquat(names: Path, words: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        keywords, out = Path(folder) / "keywords.txt", Path(folder) / "out.json"
        keywords.write_text("\n".join(words) + "\n", encoding="utf-8")
        command = ["opensquat", "-k", str(keywords), "-d", str(names), "-o", str(out), "-t", "json"]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
        seconds = time.perf_counter() - started
        groups = json.loads(out.read_text(encoding="utf-8")) if out.exists() else []
    flagged = {one["domain"] for group in groups for one in group["domains"]}
    return {"seconds": seconds, "names": len(names.read_text("utf-8").split()), "flagged": sorted(flagged)}


def main() -> None:
    what, path, *words = sys.argv[1:]
    file = Path(path)
    runs = {"dnstwist": dnstwist, "opensquat": opensquat}
    print(json.dumps(runs[what](file, words) if what in runs else real(file, what)))


if __name__ == "__main__":
    main()

"""Host names screened: how many a second, how many look-alikes found, how many real names accused.

    .venv/bin/python benchmarks/screen.py [--names N] [--each N] [--runs N] [--rival-names N] [--crux] [--json]

Real names come with pymispwarninglists and the others (dnstwist, openSquat) from PyPI into an environment of their own
(`benchmarks/rivals.py`), by `uv`; nothing of them stays. Planted names are those of `benchmarks/planted.py`, mixed into
the real ones, so that all judge the same list in the same run. Ours is the whole command from the start of its process.
openSquat is slow, so that it has a shorter list (`--rival-names`), and dnstwist, which only makes names, the same.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.planted import planted

ROOT = Path(__file__).parent.parent
PACKAGES = ("pymispwarninglists==1.7.0", "dnstwist==20250130", "opensquat==2.3.1")
REGISTRY_SIZES = (0, 10_000)
"""0: as packaged."""
WORKERS = (1, 2)
ORGANS = ("yjj", "yjglj", "www", "scjgj", "zjj")
KEYWORDS = (
    *(
        "mem-gov",
        "mem.gov",
        "memgov",
        "yingjiguanli",
        "tezhongzuoye",
        "caozuozheng",
        "anquanshengchan",
        "diangongzheng",
    ),
    *(
        "yjglt",
        "yjglj",
        "yjglb",
        "tzzy",
        "tzczz",
        "aqsc",
        "mohurd",
        "samr",
        "chsi",
        "chinasafety",
        "anjian",
        "zhengshuchaxun",
    ),
)
"""What an office would give openSquat: twenty words."""
BRANDS = (
    *("mem.gov.cn", "cx.mem.gov.cn", "mohurd.gov.cn", "samr.gov.cn", "yjt.hunan.gov.cn", "chsi.com.cn", "osta.org.cn"),
    *("tezhongzuoye.com", "yingjiguanli.com", "caozuozheng.com", "anquanshengchan.com", "tzzy.com", "yjglt.com"),
)
"""What it would give dnstwist."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One line. `start` are the seconds that an empty list takes; `accused` are real names at watch or above."""

    name: str
    names: int
    seconds: float
    start: float
    found: int
    planted: int
    accused: int
    flagged: int

    @property
    def rate(self) -> float:
        return self.names / (self.seconds - self.start)


def rival(*arguments: str) -> dict[str, Any]:
    packages = [part for package in PACKAGES for part in ("--with", package)]
    command = ["uv", "run", "-q", "--no-project", *packages, str(ROOT / "benchmarks" / "rivals.py"), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def office(folder: Path, sites: int) -> list[str]:
    """The arguments for a registry of about so many sites: invented counties' organs beside the packaged ones."""
    if not sites:
        return []
    places = tomllib.loads((ROOT / "config" / "places.toml").read_text("utf-8"))["provinces"]
    spelt = [
        entry.split()[-1].replace("-", "") for one in places for entry in one["counties"].split(",") if entry.strip()
    ]
    hosts = dict.fromkeys(f"{organ}.{place}.gov.cn" for organ in ORGANS for place in spelt)
    packaged = tomllib.loads((ROOT / "config" / "official_sites.toml").read_text("utf-8"))["sites"]
    new = [host for host in hosts if host not in {site["host"] for site in packaged}]
    rows = (
        f'[[sites]]\nid = "made-{number}"\nname = "第{number}号机关"\nhost = "{host}"\nregion = "某县"\n'
        'kind = "county"\nstatus = "current"\nsource = "invented"\nconfidence = "confirm"\n'
        for number, host in enumerate(new[:sites])
    )
    folder.mkdir()
    (folder / "official_sites.toml").write_text("\n".join(rows), encoding="utf-8")
    return ["--config", str(folder)]


def screened(names: Path, runs: int, *arguments: str) -> tuple[float, list[dict[str, str]]]:
    """(best seconds, rows) of the whole command."""
    command = [sys.executable, "-m", "review.cli", "screen", str(names), "--json", *arguments]
    best, rows = float("inf"), []
    for _ in range(runs):
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        best = min(best, time.perf_counter() - started)
        if done.returncode not in (0, 3):
            raise RuntimeError(done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
    return best, rows


def line(
    name: str, count: int, times: tuple[float, float], watched: set[str], flagged: set[str], bad: set[str]
) -> Measured:
    return Measured(name, count, *times, len(watched & bad), len(bad), len(watched - bad), len(flagged - bad))


def ours(names: Path, bad: set[str], folder: Path, runs: int) -> Iterator[tuple[Measured, list[dict[str, str]]]]:
    count, empty = len(names.read_text("utf-8").split()), folder / "empty.txt"
    empty.touch()
    for sites in REGISTRY_SIZES:
        config = office(folder / f"office-{sites}", sites)
        for workers in WORKERS:
            arguments = [*config, "--workers", str(workers)]
            start, _ = screened(empty, runs, *arguments)
            seconds, rows = screened(names, runs, *arguments)
            label = f"zhengshao, {workers} worker{'s' * (workers > 1)}, {sites or 'packaged'} sites"
            flagged = {row["name"] for row in rows if row.get("verdict") == "flag"}
            yield (
                line(label, count, (seconds, start), {row["name"] for row in rows if "verdict" in row}, flagged, bad),
                rows,
            )


def others(names: Path, bad: set[str]) -> Iterator[Measured]:
    for name, words in (("dnstwist", BRANDS), ("opensquat", KEYWORDS)):
        found = rival(name, str(names), *words)
        flagged = set(found["flagged"])
        yield line(f"{name}, {len(words)} words", found["names"], (found["seconds"], 0.0), flagged, flagged, bad)


def mixed(target: Path, real: list[str], bad: list[str], seed: int = 1) -> Path:
    every = [*real, *bad]
    random.Random(seed).shuffle(every)
    target.write_text("\n".join(every) + "\n", encoding="utf-8")
    return target


def table(rows: list[Measured]) -> Iterator[str]:
    yield f"{'':42}{'names':>9} {'seconds':>8} {'start':>6} {'names/s':>9}  {'ratio':>6} {'found':>11} accused flagged"
    for row in rows:
        share = f"{row.found}/{row.planted}"
        ratio = rows[0].rate / row.rate
        yield (
            f"{row.name:42}{row.names:>9} {row.seconds:>8.2f} {row.start:>6.2f} {row.rate:>9,.0f} {ratio:>6.1f}x"
            f" {share:>11} {row.accused:>7} {row.flagged:>7}"
        )


def by_class(every: list[tuple[str, str]], rows: list[dict[str, str]]) -> dict[str, str]:
    watched = {row["name"] for row in rows if "verdict" in row}
    total, found = Counter(kind for kind, _ in every), Counter(kind for kind, name in every if name in watched)
    return {kind: f"{found[kind]}/{total[kind]}" for kind in total}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rival-names", type=int, default=50_000)
    parser.add_argument("--crux", action="store_true", help="Chrome's list in place of Tranco's")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        rival("crux" if given.crux else "real", str(folder / "real.txt"))
        real = (folder / "real.txt").read_text(encoding="utf-8").split()[: given.names]
        known = set(real)
        every = [(kind, name) for kind, name in planted(given.each) if "/" not in name and name not in known]
        bad = {name for _, name in every}
        whole = mixed(folder / "whole.txt", real, sorted(bad))
        part = mixed(folder / "part.txt", random.Random(2).sample(real, min(given.rival_names, len(real))), sorted(bad))
        measured = list(ours(whole, bad, folder, given.runs))
        rows = [one for one, _ in measured] + list(others(part, bad))
        classes, accused = (
            by_class(every, measured[0][1]),
            [row for row in measured[0][1] if row["name"] not in bad],
        )
    if given.json:
        told = {"lines": [asdict(row) for row in rows], "classes": classes, "accused": accused}
        print(json.dumps(told, ensure_ascii=False))
        return
    print("\n".join(table(rows)))
    print("\nfound by class:", ", ".join(f"{kind} {share}" for kind, share in classes.items()))
    print("real names accused:")
    for row in accused:
        print("  ", *(row[key] for key in ("verdict", "name", "class", "imitates", "error") if key in row), sep="  ")


if __name__ == "__main__":
    main()

"""Verifying a packet: MB/s of content and peak memory, against `sha256sum` over the same file in the same run.

`PYTHONPATH=. python benchmarks/verify.py [--gib N] [--rounds N] [--plain]`. The single-file verifier runs as a
recipient runs it, in a process of its own, start of the interpreter included (about 0.1 s, which is most of a small
packet's time): every file is read for CRC-32, SHA-256 and SM3, the archive once more record by record. `--plain` takes
away `isal`, which a recipient's Python may not have. The best round counts, because other work on the machine can only
slow one down; `processor` is the same ratio in seconds of processor, which other work changes less.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawlers import custody
from crawlers.practice.timestamps import TimeStamps
from crawlers.stamper import request_for
from review.packets.build import _head as head_of
from review.packets.build import verifier
from review.packets.evidence import evidence, utc
from review.packets.seal import Attached, Part, Sealer, Timestamp, seal
from tests.review.packets import world

MIB = 1 << 20
LAUNCHER = """
import resource, subprocess, sys, time
started = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss, sep="\\n")
sys.stdout.flush(); sys.stdout.buffer.write(done.stdout)
"""
"""A small process in between: a child is charged with the memory that its parent had when it began."""
WITHOUT_ISAL = """
import runpy, sys
sys.modules["isal"] = None; sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Maker:
    """Packets of any size with a key, an authority and a trust directory of their own."""

    def __init__(self, folder: Path, plain: bool = False) -> None:
        self.start = ["-c", WITHOUT_ISAL, str(folder / "verify.py")] if plain else [str(folder / "verify.py")]
        self.folder, self.trust = folder, folder / "trust"
        self.key = world.make_key(folder, datetime.now(UTC) - timedelta(days=1))
        self._stamps = TimeStamps(folder / "tsa")
        (self.trust / "tsa/bench.pem").write_bytes(self._stamps.root_pem.read_bytes())
        (folder / "verify.py").write_bytes(verifier("").content)

    def stamp(self, message: bytes) -> bytes:
        return self._stamps.answer(request_for(message).as_bytes())

    def packet(self, name: str, bodies: Sequence[bytes], files: Sequence[Path] = ()) -> Path:
        """Each body is a page in the archive; `files` go in as they lie on disk."""
        now = utc(datetime.now(UTC))
        captures = tuple(
            world.material(number, [world.exchange(f"http://{world.HOST}/{number}", body=body)])
            for number, body in enumerate(bodies, 1)
        )
        plain = world.source(captures=captures)
        token = self.stamp(custody.joined(line["hash"] for line in plain.custody))
        stamps = (world.stamp_over(plain.custody, token=token, authority="bench", gen_time=now),)
        source = world.source(captures=captures, stamps=stamps)
        parts: list[Part] = [*evidence(source, now), verifier(now)]
        parts += [Attached(f"artefacts/{file.name}", file, "artefact", now) for file in files]

        def contents(_timestamp: Timestamp) -> Sequence[Part]:
            return parts

        path = self.folder / f"{name}.zip"
        with path.open("wb") as output:
            seal(head_of(source), contents, Sealer(self.key, now, self.stamp, "required")).write(output)
        return path


def noise(path: Path, size: int) -> Path:
    """Bytes that do not compress, like pictures."""
    block = random.Random(size).randbytes(MIB)
    with path.open("wb") as file:
        for number in range(size // MIB):
            file.write(number.to_bytes(8, "big") + block[8:])
    return path


def pages(count: int, size: int) -> list[bytes]:
    """Pages that compress about as pages do."""
    rng = random.Random(count)
    rows = ["<div class='result'>" + "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(60)) for _ in range(500)]
    return ["".join(rng.choices(rows, k=size // 220)).encode() for _ in range(count)]


def timed(command: Sequence[str]) -> tuple[float, float, float, str]:
    """Seconds, seconds of processor, peak memory in MB, what it printed."""
    done = subprocess.run([sys.executable, "-c", LAUNCHER, *command], capture_output=True, text=True, check=True)
    seconds, processor, kilobytes, said = done.stdout.split("\n", 3)
    return float(seconds), float(processor), int(kilobytes) / 1024, said


def row(maker: Maker, name: str, path: Path, rounds: int) -> None:
    size = path.stat().st_size
    command = [sys.executable, *maker.start, str(path), "--trust", str(maker.trust), "--json"]
    best, base, busy, base_busy, peak = 1e9, 1e9, 1e9, 1e9, 0.0
    for _ in range(rounds):
        base_seconds, base_processor, _, _ = timed(["sha256sum", str(path)])
        seconds, processor, memory, said = timed(command)
        assert json.loads(said)["verdict"] == "valid", said
        best, base, peak = min(best, seconds), min(base, base_seconds), max(peak, memory)
        busy, base_busy = min(busy, processor), min(base_busy, base_processor)
    print(
        f"{name:<34}{size / 1e6:>7.0f} MB{best:>8.2f} s{size / 1e6 / best:>7.0f} MB/s{size / 1e6 / base:>7.0f} MB/s"
        f"{best / base:>7.2f} x{busy / base_busy:>8.2f} x{peak:>7.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=int, default=2, help="size of the largest packet")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--plain", action="store_true", help="with the standard library's zlib alone")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(f"{'packet':<34}{'size':>10}{'verify':>10}{'':>12}{'sha256sum':>12}{'ratio':>9}{'processor':>10}{'peak':>10}")
    with tempfile.TemporaryDirectory(prefix="zhengshao-bench-") as name:
        folder = Path(name)
        maker = Maker(folder, options.plain)
        shots = [noise(folder / f"shot-{number}.png", 2 * MIB) for number in range(10)]
        row(
            maker, "one case, 10 captures, 10 pictures", maker.packet("case", pages(10, 2 * MIB), shots), options.rounds
        )
        row(maker, "archive of text pages", maker.packet("text", pages(400, MIB)), options.rounds)
        pictures = [random.Random(number).randbytes(MIB) for number in range(200)]
        row(maker, "archive of pictures", maker.packet("pictures", pictures), options.rounds)
        for size in sorted({256, 1024, options.gib * 1024}):
            big = noise(folder / "big.bin", (size - 1) * MIB)
            row(maker, f"one file of {size} MiB", maker.packet("big", pages(2, MIB), [big]), options.rounds)


if __name__ == "__main__":
    main()

"""Small files: whole or not there, once, for their owner alone, whoever else makes them and whatever ends us."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crawlers.durable import drafted, put_new, write_new, write_over
from tests.conftest import ROOT

KILLED = """
import os, signal, sys
from pathlib import Path
from crawlers import durable
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
getattr(durable, sys.argv[1])(Path(sys.argv[2]), b"new")
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".new-")}


def test_a_new_file_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a"
    assert (write_new(path, b"first"), write_new(path, b"second"), path.read_bytes()) == (True, False, b"first")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    write_over(path, b"third")
    assert path.read_bytes() == b"third"
    assert [one.name for one in path.parent.iterdir()] == ["a"]


def test_of_many_at_once_one_makes_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: write_new(tmp_path / "a", bytes([number]) * 9000), range(40)))
    assert made.count(True) == 1
    assert (tmp_path / "a").read_bytes() == bytes([made.index(True)]) * 9000


def test_what_killed_programs_left_is_removed_and_what_others_write_stays(tmp_path: Path) -> None:
    left, fresh = tmp_path / ".new-left", tmp_path / ".new-fresh"
    left.write_bytes(b"x")
    fresh.write_bytes(b"x")
    os.utime(left, (1, 1))
    with drafted(tmp_path / "big") as draft:
        os.utime(draft.name, (1, 1))
        write_new(tmp_path / "other", b"y")
        assert put_new(draft, tmp_path / "big")
    assert {path.name for path in tmp_path.iterdir()} == {".new-fresh", "big", "other"}


def test_a_full_disk_names_what_could_not_be_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"No space left.*packet"), drafted(tmp_path / "packet"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["write_new", "write_over"])
def test_whoever_is_killed_while_writing_leaves_what_was_there(tmp_path: Path, how: str) -> None:
    for before in ([], ["a"]):
        for name in before:
            (tmp_path / name).write_bytes(b"old")
        command = [sys.executable, "-c", KILLED, how, str(tmp_path / "a")]
        done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=60)
        assert done.returncode == -9
        assert names(tmp_path) == {*before}
        assert all((tmp_path / name).read_bytes() == b"old" for name in before)

"""Ends a child process that lives as long as its standard input is open."""

from __future__ import annotations

import subprocess
from typing import Any


def end(child: subprocess.Popen[Any], patience_seconds: float) -> None:
    """Close the input it waits on; kill it when it has not ended in time. Its own output pipes are closed."""
    assert child.stdin
    child.stdin.close()
    try:
        child.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for pipe in (child.stdout, child.stderr):
        if pipe:
            pipe.close()

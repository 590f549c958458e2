"""Runs a practice web in a child process for as long as a `with` block lasts."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from urllib.parse import urlsplit

from crawlers.lifeline import end
from crawlers.practice.reading import PracticeError
from crawlers.practice.world import Trust, World

PACKAGED = Path(__file__).parent / "web"
START_MAX_SECONDS = 60
STOP_MAX_SECONDS = 5
SERVICES: Mapping[str, str] = MappingProxyType({"searxng": "http://127.0.0.1:8888", "tsa": "http://127.0.0.1:3161/tsr"})
"""Where the packaged `settings.toml` looks for the services a practice web plays."""


class Practice:
    """`with Practice.spawn(folder, directory) as world:`"""

    @staticmethod
    @contextmanager
    def spawn(
        web: Path = PACKAGED,
        directory: Path | None = None,
        *,
        services: Mapping[str, str] = SERVICES,
        lookups: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[World]:
        """The world of the web in `web`. Raises `PracticeError`.

        Keys and roots are kept in `directory`, where a later run finds them again; without one they last as long as
        the block. `services` are the addresses of `searxng` and `tsa` as the office's settings have them; `lookups`
        says which part of the name system answers at which `host:port` (`world.played`).
        """
        with ExitStack() as stack:
            keys = directory or Path(stack.enter_context(TemporaryDirectory()))
            command = [sys.executable, "-m", "crawlers.practice", str(web), "--keys", str(keys), "--until-input-ends"]
            child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
            stack.callback(end, child, STOP_MAX_SECONDS)
            yield _world(_first_line(child), services, lookups)


def _first_line(child: subprocess.Popen[bytes]) -> dict[str, object]:
    """What the child reports: that it serves and where, or why it cannot."""
    assert child.stdout
    ready, _, _ = select.select([child.stdout], [], [], START_MAX_SECONDS)
    line = child.stdout.readline() if ready else b""
    if not line:
        raise PracticeError([f"the practice web did not start within {START_MAX_SECONDS} s; see its messages above"])
    report: dict[str, object] = json.loads(line)
    if isinstance(problems := report.get("problems"), list):
        raise PracticeError(problems)
    return report


def _world(report: dict[str, object], services: Mapping[str, str], lookups: Mapping[str, str]) -> World:
    hosts, parts = report["host_map"], report["lookups"]
    assert isinstance(hosts, dict)
    assert isinstance(parts, dict)
    at = {name: str(report[name]) for name in SERVICES if report[name] and name in services}
    mapped = {_authority(services[name]): address for name, address in at.items()}
    mapped |= {authority: parts[part] for authority, part in lookups.items()}
    trust = Trust(ca=Path(str(report["ca"])), tsa_roots=(Path(str(report["tsa_root"])),))
    return World(host_map=hosts | mapped, services={name: services[name] for name in at}, trust=trust)


def _authority(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"

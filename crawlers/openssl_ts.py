"""Judging a time stamp with the `openssl` program: for good answers that the strict parser does not take.

Some authorities send their certificates in an order that DER does not allow (DigiCert, OpenSSL's own `ts`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from crawlers.clock import iso

TIMEOUT_SECONDS = 30
_TIME = re.compile(r"^Time stamp: (\w{3} +\d+ [\d:]{8})(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)


def gen_time(token: bytes, query: bytes, roots: Sequence[Certificate]) -> str:
    """The time in an answer to `query` that leads to one of `roots`; ValueError with openssl's words otherwise."""
    if shutil.which("openssl") is None:
        raise ValueError("there is no openssl program to judge it with")
    if not roots:
        raise ValueError("no root certificate is configured to judge it with")
    with tempfile.TemporaryDirectory(prefix="zhengshao-") as name:
        folder = Path(name)
        (folder / "token").write_bytes(token)
        (folder / "query").write_bytes(query)
        (folder / "roots").write_bytes(b"".join(root.public_bytes(Encoding.PEM) for root in roots))
        _openssl(folder, "-verify", "-queryfile", "query", "-in", "token", "-CAfile", "roots")
        found = _TIME.search(_openssl(folder, "-reply", "-in", "token", "-text"))
    if found is None:
        raise ValueError("openssl names no time in it")
    moment = datetime.strptime(f"{found[1]} {found[2]}", "%b %d %H:%M:%S %Y")
    return iso(moment.replace(tzinfo=UTC))


def _openssl(folder: Path, *arguments: str) -> str:
    command = ["openssl", "ts", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    if done.returncode:
        raise ValueError(f"openssl: {' '.join(done.stderr.split())[:300]}")
    return done.stdout

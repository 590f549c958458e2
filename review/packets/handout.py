"""The two layers of a hand-over: the original under lock with the means to open it, and the copy for circulation."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from review.linking import secret
from review.packets import envelope, strings
from review.packets.amend import read_file
from review.packets.hashes import sha256_hex
from review.packets.windows import OPEN, batch

ABOUT = "原件摘要.txt"
SALT_FILE = "redaction.salt"


def lock(packet: Path, folder: Path, *, certificate: bytes = b"", word: str = "") -> list[Path]:
    """Put the packet under lock into `folder`: for a certificate (PEM), else under the passphrase `word`.

    Beside it what opens it on Windows, and its digests. Files that are there already are an error (FileExistsError).
    """
    folder.mkdir(parents=True, exist_ok=True)
    locked = folder / f"{packet.name}.{'p7m' if certificate else 'enc'}"

    def write(output: BinaryIO) -> str:
        if certificate:
            return envelope.lock_for(packet, certificate, output)
        return envelope.lock_by(packet, word, output)

    plain = _written(locked, write)
    opener, about = folder / OPEN, folder / ABOUT
    opener.write_bytes(batch("open"))
    manifest = sha256_hex(read_file(packet, "manifest.json"))
    how = strings.OPEN_BY_CERTIFICATE if certificate else strings.OPEN_BY_WORD
    told = {"packet": packet.name, "locked": locked.name, "plain": plain, "manifest": manifest}
    text = strings.LOCKED.format(**told, how=how.format(iterations=envelope.ITERATIONS))
    about.write_text(text.replace("\n", "\r\n"), "utf-8-sig")
    return [locked, opener, about]


def _written(path: Path, write: Callable[[BinaryIO], str]) -> str:
    """Whole or not at all; returns what the writer returns."""
    try:
        with path.open("xb") as output:
            said = write(output)
            output.flush()
            os.fsync(output.fileno())
    except FileExistsError:
        raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return said


def salt(data: Path) -> bytes:
    """The office's secret for hashes of masked values, made on first use in `keys/` (mode 0600)."""
    return secret(data, SALT_FILE)

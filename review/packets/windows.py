"""What a bare Windows PC runs: batch files that hand a PowerShell 5.1 script inside themselves to PowerShell.

`cmd.exe` reads only the lines before the script, which are ASCII, whatever its code page; PowerShell reads the file as
UTF-8. Lines end in CR LF, or `cmd.exe` loses its place.
"""

from __future__ import annotations

from importlib.resources import files

from review.packets.item import Item

CHECK, OPEN = "核验.cmd", "打开原件.cmd"
MARK = b"#PS1\r\n"


def batch(name: str) -> bytes:
    """A batch file of `templates/` as Windows takes it."""
    text = files("review.packets").joinpath(f"templates/{name}.cmd").read_text("utf-8")
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8")


def checker(built_at: str) -> Item:
    """What compares an unpacked packet with its SHA256SUMS."""
    return Item(CHECK, batch("check"), "tool", built_at)

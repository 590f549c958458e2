"""One file of a packet, held in memory."""

from __future__ import annotations

from dataclasses import dataclass

from review.packets import strings


@dataclass(frozen=True, slots=True)
class Item:
    """One file of the packet, with what the list of electronic data says of it."""

    path: str
    content: bytes
    role: str
    created: str = ""
    source: str = ""

    @property
    def format(self) -> str:
        extension = self.path.rsplit(".", 1)[-1]
        return strings.FORMATS.get(extension, extension.upper())

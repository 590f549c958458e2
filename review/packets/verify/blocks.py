"""What PDF and DOCX show is, block by block, what `papers.json` says, and nothing else."""

from __future__ import annotations

import csv
import io
from typing import Any, Dict, Iterator, List, Sequence, Set, Tuple

from review.packets.verify.container import Packet
from review.packets.verify.contents import FILE_LIST
from review.packets.verify.papers import paper_texts, plain
from review.packets.verify.reasons import Finding, Unknown

Unit = Tuple[str, List[str], str]
"""Where it stands in `papers.json`; one text, or the cells of a row; the headings of its table."""
Way = Tuple[int, ...]
"""How much of each cell of a row has been shown."""
PAPERS = "papers.json"
STEPS_MAX, QUOTED_CHARS = 1 << 19, 40
"""Ways to divide rows over pages that are looked at, in one paper."""


def check_papers(packet: Packet) -> str:
    """Every paper has two forms, which say what it is said to; each evidence file's digests stand in print."""
    texts = paper_texts(packet)
    if not texts and PAPERS not in packet.entries:
        return "0"
    document = packet.json(PAPERS)
    check_identity(packet, document)
    said = {f"{paper['file']}{end}": paper for paper in document["papers"] for end in (".pdf", ".docx")}
    for path in sorted(set(said) ^ set(texts)):
        raise Finding("PAPER_MISMATCH", path)
    printed = ""
    for path, paper in said.items():
        blocks = list(units(paper))
        Pages(texts[path], path).compare(blocks)
        printed += "".join(cell for _, cells, _ in blocks for cell in cells)
    if FILE_LIST in packet.entries:
        table = csv.DictReader(io.StringIO(packet.read(FILE_LIST).decode("utf-8-sig")))
        for row in table:
            if row["SHA-256"] not in printed or row["SM3"] not in printed:
                raise Finding("PAPER_MISMATCH", row["名称"])
    if plain(packet.manifest["packet_id"]) not in printed:
        raise Finding("PAPER_MISMATCH", str(packet.manifest["packet_id"]))
    return str(len(texts))


def check_identity(packet: Packet, document: Dict[str, Any]) -> None:
    """The papers are of this packet, and print the facts that the captures were described with."""
    named = {"packet_id": document.get("packet_id", document.get("bundle_id"))}
    named.update({key: document.get(key) for key in ("case_id", "subject") if key in packet.manifest})
    if any(packet.manifest[key] != value for key, value in named.items()):
        raise Finding("IDENTITY_MISMATCH", PAPERS)
    facts = packet.json("capture.json").get("facts") if "capture.json" in packet.entries else None
    if facts is not None and facts != document["facts"]:
        raise Finding("PAPER_MISMATCH", f"{PAPERS} facts")


def units(paper: Dict[str, Any]) -> Iterator[Unit]:
    """The texts of a paper's blocks in reading order, without white space."""
    for number, block in enumerate(paper["blocks"], 1):
        where, kind = f"{paper['file']} #{number}", block["kind"]
        if kind == "table":
            head = plain("".join(block["head"]))
            yield where, [head], ""
            for row in block["rows"]:
                yield where, [plain(cell) for cell in row], head
        else:
            yield where, [plain("".join(block_texts(block, where)))], ""


def block_texts(block: Dict[str, Any], where: str) -> List[str]:
    """Of a block that is no table."""
    kind = block["kind"]
    if kind in ("title", "heading", "centred"):
        return [block["text"]]
    if kind == "paragraph":
        return [run[0] for run in block["runs"]]
    if kind == "figure":
        return [picture["caption"] for picture in block["pictures"]]
    if kind == "signature":
        return list(block["lines"])
    if kind not in ("space", "break"):
        raise Finding("MALFORMED", f"{where} {kind}")
    return []


class Pages:
    """The text of pages, and how much of it has been found to be what was said."""

    def __init__(self, pages: Sequence[str], path: str) -> None:
        self.pages, self.path = [page for page in pages if page], path
        self.page, self.at, self.steps = 0, 0, 0

    @property
    def text(self) -> str:
        """Of this page."""
        return self.pages[self.page] if self.page < len(self.pages) else ""

    def compare(self, said: Sequence[Unit]) -> None:
        """Raises Finding at the first text that is not as it was said, or was not said at all."""
        for where, cells, head in said:
            begun = self.text, self.at
            if not self.take(cells, head):
                wanted, found = "".join(cells), begun[0][begun[1] :]
                raise Finding("PAPER_MISMATCH", f"{self.path} ({where}) {differing(wanted, found)}")
        more = self.text[self.at :] + "".join(self.pages[self.page + 1 :])
        if more:
            raise Finding("PAPER_MISMATCH", f"{self.path} + {more[:QUOTED_CHARS]}")

    def take(self, cells: Sequence[str], head: str) -> bool:
        """Whether a text or a row comes next. It may go on overleaf; there a table repeats its headings."""
        ways: Set[Way] = {(0,) * len(cells)}
        while True:
            for way in sorted(ways, reverse=True):
                left = "".join(cell[way[column] :] for column, cell in enumerate(cells))
                if self.text.startswith(left, self.at):
                    self.at += len(left)
                    return True
            if self.page + 1 >= len(self.pages):
                return False
            rest = self.text[self.at :]
            ways = set().union(*(self.parts(cells, way, rest) for way in ways))
            if not ways:
                return False
            self.page, self.at = self.page + 1, 0
            if head and self.text.startswith(head):
                self.at = len(head)

    def parts(self, cells: Sequence[str], way: Way, rest: str) -> Set[Way]:
        """All ways in which the rest of the page can be the next part of each cell, one cell after the other."""
        found = {(0, way)}
        for column, cell in enumerate(cells):
            longer = set()
            for at, shown in found:
                behind = range(column + 1, len(cells))
                later = {cells[other][shown[other]] for other in behind if shown[other] < len(cells[other])}
                for more in range(alike(cell[shown[column] :], rest[at:]) + 1):
                    self.steps += 1
                    if at + more == len(rest) or rest[at + more] in later:
                        longer.add((at + more, (*shown[:column], shown[column] + more, *shown[column + 1 :])))
                if self.steps > STEPS_MAX:
                    raise Unknown("PAPER_UNREADABLE", self.path)
            found = longer
        return {shown for at, shown in found if at == len(rest)}


def alike(one: str, other: str) -> int:
    """How long both are the same."""
    length = min(len(one), len(other))
    return next((at for at in range(length) if one[at] != other[at]), length)


def differing(wanted: str, found: str) -> str:
    start = max(0, alike(wanted, found) - QUOTED_CHARS // 2)
    return f"{wanted[start : start + QUOTED_CHARS]} / {found[start : start + QUOTED_CHARS]}"

"""What a paper is made of: plain blocks of text, tables and pictures, from which PDF, DOCX and JSON are all written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Style = Literal["", "mark", "hei", "kai"]
Run = tuple[str, Style]
"""A piece of text and how it is set; `mark` is what a detector quoted."""


@dataclass(frozen=True, slots=True)
class Title:
    """2号小标宋, centred; a smaller one heads an annex."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """一、 in 黑体 (level 1), （一） in 楷体 (level 2)."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Body text; `indent` is the first line's two characters."""

    runs: tuple[Run, ...]
    indent: bool = True


@dataclass(frozen=True, slots=True)
class Centred:
    """One line in the middle: the mark of a draft, a remark under a picture."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of the line. `labels` are the columns set as names; cells of `mono` are hashes."""

    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ()
    labels: tuple[int, ...] = ()
    mono: tuple[int, ...] = ()
    tiny: bool = False
    """Smaller letters, for long lists."""
    tall: bool = False
    """Rows with room to write by hand."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a figure: `file` is its name among the paper's images, sizes on paper in mm, cut at `cut_mm`."""

    file: str
    caption: str
    width_mm: int
    height_mm: int
    cut_mm: int
    content: bytes = field(repr=False, default=b"")
    """PNG or JPEG; not part of what a paper says."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Pictures side by side, their captions below."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs and when, four characters from the right, kept together."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""


@dataclass(frozen=True, slots=True)
class Space:
    """Blank lines of the grid."""

    lines: int = 1


Block = Title | Heading | Paragraph | Centred | Table | Figure | Signature | Break | Space


@dataclass(frozen=True, slots=True)
class Paper:
    """`name` is the file name without its ending."""

    name: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def pictures(self) -> Iterator[Picture]:
        for block in self.blocks:
            if isinstance(block, Figure):
                yield from block.pictures

    def as_json(self) -> dict[str, Any]:
        """What `papers.json` says of it: every text that its PDF and DOCX show, in their order."""
        return {"file": self.name, "title": self.title, "blocks": [as_json(block) for block in self.blocks]}


def text(said: str, *, indent: bool = True) -> Paragraph:
    return Paragraph(((said, ""),), indent)


def pairs(rows: Sequence[tuple[str, str]]) -> Table:
    """Names left, values right."""
    return Table((32, 68), tuple(rows), labels=(0,))


def as_json(block: Block) -> dict[str, Any]:
    kind = type(block).__name__.lower()
    values = {name: getattr(block, name) for name in block.__slots__}
    if isinstance(block, Figure):
        values = {"pictures": [_as_json(picture) for picture in block.pictures]}
    return {"kind": kind, **values}


def _as_json(picture: Picture) -> dict[str, Any]:
    return {name: getattr(picture, name) for name in picture.__slots__ if name != "content"}


def words(block: Block) -> Iterator[str]:
    """Every piece of text a block shows, in reading order."""
    match block:
        case Title() | Heading() | Centred():
            yield block.text
        case Paragraph():
            yield "".join(run for run, _ in block.runs)
        case Table():
            for row in (block.head, *block.rows):
                yield from row
        case Figure():
            yield from (picture.caption for picture in block.pictures)
        case Signature():
            yield from block.lines


def shown(block: Block, draw: Any) -> Block:
    """The block with every text passed through `draw`."""
    match block:
        case Title() | Heading() | Centred():
            return replace(block, text=draw(block.text))
        case Paragraph():
            return replace(block, runs=tuple((draw(run), style) for run, style in block.runs))
        case Table():
            rows = tuple(tuple(draw(cell) for cell in row) for row in block.rows)
            return replace(block, rows=rows, head=tuple(draw(cell) for cell in block.head))
        case Figure():
            return Figure(tuple(replace(picture, caption=draw(picture.caption)) for picture in block.pictures))
        case Signature():
            return Signature(tuple(draw(line) for line in block.lines))
    return block

"""团伙关系: which subjects share which value, drawn, and in words for those who cannot see or must edit it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from review.packets import fonts, strings
from review.packets.coverage import drawn
from review.packets.facts import subject_shown
from review.packets.papers.model import Block, Figure, Table, text
from review.packets.papers.parts import TEXT_WIDTH_MM, picture
from review.packets.source import CampaignFacts, TieFacts

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

TIES_MAX, DRAWN_MAX = 20, 12
WIDTH, ROW, LETTER, EDGE = 1560, 64, 24, 8
"""Pixels; ten to a millimetre on paper."""
LEFT_END, RIGHT_START = 700, 860
SUBJECT_CHARS, TIE_CHARS = 44, 40
INK, LINE, OWN_FILL, FILL = "#222222", "#666666", "#ffe08a", "#f2f2f2"


def sketch(subject: str, campaign: CampaignFacts) -> Iterator[Block]:
    number = {one: f"#{n}" for n, one in enumerate(campaign.subjects, 1)}
    yield text(strings.CAMPAIGN_HEAD.format(label=campaign.label, count=len(campaign.subjects)))
    content = drawing(subject, campaign.subjects[:DRAWN_MAX], campaign.ties[:DRAWN_MAX])
    caption = strings.CAMPAIGN_CAPTION.format(label=campaign.label)
    yield Figure((picture(f"campaign-{campaign.label}.png", content, caption, TEXT_WIDTH_MM),))
    members = [(f"{number[one]} {subject_shown(one)}", campaign.cases.get(one, "—")) for one in campaign.subjects]
    yield Table((74, 26), tuple(members), head=strings.MEMBER_HEAD)
    ties = [
        (tie.name, tie.shown, " — ".join(number.get(one, one) for one in tie.subjects), str(tie.carriers))
        for tie in campaign.ties[:TIES_MAX]
    ]
    yield Table((22, 36, 26, 16), tuple(ties), head=strings.TIE_HEAD)
    yield text(strings.CAMPAIGN_NOTE)


def drawing(subject: str, subjects: Sequence[str], ties: Sequence[TieFacts]) -> bytes:
    """Subjects left, shared values right, a line for each that shows it; a PNG, the same for the same campaign."""
    from PIL import Image, ImageDraw

    rows = max(len(subjects), len(ties), 1)
    image = Image.new("RGB", (WIDTH, rows * ROW + 2 * EDGE), "white")
    pen = ImageDraw.Draw(image)
    heights = {one: EDGE + ROW * n + ROW // 2 for n, one in enumerate(subjects)}
    for n, tie in enumerate(ties):
        y = EDGE + ROW * n + ROW // 2
        for one in tie.subjects:
            if one in heights:
                pen.line((LEFT_END, heights[one], RIGHT_START, y), fill=LINE, width=3)
        _box(pen, RIGHT_START, WIDTH - EDGE, y, _cut(f"{tie.name} {tie.shown}", TIE_CHARS), FILL)
    for n, one in enumerate(subjects, 1):
        fill = OWN_FILL if one == subject else FILL
        _box(pen, EDGE, LEFT_END, heights[one], _cut(f"#{n} {subject_shown(one)}", SUBJECT_CHARS), fill)
    output = BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def _box(pen: ImageDraw, left: int, right: int, middle: int, said: str, fill: str) -> None:
    half = ROW // 2 - 6
    pen.rounded_rectangle((left, middle - half, right, middle + half), 8, fill=fill, outline=INK, width=2)
    pen.text((left + 12, middle), drawn(said), fill=INK, font=_letters(), anchor="lm")


def _cut(said: str, length: int) -> str:
    return said if len(said) <= length else f"{said[: length - 1]}…"


@cache
def _letters() -> Any:
    from PIL import ImageFont

    family = fonts.choose()["hei"][0]
    face = min((one for one in fonts.found().fonts() if one.family == family), key=lambda one: abs(one.weight - 400))
    return ImageFont.truetype(str(face.path), LETTER, index=face.index)

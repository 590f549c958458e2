"""Pages of frames that lead nowhere: judged, and what is to be fetched next is an address or nothing."""

from __future__ import annotations

import random

import pytest

import config
from crawlers.decode import decode
from crawlers.urls import canonical
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess
from review.night.targets import from_followups
from tests.hostile.fuzz import spoilt
from tests.hostile.test_outside import can_be_kept
from tests.hostile.world import NIGHT

SEEDS, MANY = 120, 10_000
SOURCES = (
    *(
        "http://[",
        "//",
        "///",
        "javascript:alert(1)",
        "data:text/html,<p>x",
        "&#xD800;",
        "&#0;",
        "about:blank",
        "?",
        "#",
    ),
    *("http://a:99999999/", "blob:http://a/1", "//a.test\\b", "http://u:p@a.test/", "\t\nhttp://b.test/", "../../.."),
    *(
        "http://①②⑦.0.0.1/",
        "http://127.0.0.1/",
        "ftp://a/",
        "%00",
        "http://xn--/",
        f"http://{'a.' * 200}",
        "x" * 50_000,
    ),
    *("http://証.test/证?x=证", "/inner"),
)
PLACES = ("http://a.test/", "http://www.banzheng.top/x/", "", "http://[")


def framed(dice: random.Random) -> bytes:
    def frame() -> str:
        tag, where = (
            dice.choice(("iframe", "frame", "object", "embed")),
            dice.choice(("src", "data", "srcdoc", "src src")),
        )
        quote, close = dice.choice(("", '"', "'")), dice.choice(("", '"', "'", ">"))
        title, end = dice.choice(("证书查询", "", "x" * 9000)), dice.choice(("", "</iframe>", "<p>特种作业操作证"))
        return f"<{tag} {where}={quote}{dice.choice(SOURCES)}{close} title='{title}'>{end}"

    head = f"<title>特种作业操作证查询</title>{dice.choice(('', '<base href=http://[>', '<base href=//>'))}"
    outer = dice.choice(("<frameset cols=*,*>", "<body>", "<noframes>"))
    return (head + outer + "".join(frame() for _ in range(dice.choice((1, 3, 30))))).encode()


@pytest.mark.parametrize("seeds", [SEEDS, pytest.param(MANY, marks=pytest.mark.long)])
def test_frames_that_lead_nowhere_are_followed_nowhere(seeds: int) -> None:
    office, followed = config.load(), 0
    context = Context.build(office)
    for seed in range(seeds):
        dice = random.Random(seed)
        data = framed(dice)
        data = spoilt(data, seed) if seed % 3 == 0 else data
        page = Page.from_html(decode(data, (("Content-Type", "text/html; charset=utf-8"),)).text, dice.choice(PLACES))
        found = assess(page, context)
        assert not found.errors
        assert can_be_kept([[one.url, one.reason] for one in found.followups])
        planned = from_followups(office, NIGHT, found.followups, round_=1)
        assert all(canonical(one.target) == one.target for one in planned)
        followed += len(planned)
    assert followed > 0

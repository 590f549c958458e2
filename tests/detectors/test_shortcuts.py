"""Ways that are short for the sake of speed find what the long way finds."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

import config
from detectors.context import Context
from detectors.features import Page
from detectors.hits import by_distance, distance, is_apart, merged
from detectors.lexicon import Hit
from detectors.numerals import may_be_lettered, with_letters
from detectors.onward import onward, table
from detectors.passages import Passages
from detectors.pitch import _least
from detectors.wording import Reader

CONTEXT = Context.build(config.load(), key=b"k" * 32)
SPANS = st.tuples(st.integers(0, 40), st.integers(1, 6)).map(lambda one: (one[0], sum(one)))
HITS = st.lists(st.tuples(SPANS, st.sampled_from("甲乙")).map(lambda one: Hit(*one[0], one[1])), max_size=8)
LINKS = st.lists(
    st.tuples(
        st.sampled_from(["联系我们", "价格表", "成功案例 价格", "新闻", "官网查询"]),
        st.sampled_from(["/1", "/2", "/3", "/4", "/index.html", "//x.example/", "https://y.example/q", "4.html"]),
    ),
    max_size=40,
)


@given(st.lists(HITS, max_size=4))
def test_ordered_lists_are_joined_as_sets_are(lists: list[list[Hit]]) -> None:
    assert merged([sorted(hits) for hits in lists]) == sorted(set().union(*lists))


@given(HITS, SPANS)
def test_hits_are_put_in_order_by_their_distance(hits: list[Hit], span: tuple[int, int]) -> None:
    anchor = Hit(*span, "丙")
    hits.sort()
    expected = sorted((hit for hit in hits if is_apart(hit, anchor)), key=lambda hit: distance(hit, anchor))
    assert by_distance(hits, anchor) == expected


@given(st.text(alphabet="0123456789olі|·-. 一二微a\n", max_size=60), st.integers(0, 30), st.integers(0, 60))
def test_letters_for_digits_stand_where_they_may(text: str, start: int, end: int) -> None:
    spans = may_be_lettered(text)
    for at, digits in with_letters(text[start:end]):
        assert any(first <= start + at and start + at + len(digits) <= last for first, last in spans)


@given(LINKS)
def test_leaving_links_out_changes_nothing_that_is_told(links: list[tuple[str, str]]) -> None:
    """Each link on a page of its own says of what kind it is; of each kind the first new addresses are told."""
    alone = [told for said, href in links for told in _told([(said, href)])]
    kinds = dict.fromkeys([one["kind"] for one in table()["inner"]] + ["short_link", "outlink"])
    seen: set[str] = set()
    expected: list[tuple[str, str]] = []
    for kind in kinds:
        new = [url for url in dict.fromkeys(url for one, url in alone if one == kind) if url not in seen]
        seen.update(new[: table()["per_kind"]])
        expected += [(kind, url) for url in new[: table()["per_kind"]]]
    assert _told(links) == expected


def _told(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    html = "".join(f'<a href="{href}">{said}</a>' for said, href in links)
    page = Page.from_html(html, "https://kz.example.com/index.html")
    return [(one.kind, one.url) for one in onward(page, CONTEXT)]  # type: ignore[union-attr]


def test_passages_of_one_kind_are_found_in_order() -> None:
    page = Page.from_html("<title>甲</title><h1>乙</h1><p>丙<p>丁<footer>戊</footer><p>己")
    for kind in ("title", "h1", "body", "footer", "nav"):
        assert page.of_kind(kind) == [one for one in page.passages if one.kind == kind]


def test_windows_that_are_left_out_are_never_told(context: Context) -> None:
    rows = ["办理焊工证，不用考试，三天拿证。"] * 30 + ["新出炉的耳机芯片，一套九十九元，内部价。"] * 60
    reader = Reader.of(Page.from_text("\n".join(rows)), context)
    told = {(window.start, window.end) for window in reader.passages.telling_windows()}
    others = [one for one in Passages(reader).windows() if (one.start, one.end) not in told]
    assert told
    assert others
    assert all(_least(reader, window) == math.inf for window in others)

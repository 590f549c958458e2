"""Ways that are short for the sake of speed find what the long way finds."""

from __future__ import annotations

import math
import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from crawlers.states import mapped_words
from detectors import claims
from detectors.addresses import host_of
from detectors.base import Trace
from detectors.claims import _footers
from detectors.contacts import _in_href, _schemes, page_contacts
from detectors.context import Context
from detectors.features import LINKED_HOST, Page
from detectors.gaps import LONG_WORD
from detectors.hits import by_distance, distance, is_apart, merged
from detectors.kits import _bodies, _bones, _comments
from detectors.layout import _SHORT_LINES, _grids
from detectors.lexicon import Hit
from detectors.numerals import _chain, _lettered, class_for, digit_class, may_be_lettered, with_letters
from detectors.onward import onward, table
from detectors.passages import Passages
from detectors.pitch import _least
from detectors.text import _changing, condense, one_to_one, replace_glyphs
from detectors.traces import traces
from detectors.wording import Reader
from detectors.written import _constants

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


TERMS = ["免考", "不用考试", "电工证", "包过", "卖", "高压电工证"]


@given(st.lists(st.sampled_from([*TERMS, *"证考试包不用电的"]), max_size=12).map("".join), st.sets(st.integers(0, 30)))
def test_terms_are_sought_only_where_one_may_be(text: str, chosen: set[int]) -> None:
    lexicon = CONTEXT.lexicon
    places = sorted(at for at in chosen if at < len(text))
    over = lexicon.find_over(text, places)
    assert lexicon.find_over(text, lexicon.may_hold(text, places)) == over
    crossing = [match for match in over if any(match[1] < at < match[2] for at in places)]
    assert set(crossing) <= set(lexicon.find_over(text, lexicon.may_go_over(text, places)))
    long = [match for match in crossing if len(lexicon.terms[match[0]]) > LONG_WORD]
    assert set(long) <= set(lexicon.find_long_over(text, places))


@given(st.text(alphabet="电工1 \n，", max_size=60))
def test_lines_of_which_columns_are_made_are_known_at_a_glance(text: str) -> None:
    assert not list(_grids(text)) or _SHORT_LINES.search(text)


@given(st.text(alphabet="电工，1★ ", max_size=30), st.lists(st.integers(0, 30), max_size=6))
def test_many_offsets_are_found_as_each_is(text: str, offsets: list[int]) -> None:
    view, _ = condense(text)
    offsets = [offset for offset in offsets if offset <= len(text)]
    assert view.all_at(offsets) == list(map(view.at, offsets))


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


GLYPH = r"(?:[\ue000-\uf8ff]|&#(?:x[ef][0-9a-f]{3}|5[7-9]\d{3}|6[0-3]\d{3});?)"
MAPPED = re.compile(rf"{GLYPH}{{2,24}}|(?<=[\u4e00-\u9fff]){GLYPH}", re.IGNORECASE)


@given(st.text(alphabet="甲a一龥㐀（\ue000\uf8ff\uf900 &#xe15;", max_size=30), st.integers(0, 3))
def test_words_of_a_font_are_found_where_its_glyphs_are(text: str, entities: int) -> None:
    text = text + "&#xE123;&#57345;甲&#Xf0A1" * entities + text
    assert [word.decode() for word in mapped_words(text.encode())] == MAPPED.findall(text)


SCRIPTS = st.lists(
    st.sampled_from(
        ["<script>", "<SCRIPT async>", "<script src=a.js>", "</script>", "</Script ", "<b>", "x" * 130, "y = 'z 1';"]
    )
)


@given(SCRIPTS)
def test_scripts_are_cut_out_as_one_pattern_would(pieces: list[str]) -> None:
    pattern = re.compile(r"<script(?![^>]{0,400}\ssrc)[^>]{0,400}>(.{120,20000}?)</script", re.S | re.I)
    source = "".join(pieces)
    assert list(_bodies(source)) == pattern.findall(source)


@given(st.text(alphabet="ab1２ \n\x1c　\"'变", max_size=60))
def test_what_changes_is_left_out_of_a_script_as_one_pattern_would(body: str) -> None:
    assert _bones(body) == re.sub(r"[\"'][^\"'\n]{0,400}[\"']|\d+|\s+", "", body)


@given(
    st.lists(
        st.sampled_from(["tel:13000000000", "TEL:130-0000-0000", "/a?uin=1", "mailto:a@b.example", "//t.me/somebody"])
    )
)
def test_links_that_dial_are_looked_at_where_there_are_some(links: list[str]) -> None:
    page = Page.from_html("".join(f'<a href="{href}">联系</a>' for href in links))
    known = {(kind, value) for href in links for kind, value in _in_href(href, _schemes())}
    assert {(one.kind, one.value) for one in page_contacts(page)} == known


HOSTS = ("a.example", "b.example", "www.own.example", "Big.example", "user.github.io", "cx.mem.gov.cn")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["http://", "//", " https://"]), st.sampled_from(HOSTS), st.sampled_from(["", "/x", ":8/y"])
        )
    )
)
def test_a_host_that_is_settled_is_told_no_more(links: list[tuple[str, str, str]]) -> None:
    """Links one by one tell what they tell together."""
    hrefs = ["".join(link) for link in links]
    alone = [one for href in hrefs for one in _linked([href])]
    assert _linked(hrefs) == list(dict.fromkeys(alone))


def _linked(hrefs: list[str]) -> list[str]:
    page = Page.from_html("".join(f'<a href="{href}">去</a>' for href in hrefs), "https://own.example/")
    return [trace.value for trace in traces(page, CONTEXT) if isinstance(trace, Trace) and trace.kind == "link"]


def test_passages_that_cannot_be_told_are_left_out_before_their_marks_are_made(context: Context) -> None:
    manner, told = context.manner, min(context.manner.watch, context.manner.flag)
    rows = [
        "办理焊工证，不用考试，三天拿证。",
        "各单位要组织电工参加培训，考核合格后由发证机关发证。",
        "学历提升，微信联系。",
    ]
    for text in ("".join(rows), "\n".join(rows * 20), "\n".join(rows[:1] * 30 + rows[1:] * 60)):
        reader = Reader.of(Page.from_text(text), context)
        kept = {(one.start, one.end, score) for score, one in reader.windows if score >= told}
        every = [(one.start, one.end, manner.score(one)) for one in Passages(reader).windows()]
        assert kept == {one for one in every if one[2] >= told}
        assert 0 < len(reader.windows) <= len(every)
    assert len(reader.windows) < len(every)


@given(
    st.lists(
        st.sampled_from(["ab", "b", "$c", "=", " = ", "'x'", "\"ab = 'y';\"", "`z`", ";", ",", "\n", ".", "(", "=="])
    )
)
def test_names_are_made_literals_as_one_pattern_would_find(pieces: list[str]) -> None:
    literal = r"\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'|`(?:[^`\\]++|\\.)*+`"
    script = "".join(pieces)
    made = dict(re.findall(rf"([A-Za-z_$][\w$]{{0,60}}+)\s*=\s*({literal})\s*[,;\n]", script))
    assert _constants(script, made.keys() | {"b"}) == made


@given(st.lists(st.sampled_from(["<!--", "-->", "-", "核", "ab", "c" * 100, "全" * 101, "<", " ", "\n"]), max_size=12))
def test_comments_are_read_in_bytes_as_in_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    said = [" ".join(one.split()).lower() for one in re.findall(r"<!--([^<>]{4,200}?)-->", text)]
    expected = list(dict.fromkeys(one for one in said if len(one) > 5))[:12]
    assert [trace.value for trace in _comments(text.encode())] == expected


@given(
    st.lists(st.sampled_from(["主办：", "版权所有", "某某县应急管理局", "©", "甲", "承 办", "主管："]), max_size=8),
    st.integers(1, 9),
)
def test_footers_that_name_no_owner_are_not_read(pieces: list[str], size: int) -> None:
    rows = ["".join(pieces[at : at + size]) for at in range(0, len(pieces), size)]
    page = Page.from_html("".join(f"<footer>{row}</footer>" for row in rows))
    told = list(_footers(page, CONTEXT.registry))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "_OWNED", re.compile(""))
        assert told == list(_footers(page, CONTEXT.registry))


@given(st.text(alphabet="0 壹九①٣５𝟗𑄶😀ol证-\ud800", max_size=40))
def test_digits_are_found_whichever_class_of_them_a_text_needs(text: str) -> None:
    patterns = (_chain(3, digit_class()), _lettered(digit_class()))
    anew = (_chain(3, class_for(text)), _lettered(class_for(text)))
    assert [[one.span() for one in each.finditer(text)] for each in anew] == [
        [one.span() for one in each.finditer(text)] for each in patterns
    ]


@given(st.text(alphabet="AZÀİabⅤ学(ß我①😀ＡΑЕ ", max_size=80))
def test_glyphs_are_replaced_as_by_looking_up_every_character(text: str) -> None:
    usual = [glyph for glyph in text if _changing().match(glyph)]
    assert replace_glyphs(text, usual, one_to_one()) == text.translate(one_to_one())


@given(st.from_regex(rf"\A{LINKED_HOST.pattern}"))
def test_the_host_of_a_plain_link_is_the_one_that_its_parts_have(href: str) -> None:
    plain = LINKED_HOST.match(href)
    assert plain is not None
    assert host_of(href) == plain[1] == urlsplit(href).hostname

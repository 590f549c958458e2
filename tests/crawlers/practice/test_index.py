"""What engines know, and in what order they show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.practice.index import Document, Index, documents, sequences, split_site
from crawlers.practice.reading import read_web
from tests.crawlers.practice.webs import html_page, write_web


def known(root: Path) -> dict[str, Document]:
    return {document.url: document for document in documents(read_web(root))}


def doc(url: str, title: str, text: str = "") -> Document:
    return Document(url, url, title, text)


def test_sequences_are_pairs_of_chinese_and_whole_latin_words() -> None:
    assert sequences("焊工证 ＡＢＣ12，证") == ["焊工", "工证", "abc12", "证"]


def test_a_title_outweighs_a_text_and_equals_stand_by_address() -> None:
    index = Index([doc("c", "别的", "焊工证"), doc("b", "焊工证"), doc("a", "焊工证")])
    assert [d.url for d in index.search("焊工证")] == ["a", "b", "c"]


def test_rare_sequences_count_more() -> None:
    index = Index([doc(f"z{n}", "焊工培训") for n in range(9)] + [doc("y", "焊工复审")])
    assert index.search("焊工复审")[0].url == "y"


def test_too_little_in_common_is_no_match() -> None:
    assert Index([doc("a", "焊工培训学校")]).search("焊工证件代办联网可查资料齐全") == []
    assert Index([doc("a", "焊工")]).search("") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [("焊工 site:焊工.top", ("焊工", "xn--est093b.top")), ("焊工", ("焊工", "")), ("site:a.cn", ("", "a.cn"))],
)
def test_the_site_operator(query: str, expected: tuple[str, str]) -> None:
    assert split_site(query) == expected


def test_pages_are_known_by_title_visible_text_and_meta(tmp_path: Path) -> None:
    head = '<meta name="Description" content="简介"><meta name=author content="某社">'
    head += '<meta name="PubDate" content="2026-11-20">'
    page = html_page(" 焊工证\n查询 ", "<script>var x='脚本'</script><p>看得<b>见</b></p>", head)
    page_known = known(write_web(tmp_path, {"a.top/index.html": page}))["https://a.top/"]
    assert (page_known.title, page_known.text) == ("焊工证 查询", "看得 见")
    assert (page_known.description, page_known.author, page_known.published) == ("简介", "某社", "2026-11-20")


def test_gbk_pages_are_read(tmp_path: Path) -> None:
    page = html_page("操作证查询", "全国联网核验平台").replace("utf-8", "gb2312").encode("gbk")
    assert known(write_web(tmp_path, {"a.top/index.html": page}))["https://a.top/"].title == "操作证查询"


def test_hidden_and_noindex_pages_are_not_known(tmp_path: Path) -> None:
    noindex = html_page("内页", head='<meta name="robots" content="noindex,nofollow">')
    pages: dict[str, str | bytes] = {
        "a.top/index.html": html_page("首页"),
        "a.top/_phone.html": html_page("手机"),
        "a.top/_x/y.html": html_page("里面"),
        "a.top/404.html": html_page("没有"),
        "a.top/in.html": noindex,
        "a.top/sub/index.html": html_page("下级"),
        "a.top/t.txt": "文字",
    }
    assert set(known(write_web(tmp_path, pages))) == {"https://a.top/", "https://a.top/sub/"}


def test_a_host_without_https_is_known_by_http(tmp_path: Path) -> None:
    toml = '[hosts."a.top"]\nhttps = false\n'
    assert set(known(write_web(tmp_path, {"a.top/index.html": "x"}, toml=toml))) == {"http://a.top/"}


def test_index_entries_replace_and_add(tmp_path: Path) -> None:
    toml = """
[[index]]
url = "https://a.top"
title = "引擎所知"
text = "只有脚本的页面"
[[index]]
url = "b.top/x"
title = "短链接"
"""
    pages = known(write_web(tmp_path, {"a.top/index.html": html_page("脚本")}, toml=toml))
    assert {url: page.title for url, page in pages.items()} == {
        "https://a.top/": "引擎所知",
        "https://b.top/x": "短链接",
    }


def test_an_entry_for_one_engine_leaves_the_file_to_the_others(tmp_path: Path) -> None:
    toml = '[[index]]\nurl = "https://a.top/"\ntitle = "百度所知"\nengines = ["baidu"]\n'
    found = documents(read_web(write_web(tmp_path, {"a.top/index.html": html_page("文件")}, toml=toml)))
    by_title = {document.title: document.engines for document in found}
    assert by_title["百度所知"] == {"baidu"}
    assert "baidu" not in by_title["文件"] and "so360" in by_title["文件"]

"""`reference`, as a person calls it: official pages taken, versioned, compared with, retired; foreign ones refused."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import config
from crawlers.records import Outcome, Task, TaskKind
from crawlers.store import Store, store_url
from detectors.features import Page
from detectors.references import load
from detectors.runner import assess
from review.audit import verify
from review.cli import main
from review.judging import judging_context
from review.night import Captured
from review.night.ground import night_lock
from tests.crawlers.keeping import House, exchange, page
from tests.crawlers.keeping import house as open_house
from tests.crawlers.test_browser import PIXEL
from tests.detectors.test_clones import ORIGINAL, URL
from tests.review.commands.test_json import undocumented


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "data") as made:
        yield made


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "saved.html"
    path.write_text(ORIGINAL, encoding="utf-8")
    return path


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["reference", *arguments, "--data", str(data)])


def add(data: Path, file: Path, url: str = URL) -> Result:
    return run(data, "add", str(file), "--url", url, "--actor", "甲", "--json")


def test_a_saved_page_becomes_evidence_and_a_reference(tmp_path: Path, saved: Path) -> None:
    data = tmp_path / "new"
    result = add(data, saved)
    assert result.exit_code == 0, result.output
    assert list(undocumented(json.loads(result.stdout), "zhengshao reference add")) == []
    assert json.loads(result.stdout) | {"name": ""} == {
        "url": URL,
        "name": "",
        "version": 1,
        "capture_ids": ["C-00000001"],
    }
    store = Store.open(store_url(data))
    (capture,) = store.captures()
    assert (capture.final_url, capture.origin) == (URL, "import")
    with store.read() as connection:
        assert verify(connection) == []
        assert [one.url for one in load(connection)] == [URL]
    store.close()


def test_the_newest_version_is_compared_with(house: House, saved: Path) -> None:
    add(house.data, saved)
    saved.write_text(ORIGINAL.replace("部署会议", "推进会议"), encoding="utf-8")
    assert json.loads(add(house.data, saved).stdout)["version"] == 2
    (told,) = [json.loads(line) for line in run(house.data, "list", "--json").stdout.splitlines()]
    assert list(undocumented(told, "zhengshao reference list")) == []
    assert (told["url"], told["version"], told["capture"]) == (URL, 2, "C-00000002")


def test_a_clone_of_it_is_recognised_from_then_on(house: House, saved: Path) -> None:
    add(house.data, saved)
    context = judging_context(config.load(), house.data, house.store)
    verdict = assess(Page.from_html(ORIGINAL, "https://www.invented-copy.top/"), context).impersonation
    assert "clones" in {signal.detector for signal in verdict.signals}


def test_a_retired_page_is_compared_with_no_more_and_stays_kept(house: House, saved: Path) -> None:
    add(house.data, saved)
    assert run(house.data, "remove", URL).exit_code == 0
    assert run(house.data, "list", "--json").stdout == ""
    assert len(list(house.store.captures())) == 1
    again = run(house.data, "remove", URL)
    assert (again.exit_code, "没有收集过" in again.stderr) == (2, True)
    assert json.loads(add(house.data, saved).stdout)["version"] == 2


@pytest.mark.parametrize("url", ["https://www.invented-copy.top/", "https://www.invented.gov.cn/"])
def test_only_hosts_of_the_registry_are_taken(url: str, house: House, saved: Path) -> None:
    result = add(house.data, saved, url)
    assert (result.exit_code, "不在官方网站名单中" in result.stderr) == (1, True)
    assert run(house.data, "add", url).exit_code == 1
    assert not list(house.store.captures())


def test_a_file_without_its_address_is_refused(house: House, saved: Path) -> None:
    result = run(house.data, "add", str(saved))
    assert (result.exit_code, "--url" in result.stderr) == (1, True)


def test_a_page_with_nothing_to_compare_is_refused_but_the_rest_taken(house: House, saved: Path) -> None:
    thin = saved.with_name("thin.html")
    thin.write_text("<p>维护中</p>", encoding="utf-8")
    result = run(house.data, "add", str(thin), str(saved), "--url", URL)
    assert (result.exit_code, "没有足够的结构" in result.stderr) == (3, True)
    assert "第 1 版" in result.stdout


def test_a_file_that_is_not_there_is_said(house: House, tmp_path: Path) -> None:
    result = add(house.data, tmp_path / "missing.html")
    assert (result.exit_code, "missing.html" in result.stderr) == (1, True)


def test_pages_of_a_warc_are_taken(house: House, tmp_path: Path) -> None:
    house.keep(page(Task(night="N", kind=TaskKind.SITE, source="web", target=URL), exchange(URL, ORIGINAL.encode())))
    data = tmp_path / "other"
    result = run(data, "add", str(house.volume()), "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["url"] == URL


def test_a_page_is_fetched_by_both_visitors_and_every_capture_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ORIGINAL.replace("<dl>", "<ul><li>手机版</li></ul><dl>")

    def capture(*_: object, **__: object) -> Captured:
        for html in (ORIGINAL, other):
            task = Task(night="capture-1", kind=TaskKind.SITE, source="web", target=URL)
            house.keep(page(task, exchange(URL, html.encode()), outcome=Outcome.CAPTURED))
        return Captured(visits=(), subjects=(), night="capture-1")

    monkeypatch.setattr("review.night.capture", capture)
    result = run(house.data, "add", URL, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["capture_ids"] == ["C-00000001", "C-00000002"]
    with house.store.read() as connection:
        assert [(one.version, one.capture_id) for one in load(connection)] == [(1, 1), (1, 2)]


def test_a_page_that_could_not_be_had_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Captured(visits=(), subjects=(), night="capture-1")
    monkeypatch.setattr("review.night.capture", lambda *_, **__: nothing)
    result = run(house.data, "add", URL)
    assert (result.exit_code, "没有取到" in result.stderr) == (1, True)


def test_beside_a_night_it_waits_for_nobody(house: House) -> None:
    with night_lock(house.data):
        assert run(house.data, "add", URL).exit_code == 4


NOT_A_PAGE = {
    "empty.html": (b"", "empty"),
    "noise.html": (bytes(range(256)) * 9, "unknown format"),
    "zeros.html": (bytes(4000), "unknown format"),
    "wrong.html": (ORIGINAL.encode().decode("latin-1").encode("utf-16-le"), "没有取到可用的页面"),
    "cut.warc.gz": (b"\x1f\x8b\x08\0\0\0\0\0\0\3\x0b", "damaged"),
    "huge.html": (b"<p>x</p>" * 9_000_000, "max_page_bytes"),
    "paper.pdf": (b"%PDF-1.4\n", "unknown format"),
    "list.csv": (b"url\nhttps://www.mem.gov.cn/\n", "没有新的网页"),
    "photo.png": (PIXEL, "没有新的网页"),
}


@pytest.mark.parametrize("name", NOT_A_PAGE)
def test_a_file_that_is_no_page_is_refused_by_its_name(name: str, house: House, tmp_path: Path) -> None:
    content, why = NOT_A_PAGE[name]
    (tmp_path / name).write_bytes(content)
    for address in ((), ("--url", URL)):
        result = run(house.data, "add", str(tmp_path / name), *address)
        assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
        assert why in result.stderr or "--url" in result.stderr
    assert run(house.data, "list").stdout == ""


@pytest.mark.parametrize("codec", ["utf-16", "gb18030", "utf-8-sig"])
def test_a_page_in_another_encoding_is_read(codec: str, house: House, saved: Path) -> None:
    saved.write_bytes(ORIGINAL.encode(codec))
    assert add(house.data, saved).exit_code == 0


def test_what_has_no_end_is_refused_at_once(house: House, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    for place in (tmp_path / "pipe.html", tmp_path, Path("/dev/zero")):
        result = add(house.data, place)
        assert (result.exit_code, "no regular file" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    "url", ["http://[", "https://", "https://www.mem.gov.cn:99999/", "http://" + "a" * 70_000, "x"]
)
def test_an_address_that_is_none_is_refused_with_its_name(url: str, house: House, saved: Path) -> None:
    result = add(house.data, saved, url)
    assert (result.exit_code, url[:40] in result.stderr, "名单" in result.stderr) == (1, True, True)
    if url != "x":
        assert url[:40] in run(house.data, "add", url).stderr


def test_a_page_that_was_taken_with_another_address_is_not_taken_for_this_one(house: House, saved: Path) -> None:
    add(house.data, saved)
    result = add(house.data, saved, f"{URL}other")
    assert (result.exit_code, URL in result.stderr, f"{URL}other" in result.stderr) == (1, True, True)

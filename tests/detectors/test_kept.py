"""Pages as they were kept: read from archive, blobs and rows, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.records import (
    ArchiveError,
    Artefact,
    Exchange,
    Fetched,
    FetchProfile,
    Listing,
    Origin,
    PageState,
    TaskKind,
)
from detectors.context import Context
from detectors.kept import Kept
from tests.crawlers.keeping import House, exchange, page, task
from tests.crawlers.keeping import house as open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "data") as made:
        yield made


@pytest.fixture
def kept(house: House, context: Context) -> Kept:
    return Kept(house.store, house.archive, context, house.blobs)


def results(*listings: Listing) -> Fetched:
    found = page(task("焊工证", kind=TaskKind.MARKETPLACE, source="xianyu"), exchange("https://x.example/s", b"{}"))
    return Fetched(**{name: getattr(found, name) for name in found.__slots__} | {"listings": listings})


def offer(number: int) -> Listing:
    return Listing(platform="xianyu", item_id=str(number), title="焊工证", url=f"https://x.example/{number}")


def test_pages_of_sites_are_read_and_result_pages_are_not(house: House, kept: Kept) -> None:
    house.keep(page(task("http://a.example/"), exchange("http://a.example/", "<p>甲店".encode())), results(offer(1)))
    (capture,) = kept.captures()
    read = kept.page(capture)
    assert (read.text.strip(), read.url, kept.subject(capture, read)) == ("甲店", "http://a.example/", "site:a.example")


def test_offers_come_in_the_order_of_their_pages(house: House, kept: Kept) -> None:
    house.keep(results(offer(1), offer(2)))
    house.keep(results(offer(3)))
    assert [one.item_id for one in kept.listings()] == ["1", "2", "3"]


def test_an_offers_own_page_is_the_offer(house: House, kept: Kept) -> None:
    house.keep(results(offer(1)), page(task("https://x.example/1"), exchange("https://x.example/1", b"<p>x")))
    (capture,) = kept.captures()
    assert kept.subject(capture, kept.page(capture)) == "listing:xianyu:1"


def test_a_rendered_document_stands_for_its_scripts_where_blobs_are_at_hand(house: House, context: Context) -> None:
    dom = house.blobs.put("<p>已渲染".encode())
    artefact = Artefact(role="dom", sha256=dom, bytes=9, media_type="text/html")
    script = exchange("http://a.example/", b"<script src=a.js></script>")
    house.keep(page(task("http://a.example/"), script, origin=Origin.BROWSER, artefacts=(artefact,)))
    (capture,) = house.store.captures()
    assert Kept(house.store, house.archive, context, house.blobs).page(capture).text.strip() == "已渲染"
    assert Kept(house.store, house.archive, context).page(capture).text.strip() == ""


def test_the_phone_sees_what_the_desktop_saw_beside_it(house: House, kept: Kept) -> None:
    for profile, text in ((FetchProfile.DESKTOP, "甲"), (FetchProfile.PHONE, "乙")):
        house.keep(
            page(
                house.asked(task("http://a.example/", profile=profile)),
                exchange("http://a.example/", f"<p>{text}".encode()),
            )
        )
    phone = next(one for one in kept.captures() if one.profile is FetchProfile.PHONE)
    read = kept.page(phone)
    assert read.counterpart is not None
    assert (read.text.strip(), read.counterpart.text.strip()) == ("乙", "甲")


def test_the_state_of_a_page_that_was_not_read_is_kept(house: House, kept: Kept) -> None:
    house.keep(page(task("http://a.example/"), exchange("http://a.example/"), page_state=PageState.BLOCKED))
    (capture,) = kept.captures()
    assert kept.page(capture).state is PageState.BLOCKED


def test_bytes_that_cannot_be_read_are_an_error(house: House, kept: Kept) -> None:
    house.keep(page(task("http://a.example/"), exchange("http://a.example/")))
    (capture,) = kept.captures()
    volume = house.volume()
    volume.write_bytes(volume.read_bytes()[: capture.place.offset + 10])
    with pytest.raises(ArchiveError):
        kept.page(capture)


def icon(url: str, body: bytes, **fields: object) -> Exchange:
    return exchange(url, body, **{"response_headers": (("Content-Type", "image/x-icon"),), **fields})


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        (icon("http://a.example/favicon.ico", b"icon"), b"icon"),
        (icon("http://a.example/img/favicon-32.png?v=2", b"icon"), b"icon"),
        (icon("http://cdn.example/favicon.ico", b"icon"), b""),
        (icon("http://a.example/favicon.ico", b"icon", status=404), b""),
        (icon("http://a.example/logo.ico", b"icon"), b""),
    ],
    ids=["root", "named", "another host's", "not there", "another picture"],
)
def test_the_sites_own_icon_is_what_the_browser_fetched_for_it(
    resource: Exchange, found: bytes, house: House, kept: Kept
) -> None:
    shown = exchange("http://a.example/", "<p>甲店".encode())
    house.keep(page(task("http://a.example/"), shown, origin=Origin.BROWSER, resources=(resource,)))
    (capture,) = kept.captures()
    assert kept.page(capture).favicon == found

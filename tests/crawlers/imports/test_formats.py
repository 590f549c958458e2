"""Each format as honest tools write it: what is kept, where it came from, how it proves itself."""

from __future__ import annotations

import email.mime.image
import email.mime.multipart
import email.mime.text
import io
import json
from pathlib import Path

import pytest

from crawlers import custody
from crawlers.agreement import audit
from crawlers.imports import Handed, ImportReport, Refused, tips
from crawlers.imports.items import utc
from crawlers.records import Capture, Origin, PageState
from tests.crawlers.imports.packing import PAGE, har, har_entry, wacz
from tests.crawlers.keeping import House

FIXTURES = Path(__file__).parents[2] / "fixtures"


def taken(house: House, data: bytes | str, name: str, **handed: str) -> ImportReport:
    path = house.data / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return house.intake().take(path, Handed(**handed))  # type: ignore[arg-type]


def only(house: House) -> Capture:
    (capture,) = house.store.captures()
    assert capture.origin is Origin.IMPORT
    assert audit(house.store, house.archive) == []
    return capture


def provenance(house: House, number: int = 1) -> dict[str, str]:
    with house.store.read() as connection:
        (line,) = custody.lines(connection, capture_ids=[number])
    found: dict[str, str] = json.loads(line.detail)["provenance"]
    return found


def test_a_wacz_that_agrees_with_its_digests_is_verified(house: House) -> None:
    report = taken(house, wacz(), "saved.wacz")
    assert (report.format, report.provenance, report.captures, report.damaged) == ("wacz", "verified", (1,), ())
    capture = only(house)
    assert (capture.url, "provenance_verified" in capture.flags) == ("https://zs.example/", True)
    assert provenance(house)["provenance"] == "verified"
    assert provenance(house)["entry"] == "archive/data.warc.gz"
    assert provenance(house)["file_sha256"] == report.sha256


def test_a_har_gives_pages_without_the_analysts_session(house: House) -> None:
    picture = har_entry("https://zs.example/a.png", "", mime="image/png")
    moved = har_entry("https://t.example/x", "", response__status=302, response__redirectURL="https://zs.example/q?a=1")
    report = taken(house, har([moved, picture, har_entry("https://zs.example/q?a=1")]), "session.har")
    assert (report.format, report.provenance, report.captures) == ("har", "unverified", (1,))
    assert report.skipped == {"redirect": 1, "image/png": 1}
    capture = only(house)
    assert [hop.url for hop in capture.hops] == ["https://t.example/x"]
    assert (capture.final_url, capture.fetched_at) == ("https://zs.example/q?a=1", "2026-01-02T03:04:05.678Z")
    assert {"decoded_before", "charset_overruled"} <= set(capture.flags)
    kept = house.archive.read(capture.place)
    assert kept.body.decode() == PAGE
    assert "secret" not in str(kept.request_headers)


def test_a_har_of_a_known_search_is_read_by_its_profile(house: House) -> None:
    reply = (FIXTURES / "xianyu" / "normal.json").read_text("utf-8")
    url = "https://h5api.m.goofish.com/h5/mtop.taobao.idlemtopsearch.pc.search/1.0/?jsv=2.7.2"
    report = taken(house, har([har_entry(url, reply, mime="application/json"), har_entry(url, "{}")]), "x.har")
    assert len(report.captures) >= 1
    first = house.store.capture(1)
    assert (first.source, first.page_state) == ("xianyu", PageState.RESULTS)
    assert house.store.listings(capture_id=1)


def test_an_mhtml_gives_its_page_its_time_and_its_pictures(house: House) -> None:
    message = email.mime.multipart.MIMEMultipart("related")
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = "https://zs.example/query"
    message["Date"] = "Fri, 2 Jan 2026 03:04:05 -0000"
    page = email.mime.text.MIMEText(PAGE.encode("gb18030").decode("latin-1"), "html", "latin-1")
    page.set_param("charset", "gb18030")
    page["Content-Location"] = "https://zs.example/query"
    picture = email.mime.image.MIMEImage(b"\x89PNG\r\n\x1a\n" + bytes(40), "png")
    picture["Content-Location"] = "https://zs.example/qr.png"
    message.attach(page)
    message.attach(picture)
    report = taken(house, message.as_bytes(), "page.mhtml")
    assert (report.format, report.captures) == ("mhtml", (1,))
    capture = only(house)
    assert (capture.url, capture.fetched_at) == ("https://zs.example/query", "2026-01-02T03:04:05.000Z")
    assert "no_http_answer" in capture.flags
    assert [hop.url for hop in house.store.resources(1)] == ["https://zs.example/qr.png"]


def test_a_singlefile_page_says_where_and_when(house: House) -> None:
    told = (
        "<!DOCTYPE html> <html lang=zh><!--\n Page saved with SingleFile \n url: https://zs.example/c?id=7 \n"
        " saved date: Fri Jan 02 2026 11:04:05 GMT+0800 (中国标准时间)\n-->" + PAGE
    )
    report = taken(house, told, "页面.html")
    capture = only(house)
    assert (report.format, capture.url) == ("html", "https://zs.example/c?id=7")
    assert capture.fetched_at == "2026-01-02T03:04:05.000Z"
    assert house.archive.read(capture.place).reason == "Imported from SingleFile"


def test_a_page_without_address_needs_one(house: House) -> None:
    with pytest.raises(Refused) as caught:
        taken(house, PAGE, "page.html")
    assert caught.value.problem.code == "needs_url"
    assert "--url" in caught.value.told("zh")
    report = taken(house, PAGE, "page.html", url="https://zs.example/#top")
    assert report.captures == (1,)
    assert only(house).url == "https://zs.example/"
    assert {"address_claimed", "time_unknown"} <= set(only(house).flags)


def test_a_page_saved_in_the_future_has_the_time_of_its_import(house: House) -> None:
    told = "<!--\n Page saved with SingleFile \n url: https://zs.example/ \n saved date: 2099-01-01T00:00:00Z\n-->"
    taken(house, f"<html>{told}{PAGE}", "p.html")
    assert "time_in_future" in only(house).flags
    assert only(house).fetched_at < "2099"


@pytest.mark.parametrize(
    ("source", "page"), [("xianyu", "normal.json"), ("taobao", "reply.js"), ("taobao", "bare.json")]
)
def test_a_copied_search_reply_is_recognised_by_reading(house: House, source: str, page: str) -> None:
    report = taken(house, (FIXTURES / source / page).read_bytes(), page)
    assert (report.format, report.captures) == ("reply", (1,))
    assert (only(house).source, "address_assumed" in only(house).flags) == (source, True)
    assert house.store.listings(capture_id=1)


def test_a_json_of_nobody_is_refused(house: House) -> None:
    with pytest.raises(Refused) as caught:
        taken(house, '{"a": 1}', "x.json")
    assert caught.value.problem.code == "json_source"
    assert "xianyu" in caught.value.told("zh")


def _certificate(text: str) -> bytes:
    qrcode = pytest.importorskip("qrcode")
    out = io.BytesIO()
    qrcode.make(text).save(out, format="PNG")
    return out.getvalue()


@pytest.mark.parametrize("text", ["https://zs.tzzyqr.example/c/?n=1", "T11010119000101001X"])
def test_a_photo_is_kept_and_its_code_read_as_text(house: House, text: str) -> None:
    pytest.importorskip("zxingcpp")
    report = taken(house, _certificate(text), "证书.png", channel="12350")
    assert (report.format, report.captures) == ("photo", (1,))
    capture = only(house)
    assert (capture.url, capture.source) == (f"urn:sha256:{report.sha256}", "photo")
    with house.store.read() as connection:
        found = tips.listed(connection)
    if text.startswith("https"):
        assert [(row.tip.url, row.capture_id, row.tip.channel) for row in found] == [(text, 1, "12350")]
    else:
        assert found == []
        assert report.damaged[0].code == "photo_code_text"


def test_the_original_is_kept_beside_what_was_read(house: House) -> None:
    report = taken(house, har([har_entry()]), "session.har")
    assert house.blobs.path(report.sha256).is_file()


def test_a_preview_writes_nothing(house: House) -> None:
    path = house.data / "saved.wacz"
    path.write_bytes(wacz())
    found = house.intake().preview(path)
    assert (found.format, found.provenance, found.pages, found.sample) == (
        "wacz",
        "verified",
        1,
        ("https://zs.example/",),
    )
    assert found.refused is None
    assert list(house.store.captures()) == []
    assert not house.archive.root.exists()
    house.intake().take(path)
    assert house.intake().preview(path).already


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Fri Jan 02 2026 11:04:05 GMT+0800 (China Standard Time)", "2026-01-02T03:04:05.000Z"),
        ("Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("gestern", ""),
        ("", ""),
        ("9" * 5000, ""),
    ],
)
def test_moments_as_browsers_write_them(text: str, moment: str) -> None:
    assert utc(text) == moment

"""The evidence page shows what resolvers and registries said of a capture's host, as text and with persons masked."""

from __future__ import annotations

from crawlers import network
from crawlers.answers import Answer
from crawlers.blobs import BlobStore
from crawlers.lookups import LookUp, Subject
from review.desk.roles import Role
from tests.crawlers.keeping import exchange, page, task
from tests.review.web.office import Office

AT = "2026-11-21T00:00:00.000Z"
HOSTILE = '"><script>alert(1)</script>'
ANSWERS = (
    Answer("dns", "site.example A", "alidns", AT, "answered", "", {"records": ["192.0.2.7"]}, b"raw"),
    Answer("rdap", "site.example", "pir", AT, "answered", "", {"registrar": HOSTILE, "registrant": "张***"}, b"raw"),
    Answer("asn", "192.0.2.7", "asn.tsv", AT, "failed", "no_table"),
)


def test_look_ups_are_shown_beside_the_capture(desk: Office) -> None:
    (number,) = desk.keep(page(task(), exchange()))
    desk.case(0, subject="site:site.example", capture_ids=(number,))
    found = LookUp(Subject("site.example", "site.example"), AT, AT, ANSWERS)
    network.keep(desk.store, BlobStore(desk.data / "blobs"), found, "2026-11-21")
    desk.account("fenxi", Role.ANALYST)
    text = desk.signed_in("fenxi").get(f"/cases/1/evidence/{number}").text
    for said in ("解析、注册与网络归属", "192.0.2.7", "alidns", "张***", "no_table"):
        assert said in text
    assert HOSTILE not in text
    assert "&lt;script&gt;alert(1)" in text

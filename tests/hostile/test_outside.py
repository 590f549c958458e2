"""What comes from outside and is no page: answers of sources and registries, labelled rows, lists of names.

Each seed spoils something good; it is read, or refused by name.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

import config
from crawlers.clock import http_date
from crawlers.decode import decode
from crawlers.framing import FramingError, Head, OpenBody, request_body, response_body
from crawlers.imports.handed import Handed
from crawlers.imports.items import utc
from crawlers.networks import holders
from crawlers.patience import wait_seconds
from crawlers.profiles import parse
from crawlers.registrations import read_rdap, read_whois
from review.assessing import Document, Failed, documents, lines
from review.cli import _refuse_undecodable
from review.errors import ListBroken
from review.screening.lists import blocks
from tests.conftest import ROOT
from tests.hostile.fuzz import _volume, spoilt
from tests.hostile.mutating import changed, written

SEEDS, MANY = 300, 30_000


@pytest.fixture(params=[SEEDS, pytest.param(MANY, marks=pytest.mark.long)])
def seeds(request: pytest.FixtureRequest) -> range:
    return range(request.param)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def can_be_kept(value: Any) -> bool:
    """Whether every text in it fits a database and a terminal."""
    return not any("\0" in text or text != text.encode("utf-8", "replace").decode() for text in strings(value))


def replies() -> list[tuple[str, Any]]:
    """Recorded JSON replies of sources, by profile."""
    folder = ROOT / "tests" / "fixtures"
    known = {**config.load().engines, **config.load().marketplaces}
    paths = [path for name in sorted(known) for path in sorted((folder / name).glob("*.json"))]
    return [(path.parent.name, json.loads(path.read_bytes())) for path in paths]


def test_a_reply_of_a_source_ends_in_a_page_state_whatever_stands_in_it(seeds: range) -> None:
    known, good = {**config.load().engines, **config.load().marketplaces}, replies()
    assert len({name for name, _ in good}) > 5
    for seed in seeds:
        dice = random.Random(seed)
        name, reply = dice.choice(good)
        text = decode(written(changed(reply, dice), dice)).text
        assert can_be_kept(parse(known[name], text, url=known[name].base_url).as_json())


@pytest.mark.parametrize("odd", ["\\ud800", "\\u0000", "\\udfff\\ud83d"])
def test_what_no_database_holds_is_replaced_in_a_title_and_the_rest_is_read(odd: str) -> None:
    reply = '{"results": [{"url": "http://a.test/", "title": "查询' + odd + '证书", "content": "x"}]}'
    (found,) = parse(config.load().engines["searxng"], reply, url="http://s.test/").results
    assert found.title.strip("\ufffd").startswith("查询\ufffd") and found.title.endswith("证书")


RDAP = {
    "objectClassName": "domain",
    "ldhName": "a.top",
    "status": ["active"],
    "nameservers": [{"objectClassName": "nameserver", "ldhName": "ns1.a.top"}],
    "secureDNS": {"delegationSigned": False},
    "entities": [
        {
            "objectClassName": "entity",
            "handle": "1",
            "roles": ["registrar"],
            "publicIds": [{"type": "IANA Registrar ID", "identifier": "99"}],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Registrar"]]],
        }
    ],
    "events": [{"eventAction": "registration", "eventDate": "2025-01-01T00:00:00Z"}],
}
WHOIS = b"Domain Name: a.top\nRegistrar: R\nName Server: ns1.a\nDomain Status: ok https://x.test\n"


def test_a_registry_may_answer_anything(seeds: range) -> None:
    assert read_rdap(json.dumps(RDAP).encode(), "a.top") is not None
    for seed in seeds:
        dice = random.Random(seed)
        found = read_rdap(written(changed(RDAP, dice), dice), "a.top")
        assert found is None or can_be_kept(found)
        assert read_whois(spoilt(WHOIS, seed), "a.top")[0] in ("answered", "nothing", "failed")


def test_a_length_nobody_could_send_is_no_length() -> None:
    endless = b"9" * 5000
    head = Head(b"HTTP/1.1 200 OK", (b"Content-Length: " + endless,))
    assert isinstance(response_body(head, 200, b"GET"), OpenBody)
    with pytest.raises(FramingError):
        request_body(head)


ROWS = (
    {"id": "a", "text": "焊工证包过 不用考试", "url": "https://a.test/x", "is_selling": True, "class": "承诺免考"},
    {"id": "b", "html": "<title>应急管理部 证书查询</title>", "is_impersonation": True, "imitates": "应急管理部"},
    {"id": 3, "text": "安全培训中心招生", "is_selling": False, "label": "honest", "family": "h"},
)


def test_a_bad_line_is_named_and_the_others_go_on(seeds: range) -> None:
    for seed in seeds:
        dice = random.Random(seed)
        bad = written(changed(dice.choice(ROWS), dice), dice).replace(b"\n", b" ")
        bad = spoilt(bad, seed).replace(b"\n", b" ") if seed % 3 == 0 else bad
        first, *_, last = lines(
            io.BytesIO(b"\n".join([json.dumps(ROWS[0]).encode(), bad, json.dumps(ROWS[2]).encode()]))
        )
        assert isinstance(first, Document) and isinstance(last, Document) and last.id == 3
    (failed,) = lines(io.BytesIO(b'{"id": %s, "text": "x"}' % (b"9" * 5000)))
    assert isinstance(failed, Failed) and "line 1" in failed.error
    (mended,) = lines(io.BytesIO(rb'{"id": "a\ud800", "text": "x\ud800"}'))
    assert isinstance(mended, Document) and can_be_kept([mended.id, mended.content, mended.row])


def test_a_damaged_warc_is_judged_up_to_and_after_the_damage(tmp_path: Path, seeds: range) -> None:
    file = tmp_path / "a.warc.gz"
    for seed in seeds:
        file.write_bytes(spoilt(_volume(), seed) or b"x")
        for found in documents([file], "", io.BytesIO()):
            assert isinstance(found, Document) or str(file) in found.error


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_list_saved_as_unicode_text_is_read(codec: str) -> None:
    names = "应急管理.网址\r\nwww.mem-gov.cn\r\n" * 3
    data = ("\ufeff" + names).encode(codec)
    assert b"\n".join(blocks(io.BytesIO(data))).decode().split() == names.split()


NAMES = (
    "域名,日期\nwww.mem-gov.cn,2026\nhttp://cx.example.top/a,2026\n*.yingji.com,2026\n应急管理.网址,1\n",
    "$ORIGIN top.\n$TTL 1\nmem-gov 3600 IN NS a.b.\nyjglb IN A 192.0.2.1\n@ IN SOA a b 1 2 3 4 5\n",
    "www.mem-gov.cn\nyingji-cha.top\n" * 50,
    "a;b\rc;d\nx;y\n\x0b\n",
)


def test_a_list_of_names_is_read_or_said_to_be_broken(seeds: range) -> None:
    for seed in seeds:
        dice = random.Random(seed)
        data = dice.choice(NAMES).encode(dice.choice(["utf-8", "gb18030", "utf-16", "utf-8-sig"]))
        data = spoilt(data, seed)
        if dice.random() < 0.4:
            data = spoilt(gzip.compress(data), seed) if dice.random() < 0.7 else gzip.compress(data)
        try:
            assert all(isinstance(block, bytes) for block in blocks(io.BytesIO(data)))
        except ListBroken as error:
            assert str(error)


@pytest.mark.parametrize(
    "said",
    ["Mon, 21 Nov 202999999999999999999996 01:00:00 GMT", "Mon, 99 Nov 2026", "²", "Mon, 21 Nov 2026 GMT+9999"],
)
def test_a_date_no_calendar_has_is_no_date(said: str) -> None:
    assert http_date(said) is None
    assert wait_seconds(said) == 0.0
    assert http_date("Mon, 23 Nov 2026 01:00:00 GMT") == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert utc("0001-01-01T00:00:00+14:00") == ""


TABLE = b"# date: 2026-11-01\n192.0.2.0\t192.0.2.255\t64500\tCN\tCLOUD\n2001:db8::\t2001:db8::ffff\t64501\tCN\tX\n"


def test_a_damaged_table_of_networks_is_said_to_be_unreadable(tmp_path: Path, seeds: range) -> None:
    for seed in seeds:
        table = tmp_path / ("asn.tsv.gz" if seed % 2 else "asn.tsv")
        table.write_bytes(spoilt(gzip.compress(TABLE) if seed % 2 else TABLE, seed))
        for answer in holders(["192.0.2.1", "x", "2001:db8::1"], table):
            assert answer.state in ("answered", "nothing", "failed")


def test_a_file_named_in_gbk_is_called_by_its_name(tmp_path: Path) -> None:
    named = Path(os.fsdecode(bytes(tmp_path) + "/证书.html".encode("gbk")))
    named.write_bytes(b"<title>x</title>")
    assert Handed().called(named) == "证书.html"
    _refuse_undecodable(["import", str(named)])


def test_an_argument_that_is_no_text_is_named() -> None:
    with pytest.raises(click.UsageError, match="argument 2"):
        _refuse_undecodable(["rules", os.fsdecode(b"\xff\xfe" * 400)])

"""WACZ export: what other tools find in it, that it is the archive's own bytes, and that nothing half is written."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawlers import cdxj, wacz
from crawlers.records import ArchiveError, Artefact, FetchProfile, StoreError
from crawlers.warcreader import Damage, read
from tests.crawlers.keeping import House, exchange, page, task

URL = "http://site.example/"
PICTURE = b"\x89PNG picture"


@pytest.fixture
def kept(house: House) -> House:
    """A redirect and a page with a picture and a screenshot; the page again as a phone saw it; another page."""
    hop = exchange("http://go.example/", b"", status=302, response_headers=(("Location", URL),))
    resource = exchange(f"{URL}a.png", PICTURE, response_headers=(("Content-Type", "image/png"),))
    shot = Artefact("screenshot", house.blobs.put(PICTURE), len(PICTURE), "image/png")
    house.keep(
        page(task(URL), hop, exchange(URL, b"<p>one"), resources=(resource,), artefacts=(shot,), title="查询"),
        page(task(URL, profile=FetchProfile.PHONE), exchange(URL, b"<p>two", fetched_at="2026-01-31T16:00:09.000Z")),
        page(task("http://b.example/"), exchange("http://b.example/", b"<p>b")),
    )
    return house


def export(house: House, *ids: int, name: str = "out.wacz", **options: Any) -> wacz.Exported:
    return wacz.export(house.store, house.archive, ids, house.data / name, **options)


def lines(file: zipfile.ZipFile) -> list[tuple[str, str, dict[str, str]]]:
    text = gzip.decompress(file.read("indexes/index.cdx.gz")).decode()
    split = (line.split(" ", 2) for line in text.splitlines())
    return [(key, time, json.loads(fields)) for key, time, fields in split]


def test_the_index_leads_to_every_response(kept: House) -> None:
    made = export(kept, 1, 2, blobs=kept.blobs)
    with zipfile.ZipFile(made.path) as file:
        found = lines(file)
        assert [(key, fields["status"], fields["mime"]) for key, _, fields in found] == [
            ("example,go)/", "302", "unk"),
            ("example,site)/", "200", "text/html"),
            ("example,site)/", "200", "text/html"),
            ("example,site)/a.png", "200", "image/png"),
            (f"urn:view:{URL}", "200", "image/png"),
        ]
        for _, time, fields in found:
            data = file.read(f"archive/{fields['filename']}")
            start = int(fields["offset"])
            (record,) = ArchiveIterator(io.BytesIO(data[start : start + int(fields["length"])]))
            assert record.rec_headers["WARC-Target-URI"] == fields["url"]
            assert record.rec_headers["WARC-Payload-Digest"] == fields["digest"]
            assert (
                record.rec_headers["WARC-Date"].replace("-", "").replace(":", "").startswith(f"{time[:8]}T{time[8:]}")
            )
    assert made.records == len(found)


def test_the_block_index_says_where_a_key_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdxj, "BLOCK_LINES", 2)
    entries = [cdxj.line(f"http://a.example/{n}", "2026-01-31T16:00:00Z", {"status": 200}) for n in (3, 1, 2)]
    data, index = cdxj.blocks(entries, "index.cdx.gz")
    meta, *heads = index.decode().splitlines()
    assert json.loads(meta.removeprefix("!meta 0 ")) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    keys = []
    for head in heads:
        key, _, fields = head.split(" ", 2)
        place = json.loads(fields)
        block = data[place["offset"] : place["offset"] + place["length"]]
        assert place["digest"] == "sha256:" + hashlib.sha256(block).hexdigest()
        keys.append(key)
        assert gzip.decompress(block).decode().startswith(key)
    assert keys == ["example,a)/1", "example,a)/3"]


@pytest.mark.parametrize(
    ("url", "key"),
    [  # as the library `surt` gives them
        ("http://www.Example.com:80/A/b?b=2&a=1#x", "com,example)/a/b?a=1&b=2"),
        ("https://例子.cn/路径?查询=焊工", "cn,xn--fsqu00a)/%e8%b7%af%e5%be%84?%e6%9f%a5%e8%af%a2=%e7%84%8a%e5%b7%a5"),
        ("http://1.2.3.4/", "4,3,2,1)/"),
        ("http://user:pw@a.b.cn/", "cn,b,a)/"),
        ("https://a.b.cn:8443/x/?", "cn,b,a:8443)/x"),
        ("http://a.com/a//b/../c", "com,a)/a/c"),
        ("http://www2.a.com/?=&a", "com,a)/?=&a"),
        ("http://a.com/?q=%E7%84%8A%20x+y", "com,a)/?q=%e7%84%8a%20x+y"),
        ("http://a.com/a b", "com,a)/a%20b"),
        ("urn:view:http://a.com/", "urn:view:http://a.com/"),
    ],
)
def test_sort_keys_are_those_of_other_indexers(url: str, key: str) -> None:
    assert cdxj.sort_key(url) == key


def test_pages_say_who_looked_and_when(kept: House) -> None:
    with zipfile.ZipFile(export(kept, 1, 2).path) as file:
        head, *pages = map(json.loads, file.read("pages/pages.jsonl").decode().splitlines())
    assert head["format"] == "json-pages-1.0"
    assert [(p["id"], p["url"], p["title"], p["profile"]) for p in pages] == [
        ("C-00000001", "http://go.example/", "查询", "desktop"),
        ("C-00000002", URL, "", "phone"),
    ]


def test_records_are_the_archive_s_own_bytes_and_read_strictly(kept: House, tmp_path: Path) -> None:
    with zipfile.ZipFile(export(kept, 1, 2, 3).path) as file:
        data = file.read("archive/data.warc.gz")
    for capture in kept.store.captures():
        assert kept.archive.raw_exchange(capture.place) in data
    (tmp_path / "data.warc.gz").write_bytes(data)
    items = list(read(tmp_path / "data.warc.gz", require_digests=True))
    assert [item for item in items if isinstance(item, Damage)] == []
    assert warcio_check(tmp_path / "data.warc.gz") == 0


def warcio_check(path: Path) -> int:
    """Exit code of `warcio check`."""

    class Asked:
        inputs = (str(path),)
        verbose = True

    return int(Checker(Asked()).process_all())


def test_the_package_hashes_all_and_its_own_hash_is_beside_it(kept: House) -> None:
    with zipfile.ZipFile(export(kept, 1, blobs=kept.blobs, title="甲案").path) as file:
        package = json.loads(file.read("datapackage.json"))
        said = json.loads(file.read("datapackage-digest.json"))
        assert said["hash"] == "sha256:" + hashlib.sha256(file.read("datapackage.json")).hexdigest()
        names = {name for name in file.namelist() if not name.startswith("datapackage")}
        assert {one["path"] for one in package["resources"]} == names
        for one in package["resources"]:
            data = file.read(one["path"])
            assert (one["bytes"], one["hash"]) == (len(data), "sha256:" + hashlib.sha256(data).hexdigest())
        assert {info.compress_type for info in file.infolist()} == {zipfile.ZIP_STORED}
    assert (package["wacz_version"], package["title"]) == ("1.1.1", "甲案")
    assert package["mainPageUrl"] == "http://go.example/"


def test_the_same_captures_give_the_same_bytes(kept: House) -> None:
    first = export(kept, 2, 1, blobs=kept.blobs)
    second = export(kept, 1, 2, 1, name="again.wacz", blobs=kept.blobs)
    assert first.path.read_bytes() == second.path.read_bytes()
    assert (first.sha256, first.captures) == (second.sha256, (1, 2))
    assert hashlib.sha256(first.path.read_bytes()).hexdigest() == first.sha256


def test_without_captures_nothing_is_written(kept: House) -> None:
    with pytest.raises(wacz.NothingToExport):
        export(kept)
    with pytest.raises(StoreError, match="no capture 99"):
        export(kept, 1, 99)
    assert not list(kept.data.glob("*out.wacz*"))


def test_evidence_that_was_changed_is_not_exported(kept: House) -> None:
    volume = kept.volume()
    data = bytearray(volume.read_bytes())
    place = kept.store.capture(1).place
    data[place.offset + 40] ^= 1
    volume.write_bytes(data)
    with pytest.raises(ArchiveError):
        export(kept, 1)
    assert not list(kept.data.glob("*out.wacz*"))


def test_py_wacz_accepts_it(kept: House) -> None:
    """`wacz validate`, which is no dependency: name it in ZHENGSHAO_WACZ or put it on the PATH."""
    oracle = os.environ.get("ZHENGSHAO_WACZ") or shutil.which("wacz")
    if not oracle:
        pytest.skip("py-wacz is not installed (set ZHENGSHAO_WACZ to its `wacz`)")
    made = export(kept, 1, 2, 3, blobs=kept.blobs)
    ran = subprocess.run([oracle, "validate", "-f", str(made.path)], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr

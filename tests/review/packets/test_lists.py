"""Lists for machines: each is what its own readers take for valid, and blocks no more than was asked."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import dns.zone
import pytest
import stix2

from crawlers.records import Hop
from review.packets.lists import pattern
from review.packets.source import PacketSource
from review.packets.targets import targets
from tests.review.packets import world
from tests.review.packets.test_papers import files_of, rich


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return files_of(rich("cac", "safety_committee"), tmp_path_factory.mktemp("lists"))


def test_stix_is_valid_and_the_same_each_time(files: dict[str, bytes], tmp_path: Path) -> None:
    raw = files["lists/targets.stix.json"]
    bundle: Any = stix2.parse(raw.decode(), allow_custom=False, version="2.1")
    kinds = {one["type"] for one in bundle.objects}
    assert kinds == {"identity", "domain-name", "url", "ipv4-addr", "indicator", "relationship", "report"}
    indicator = next(one for one in bundle.objects if one["type"] == "indicator")
    assert indicator.pattern == f"[domain-name:value = '{world.HOST}']"
    report = next(one for one in bundle.objects if one["type"] == "report")
    known = {one["id"] for one in bundle.objects}
    assert set(report.object_refs) <= known
    name = next(one for one in bundle.objects if one["type"] == "domain-name")
    assert name["id"] == stix2.DomainName(value=world.HOST)["id"], "others compute the same identifier"
    assert files_of(rich("cac", "safety_committee"), tmp_path)["lists/targets.stix.json"] == raw


def test_the_policy_zone_is_read_by_dnspython(files: dict[str, bytes]) -> None:
    zone = dns.zone.from_text(files["lists/targets.rpz"].decode(), origin="rpz.example.", relativize=False)
    names = {str(name).removesuffix(".rpz.example."): str(data[0]) for name, _, data in
             ((n, t, list(r)) for n, t, r in ((n, r.rdtype, r) for n, node in zone.items() for r in node))
             if "CNAME" in str(type(data[0]))}  # fmt: skip
    assert names == {world.HOST: ".", f"*.{world.HOST}": "."}


def test_csv_and_json_name_unit_measures_and_evidence(files: dict[str, bytes]) -> None:
    table = list(csv.DictReader(io.StringIO(files["lists/targets.csv"].decode("utf-8-sig"))))
    (target,) = json.loads(files["lists/targets.json"])["targets"]
    assert [row["evidence_id"] for row in table] == [one["id"] for one in target["evidence"]]
    assert table[0]["host"] == target["host"] == world.HOST
    assert table[0]["hosting"] == "境外"
    assert target["measures"] == ["block", "resolve", "results"]
    assert all(len(row["sha256"]) == 64 for row in table)


def on(subject: str, url: str, **changes: Any) -> PacketSource:
    material = world.material(1, [world.exchange(url)], host=url.split("/")[2], **changes)
    return world.source(subject=subject, captures=(material,))


@pytest.mark.parametrize(
    ("subject", "url", "unit", "value"),
    [
        ("site:www.fake.example", "http://www.fake.example/a", "domain", "fake.example"),
        ("site:cx.fake.example", "http://cx.fake.example/a", "host", "cx.fake.example"),
        ("site:pages.example/user", "http://pages.example/user/x", "path", "pages.example/user"),
        ("listing:xianyu:7", "http://shop.example/i?id=7", "url", "http://shop.example/i?id=7"),
    ],
)
def test_the_narrowest_unit_that_stops_it(subject: str, url: str, unit: str, value: str) -> None:
    target = targets(on(subject, url), world.agency().measures)[0]
    assert (target.unit, target.value) == (unit, value)


def test_a_path_is_never_blocked_by_name(tmp_path: Path) -> None:
    files = files_of(on("site:pages.example/user", "http://pages.example/user/x"), tmp_path)
    assert b"CNAME" not in files["lists/targets.rpz"]
    assert b"; not by name: path pages.example/user" in files["lists/targets.rpz"]
    stix2.parse(files["lists/targets.stix.json"].decode(), allow_custom=False, version="2.1")


def test_a_door_on_another_host_is_a_target_of_its_own() -> None:
    hop = Hop("http://door.example/r?a='1", 302, "203.0.113.8:80", None)
    found = targets(on("site:cx.fake.example", "http://cx.fake.example/a", hops=(hop,)), world.agency().measures)
    assert [(one.unit, one.host) for one in found] == [("host", "cx.fake.example"), ("url", "door.example")]
    assert pattern(found[1]) == "[url:value = 'http://door.example/r?a=\\'1']"

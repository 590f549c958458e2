"""The table of networks: who holds an address, by whose word of which day; unknown stays unknown."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crawlers.networks import holders

ROWS = [
    ("192.0.2.0", "192.0.2.255", "64496", "CN", "EXAMPLE, a network"),
    ("192.0.2.64", "192.0.2.127", "64499", "HK", "NARROWER"),
    ("198.51.100.0", "198.51.100.255", "0", "None", "Not routed"),
    ("2001:db8::", "2001:db8::ffff", "64498", "US", "SIX"),
]
TSV = "".join("\t".join(row) + "\n" for row in ROWS)
CSV = "# networks, date: 2026-11-01\n" + "".join(",".join(f'"{one}"' for one in row) + "\n" for row in ROWS)


def told(table: Path, *addresses: str) -> list[tuple[str, str, str]]:
    return [(one.state, one.reason, str(one.value.get("holder", ""))) for one in holders(addresses, table)]


@pytest.mark.parametrize(
    ("name", "text"), [("asn.tsv", TSV), ("asn.csv", CSV), ("asn.tsv.gz", TSV)], ids=["tsv", "csv", "gz"]
)
def test_the_narrowest_range_holds_an_address(tmp_path: Path, name: str, text: str) -> None:
    table = tmp_path / name
    table.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    found = told(table, "192.0.2.1", "192.0.2.64", "198.51.100.9", "203.0.113.1", "2001:db8::1", "x")
    assert found == [
        ("answered", "", "EXAMPLE, a network"),
        ("answered", "", "NARROWER"),
        ("nothing", "not_in_table", ""),
        ("nothing", "not_in_table", ""),
        ("answered", "", "SIX"),
        ("failed", "not_an_address", ""),
    ]


def test_the_table_s_own_date_goes_with_every_answer(tmp_path: Path) -> None:
    (tmp_path / "asn.csv").write_text(CSV)
    found = holders(["192.0.2.1", "203.0.113.1"], tmp_path / "asn.csv")
    assert {one.value["table_date"] for one in found} == {"2026-11-01"}
    assert {one.source for one in found} == {"asn.csv"}


@pytest.mark.parametrize("data", [b"\x1f\x8b broken", b"\xff\xfe", b"one,two\n", b"192.0.2.0\t192.0.2.9\n", b"<html>"])
@pytest.mark.parametrize("name", ["asn.tsv", "asn.tsv.gz"])
def test_what_is_no_table_says_nothing(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert told(tmp_path / name, "192.0.2.1") == [("failed", "unreadable_table", "")]


def test_without_a_table_nothing_is_known(tmp_path: Path) -> None:
    assert told(tmp_path / "asn.tsv", "192.0.2.1") == [("failed", "no_table", "")]

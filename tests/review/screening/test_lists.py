"""Lists of names in every form they come in, whole and damaged."""

from __future__ import annotations

import gzip
import io
import random

import pytest

from review.errors import ListBroken
from review.screening import lists
from review.screening.lists import blocks

NAMES = ["mem-gov-cn.com", "example.com", "特种作业证查询.com", "a.b.example.net"]


def read(data: bytes) -> list[str]:
    return [line for block in blocks(io.BytesIO(data)) for line in block.decode("utf-8", "replace").split("\n")]


def names(data: bytes) -> list[str]:
    return [line.strip() for line in read(data) if line.strip()]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_a_plain_list_is_what_it_is(end: str, last: str) -> None:
    assert names((end.join(NAMES) + last).encode()) == NAMES


def test_a_mark_at_the_beginning_is_no_part_of_the_first_name() -> None:
    assert names(b"\xef\xbb\xbf" + "\n".join(NAMES).encode())[0] == NAMES[0]


def test_gzip_is_known_by_its_bytes() -> None:
    assert names(gzip.compress("\n".join(NAMES).encode())) == NAMES


def test_several_gzip_members_are_one_list() -> None:
    assert names(b"".join(gzip.compress(f"{name}\n".encode()) for name in NAMES)) == NAMES


def test_a_damaged_gzip_gives_what_came_before_and_says_so() -> None:
    noise = random.Random(1)
    long = "".join(f"{noise.getrandbits(64):x}.com\n" for _ in range(100_000)).encode()
    found = blocks(io.BytesIO(gzip.compress(long)[:-1000]))
    assert next(found)
    with pytest.raises(ListBroken, match="损坏"):
        list(found)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_column_of_a_table_is_found_by_its_heading(delimiter: str) -> None:
    rows = [["rank", "domain", "mail"], *([str(at), name, "a@b.example.org"] for at, name in enumerate(NAMES))]
    assert names("\n".join(delimiter.join(row) for row in rows).encode()) == NAMES


def test_the_column_of_a_table_without_headings_is_found_by_what_is_in_it() -> None:
    rows = [f'{at},2026-11-2{at},"{name}",198.51.100.{at}' for at, name in enumerate(NAMES)]
    assert names("\n".join(rows).encode()) == NAMES


def test_a_cell_may_hold_several_names_on_lines_of_their_own() -> None:
    table = 'id,name_value\n1,"*.mem-gov-cn.com\nmem-gov-cn.com"\n2,example.com\n'
    assert names(table.encode()) == ["*.mem-gov-cn.com", "mem-gov-cn.com", "example.com"]


def test_a_row_without_the_column_stays_to_be_complained_of() -> None:
    table = "rank,domain\n1,example.com\n2\n3,mem-gov-cn.com\n"
    assert names(table.encode()) == ["example.com", "2", "mem-gov-cn.com"]


def test_owners_of_a_zone_file_are_named_once() -> None:
    zone = (
        "; com zone\n$ORIGIN COM.\n$TTL 900\nMEM-GOV-CN NS NS1.EXAMPLE.NET.\n NS NS2.EXAMPLE.NET.\n"
        "MEM-GOV-CN NS NS3.EXAMPLE.NET.\nexample.com.\t172800\tin\tns\tns1.example.com.\n"
    )
    assert names(zone.encode()) == ["MEM-GOV-CN.COM", "example.com."]


def test_zone_lines_without_an_origin_are_whole_names() -> None:
    zone = "".join(f"{name}.\t172800\tin\tns\tns1.example.net.\n" for name in NAMES)
    assert names(zone.encode()) == [f"{name}." for name in NAMES]


def test_blocks_are_whole_lines_and_no_larger_than_a_line_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "BLOCK_BYTES", 64)
    every = [f"name-{number}.example.com" for number in range(200)]
    found = list(blocks(io.BytesIO("\n".join(every).encode())))
    assert len(found) > 20
    assert max(map(len, found)) <= 64 + 24
    assert b"\n".join(found).decode().split("\n") == every


def test_a_line_without_end_is_not_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "BLOCK_BYTES", 64)
    found = list(blocks(io.BytesIO(b"a" * 10_000 + b"\nexample.com\n")))
    assert max(map(len, found)) < 256
    assert b"example.com" in b"\n".join(found)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00\x01\x02", b'"', b",,,\n,,,\n", b"\xff\xfe\n"])
def test_rubbish_is_read_without_an_error(data: bytes) -> None:
    read(data)

"""One process or several: the same rows in the same order."""

from __future__ import annotations

from pathlib import Path

from review.screening.workers import MAX_SHOWN_CHARS, judge, screen

BLOCKS = [
    b"example.com\nmem-gov-cn.com\r\n# note\n\n",
    b"not a name\nyingjiguanlii.com",
    b"\n".join(b"name-%d.example.com" % number for number in range(2000)),
    "特种作业证查询.com\nwww.mem.gov.cn".encode(),
] * 4


def test_several_processes_give_the_rows_of_one_in_the_same_order() -> None:
    one, two = list(screen(BLOCKS, None, 1)), list(screen(BLOCKS, None, 2))
    assert one == two
    assert [row["name"] for row in one[:4]] == [
        "mem-gov-cn.com",
        "not a name",
        "yingjiguanlii.com",
        "特种作业证查询.com",
    ]


def test_a_line_that_is_no_name_is_told_with_its_beginning() -> None:
    (row,) = judge(b"a b " * 500, None)
    assert set(row) == {"name", "error"}
    assert len(row["name"]) == MAX_SHOWN_CHARS


def test_an_office_brings_its_own_registry(tmp_path: Path) -> None:
    (tmp_path / "official_sites.toml").write_text(
        '[[sites]]\nid = "x"\nname = "某机关"\nhost = "www.qwxjz.org.cn"\nregion = "某县"\nkind = "service"\n'
        'status = "current"\nsource = "invented"\nconfidence = "confirm"\n',
        encoding="utf-8",
    )
    assert judge(b"qwxjz.top", None) == []
    (row,) = judge(b"qwxjz.top", tmp_path)
    assert (row["class"], row["imitates"]) == ("替换后缀", "某机关")

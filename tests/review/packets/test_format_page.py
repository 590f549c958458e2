"""`docs/evidence-format.md` says what the code does: roles, checks, reason codes, trust files, formats."""

from __future__ import annotations

import json
import re
from pathlib import Path

from review import trusted
from review.packets import strings
from review.packets.verify.contents import REQUIRED, UNLISTED
from review.packets.verify.reasons import TITLES, WORDS
from review.packets.verify.report import CHECKS, FILES, GATES, SEALED
from tests.review.packets.bench import Bench

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/evidence-format.md").read_text("utf-8")


def table(head: str) -> list[list[str]]:
    """Cells of the table under this head line."""
    lines = PAGE[PAGE.index(head) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def test_roles() -> None:
    told = {role.strip() for row in table("| path | role | holds |") for role in row[1].split(",")} - {"–"}
    assert told == set(strings.ROLES) - {"seal"}


def test_checks() -> None:
    told = [next(iter(names(row[0]))) for row in table("| check | what |")]
    known = {name for checks in (GATES, FILES, SEALED, *CHECKS.values()) for name in checks}
    assert set(told) == known == set(TITLES)
    assert len(told) == len(set(told))


def test_reason_codes_and_how_they_end() -> None:
    rows = {next(iter(names(row[0]))): (row[1], row[2]) for row in table("| code | ends | printed as |")}
    assert {code: said for code, (_, said) in rows.items()} == WORDS
    source = "".join(path.read_text("utf-8") for path in (ROOT / "review/packets/verify").glob("*.py"))
    raised = set(re.findall(r'(?:Finding|Unknown)\(\s*"([A-Z0-9_]+)"', source))
    raised |= {code for pair in re.findall(r'"([A-Z0-9_]+)" if [^:\n]* else "([A-Z0-9_]+)"', source) for code in pair}
    assert raised <= set(WORDS)
    for code in re.findall(r'raise Unknown\("([A-Z0-9_]+)"', source):
        assert "unknown" in rows[code][0], code
    for code in re.findall(r'notes\.append\(\("([A-Z0-9_]+)"', source):
        assert rows[code][0] == "ok", code


def test_formats_and_files() -> None:
    for name in REQUIRED:
        assert f"`{name}`" in PAGE
    for name in (*UNLISTED, *trusted.HANDED_OUT, *(path for paths in REQUIRED.values() for path in paths)):
        assert f"`{name}" in PAGE, name


def test_every_role_in_a_packet_has_its_row(bench: Bench) -> None:
    told = {role.strip() for row in table("| path | role | holds |") for role in row[1].split(",")}
    assert {row["role"] for row in json.loads(bench.files["manifest.json"])["files"]} <= told

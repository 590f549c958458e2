"""Every numbered case has its test, and every guard that can be taken away still stands where `guards.toml` says."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT

CASES = {"n": 12, "h": 18, "e": 14, "u": 12, "i": 9, "m": 10}
_TEST = re.compile(r"^def test_([nheuim])0?(\d{1,2})_", re.MULTILINE)


def test_each_case_has_a_test() -> None:
    sources = (path.read_text("utf-8") for path in (ROOT / "tests" / "hostile").glob("test_*.py"))
    named = {(group, int(number)) for source in sources for group, number in _TEST.findall(source)}
    assert named >= {(group, number) for group, last in CASES.items() for number in range(1, last + 1)}


def test_each_guard_stands_where_it_is_said_to() -> None:
    guards = tomllib.loads((ROOT / "benchmarks" / "guards.toml").read_text("utf-8"))["guards"]
    edits = [(guard["case"], edit) for guard in guards for edit in guard["edits"]]
    assert not [case for case, edit in edits if edit["old"] not in (ROOT / edit["file"]).read_text("utf-8")]

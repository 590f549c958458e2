"""Every kind of mistake an office can make: where it is shown, what is accepted, and the example given."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from config import Problem
from tests.config.conftest import Problems

MISTAKES = tomllib.loads((Path(__file__).parent / "mistakes.toml").read_text("utf-8"))["mistake"]


def the(found: tuple[Problem, ...]) -> Problem:
    (problem,) = found
    return problem


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake['file']}-{mistake['key']}")
def test_a_mistake_is_shown_in_its_place(problems: Problems, mistake: dict[str, Any]) -> None:
    problem = the(problems(mistake["file"], mistake["text"]))
    assert problem.file.endswith(mistake["file"])
    assert (problem.line, problem.key) == (mistake["line"], mistake["key"])
    assert problem.found == mistake["found"] or (mistake["found"] == "…" and problem.found.endswith("…"))
    assert mistake["accepted"] in problem.accepted
    assert mistake["fix"] in problem.fix


@pytest.mark.parametrize("host", ["com", "cn", "*", "*.com", "gov.cn", "com.cn", "hunan.gov.cn.", "co.uk", "github.io"])
def test_a_known_host_that_swallows_everything_is_refused(problems: Problems, host: str) -> None:
    entry = f'[[known_good]]\nhost = "{host}"\nkind = "news"\nowner = "o"\nreason = "r"\nexpires = "2027-01-01"\n'
    problem = the(problems("policy.toml", entry))
    assert (problem.line, problem.key, problem.found) == (2, "known_good[1].host", f'"{host}"')


def test_a_new_entry_needs_all_its_keys_and_shows_one_of_each(problems: Problems) -> None:
    found = problems("policy.toml", '# ours\n[[known_good]]\nhost = "news.example.cn"\n')
    assert {problem.key for problem in found} == {
        f"known_good[1].{key}" for key in ("kind", "owner", "reason", "expires")
    }
    assert {problem.line for problem in found} == {2}
    assert 'expires = "2027-12-31"' in {problem.key: problem for problem in found}["known_good[1].expires"].fix


def test_an_id_used_twice_names_both_places(problems: Problems) -> None:
    entry = '[[licences]]\nid = "own"\nname = "n"\naliases = []\nissuer = "i"\nbasis = "b"\nquery_sites = []\n'
    problem = the(problems("certificates.toml", entry + entry))
    assert problem.line == 9
    assert "certificates.toml:2" in problem.accepted


def test_a_host_that_is_registered_already_names_the_packaged_line(problems: Problems) -> None:
    entry = (
        '[[sites]]\nid = "own"\nname = "n"\nhost = "www.mem.gov.cn"\nregion = "全国"\nkind = "ministry"\n'
        'status = "current"\nsource = "s"\nconfidence = "confirm"\n'
    )
    problem = the(problems("official_sites.toml", entry))
    assert (problem.line, problem.key) == (4, "sites[1].host")
    assert "config/official_sites.toml:" in problem.accepted


def test_an_array_written_as_something_else_is_one_problem(problems: Problems) -> None:
    assert the(problems("policy.toml", "known_good = 3\n")).accepted == "需要列表"


def test_many_mistakes_in_one_file_come_together_and_in_order(problems: Problems) -> None:
    text = '[office]\nkind = 1\n[night]\nrounds = "two"\nlease = 3\n[retention]\ndays = 1\n'
    found = problems("settings.toml", text)
    assert [problem.line for problem in found] == [2, 4, 5, 7]


def test_a_long_value_is_cut(problems: Problems) -> None:
    assert len(the(problems("crawl.toml", f'delay_seconds = "{"x" * 500}"\n')).found) < 70

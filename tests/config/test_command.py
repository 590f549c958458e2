"""`zhengshao config check`."""

from __future__ import annotations

import json

from click.testing import CliRunner

from review.cli import main
from tests.config.conftest import Office

BROKEN = "[night]\nlease_secconds = 3\n"


def test_a_sound_configuration_exits_0() -> None:
    result = CliRunner().invoke(main, ["config", "check"])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "配置可用" in result.stderr


def test_problems_are_data_on_stdout_and_exit_2(office: Office) -> None:
    directory = office("settings.toml", BROKEN)
    result = CliRunner().invoke(main, ["config", "check", "--config", str(directory)])
    assert result.exit_code == 2
    assert result.stdout == (
        f"{directory}/settings.toml:2: night.lease_secconds = 3 — 没有这个键。是不是想写 lease_seconds？\n"
    )
    assert "1 处问题" in result.stderr


def test_json_is_one_document(office: Office) -> None:
    result = CliRunner().invoke(main, ["config", "check", "--json", "--config", str(office("settings.toml", BROKEN))])
    document = json.loads(result.stdout)
    assert result.exit_code == 2
    assert document["ok"] is False
    (problem,) = document["problems"]
    assert (problem["line"], problem["key"], problem["found"]) == (2, "night.lease_secconds", "3")


def test_json_of_a_sound_configuration() -> None:
    result = CliRunner().invoke(main, ["config", "check", "--json"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"ok": True, "problems": []})


def test_the_environment_is_heard(office: Office) -> None:
    environment = {"ZHENGSHAO_CONFIG": str(office("crawl.toml", "delay_seconds = -1\n"))}
    result = CliRunner().invoke(main, ["config", "check"], env=environment)
    assert result.exit_code == 2
    assert "不得小于 0（秒）" in result.stdout


def test_entries_past_their_date_are_remarks_and_no_problem(office: Office) -> None:
    text = '[[known_good]]\nhost = "baidu.com"\nexpires = "2020-01-01"\n'
    result = CliRunner().invoke(main, ["config", "check", "--config", str(office("policy.toml", text))])
    assert result.exit_code == 0
    assert "baidu.com 已于 2020-01-01 到期" in result.stderr


def test_help_shows_examples() -> None:
    assert "zhengshao config check --config" in CliRunner().invoke(main, ["config", "check", "--help"]).stdout

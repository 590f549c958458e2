"""Loading: packaged parts, an office's directory over them, and what is validated when."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import config
from config import Config, ConfigError
from config.loader import PACKAGED, PARTS
from tests.config.conftest import Office, Problems

OWN_OFFICE = '[office]\nname = "某县网信办"\ndata_dir = "/srv/zhengshao"\n'


def test_the_packaged_configuration_has_no_problem() -> None:
    assert config.check() == ()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_part_is_there_and_has_something_in_it(part: object) -> None:
    value = config.load().part(part)  # type: ignore[arg-type]
    assert value


def test_parts_are_frozen() -> None:
    loaded = config.load()
    with pytest.raises(AttributeError, match="settings"):
        loaded.settings = loaded.settings
    with pytest.raises(ValueError, match="frozen"):
        loaded.settings.night.rounds = 9  # type: ignore[misc]


def test_a_part_is_read_once() -> None:
    loaded = config.load()
    assert loaded.policy is loaded.policy


def test_a_configuration_goes_to_another_process() -> None:
    loaded = config.load()
    assert pickle.loads(pickle.dumps(loaded)).settings == loaded.settings


def test_an_office_writes_only_what_it_changes(office: Office) -> None:
    loaded = config.load(office("settings.toml", OWN_OFFICE))
    packaged = config.load()
    assert loaded.settings.office.name == "某县网信办"
    assert loaded.settings.office.data_dir == Path("/srv/zhengshao")
    assert loaded.settings.office.timezone == packaged.settings.office.timezone
    assert loaded.settings.night == packaged.settings.night
    assert loaded.crawl == packaged.crawl


def test_the_environment_names_the_directory(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGSHAO_CONFIG", str(office("settings.toml", OWN_OFFICE)))
    assert config.load().settings.office.name == "某县网信办"


def test_a_directory_given_goes_before_the_environment(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGSHAO_CONFIG", "/nonexistent")
    assert config.load(office("settings.toml", OWN_OFFICE)).settings.office.name == "某县网信办"


def test_a_directory_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="配置目录不存在"):
        config.load(tmp_path / "none")


def test_the_home_directory_is_written_out(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/operator")
    loaded = config.load(office("settings.toml", '[office]\ndata_dir = "~/evidence"\n'))
    assert loaded.settings.office.data_dir == Path("/home/operator/evidence")


def test_registry_entries_are_changed_added_and_removed(office: Office) -> None:
    text = """
        [[sites]]
        id = "mem"
        note = "checked by telephone"
        [[sites]]
        id = "hengyang"
        name = "衡阳县应急管理局"
        host = "yjj.hengyang.example"
        region = "衡阳县"
        kind = "county"
        status = "current"
        source = "the office itself"
        confidence = "confirm"
        [[sites]]
        id = "safety-hangzhou"
        remove = true
    """
    packaged = {site.id: site for site in config.load().official.sites}
    sites = {site.id: site for site in config.load(office("official_sites.toml", text)).official.sites}
    assert sites["mem"].note == "checked by telephone"
    assert sites["mem"].host == packaged["mem"].host
    assert sites["hengyang"].identifiers.icp == ""
    assert sites.keys() ^ packaged.keys() == {"hengyang", "safety-hangzhou"}


def test_known_hosts_merge_by_host_and_lists_of_words_are_replaced(office: Office) -> None:
    policy = """
        [[known_good]]
        host = "baidu.com"
        expires = 2030-01-01
        [[hosting_platforms]]
        suffix = "github.io"
        remove = true
    """
    loaded = config.load(office("policy.toml", policy, "queries.toml", 'places = ["广东"]\n'))
    assert loaded.queries.places == ("广东",)
    assert loaded.queries.trades == config.load().queries.trades
    assert {known.host: known.expires for known in loaded.policy.known_good}["baidu.com"] == "2030-01-01"
    assert "github.io" not in {platform.suffix for platform in loaded.policy.hosting_platforms}


def test_a_source_is_changed_or_added_by_a_file_of_its_name(office: Office) -> None:
    own = (PACKAGED / "engines" / "bing.toml").read_text("utf-8").replace('id = "bing"', 'id = "bing_global"', 1)
    directory = office("engines/bing.toml", "enabled = false\n", "engines/bing_global.toml", own)
    engines = config.load(directory).engines
    packaged = config.load().engines
    assert engines["bing"].enabled is False
    assert engines["bing"].layouts == packaged["bing"].layouts
    assert engines["bing_global"].id == "bing_global"
    assert engines.keys() - packaged.keys() == {"bing_global"}


def test_a_recipient_may_have_its_own_words(office: Office) -> None:
    text = '[[papers]]\nid = "cac"\nrecipient = "某市互联网信息办公室"\n'
    papers = {paper.id: paper for paper in config.load(office("agencies/cac.toml", text)).agencies["cac"].papers}
    assert papers["cac"].recipient == "某市互联网信息办公室"
    assert papers["cac"].document == "处置请示"


def test_all_files_are_told_about_at_once(problems: Problems) -> None:
    found = problems(
        "settings.toml", "[office]\nnme = 1\n", "crawl.toml", "delay_seconds = 1\ndelay_seconds = 2\n",
        "law.toml", "# 法".encode("gbk"), "engines/bing.toml", "enabled = 1\n", "engines/sogou.toml", "x = \n",
    )  # fmt: skip
    assert [(Path(problem.file).name, problem.line) for problem in found] == [
        ("crawl.toml", 2), ("bing.toml", 1), ("sogou.toml", 1), ("law.toml", 1), ("settings.toml", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("setings.toml", "settings.toml"),
        ("engines/baidu.tml", "engines/baidu.toml"),
        ("engine/x.toml", "engines/x.toml"),
    ],
)
def test_a_file_nobody_reads_is_reported_with_the_name_that_was_meant(
    problems: Problems, name: str, guess: str
) -> None:
    (problem,) = problems(name, "")
    assert problem.file.endswith(name)
    assert guess in problem.fix


def test_notes_and_hidden_files_are_left_alone(office: Office) -> None:
    assert config.load(office("README.md", "x", ".git/config", "x", "settings.toml", OWN_OFFICE))


def test_untouched_packaged_parts_are_not_read_until_asked(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    whole = Config.part
    monkeypatch.setattr(Config, "part", lambda self, part: read.append(part.name) or whole(self, part))
    directory = office("crawl.toml", "delay_seconds = 2.5\n")
    config.load(directory)
    assert read == ["crawl"]
    config.load(directory, everything=True)
    assert {part.name for part in PARTS} <= set(read)


def test_a_broken_packaged_file_is_found_by_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copied = tmp_path / "config"
    for file in PACKAGED.rglob("*.toml"):
        target = copied / file.relative_to(PACKAGED)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    (copied / "queries.toml").write_text("trades = []\n", "utf-8")
    monkeypatch.setattr("config.loader.PACKAGED", copied)
    found = config.check()
    assert {(problem.file, problem.key) for problem in found} >= {("config/queries.toml", "trades")}
    with pytest.raises(ConfigError):
        _ = config.load().queries


def test_importing_and_loading_need_nothing_heavy() -> None:
    code = (
        "import json, sys, config; loaded = config.load(); loaded.policy, loaded.official, loaded.certificates;"
        "print(json.dumps(sorted(sys.modules)))"
    )
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    modules = set(json.loads(output))
    assert not modules & {
        "tldextract",
        "rapidfuzz",
        "requests",
        "difflib",
        "scrapy",
        "config.explain",
        "config.schema_wording",
    }

"""Scrapy as we run it: nothing listens, nothing is read from disk, nothing goes round the door."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

import config
from crawlers import settings as ours
from crawlers.wire import WireHandler


@pytest.fixture
def settings() -> Settings:
    made = Settings()
    made.setmodule(ours, priority="project")
    return made


def test_every_scheme_goes_through_the_door_or_nowhere(settings: Settings) -> None:
    handlers = settings.getdict("DOWNLOAD_HANDLERS_BASE") | settings.getdict("DOWNLOAD_HANDLERS")
    open_schemes = {scheme: load_object(path) for scheme, path in handlers.items() if path}
    assert open_schemes == {"http": WireHandler, "https": WireHandler}


@pytest.mark.parametrize(
    "name", ["TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "HTTPPROXY_ENABLED", "COOKIES_ENABLED"]
)
def test_what_is_off(settings: Settings, name: str) -> None:
    assert settings.getbool(name) is False


LISTS = ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS")


def test_everything_named_exists(settings: Settings) -> None:
    named = [name for kind in LISTS for name in settings.get_component_priority_dict_with_base(kind)]
    named += [*settings.getdict("ITEM_PIPELINES"), *settings["RETRY_EXCEPTIONS"]]
    assert all(load_object(path) for path in named)


def test_scrapy_s_own_parts_are_those_we_name(settings: Settings) -> None:
    """A base list replaces Scrapy's: nothing that listens, exports, caches or keeps cookies comes in by default."""
    allowed = {"robotstxt", "retry", "start", "corestats", "logcount", "logstats", "memusage", "throttle"}
    for kind in LISTS:
        given, known = settings.getdict(f"{kind}_BASE"), Settings().getdict(f"{kind}_BASE")
        assert given.items() <= known.items()
        assert {name.split(".")[2] for name in given} <= allowed


def test_parts_that_are_off_are_not_even_imported() -> None:
    code = (
        "import sys; from scrapy.settings import Settings; from scrapy.utils.misc import load_object\n"
        "from crawlers import settings; made = Settings(); made.setmodule(settings, priority='project')\n"
        f"for kind in {LISTS!r}: list(map(load_object, made.get_component_priority_dict_with_base(kind)))\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    assert not {"aiohttp", "requests", "tldextract"} & set(done.stdout.split())


def test_the_suffix_list_is_never_fetched() -> None:
    assert os.environ["TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS"] == ""


def test_an_office_sets_the_pace(settings: Settings) -> None:
    loaded = config.load()
    ours.apply(settings, loaded)
    assert settings.getfloat("DOWNLOAD_DELAY") == loaded.crawl.delay_seconds
    assert settings.getint("DOWNLOAD_MAXSIZE") == loaded.crawl.max_body_bytes
    assert settings.getbool("AUTOTHROTTLE_ENABLED")
    assert settings.getint("MEMUSAGE_LIMIT_MB") == loaded.settings.night.child_memory_mb


def test_scrapy_finds_the_spiders_from_the_project(root: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "list"]
    listed = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    assert listed.stdout.split() == ["lookalikes", "marketplace", "search", "sites"]

"""`zhengshao reference`: official pages to compare others with."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.commands._shared import (
    FINE,
    LOCKED,
    PARTIAL,
    PROBLEMS,
    config_option,
    data_directory,
    data_option,
    emit,
    fail,
    json_option,
    load_config,
    open_store,
    say,
)

if TYPE_CHECKING:
    from config import Config
    from crawlers.store import Store
    from review.references import Added, Collector


@click.group("reference")
def command() -> None:
    """Collect, list and retire official pages; the detector `clones` compares every page with them.

    \b
    zhengshao reference add https://cx.mem.gov.cn/
    zhengshao reference add saved.html --url https://www.mem.gov.cn/
    zhengshao reference list
    zhengshao reference remove https://www.mem.gov.cn/
    """


_actor_option = click.option("--actor", default=getpass.getuser, show_default="your login", help="Who does it.")


@command.command("add")
@click.argument("targets", metavar="URL|FILE...", nargs=-1, required=True)
@click.option("--url", default="", help="Where a saved FILE stood; only official hosts of official_sites.toml.")
@_actor_option
@config_option
@data_option
@json_option
def add(
    targets: tuple[str, ...], url: str, actor: str, config_dir: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    """Fetch official pages through the door, or take saved ones (.html with --url, .warc), and keep them as evidence.

    An address that was collected before gets a further version; the newest is compared with. With --json one object a
    page. Exit 0 when all were taken, 3 when some were, 1 when none was.

    \b
    zhengshao reference add https://cx.mem.gov.cn/
    zhengshao reference add saved.html --url https://cx.mem.gov.cn/
    """
    config = load_config(config_dir, everything=True)
    data = data_directory(config, data_dir)
    store = _store(config, data)
    try:
        taken = [_taken(_collector(config, data, store, actor), one, url, config_dir) for one in targets]
    finally:
        store.close()
    for added in (one for some in taken for one in some):
        _show(added, as_json)
    raise SystemExit(FINE if all(taken) else PARTIAL if any(taken) else PROBLEMS)


def _store(config: Config, data: Path) -> Store:
    from crawlers.store import Store, store_url

    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Store.create(store_url(data, config.settings.store.url))


def _collector(config: Config, data: Path, store: Store, actor: str) -> Collector:
    from detectors.context import Context
    from review.linking import linking_key
    from review.references import Collector

    return Collector(store, data, Context.build(config, key=linking_key(data)), actor=actor)


def _taken(collector: Collector, target: str, url: str, config_dir: Path | None) -> list[Added]:
    """What one target gave; why it gave nothing is said."""
    from crawlers.records import CrawlError
    from review.errors import NightLocked, ReferenceRefused

    try:
        if target.startswith(("http://", "https://")):
            return [_fetched(collector, target, config_dir)]
        return collector.file(Path(target), url)
    except NightLocked as error:
        fail(error, LOCKED)
    except (ReferenceRefused, CrawlError, OSError) as error:
        say(str(error))
        return []


def _fetched(collector: Collector, target: str, config_dir: Path | None) -> Added:
    from crawlers.practice.world import World
    from crawlers.urls import canonical
    from review.night import capture
    from review.progress import progress

    collector.site(target)
    url = canonical(target)
    data = collector.data
    with progress() as told:
        found = capture(collector.context.config, World.real(), data, [url], config_dir=config_dir, say=told)
    return collector.take(url, found.night, found.outcome(url)[1])


def _show(added: Added, as_json: bool) -> None:
    from review.strings import REFERENCE_ADDED

    captures = [f"C-{number:08d}" for number in added.capture_ids]
    if as_json:
        emit({**asdict(added), "capture_ids": captures})
    else:
        told = REFERENCE_ADDED.format(
            url=added.url, name=added.name, version=added.version, captures=", ".join(captures)
        )
        click.echo(told)


@command.command("list")
@config_option
@data_option
@json_option
def list_references(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """What is compared with now; --json prints one object a line.

    \b
    zhengshao reference list
    """
    from detectors import references
    from review.strings import REFERENCE_LISTED

    store, _ = open_store(config_dir, data_dir)
    with store.read() as connection:
        for one in references.load(connection):
            row = {"url": one.url, "version": one.version, "name": one.name, "at": one.added_at}
            if as_json:
                emit({**row, "site": one.site_id, "capture": f"C-{one.capture_id:08d}"})
            else:
                click.echo(REFERENCE_LISTED.format(**row, capture=one.capture_id))


@command.command("remove")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@_actor_option
@config_option
@data_option
def remove(urls: tuple[str, ...], actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Stop comparing with a page; its captures stay, and so does the note of who took it out.

    \b
    zhengshao reference remove https://cx.mem.gov.cn/
    """
    from review.strings import REFERENCE_REMOVED

    store, data = open_store(config_dir, data_dir)
    collector = _collector(load_config(config_dir), data, store, actor)
    for url in urls:
        collector.remove(url)
        say(REFERENCE_REMOVED.format(url=url))

"""`zhengshao source`: the search engines and marketplaces we can read, and whether their profiles still read them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.commands._shared import (
    PROBLEMS,
    config_option,
    data_directory,
    data_option,
    emit,
    fail,
    json_option,
    load_config,
)

if TYPE_CHECKING:
    from crawlers.replay import ArchivedReplay, Replay

FIXTURES = Path(__file__).resolve().parents[2] / "tests" / "fixtures"


@click.group()
def command() -> None:
    """Look at source profiles."""


@command.command("list", epilog="\b\nExample:\n  zhengshao source list --json")
@config_option
@json_option
def list_sources(config_dir: Path | None, as_json: bool) -> None:
    """Every source: what it is, how it is reached, when its profile was last verified."""
    from crawlers.shelf import profile_paths, read_profile

    profiles = [read_profile(path) for _name, path in sorted(profile_paths(config_dir).items())]
    names = ("id", "title", "kind", "access", "enabled", "verified_on", "hosts", "politeness", "notes")
    rows = [profile.model_dump(mode="json", include=set(names)) for profile in profiles]
    if as_json:
        emit([{name: row[name] for name in names} for row in rows])
        return
    for row in rows:
        mark = "on " if row["enabled"] else "off"
        verified = row["verified_on"] or "-"
        click.echo(f"{row['id']:<14}{mark}  {row['kind']:<12}{row['access']:<10}{verified:<10}  {row['title']}")


@command.command(
    "check",
    epilog="""\b
    Examples:
      zhengshao source check
      zhengshao source check baidu xianyu --json
      zhengshao source check baidu --config ./office --data ./data --pages 20
      zhengshao source check my_site --config ./office --fixtures ./pages
    """,
)
@click.argument("sources", nargs=-1)
@click.option(
    "--fixtures",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=FIXTURES,
    help="Folder with one folder of pages per source.",
)
@click.option("--pages", type=click.IntRange(0), default=5, help="Newest archived pages of each source to replay.")
@config_option
@data_option
@json_option
def check(
    sources: tuple[str, ...], fixtures: Path, pages: int, config_dir: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    """Replay profiles against the pages kept beside them, and against the newest archived pages of each source.

    Of an archived page is shown what it gave when it was kept and what it gives now: state, layout, rows, fields. Edit
    the profile in the office's directory (engines/NAME.toml) and run this again; nothing needs to be installed.

    Exit 0 when every page is read as expected, 1 when one is not, when an archived page lost rows or fields, or when a
    source has no pages; 2 for an unknown source.
    """
    from crawlers.replay import replay
    from crawlers.shelf import load_profile, profile_paths

    replayed = {
        name: list(replay(load_profile(name, config_dir), fixtures / name))
        for name in sources or sorted(profile_paths(config_dir))
    }
    archived = _archived(list(replayed), pages, config_dir, data_dir)
    if as_json:
        emit({name: [*map(_as_json, kept), *map(_archived_json, archived[name])] for name, kept in replayed.items()})
    else:
        _print(replayed)
        _print_archived(archived)
    odd = any(not kept or any(page.differences for page in kept) for kept in replayed.values())
    if odd or any(page.worse for found in archived.values() for page in found):
        raise SystemExit(PROBLEMS)


def _archived(
    names: list[str], pages: int, config_dir: Path | None, data_dir: Path | None
) -> dict[str, list[ArchivedReplay]]:
    """By source; nothing where there is no store yet."""
    from crawlers.archive import Archive
    from crawlers.records import ArchiveError, StoreError
    from crawlers.replay import replay_archived
    from crawlers.shelf import load_profile
    from crawlers.store import Store, store_url

    config = load_config(config_dir)
    data = data_directory(config, data_dir)
    found: dict[str, list[ArchivedReplay]] = {name: [] for name in names}
    try:
        store = Store.open(store_url(data, config.settings.store.url))
    except StoreError as error:
        if data_dir is not None:
            fail(error)
        return found
    try:
        archive = Archive(data / "archive")
        for name in names:
            found[name] = list(replay_archived(load_profile(name, config_dir), store, archive, pages))
    except ArchiveError as error:
        fail(error, PROBLEMS)
    finally:
        store.close()
    return found


def _archived_json(page: ArchivedReplay) -> dict[str, Any]:
    told = {"page": page.capture, "url": page.url, "fetched_at": page.fetched_at, **asdict(page.after)}
    return {**told, "before": asdict(page.before), "differences": list(page.changes), "worse": page.worse}


def _print_archived(archived: dict[str, list[ArchivedReplay]]) -> None:
    for name, pages in archived.items():
        for page in pages:
            mark = "!" if page.worse or not page.after.read else " "
            state, rows = page.after.state, page.after.rows
            click.echo(f"{mark}  {name}/{page.capture} {page.fetched_at[:16]}: {state} {rows} {page.after.layout}")
            for change in page.changes:
                click.echo(f"     {change}")


def _as_json(page: Replay) -> dict[str, Any]:
    return {
        "page": page.page.name,
        "state": page.state,
        "reason": page.reason,
        "layout": page.layout,
        "rows": page.rows,
        "filled": page.filled,
        "differences": list(page.differences),
    }


def _print(replayed: dict[str, list[Replay]]) -> None:
    for name, pages in replayed.items():
        if not pages:
            click.echo(f"!  {name}: no pages")
        for page in pages:
            filled = " ".join(f"{field}={share:.0%}" for field, share in page.filled.items() if share)
            click.echo(
                f"{'!' if page.differences else ' '}  {name}/{page.page.name}: {page.state} {page.rows} {filled}"
            )
            for difference in page.differences:
                click.echo(f"     {difference}")

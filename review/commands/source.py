"""`zhengshao source`: the search engines and marketplaces we can read, and whether their profiles still read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.commands._shared import PROBLEMS, config_option, emit, fail, json_option

if TYPE_CHECKING:
    from crawlers.replay import Replay

FIXTURES = Path(__file__).resolve().parents[2] / "tests" / "fixtures"


@click.group()
def command() -> None:
    """Look at source profiles."""


@command.command("list", epilog="\b\nExample:\n  zhengshao source list --json")
@config_option
@json_option
def list_sources(config_dir: Path | None, as_json: bool) -> None:
    """Every source: what it is, how it is reached, when its profile was last verified."""
    from crawlers.records import ProfileError
    from crawlers.shelf import profile_paths, read_profile

    try:
        profiles = [read_profile(path) for _name, path in sorted(profile_paths(config_dir).items())]
    except ProfileError as error:
        fail(str(error))
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
@config_option
@json_option
def check(sources: tuple[str, ...], fixtures: Path, config_dir: Path | None, as_json: bool) -> None:
    """Replay profiles against the pages kept beside them: rows, filled fields and state of each page.

    Exit 0 when every page is read as expected, 1 when one is not or a source has no pages, 2 for an unknown source.
    """
    from crawlers.records import ProfileError
    from crawlers.replay import replay
    from crawlers.shelf import load_profile, profile_paths

    try:
        replayed = {
            name: list(replay(load_profile(name, config_dir), fixtures / name))
            for name in sources or sorted(profile_paths(config_dir))
        }
    except ProfileError as error:
        fail(str(error))
    if as_json:
        emit({name: [_as_json(page) for page in pages] for name, pages in replayed.items()})
    else:
        _print(replayed)
    if any(not pages or any(page.differences for page in pages) for pages in replayed.values()):
        raise SystemExit(PROBLEMS)


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

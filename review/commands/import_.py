"""`zhengshao import`: pages and links from files handed in by people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review import strings
from review.commands._shared import (
    FINE,
    PARTIAL,
    PROBLEMS,
    config_option,
    data_directory,
    data_option,
    emit,
    fail,
    json_option,
    load_config,
    say,
)

if TYPE_CHECKING:
    from config import Config
    from crawlers.imports import Handed, Intake, Preview
    from crawlers.store import Store


def _mapping(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.rpartition("=") for value in values]
    if any(not equals or not column for column, equals, _ in pairs):
        raise click.BadParameter("write COLUMN=FIELD, such as 网址列=url or 3=url; an empty field leaves it out")
    return {column.strip(): field.strip() for column, _, field in pairs}


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--preview", is_flag=True, help="Show what the files hold and how columns are read; write nothing.")
@click.option("--map", "mapping", multiple=True, callback=_mapping, metavar="COLUMN=FIELD", help="Of a table.")
@click.option("--url", default="", help="Where a saved page or reply was saved from.")
@click.option("--source", default="", help="Whose search reply it is, such as xianyu.")
@click.option("--channel", default="", help="By which way it came: 12350, 12345, an office.")
@click.option("--note", default="", help="A remark, kept with the import.")
@click.option("--actor", default="import", help="Who hands it in, for the chain of custody.")
@config_option
@data_option
@json_option
def command(
    files: tuple[Path, ...],
    preview: bool,
    mapping: Mapping[str, str],
    url: str,
    source: str,
    channel: str,
    note: str,
    actor: str,
    config_dir: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Keep what is in FILES: pages as captures, judged at once, and links as tips that the next night visits.

    Taken are WARC and WACZ, HAR, MHTML, pages saved by SingleFile or a browser, search replies of Xianyu and Taobao
    (JSON), lists of links as CSV, XLSX or text, and photos with a QR code. A file is kept whole or not at all; the same
    file twice changes nothing. Provenance is "verified" only where an archive agrees with its own digests.

    \b
    zhengshao import saved-pages.warc.gz session.har
    zhengshao import 12350线索.xlsx --preview
    zhengshao import 12350线索.xlsx --map 涉事地址=url --channel 12350
    zhengshao import page.html --url https://www.example.com/zs

    Fields of --map: url title platform seller price place text channel reference reported_at; none leaves a column out.
    With --json one object a line. Exit 0 when all was taken, 3 when a part was, 1 when nothing was.
    """
    from crawlers.imports import Handed, Intake
    from crawlers.records import ArchiveError
    from crawlers.store import Store, store_url

    config = load_config(config_dir)
    data = data_directory(config, data_dir)
    handed = Handed(url=url, source=source, mapping=mapping, channel=channel, note=note)
    if preview:
        raise SystemExit(_preview(files, config, data, handed, as_json))
    store = Store.create(store_url(data, config.settings.store.url))
    try:
        intake = Intake.open(config, data, store, actor=actor)
        results = [_taken(intake, file, handed, as_json) for file in files]
        if any(result.get("captures") for result in results):
            _judge(config, data, store)
    except ArchiveError as error:
        fail(error, PROBLEMS)
    finally:
        store.close()
    raise SystemExit(_exit_code(results))


def _judge(config: Config, data: Path, store: Store) -> None:
    """Judging speaks on standard error: what a file gave stands on standard output, a line each."""
    from crawlers.imports import NIGHT
    from review.errors import NightLocked
    from review.night.judged import judge_kept
    from review.printing import counts_told

    try:
        found = judge_kept(config, data, store, name=NIGHT)
    except NightLocked as error:
        say(strings.JUDGED_LATER.format(reason=error))
        return
    say(strings.JUDGED.format(**{**found.as_json(), "cases": counts_told(found.cases)}))


def _taken(intake: Intake, file: Path, handed: Handed, as_json: bool) -> dict[str, Any]:
    from crawlers.imports import Refused

    try:
        result = intake.take(file, handed).as_json()
    except Refused as error:
        result = {"file": error.file, "error": error.told("en"), "zh": error.told("zh"), **_code(error)}
    if as_json:
        emit(result)
    elif "error" in result:
        say(strings.IMPORT_REFUSED.format(reason=result["zh"]))
    else:
        _show(result)
    return result


def _code(error: Any) -> dict[str, Any]:
    told = error.problem.as_json()
    return {"code": told["code"], "place": told["place"]}


def _show(result: dict[str, Any]) -> None:
    from crawlers.strings import PROVENANCE

    if result["already"]:
        click.echo(strings.IMPORT_ALREADY.format(file=result["file"], at=result["already"][:16].replace("T", " ")))
    else:
        counts = {"captures": len(result["captures"]), "damaged": result["damaged_count"]}
        click.echo(strings.IMPORTED.format(file=result["file"], known=result["known"], tips=result["tips"], **counts))
    click.echo(f"  {strings.IMPORT_PROVENANCE.format(words=PROVENANCE[result['provenance']][0])}")
    for item in result["damaged"]:
        say(strings.IMPORT_DAMAGED.format(reason=item["zh"]))
    if result["damaged_count"] > len(result["damaged"]):
        say(strings.IMPORT_MORE.format(count=result["damaged_count"] - len(result["damaged"])))


def _exit_code(results: Iterable[dict[str, Any]]) -> int:
    whole = [not result.get("error") and not result["damaged_count"] for result in results]
    taken = any(not result.get("error") for result in results)
    if all(whole):
        return FINE
    return PARTIAL if taken else PROBLEMS


def _preview(files: Iterable[Path], config: Config, data: Path, handed: Handed, as_json: bool) -> int:
    """Looks at the store only where there is one: nothing is made."""
    from crawlers.imports import preview
    from crawlers.records import StoreError
    from crawlers.store import Store, store_url

    profiles = [*config.engines.values(), *config.marketplaces.values()]
    try:
        store: Store | None = Store.open(store_url(data, config.settings.store.url))
    except StoreError:
        store = None
    found = [preview(file, handed, config.settings.imports, profiles=profiles, store=store) for file in files]
    if store is not None:
        store.close()
    for one in found:
        emit(one.as_json()) if as_json else _show_preview(one)
    refused = [one.refused is not None for one in found]
    return PROBLEMS if all(refused) else PARTIAL if any(refused) else FINE


def _show_preview(found: Preview) -> None:
    from crawlers.strings import FORMATS

    named = FORMATS[found.format][0] if found.format else "?"
    click.echo(strings.PREVIEW_TITLE.format(file=found.file, format=named))
    for column in found.columns:
        words = {"field": strings.PREVIEW_FIELDS[column.field], "how": strings.PREVIEW_HOW[column.how]}
        shown = " | ".join(column.samples)
        click.echo(strings.PREVIEW_COLUMN.format(number=column.number, header=column.header, samples=shown, **words))
    if found.refused is not None:
        say(strings.IMPORT_REFUSED.format(reason=found.refused.told("zh")))
        return
    more = "" if found.complete else strings.PREVIEW_MORE
    click.echo(strings.PREVIEW_COUNTS.format(pages=found.pages, links=found.links, more=more))
    for address in found.sample:
        click.echo(f"    {address}")
    for problem in found.problems:
        click.echo(f"  ! {problem.told('zh')}")
    click.echo(strings.PREVIEW_NOTHING_WRITTEN)

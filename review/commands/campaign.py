"""`zhengshao campaign`: who belongs together, by what, and from where it is reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.commands._shared import (
    config_option,
    data_option,
    emit,
    json_option,
    load_config,
    open_store,
    say,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from detectors.campaigns import Campaign
    from review.campaigns import Walk

_csv_option = click.option(
    "--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="Also write every tie to this CSV file."
)


@click.group("campaign")
def command() -> None:
    """List campaigns and walk them, from a card's QR code, number or contact to site, seller and back.

    \b
    zhengshao campaign list
    zhengshao campaign show K-000003
    zhengshao campaign show --from WECHAT_OR_PHONE
    zhengshao campaign show --from qr:https://… --csv ties.csv
    """


@command.command("list")
@_csv_option
@config_option
@data_option
@json_option
def list_campaigns(table: Path | None, config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Campaigns, the largest first; --json prints one object a line.

    \b
    zhengshao campaign list
    zhengshao campaign list --csv ties.csv
    """
    from detectors.campaigns import find
    from review.strings import CAMPAIGN_LISTED, CAMPAIGNS_BUILT
    from review.subjects import shown

    store, _ = open_store(config_dir, data_dir)
    with store.read() as connection:
        found = find(connection)
        documents = _documents(connection, found)
    for campaign, document in zip(found, documents, strict=True):
        if as_json:
            emit(document)
        else:
            subjects = "、".join(map(shown, campaign.subjects))
            click.echo(CAMPAIGN_LISTED.format(label=campaign.label, count=len(campaign.subjects), subjects=subjects))
    _write(table, documents)
    say(CAMPAIGNS_BUILT.format(count=len(found)))


@command.command("show")
@click.argument("label", metavar="[CAMPAIGN]", default="")
@click.option("--from", "start", default="", help="Host, address, phone, WeChat id, case; listing:… certificate:… qr:…")
@_csv_option
@config_option
@data_option
@json_option
def show(
    label: str, start: str, table: Path | None, config_dir: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    """One campaign by its number, or whatever a case, subject, contact, certificate or QR code leads to.

    Values are shown masked, each with the captures that show it and how many unrelated subjects do, too. Exit 2 when
    there is none.

    \b
    zhengshao campaign show K-000001
    zhengshao campaign show --from www.example.top
    zhengshao campaign show --from A-000012 --csv ties.csv
    """
    from detectors.context import Context
    from review.campaigns import one, walk
    from review.linking import linking_key

    if bool(label) == bool(start):
        raise click.UsageError("give either CAMPAIGN or --from")
    store, data = open_store(config_dir, data_dir)
    walked: Walk | None = None
    with store.read() as connection:
        if start:
            walked = walk(connection, start, Context.build(load_config(config_dir), key=linking_key(data)))
        found = list(walked.campaigns) if walked else [one(connection, label)]
        documents = _documents(connection, found)
    if as_json:
        from_ = {"from": walked.start, "at": list(walked.at)} if walked else {}
        emit({**from_, "campaigns": documents})
    else:
        _tell(walked, found, documents)
    _write(table, documents)


def _documents(connection: Connection, found: Sequence[Campaign]) -> list[dict[str, Any]]:
    from review.campaigns import as_json, cases_of

    return [as_json(campaign, cases_of(connection, campaign.subjects)) for campaign in found]


def _tell(walked: Walk | None, found: Sequence[Campaign], documents: Sequence[dict[str, Any]]) -> None:
    from review.campaigns import told
    from review.strings import CAMPAIGN_MEMBER, CAMPAIGN_NONE, CAMPAIGN_START
    from review.subjects import shown

    if walked:
        form = CAMPAIGN_START if found else CAMPAIGN_NONE
        click.echo(form.format(start=walked.start, subjects="、".join(map(shown, walked.at))))
    for campaign, document in zip(found, documents, strict=True):
        click.echo(f"\n{campaign.label}  {campaign.opened_at}")
        for member in document["subjects"]:
            click.echo(CAMPAIGN_MEMBER.format(subject=shown(member["subject"]), case=member["case"]).rstrip())
        for tie in campaign.ties:
            click.echo(f"    · {told(tie)}")


def _write(table: Path | None, documents: Iterable[dict[str, Any]]) -> None:
    """A row for every subject of every tie; Excel reads it as it is."""
    import csv

    from review.strings import CAMPAIGN_COLUMNS, CAMPAIGN_TABLE

    if table is None:
        return
    rows = [row for document in documents for row in _rows(document)]
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CAMPAIGN_COLUMNS)
        writer.writerows([_harmless(cell) for cell in row] for row in rows)
    say(CAMPAIGN_TABLE.format(count=len(rows), out=table))


def _rows(document: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    case = {member["subject"]: member["case"] for member in document["subjects"]}
    for tie in document["ties"]:
        for seen in tie["seen"]:
            subject = seen["subject"]
            told = (tie["name"], tie["value"], tie["weight"], seen["capture"], tie["carriers"])
            yield (document["id"], subject, case.get(subject, ""), *told)


def _harmless(cell: Any) -> Any:
    """What a page wrote must not be a formula in whoever's spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell

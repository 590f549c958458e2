"""`zhengshao watch`: what was judged doubtful and is in no case."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.commands._shared import config_option, data_option, emit, json_option, open_store, say

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

_actor_option = click.option("--actor", default=getpass.getuser, show_default="your login", help="Who decides.")


@click.group("watch")
def command() -> None:
    """List what is doubtful and in no case, those first that share a contact with a case; open a case or set it aside.

    \b
    zhengshao watch list --tied
    zhengshao watch open listing:xianyu:910000000001 --reason "同一微信号"
    zhengshao watch aside site:school.example --reason "正规培训机构"
    zhengshao watch back site:school.example
    """


@command.command("list")
@click.option("--tied", is_flag=True, help="Only what shares a value with a case.")
@click.option("--aside", is_flag=True, help="What was set aside.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True, help="Subjects to print.")
@config_option
@data_option
@json_option
def list_watched(
    tied: bool, aside: bool, limit: int, config_dir: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    """Subjects in the order of the list; --json prints one object a line.

    \b
    zhengshao watch list --tied
    """
    from review.strings import WATCH_COUNT
    from review.watching import Part, count, find, states

    part = Part.ASIDE if aside else Part.TIED if tied else Part.WAITING
    store, _ = open_store(config_dir, data_dir)
    with store.read() as connection:
        rows = find(connection, part, limit=limit)
        held = states(connection, rows)
        numbers = {name.value: count(connection, name) for name in (Part.WAITING, Part.TIED)}
    for row in rows:
        if as_json:
            emit(_document(row))
        else:
            _print(row, held)
    say(WATCH_COUNT.format(**numbers))


def _document(row: RowMapping) -> dict[str, Any]:
    names = ("subject", "title", "platform", "axis", "reason", "quote", "since", "passed_at", "passed_by", "passed_why")
    tied_to = f"A-{row['tied_to']:06d}" if row["tied_to"] else ""
    return {
        **{name: row[name] for name in names},
        "class": row["cls"],
        "score": row["score_milli"] / 1000,
        "tied_to": tied_to,
        "tie": row["tie"],
        "value": row["tie_shown"],
    }


def _print(row: RowMapping, held: dict[int, str]) -> None:
    from detectors.strings import TIE_NAMES
    from review.cases import CaseState
    from review.strings import WATCH_TIED
    from review.subjects import shown

    click.echo(f"{row['score_milli'] / 1000:.2f}  {row['cls']}  {shown(row['subject'])}")
    if row["tied_to"]:
        case, state = f"A-{row['tied_to']:06d}", CaseState(held[row["tied_to"]]).chinese
        click.echo(WATCH_TIED.format(case=case, state=state, kind=TIE_NAMES[row["tie"]], shown=row["tie_shown"]))
    click.echo(f"    {row['reason']}" + (f"  「{row['quote']}」" if row["quote"] else ""))
    if row["passed_at"]:
        click.echo(f"    {row['passed_at']}  {row['passed_by']}  {row['passed_why']}")


@command.command("open")
@click.argument("subject")
@click.option("--reason", default="", help="Why it is worth a case.")
@_actor_option
@config_option
@data_option
def open_one(subject: str, reason: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Make a case of SUBJECT, for the queue.

    \b
    zhengshao watch open listing:xianyu:910000000001 --reason "同一微信号"
    """
    from review.clock import utc_now
    from review.strings import WATCH_OPENED
    from review.watching import open_case

    store, _ = open_store(config_dir, data_dir)
    number = open_case(store, subject, actor=actor, reason=reason, now=utc_now())
    say(WATCH_OPENED.format(subject=subject, case=f"A-{number:06d}"))


@command.command("aside")
@click.argument("subject")
@click.option("--reason", required=True, help="Why there is nothing to pursue.")
@_actor_option
@config_option
@data_option
def aside_one(subject: str, reason: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Set SUBJECT aside until it says something else or a case shares a value with it.

    \b
    zhengshao watch aside site:school.example --reason "正规培训机构"
    """
    from review.clock import utc_now
    from review.strings import WATCH_ASIDE
    from review.watching import set_aside

    store, _ = open_store(config_dir, data_dir)
    with store.write() as connection:
        set_aside(connection, subject, actor=actor, reason=reason, now=utc_now())
    say(WATCH_ASIDE.format(subject=subject))


@command.command("back")
@click.argument("subject")
@_actor_option
@config_option
@data_option
def back_one(subject: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Watch SUBJECT again, which was set aside.

    \b
    zhengshao watch back site:school.example
    """
    from review.clock import utc_now
    from review.strings import WATCH_BACK
    from review.watching import take_back

    store, _ = open_store(config_dir, data_dir)
    with store.write() as connection:
        take_back(connection, subject, actor=actor, now=utc_now())
    say(WATCH_BACK.format(subject=subject))

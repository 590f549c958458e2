"""`zhengshao case`: look at cases and decide them."""

from __future__ import annotations

import getpass
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
from review.strings import (
    CAMPAIGN_OF_CASE,
    CAPTURES_TOLD,
    DECIDED,
    FACT_LISTED,
    FACT_SET,
    FACT_TAKEN_BACK,
    REASON_TOLD,
    VIEWED,
)

if TYPE_CHECKING:
    from review.case_facts import Fact
    from review.cases import Case

DECISION_WORDS = ("confirm", "exclude", "doubt", "reopen")


@click.group("case")
def command() -> None:
    """List, show, view, decide and merge cases, and note facts that their papers need.

    \b
    zhengshao case list --state open
    zhengshao case show A-000012
    zhengshao case view A-000012 --out A-000012.html
    zhengshao case decide A-000012 confirm --reason "底部标识照抄应急管理部"
    zhengshao case merge A-000013 --into A-000012 --reason "同一微信号"
    zhengshao case fact A-000012 collateral 同地址未见其他网站 --source 接入商答复
    """


@command.command("list")
@click.option("--state", type=click.Choice(["open", "confirmed", "excluded", "doubtful", "merged"]))
@config_option
@data_option
@json_option
def list_cases(state: str | None, config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Cases in the order of the queue; --json prints one object a line.

    \b
    zhengshao case list --state open
    zhengshao case list --json
    """
    from review.cases import CaseState, find

    store, _ = open_store(config_dir, data_dir)
    with store.read() as connection:
        found = list(find(connection, state=CaseState(state) if state else None))
    for case in found:
        if as_json:
            emit(_summary(case))
        else:
            whom = f" ← {case.imitates}" if case.imitates else ""
            click.echo(
                f"{case.label}  {case.state.chinese}  {case.score:.2f}  {case.cls}{whom}  {', '.join(case.subjects)}"
            )
    say(f"{len(found)} 件")


@command.command("show")
@click.argument("case_id", metavar="CASE")
@config_option
@data_option
@json_option
def show(case_id: str, config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """One case: verdicts with their reasons and quotes, captures, its campaigns, and what happened to it.

    \b
    zhengshao case show A-000012
    zhengshao case show A-000012 --json
    """
    from review.campaigns import labels_of
    from review.cases import get, parse_label
    from review.subjects import shown
    from review.telling import codes_of, event_told

    store, _ = open_store(config_dir, data_dir)
    with store.read() as connection:
        case = get(connection, parse_label(case_id))
        campaigns = labels_of(connection, case.subjects)
    if as_json:
        emit({**_whole(case), "campaigns": list(campaigns)})
        return
    click.echo(f"{case.label}  {case.state.chinese}  {case.title}")
    for subject, assessment in zip(case.subjects, case.assessments, strict=True):
        click.echo(f"\n{shown(subject)}")
        for axis in ("impersonation", "selling"):
            _print_verdict(axis, assessment.get(axis))
    for label, campaign in campaigns.items():
        others = [shown(one) for one in campaign.subjects if one not in case.subjects]
        click.echo("\n" + CAMPAIGN_OF_CASE.format(label=label, others="、".join(others)))
    click.echo("\n" + CAPTURES_TOLD.format(labels="、".join(f"C-{number:08d}" for number in case.capture_ids)))
    codes = codes_of(load_config(config_dir))
    for event in case.events:
        click.echo(event_told(event, codes))


def _print_verdict(axis: str, verdict: Any) -> None:
    from review.findings import by_reason
    from review.telling import verdict_told

    if not verdict or verdict["verdict"] == "clear":
        return
    click.echo(verdict_told(axis, verdict))
    for reason, quotes in by_reason(verdict["signals"]).items():
        click.echo(REASON_TOLD.format(reason=reason, quotes="".join(f"「{quote}」" for quote in quotes)).rstrip())


@command.command("decide")
@click.argument("case_id", metavar="CASE")
@click.argument("decision", type=click.Choice(DECISION_WORDS))
@click.option("--reason", default="", help="Why; needed to exclude or re-open.")
@click.option("--actor", default=getpass.getuser, show_default="your login", help="Who decides.")
@config_option
@data_option
def decide_case(
    case_id: str, decision: str, reason: str, actor: str, config_dir: Path | None, data_dir: Path | None
) -> None:
    """属实 confirm, 排除 exclude, 存疑 doubt, or reopen.

    \b
    zhengshao case decide A-000012 confirm --reason "底部标识照抄应急管理部"
    zhengshao case decide A-000013 exclude --reason 正规培训机构，未承诺免考包过
    """
    from review.cases import Decision, decide, parse_label
    from review.clock import utc_now

    store, _ = open_store(config_dir, data_dir)
    with store.write() as connection:
        number = parse_label(case_id)
        decide(connection, number, Decision(decision), actor=actor, reason=reason, now=utc_now())
    say(DECIDED.format(case=f"A-{number:06d}", decision=Decision(decision).chinese))


@command.command("merge")
@click.argument("case_id", metavar="CASE")
@click.option("--into", required=True, metavar="CASE", help="The case that stays.")
@click.option("--reason", required=True, help="Why they are one story.")
@click.option("--actor", default=getpass.getuser, show_default="your login", help="Who decides.")
@config_option
@data_option
def merge_cases(
    case_id: str, into: str, reason: str, actor: str, config_dir: Path | None, data_dir: Path | None
) -> None:
    """Put one case's subjects under another.

    \b
    zhengshao case merge A-000013 --into A-000012 --reason 同一微信号
    """
    from review.cases import merge, parse_label
    from review.clock import utc_now

    store, _ = open_store(config_dir, data_dir)
    with store.write() as connection:
        source, target = parse_label(case_id), parse_label(into)
        merge(connection, source, target, actor=actor, reason=reason, now=utc_now())
    say(f"A-{source:06d} → A-{target:06d}")


def _summary(case: Case) -> dict[str, Any]:
    return {
        "id": case.label,
        "state": case.state.value,
        "class": case.cls,
        "imitates": case.imitates,
        "score": case.score,
        "title": case.title,
        "subjects": list(case.subjects),
        "opened_at": case.opened_at,
    }


def _whole(case: Case) -> dict[str, Any]:
    events = [{"at": e.at, "actor": e.actor, "kind": e.kind, "detail": dict(e.detail)} for e in case.events]
    return {
        **_summary(case),
        "findings": [dict(assessment) for assessment in case.assessments],
        "captures": [f"C-{number:08d}" for number in case.capture_ids],
        "events": events,
    }


@command.command("view")
@click.argument("case_id", metavar="CASE")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The HTML file to write.")
@config_option
@data_option
def view_case(case_id: str, out: Path, config_dir: Path | None, data_dir: Path | None) -> None:
    """Write the page CASE rests on as one inert HTML file, every quoted passage marked with its reason.

    \b
    zhengshao case view A-000012 --out A-000012.html
    """
    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from review.cases import get, parse_label
    from review.judging import judging_context
    from review.viewing import view

    store, data = open_store(config_dir, data_dir)
    with store.read() as connection:
        case = get(connection, parse_label(case_id))
    context = judging_context(load_config(config_dir), data, store)
    seen = view(case, store, Archive(data / "archive"), BlobStore(data / "blobs"), context)
    out.write_text(seen.html, encoding="utf-8")
    say(VIEWED.format(out=out, capture=seen.capture.label, url=seen.capture.final_url, count=seen.marks))


@command.command("fact")
@click.argument("case_id", metavar="CASE")
@click.argument("field", required=False)
@click.argument("value", required=False)
@click.option("--source", default="", help="From whom or where it is known; needed with a value.")
@click.option("--actor", default=getpass.getuser, show_default="your login", help="Who notes it.")
@config_option
@data_option
def fact(
    case_id: str,
    field: str | None,
    value: str | None,
    source: str,
    actor: str,
    config_dir: Path | None,
    data_dir: Path | None,
) -> None:
    """Note a fact that papers ask people for; an empty VALUE takes it back, no FIELD lists what is noted and asked for.

    \b
    zhengshao case fact A-000012
    zhengshao case fact A-000012 recheck_at 2026-11-23T09:40+08:00 --source 本机浏览器
    """
    from review import case_facts
    from review.cases import parse_label
    from review.clock import utc_now

    store, _ = open_store(config_dir, data_dir)
    config = load_config(config_dir)
    fields = case_facts.fields(config)
    if field is None:
        with store.read() as connection:
            noted = case_facts.of_case(connection, parse_label(case_id))
        for name, asked in fields.items():
            click.echo(_fact_line(name, asked.label, noted.get(name)))
        return
    with store.write() as connection:
        number = parse_label(case_id)
        told = case_facts.put(connection, number, field, value or "", config, source=source, actor=actor, now=utc_now())
    sentence = FACT_SET if told.value else FACT_TAKEN_BACK
    say(sentence.format(case=f"A-{number:06d}", label=fields[field].label, value=told.value))


def _fact_line(name: str, label: str, noted: Fact | None) -> str:
    if noted is None:
        return f"{name}  {label}  —"
    return FACT_LISTED.format(
        field=name, label=label, value=noted.value, source=noted.source, actor=noted.actor, at=noted.at
    )

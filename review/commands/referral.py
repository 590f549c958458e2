"""`zhengshao referral`: hand cases over, step by step, and note what comes back."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.commands._referral_shown import due_told, summary, told
from review.commands._shared import config_option, data_option, emit, json_option, load_config, open_store, say
from review.strings import (
    REFERRAL_HOLIDAYS,
    REFERRAL_LISTED,
    REFERRAL_STATES,
    REFERRAL_STEP,
)

if TYPE_CHECKING:
    from review.referral_records import Referral

label_argument = click.argument("label", metavar="R-YYYY-NNNNNN")
actor_option = click.option("--actor", default=getpass.getuser, show_default="your login", help="Who takes this step.")
items_option = click.option("--item", "items", type=int, multiple=True, help="Only these numbers of the list.")


@click.group("referral")
def command() -> None:
    """Draft, review, approve and follow hand-overs to other authorities.

    \b
    zhengshao referral draft A-000012 A-000013 --to cac
    zhengshao bundle build R-2026-000001
    zhengshao referral submit R-2026-000001
    zhengshao referral review R-2026-000001 --actor 李四
    zhengshao referral approve R-2026-000001 --actor 王五
    zhengshao referral send R-2026-000001 --channel 公文交换 --number 示网办函〔2026〕12号
    zhengshao referral receive R-2026-000001 --by 赵六
    zhengshao referral answer R-2026-000001 --result blocked --text 已阻断
    zhengshao referral close R-2026-000001
    """


def _take(
    label: str, config_dir: Path | None, data_dir: Path | None, step: Callable[..., Referral], *given: Any, **named: Any
) -> Referral:
    """Take one step in a transaction of its own and say where the referral stands."""
    from review.clock import utc_now
    from review.referrals import by_label

    store, _ = open_store(config_dir, data_dir)
    with store.write() as connection:
        referral = step(connection, by_label(connection, label).id, *given, now=utc_now(), **named)
    say(REFERRAL_STEP.format(label=referral.label, state=referral.state.chinese))
    return referral


@command.command("draft")
@click.argument("case_ids", metavar="CASE…", nargs=-1, required=True)
@click.option("--to", "agency", required=True, help="The recipient: a file name in agencies/ (cac, market, police).")
@actor_option
@config_option
@data_option
def draft(case_ids: tuple[str, ...], agency: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """草拟: one referral of confirmed cases to one recipient; prints its label.

    \b
    zhengshao referral draft A-000012 A-000013 --to cac
    """
    from review.cases import parse_label
    from review.clock import utc_now
    from review.referrals import draft as drafted

    store, _ = open_store(config_dir, data_dir)
    config = load_config(config_dir)
    with store.write() as connection:
        numbers = [parse_label(text) for text in case_ids]
        referral = drafted(connection, numbers, agency, config, actor=actor, now=utc_now())
    click.echo(referral.label)
    say(REFERRAL_STEP.format(label=f"{referral.document} → {referral.recipient}", state=referral.state.chinese))


@command.command("list")
@click.option("--state", type=click.Choice(list(REFERRAL_STATES)), help="Only those that stand there.")
@click.option("--to", "agency", help="Only to this recipient.")
@click.option("--overdue", is_flag=True, help="Only those whose deadline has passed.")
@config_option
@data_option
@json_option
def list_referrals(
    state: str | None, agency: str | None, overdue: bool, config_dir: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    """Hand-overs, newest first; --json prints one object a line.

    \b
    zhengshao referral list --state sent --to cac
    zhengshao referral list --overdue
    """
    from review.clock import utc_now
    from review.referrals import ReferralState, find
    from review.workdays import local_day

    store, _ = open_store(config_dir, data_dir)
    today = local_day(utc_now())
    with store.read() as connection:
        wanted = ReferralState(state) if state else None
        found = list(find(connection, state=wanted, agency=agency, overdue_on=today if overdue else None))
    for referral in found:
        cases = " ".join(item.case_label for item in referral.items)
        names = {"label": referral.label, "state": referral.state.chinese, "agency": referral.agency}
        if as_json:
            emit(summary(referral))
        else:
            due = due_told(referral, referral.overdue(today))
            click.echo(REFERRAL_LISTED.format(**names, recipient=referral.recipient, cases=cases, due=due).rstrip())
    say(f"{len(found)} 件")


@command.command("show")
@label_argument
@config_option
@data_option
@json_option
def show(label: str, config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """One hand-over: items, who did what when, papers that came back.

    \b
    zhengshao referral show R-2026-000001
    """
    from review.referrals import by_label
    from review.telling import codes_of

    store, _ = open_store(config_dir, data_dir)
    with store.read() as connection:
        referral = by_label(connection, label)
    events = [{"at": e.at, "actor": e.actor, "kind": e.kind, "detail": dict(e.detail)} for e in referral.events]
    if as_json:
        emit({**summary(referral), "events": events})
        return
    for line in told(referral, codes_of(load_config(config_dir))):
        click.echo(line)


@command.command("submit")
@label_argument
@actor_option
@config_option
@data_option
def submit(label: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """草拟 → 复核: fix the content and pass it on for review.

    \b
    zhengshao referral submit R-2026-000001
    """
    from review import referrals

    _take(label, config_dir, data_dir, referrals.submit, load_config(config_dir), actor=actor)


@command.command("review")
@label_argument
@click.option("--remark", default="")
@actor_option
@config_option
@data_option
def review(label: str, remark: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """复核 → 审批, by someone who prepared nothing of it.

    \b
    zhengshao referral review R-2026-000001 --actor 李四
    """
    from review import referrals

    _take(label, config_dir, data_dir, referrals.review, actor=actor, remark=remark)


@command.command("approve")
@label_argument
@click.option("--remark", default="")
@actor_option
@config_option
@data_option
def approve(label: str, remark: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Approve it, by someone who prepared nothing of it.

    \b
    zhengshao referral approve R-2026-000001 --actor 王五
    """
    from review import referrals

    _take(label, config_dir, data_dir, referrals.approve, actor=actor, remark=remark)


@command.command("return")
@label_argument
@click.option("--reason", required=True)
@actor_option
@config_option
@data_option
def return_(label: str, reason: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """退回 to 草拟 with a reason.

    \b
    zhengshao referral return R-2026-000001 --reason 缺备案查询
    """
    from review import referrals

    _take(label, config_dir, data_dir, referrals.return_, actor=actor, reason=reason)


@command.command("send")
@label_argument
@click.option("--channel", required=True, help="How it went, such as 公文交换 or 专人送达")
@click.option("--number", "doc_number", default="", help="文号.")
@click.option("--at", "sent_at", default="", help="When, ISO 8601 (default: now).")
@actor_option
@config_option
@data_option
def send(
    label: str, channel: str, doc_number: str, sent_at: str, actor: str, config_dir: Path | None, data_dir: Path | None
) -> None:
    """审批 → 已移送: note that officers handed it over. Nothing is sent by this program.

    \b
    zhengshao referral send R-2026-000001 --channel 公文交换 --number 示网办函〔2026〕12号
    """
    from review import referrals

    given = {"channel": channel, "doc_number": doc_number, "sent_at": sent_at}
    sent = _take(label, config_dir, data_dir, referrals.send, load_config(config_dir), actor=actor, **given)
    if not sent.events[-1].detail["holidays_known"]:
        say(REFERRAL_HOLIDAYS.format(due=sent.feedback_due))


@command.command("receive")
@label_argument
@click.option("--by", required=True, help="Who signed for it.")
@click.option("--at", "received_at", default="", help="When, ISO 8601 (default: now).")
@items_option
@actor_option
@config_option
@data_option
def receive(
    label: str,
    by: str,
    received_at: str,
    items: tuple[int, ...],
    actor: str,
    config_dir: Path | None,
    data_dir: Path | None,
) -> None:
    """Note a receipt, for all items or for some.

    \b
    zhengshao referral receive R-2026-000001 --by 赵六
    """
    from review import receipts

    given = {"by": by, "received_at": received_at, "items": items}
    _take(label, config_dir, data_dir, receipts.receive, actor=actor, **given)


@command.command("answer")
@label_argument
@click.option("--result", required=True, help="A code of the recipient's file, as agencies/*.toml lists them.")
@click.option("--text", default="", help="What was done, in words.")
@click.option("--at", "answered_at", default="", help="When, ISO 8601 (default: now).")
@items_option
@actor_option
@config_option
@data_option
def answer(
    label: str,
    result: str,
    text: str,
    answered_at: str,
    items: tuple[int, ...],
    actor: str,
    config_dir: Path | None,
    data_dir: Path | None,
) -> None:
    """Note the recipient's feedback, for all items still open or for some.

    \b
    zhengshao referral answer R-2026-000001 --result blocked --text 已阻断
    zhengshao referral answer R-2026-000001 --result blocked --item 2
    """
    from review import receipts

    given = {"result": result, "text": text, "answered_at": answered_at, "items": items}
    _take(label, config_dir, data_dir, receipts.answer, load_config(config_dir), actor=actor, **given)


@command.command("file")
@label_argument
@click.argument("paper", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--kind", type=click.Choice(["receipt", "feedback", "other"]), required=True)
@click.option("--item", type=int, help="The item it is about; all without it.")
@actor_option
@config_option
@data_option
def file(
    label: str, paper: Path, kind: str, item: int | None, actor: str, config_dir: Path | None, data_dir: Path | None
) -> None:
    """Keep a signed or scanned 回执 or 反馈 (PDF, OFD, DOCX, picture); its hash goes into both chains.

    \b
    zhengshao referral file R-2026-000001 回执.pdf --kind receipt
    zhengshao referral file R-2026-000001 反馈单.pdf --kind feedback --item 2
    """
    from crawlers.blobs import BlobStore
    from review import receipts
    from review.clock import utc_now
    from review.referrals import by_label

    store, data = open_store(config_dir, data_dir)
    with store.write() as connection:
        referral = by_label(connection, label)
        blobs = BlobStore(data / "blobs")
        receipts.file_paper(connection, blobs, referral.id, paper, kind=kind, actor=actor, now=utc_now(), item=item)
    say(REFERRAL_STEP.format(label=referral.label, state=paper.name))


@command.command("remind")
@label_argument
@click.option("--channel", required=True, help="How, such as 电话 or 函")
@actor_option
@config_option
@data_option
def remind(label: str, channel: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """催办: note a reminder.

    \b
    zhengshao referral remind R-2026-000001 --channel 电话
    """
    from review import referrals

    _take(label, config_dir, data_dir, referrals.remind, actor=actor, channel=channel)


@command.command("close")
@label_argument
@click.option("--remark", default="")
@actor_option
@config_option
@data_option
def close(label: str, remark: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """已反馈 → 办结.

    \b
    zhengshao referral close R-2026-000001
    """
    from review import referrals

    _take(label, config_dir, data_dir, referrals.close, actor=actor, remark=remark)


@command.command("withdraw")
@label_argument
@click.option("--reason", required=True)
@actor_option
@config_option
@data_option
def withdraw(label: str, reason: str, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """撤回 before 办结, with a reason.

    \b
    zhengshao referral withdraw R-2026-000001 --reason 网站已关闭
    """
    from review import referrals

    _take(label, config_dir, data_dir, referrals.withdraw, actor=actor, reason=reason)

"""`zhengshao bundle`: build the bundle of a referral, verify one."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

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
    open_store,
    say,
)
from review.commands.packet import EXITS
from review.strings import BUNDLE_BUILT, RETURNED


@click.group("bundle")
def command() -> None:
    """Build and verify bundles (移送批次): many cases, one recipient, one letter, one seal.

    \b
    zhengshao referral draft A-000012 A-000013 --to cac
    zhengshao bundle build R-2026-000001
    zhengshao bundle verify B-2026-000001-1.zip --trust DIR
    zhengshao bundle feedback R-2026-000001 01_移送台账.xlsx
    """


@command.command("build")
@click.argument("label", metavar="R-YYYY-NNNNNN")
@click.option("--keep", is_flag=True, help="Take packets already built as they are; build only those that are missing.")
@click.option("--actor", default=getpass.getuser, show_default="your login", help="Who prepares it.")
@config_option
@data_option
@json_option
def build(label: str, keep: bool, actor: str, config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Build a packet for every case of a draft, and one sealed bundle of them with letter, 台账 and light copy.

    \b
    zhengshao bundle build R-2026-000001
    """
    from crawlers.records import CrawlError
    from crawlers.store import Store, store_url
    from review import bundles
    from review.clock import utc_now
    from review.errors import ReviewError
    from review.packets.stamping import office_stamper
    from review.packets.verify import verify
    from review.referrals import by_label

    config = load_config(config_dir)
    data = data_directory(config, data_dir)
    try:
        store = Store.open(store_url(data, config.settings.store.url))
        with store.read() as connection:
            referral = by_label(connection, label)
        with office_stamper(config, data) as stamp:
            built = bundles.build(store, data, referral.id, config, stamp, actor=actor, now=utc_now(), keep=keep)
    except (ReviewError, CrawlError) as error:
        fail(error, PROBLEMS)
    verdict = verify(str(built.file), str(data / "trust"))["verdict"]
    light = [str(path) for path in built.light]
    if as_json:
        row = {"bundle": built.row.id, "referral": referral.label, "file": str(built.file), "light": light}
        emit({**row, "packets": list(built.packets), "manifest_sha256": built.row.sha256, "verdict": verdict})
    else:
        click.echo("\n".join([str(built.file), *light]))
        told = {"bundle": built.row.id, "count": len(built.packets), "sha256": built.row.sha256}
        say(BUNDLE_BUILT.format(**told, light=len(light)))
    sys.exit(PROBLEMS if verdict == "invalid" else 0)


@command.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path, file_okay=False), help="keys.json and tsa/*.pem.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@json_option
def verify_bundle(bundle: Path, trust: Path | None, lang: str, as_json: bool) -> None:
    """Judge a bundle with every packet in it: exit 0 valid, 1 invalid, 2 cannot judge. Reads only, offline.

    \b
    zhengshao bundle verify B-2026-000001-1.zip --trust DIR
    """
    from review.packets.verify import lines, verify

    report = verify(str(bundle), str(trust) if trust else None)
    if as_json:
        emit(report)
    else:
        click.echo("\n".join(lines(report, lang)))
    sys.exit(EXITS[report["verdict"]])


@command.command("feedback")
@click.argument("label", metavar="R-YYYY-NNNNNN")
@click.argument("ledger", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--actor", default=getpass.getuser, show_default="your login", help="Who enters it.")
@config_option
@data_option
def feedback(label: str, ledger: Path, actor: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Enter a 台账 that the recipient filled in: it is kept, receipts and answers are entered item by item.

    \b
    zhengshao bundle feedback R-2026-000001 01_移送台账.xlsx
    """
    from crawlers.blobs import BlobStore
    from review import returned
    from review.clock import utc_now
    from review.errors import ReviewError
    from review.referrals import by_label

    store, data = open_store(config_dir, data_dir)
    config = load_config(config_dir)
    try:
        with store.write() as connection:
            referral = by_label(connection, label)
            blobs = BlobStore(data / "blobs")
            done = returned.enter(connection, blobs, referral.id, ledger, config, actor=actor, now=utc_now())
    except ReviewError as error:
        fail(error, PROBLEMS)
    told = {"label": label, "state": done.referral.state.chinese}
    say(RETURNED.format(**told, received=done.received, answered=done.answered))

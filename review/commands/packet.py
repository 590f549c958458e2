"""`zhengshao packet`: build an evidence packet for a case, verify one."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
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

EXITS = {"valid": 0, "invalid": 1, "unknown": 2}


@click.group("packet")
def command() -> None:
    """Build and verify evidence packets.

    \b
    zhengshao packet build A-000012 --to cac
    zhengshao packet verify P-2026-000001.zip --trust DIR
    """


@command.command("build")
@click.argument("case_id", metavar="CASE")
@click.option("--to", "agency", required=True, help="The recipient: a file name in agencies/ (cac, market, police).")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="ID=VALUE",
    help="A fact a paper needs, for this packet alone; may be repeated (see: case fact).",
)
@config_option
@data_option
@json_option
def build(
    case_id: str, agency: str, fields: tuple[str, ...], config_dir: Path | None, data_dir: Path | None, as_json: bool
) -> None:
    """Build the packet of CASE for a recipient and verify it against the office's own trust.

    \b
    zhengshao packet build A-000012 --to police --field issuer_reply=应急管理局复函称未发过该证
    """
    from crawlers.records import CrawlError
    from crawlers.store import Store, store_url
    from review.cases import CaseState, get, parse_label
    from review.clock import utc_now
    from review.errors import ReviewError
    from review.packets.desk import case_for_papers, make_packet
    from review.packets.stamping import office_stamper
    from review.packets.verify import verify
    from review.registry import enter_found
    from review.strings import NOT_CONFIRMED

    config = load_config(config_dir)
    data = data_directory(config, data_dir)
    given = dict(_pair(text) for text in fields)
    try:
        store = Store.open(store_url(data, config.settings.store.url))
        with store.read() as connection:
            decided = get(connection, parse_label(case_id))
            noted = case_for_papers(connection, decided.id)
        if decided.state is not CaseState.CONFIRMED:
            fail(NOT_CONFIRMED.format(case=decided.label, state=decided.state.chinese), PROBLEMS)
        case = replace(noted, fields={**noted.fields, **given})
        with office_stamper(config, data) as stamp:
            built, path = make_packet(store, data, case, agency, config, stamp, utc_now())
        with store.write() as connection:
            enter_found(connection, path.parent)
    except (ReviewError, CrawlError) as error:
        fail(error, PROBLEMS)
    verdict = verify(str(path), str(data / "trust"))["verdict"]
    row = {"packet": built.packet_id, "case": case.id, "to": agency, "file": str(path), "verdict": verdict}
    if as_json:
        emit({**row, "timestamp": built.timestamp, "manifest_sha256": built.manifest_sha256})
    else:
        click.echo(str(path))
        say(f"{built.packet_id} 清单 SHA-256 {built.manifest_sha256}")
    sys.exit(PROBLEMS if verdict == "invalid" else 0)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not ID=VALUE", param_hint="--field")
    return name, value


@command.command("redact")
@click.argument("packet", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@config_option
@data_option
def redact(packet: Path, target: Path, config_dir: Path | None, data_dir: Path | None) -> None:
    """Make the copy for circulation of PACKET: people masked, pictures encoded anew, archive left out.

    Beside it a sheet is written of what two people must look at before it goes out: not all names and faces are found.

    \b
    zhengshao packet redact P-2026-000001.zip P-2026-000001-遮盖本.zip
    """
    import json

    from crawlers.records import CrawlError
    from review.cases import get, parse_label
    from review.clock import utc_now
    from review.errors import ReviewError
    from review.packets import checksheet
    from review.packets.amend import read_file
    from review.packets.desk import make_copy
    from review.packets.gather import case_file
    from review.packets.stamping import office_stamper

    config = load_config(config_dir)
    store, data = open_store(config_dir, data_dir)
    try:
        said = json.loads(read_file(packet, "manifest.json"))
        with store.read() as connection:
            case = case_file(get(connection, parse_label(said["case_id"])))
        with office_stamper(config, data) as stamper, target.open("xb") as output:
            make_copy(store, data, case, config, stamper, packet, utc_now()).write(output)
        sheet = checksheet.write(target)
    except (ReviewError, CrawlError, OSError) as error:
        fail(error, PROBLEMS)
    click.echo(str(target))
    say(str(sheet))


@command.command("lock")
@click.argument("packet", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--for", "certificate", type=click.Path(path_type=Path, exists=True), help="The receiver's certificate, PEM."
)
def lock(packet: Path, folder: Path, certificate: Path | None) -> None:
    """Put the original under lock for its way: for a certificate, or under a passphrase, which is printed.

    \b
    zhengshao packet lock P-2026-000001.zip /media/usb/out --for police.pem
    """
    from review.errors import ReviewError
    from review.packets import envelope, handout

    word = "" if certificate else envelope.passphrase()
    try:
        made = handout.lock(packet, folder, certificate=certificate.read_bytes() if certificate else b"", word=word)
    except (ReviewError, OSError) as error:
        fail(error, PROBLEMS)
    for path in made:
        say(str(path))
    if word:
        click.echo(word)


@command.command("stamp")
@click.argument("packet", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
@data_option
def stamp(packet: Path, config_dir: Path | None, data_dir: Path | None) -> None:
    """Complete a packet (or bundle) that was sealed while no time-stamp authority answered.

    \b
    zhengshao packet stamp P-2026-000001.zip
    """
    from crawlers.records import CrawlError
    from review.errors import ReviewError
    from review.packets.amend import stamp_later
    from review.packets.stamping import office_stamper
    from review.packets.unstamped import refuse_after_end

    config = load_config(config_dir)
    data = data_directory(config, data_dir)
    try:
        refuse_after_end(packet, data / "trust", datetime.now(UTC))
        with office_stamper(config, data) as stamper:
            stamp_later(packet, stamper)
    except (ReviewError, CrawlError) as error:
        fail(error, PROBLEMS)


@command.command("approve")
@click.argument("packet", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", "key_file", type=click.Path(path_type=Path), required=True, help="Made by `trust approver`.")
@click.option("--passphrase", prompt=True, hide_input=True)
@config_option
@data_option
def approve(packet: Path, key_file: Path, passphrase: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Add a person's signature over the packet's (or bundle's) manifest.

    \b
    zhengshao packet approve P-2026-000001.zip --key /media/usb/zhangsan.pem
    """
    from review import approvals
    from review.clock import utc_now
    from review.errors import ReviewError

    config = load_config(config_dir)
    try:
        trust = data_directory(config, data_dir) / "trust"
        say(approvals.approve(packet, key_file, passphrase, trust, utc_now()))
    except ReviewError as error:
        fail(error, PROBLEMS)


@command.command("verify")
@click.argument("packet", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path, file_okay=False), help="keys.json and tsa/*.pem.")
@click.option("--original", type=click.Path(path_type=Path), help="What a copy for circulation was made from.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@json_option
def verify_packet(packet: Path, trust: Path | None, original: Path | None, lang: str, as_json: bool) -> None:
    """Judge a packet: exit 0 valid, 1 invalid, 2 cannot judge. Reads only, offline.

    \b
    zhengshao packet verify P-2026-000001.zip --trust DIR
    """
    from review.packets.verify import lines, verify

    report = verify(str(packet), str(trust) if trust else None, str(original) if original else None)
    if as_json:
        emit(report)
    else:
        click.echo("\n".join(lines(report, lang)))
    sys.exit(EXITS[report["verdict"]])

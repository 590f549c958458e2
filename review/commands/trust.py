"""`zhengshao trust`: the keys that seal and approve, their rotation and revocation, and what recipients are given."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
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
    open_store,
    say,
)

if TYPE_CHECKING:
    from config import Config


@click.group("trust")
def command() -> None:
    """Keys of the office and what recipients verify with.

    \b
    zhengshao trust export /media/usb/trust
    zhengshao trust revoke 0123456789abcdef --reason 密钥介质遗失
    """


def _place(config_dir: Path | None, data_dir: Path | None) -> tuple[Config, Path]:
    config = load_config(config_dir)
    return config, data_directory(config, data_dir)


@command.command("show")
@config_option
@data_option
@json_option
def show(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Every registered key: id, use, holder, from when to when, revoked when and why.

    \b
    zhengshao trust show
    """
    from review import trusted
    from review.errors import ReviewError

    _, data = _place(config_dir, data_dir)
    try:
        keys = trusted.read(data / "trust")
    except ReviewError as error:
        fail(error, PROBLEMS)
    if as_json:
        emit(keys)
        return
    for name, key in sorted(keys.items()):
        click.echo(_listed(name, key))


def _listed(name: str, key: Mapping[str, Any]) -> str:
    from review.strings import KEY_LISTED, KEY_REVOKED, KEY_USES

    gone = {"at": key.get("revoked_at"), "reason": key.get("revoked_reason", "")}
    return KEY_LISTED.format(
        key=name,
        alg=key["alg"],
        use=KEY_USES[key.get("use", "seal")],
        begins=key["valid_from"],
        ends=key["valid_to"],
        who=key.get("holder") or key["office"],
        revoked=KEY_REVOKED.format(**gone) if gone["at"] else "",
    )


@command.command("rotate")
@click.option("--leave-unstamped", is_flag=True, help="Although seals of the old key still wait for a time stamp.")
@config_option
@data_option
def rotate(leave_unstamped: bool, config_dir: Path | None, data_dir: Path | None) -> None:
    """Seal with a new key from now on; the old private key is erased, its packets stay valid.

    Refused while packets of the old key wait for their time stamp: one that came later would make them invalid.

    \b
    zhengshao trust rotate && zhengshao trust export DIR
    """
    from review import keys
    from review.errors import ReviewError
    from review.packets.unstamped import waiting
    from review.strings import DEVICE_SIGNS, STAMP_COMMAND, STAMP_FIRST

    config, data = _place(config_dir, data_dir)
    if config.settings.sign.command:
        fail(DEVICE_SIGNS, PROBLEMS)
    office, now = config.settings.office.name, datetime.now(UTC)
    try:
        old = keys.office_key(data, office, now).id
        left = [] if leave_unstamped else list(waiting(data, old))
        if left:
            commands = "\n".join(STAMP_COMMAND.format(path=path) for path in left)
            fail(STAMP_FIRST.format(key=old, count=len(left), commands=commands), PROBLEMS)
        click.echo(keys.rotate(data, office, now).id)
    except ReviewError as error:
        fail(error, PROBLEMS)


@command.command("revoke")
@click.argument("key_id")
@click.option("--reason", required=True, help="Why, as recipients will read it.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S"]), help="UTC, from when on (default: now).")
@config_option
@data_option
def revoke(key_id: str, reason: str, at: datetime | None, config_dir: Path | None, data_dir: Path | None) -> None:
    """What KEY_ID sealed from then on is invalid. Hand out the trust directory again afterwards.

    \b
    zhengshao trust revoke 0123456789abcdef --reason 密钥介质遗失 --at 2026-11-20T00:00:00
    """
    from review import trusted
    from review.errors import ReviewError
    from review.packets.unstamped import waiting
    from review.strings import KEY_REVOKED_NOW, UNSTAMPED_REVOKED

    _, data = _place(config_dir, data_dir)
    try:
        trusted.revoke(data / "trust", key_id, at.replace(tzinfo=UTC) if at else datetime.now(UTC), reason)
    except ReviewError as error:
        fail(error, PROBLEMS)
    left = [str(path) for path in waiting(data, key_id)]
    if left:
        say(UNSTAMPED_REVOKED.format(key=key_id, count=len(left), paths="\n".join(left)))
    say(KEY_REVOKED_NOW.format(key=key_id))


@command.command("approver")
@click.argument("holder")
@click.argument("key_file", type=click.Path(path_type=Path))
@click.option("--passphrase", prompt=True, confirmation_prompt=True, hide_input=True)
@config_option
@data_option
def approver(holder: str, key_file: Path, passphrase: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Make the key of a person who approves packets, and register it; KEY_FILE is theirs alone to keep.

    \b
    zhengshao trust approver 张三 /media/usb/zhangsan.pem
    """
    from review import approvals
    from review.errors import ReviewError

    config, data = _place(config_dir, data_dir)
    try:
        key_id = approvals.make_key(
            data / "trust", key_file, passphrase, holder, config.settings.office.name, datetime.now(UTC)
        )
    except ReviewError as error:
        fail(error, PROBLEMS)
    click.echo(key_id)


@command.command("heads")
@click.option("--since", "since", type=int, default=0, help="Only ends of batches after this line of the chain.")
@config_option
@data_option
def heads(since: int, config_dir: Path | None, data_dir: Path | None) -> None:
    """Where the custody chain stood at the end of each batch, as JSON Lines for a second office to keep.

    Who keeps them in `heads/` of a trust directory sees when this office writes its history anew.

    \b
    zhengshao trust heads --since 1200 > heads-20261121.jsonl
    """
    from crawlers.custody import batch_ends

    config = load_config(config_dir)
    store, _ = open_store(config_dir, data_dir)
    with store.read() as connection:
        for end in batch_ends(connection, since):
            row = {"office": config.settings.office.name, "seq": end.seq, "hash": end.hash, "at": end.at}
            click.echo(json.dumps(row, ensure_ascii=False, sort_keys=True))


@command.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@config_option
@data_option
@json_option
def export(target: Path, config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Copy what recipients verify with to a new directory, and print the digests to compare over the phone.

    \b
    zhengshao trust export /media/usb/trust
    """
    from review import trusted
    from review.errors import ReviewError

    _, data = _place(config_dir, data_dir)
    try:
        files = trusted.export(data / "trust", target)
    except ReviewError as error:
        fail(error, PROBLEMS)
    if as_json:
        emit([{"file": name, "sha256": digest} for name, digest in files])
    else:
        for name, digest in files:
            click.echo(f"{digest}  {name}")
    sys.exit(0)

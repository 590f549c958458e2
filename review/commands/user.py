"""`zhengshao user`: accounts of the review desk, from the console."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.commands._shared import config_option, data_option, emit, json_option, load_config, open_store, say
from review.strings import USER_DONE, USER_LISTED, USER_MADE

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Connection

    from config import Config

ROLE_NAMES = ("analyst", "reviewer", "leader", "system_admin", "security_admin", "audit_admin", "recipient")
role_option = click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLE_NAMES), required=True, help="A duty; may be given again."
)


@click.group("user")
def command() -> None:
    """Make, list, change and disable the accounts of the review desk.

    \b
    zhengshao user add zhangsan --name 张三 --role analyst
    zhengshao user add hengyang --role recipient --agency market
    zhengshao user roles zhangsan --role reviewer
    zhengshao user password zhangsan
    zhengshao user disable zhangsan
    """


@contextmanager
def _desk(config_dir: Path | None, data_dir: Path | None) -> Iterator[tuple[Config, Flask, Connection]]:
    """The application, for its way of hashing, and one write transaction; exit 2 with what is wrong."""
    from review.web import create_app

    config = load_config(config_dir)
    store, data = open_store(config_dir, data_dir)
    try:
        with store.write() as connection:
            yield config, create_app(config, store, data), connection
    finally:
        store.close()


def _actor() -> str:
    return f"console:{getpass.getuser()}"[:64]


@command.command("add")
@click.argument("username")
@click.option("--name", "full_name", default="", help="The person's name.")
@role_option
@click.option("--agency", default="", help="Of a recipient: the name of a file in agencies/.")
@config_option
@data_option
def add(
    username: str, full_name: str, roles: tuple[str, ...], agency: str, config_dir: Path | None, data_dir: Path | None
) -> None:
    """Make an account. Its first password is printed once on stdout and must be changed at the first sign-in.

    \b
    zhengshao user add zhangsan --name 张三 --role analyst
    zhengshao user add shiwangban --role recipient --agency cac
    """
    from review.clock import utc_now
    from review.desk import accounts
    from review.web.hashing import hashed, made_up

    with _desk(config_dir, data_dir) as (config, app, connection):
        password = made_up()
        accounts.add(
            connection,
            username,
            full_name=full_name,
            wanted=roles,
            hashed=hashed(app, password),
            profile=config.web.profile,
            agencies=config.agencies,
            agency=agency,
            actor=_actor(),
            now=utc_now(),
        )
    say(USER_MADE.format(username=username))
    click.echo(password)


@command.command("list")
@config_option
@data_option
@json_option
def list_users(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Every account with its duties; --json prints one object a line.

    \b
    zhengshao user list
    """
    from review.desk import accounts

    store, _ = open_store(config_dir, data_dir)
    with store.read() as connection:
        found = accounts.everyone(connection)
    for user, held in found:
        names = sorted(held)
        if as_json:
            told = {name: user[name] for name in ("username", "full_name", "active", "agency", "made_at", "seen_at")}
            emit({**told, "roles": names, "second_factor": bool(user["tf_primary_method"])})
        else:
            shown = "、".join(role.chinese for role in sorted(held))
            click.echo(USER_LISTED.format(username=user["username"], name=user["full_name"], roles=shown))


@command.command("roles")
@click.argument("username")
@role_option
@config_option
@data_option
def give_roles(username: str, roles: tuple[str, ...], config_dir: Path | None, data_dir: Path | None) -> None:
    """Set the duties of an account; its sessions end.

    \b
    zhengshao user roles zhangsan --role analyst --role reviewer
    """
    from review.clock import utc_now
    from review.desk import accounts

    with _desk(config_dir, data_dir) as (config, _, connection):
        accounts.give(connection, username, roles, profile=config.web.profile, actor=_actor(), now=utc_now())
    say(USER_DONE.format(username=username))


@command.command("password")
@click.argument("username")
@config_option
@data_option
def password(username: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Give an account a new password, printed once on stdout; its sessions end.

    \b
    zhengshao user password zhangsan
    """
    from review.clock import utc_now
    from review.desk import accounts
    from review.web.hashing import hashed, made_up

    with _desk(config_dir, data_dir) as (_, app, connection):
        new = made_up()
        accounts.set_password(connection, username, hashed(app, new), actor=_actor(), now=utc_now())
    say(USER_MADE.format(username=username))
    click.echo(new)


@command.command("second-factor")
@click.argument("username")
@config_option
@data_option
def second_factor(username: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Take the second factor away, after a lost phone; it must be set up again.

    \b
    zhengshao user second-factor zhangsan
    """
    from review.clock import utc_now
    from review.desk import accounts

    with _desk(config_dir, data_dir) as (_, _, connection):
        accounts.reset_second_factor(connection, username, actor=_actor(), now=utc_now())
    say(USER_DONE.format(username=username))


@command.command("disable")
@click.argument("username")
@config_option
@data_option
def disable(username: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Disable an account; its sessions end at once.

    \b
    zhengshao user disable zhangsan
    """
    _set_active(username, False, config_dir, data_dir)


@command.command("enable")
@click.argument("username")
@config_option
@data_option
def enable(username: str, config_dir: Path | None, data_dir: Path | None) -> None:
    """Enable an account again.

    \b
    zhengshao user enable zhangsan
    """
    _set_active(username, True, config_dir, data_dir)


def _set_active(username: str, active: bool, config_dir: Path | None, data_dir: Path | None) -> None:
    from review.clock import utc_now
    from review.desk import accounts

    with _desk(config_dir, data_dir) as (_, _, connection):
        accounts.set_active(connection, username, active, actor=_actor(), now=utc_now())
    say(USER_DONE.format(username=username))

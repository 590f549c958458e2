"""Accounts: made by name, never shared, disabled rather than deleted; every change is in the audit log.

Passwords come here hashed; `hashed` is what the web floor's library makes of one.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from review import audit
from review.clock import as_text
from review.desk.roles import Role, checked
from review.desk.tables import password_history, roles, user_roles, users, web_sessions
from review.errors import AccountError
from review.strings import ACCOUNT_AGENCY, ACCOUNT_NAME, ACCOUNT_OFFICE, ACCOUNT_TAKEN, LAST_ADMIN, NO_ACCOUNT

_NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")


def add(
    connection: Connection,
    username: str,
    *,
    full_name: str,
    wanted: Iterable[str],
    hashed: str,
    profile: str,
    agencies: Collection[str],
    actor: str,
    now: str,
    agency: str = "",
    must_change: bool = True,
) -> int:
    """A new account; its first password must be changed at the first sign-in. Raises AccountError."""
    if not _NAME.fullmatch(username):
        raise AccountError(ACCOUNT_NAME.format(username=username[:64]))
    held = checked(wanted, profile)
    if (Role.RECIPIENT in held) != bool(agency) or (agency and agency not in agencies):
        raise AccountError(ACCOUNT_AGENCY.format(known=" ".join(sorted(agencies))))
    if connection.execute(select(users.c.id).where(users.c.username == username)).first():
        raise AccountError(ACCOUNT_TAKEN.format(username=username))
    row = {
        "username": username,
        "full_name": full_name or username,
        "password": hashed,
        "active": True,
        "fs_uniquifier": uuid.uuid4().hex,
        "password_at": now,
        "must_change": must_change,
        "language": "",
        "agency": agency,
        "made_at": now,
        "seen_at": now,
    }
    user_id = int(connection.execute(insert(users).values(row).returning(users.c.id)).scalar_one())
    connection.execute(insert(password_history).values(user_id=user_id, password=hashed, at=now))
    _grant(connection, user_id, held)
    detail = {"user": username, "roles": sorted(held), "agency": agency}
    audit.append(connection, actor, "user.add", detail, now=now)
    return user_id


def give(connection: Connection, username: str, wanted: Iterable[str], *, profile: str, actor: str, now: str) -> None:
    """Set the duties of an account; its sessions end, so that no page is open to what it no longer may."""
    user = one(connection, username)
    held, before = checked(wanted, profile), roles_of(connection, user["id"])
    if (Role.RECIPIENT in held) != bool(user["agency"]):
        raise AccountError(ACCOUNT_OFFICE.format(username=username))
    if Role.SECURITY in before - held:
        _not_the_last(connection, username)
    connection.execute(delete(user_roles).where(user_roles.c.user_id == user["id"]))
    _grant(connection, user["id"], held)
    end_sessions(connection, user["id"], "roles", now=now)
    detail = {"user": username, "before": sorted(before), "roles": sorted(held)}
    audit.append(connection, actor, "user.roles", detail, now=now)


def set_active(connection: Connection, username: str, active: bool, *, actor: str, now: str, reason: str = "") -> None:
    """Disable or enable; disabling ends every session at once."""
    user = one(connection, username)
    if not active and Role.SECURITY in roles_of(connection, user["id"]):
        _not_the_last(connection, username)
    connection.execute(update(users).where(users.c.id == user["id"]).values(active=active, seen_at=now))
    if not active:
        end_sessions(connection, user["id"], "disabled", now=now)
    action = "user.enable" if active else "user.disable"
    audit.append(connection, actor, action, {"user": username, "reason": reason}, now=now)


def set_password(
    connection: Connection, username: str, hashed: str, *, actor: str, now: str, must_change: bool = True
) -> None:
    """Given by somebody else or the console: to be changed at the next sign-in; sessions end."""
    user = one(connection, username)
    values = {"password": hashed, "password_at": now, "must_change": must_change, "fs_uniquifier": uuid.uuid4().hex}
    connection.execute(update(users).where(users.c.id == user["id"]).values(values))
    connection.execute(insert(password_history).values(user_id=user["id"], password=hashed, at=now))
    end_sessions(connection, user["id"], "password", now=now)
    audit.append(connection, actor, "user.password", {"user": username}, now=now)


def reset_second_factor(connection: Connection, username: str, *, actor: str, now: str) -> None:
    """A lost phone: the account must set up its second factor again; sessions end."""
    user = one(connection, username)
    values = {"tf_primary_method": None, "tf_totp_secret": None, "totp_counter": None}
    connection.execute(update(users).where(users.c.id == user["id"]).values(values))
    end_sessions(connection, user["id"], "second_factor", now=now)
    audit.append(connection, actor, "user.second_factor", {"user": username}, now=now)


def disable_unused(connection: Connection, *, days: int, now: str) -> list[str]:
    """Accounts nobody used for so long are disabled (等保 多余账户); the last security administrator stays."""
    before = as_text(datetime.fromisoformat(now) - timedelta(days=days))
    stale = select(users.c.username).where(users.c.active.is_(True), users.c.seen_at < before)
    done = []
    for username in connection.scalars(stale.order_by(users.c.username)).all():
        try:
            set_active(connection, username, False, actor="zhengshao", now=now, reason=f"{days} d")
        except AccountError:
            continue
        done.append(username)
    return done


def end_sessions(connection: Connection, user_id: int, why: str, *, now: str) -> None:
    alive = (web_sessions.c.user_id == user_id) & (web_sessions.c.ended_at == "")
    connection.execute(update(web_sessions).where(alive).values(ended_at=now, ended_by=why))


def one(connection: Connection, username: str) -> RowMapping:
    row = connection.execute(select(users).where(users.c.username == username)).mappings().first()
    if row is None:
        raise AccountError(NO_ACCOUNT.format(username=username[:64]))
    return row


def roles_of(connection: Connection, user_id: int) -> frozenset[Role]:
    held = select(roles.c.name).join(user_roles, user_roles.c.role_id == roles.c.id)
    return frozenset(Role(name) for name in connection.scalars(held.where(user_roles.c.user_id == user_id)))


def everyone(connection: Connection) -> list[tuple[RowMapping, frozenset[Role]]]:
    rows = connection.execute(select(users).order_by(users.c.username)).mappings().all()
    return [(row, roles_of(connection, row["id"])) for row in rows]


def with_role(connection: Connection, wanted: Collection[Role]) -> list[RowMapping]:
    """Active accounts that hold one of the duties, by name."""
    held = select(user_roles.c.user_id).join(roles, roles.c.id == user_roles.c.role_id)
    found = select(users).where(users.c.active.is_(True), users.c.id.in_(held.where(roles.c.name.in_(list(wanted)))))
    return list(connection.execute(found.order_by(users.c.username)).mappings())


def _grant(connection: Connection, user_id: int, held: Iterable[Role]) -> None:
    for role in sorted(held):
        known = connection.scalar(select(roles.c.id).where(roles.c.name == role.value))
        if known is None:
            known = connection.execute(insert(roles).values(name=role.value).returning(roles.c.id)).scalar_one()
        connection.execute(insert(user_roles).values(user_id=user_id, role_id=known))


def _not_the_last(connection: Connection, username: str) -> None:
    others = [user for user in with_role(connection, [Role.SECURITY]) if user["username"] != username]
    if not others:
        raise AccountError(LAST_ADMIN)


def count(connection: Connection) -> int:
    """None means that nobody can sign in yet."""
    return int(connection.scalar(select(func.count()).select_from(users)) or 0)

"""Tokens by which another office's platform reads ours: shown once when made, kept as a hash, revoked by id."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select, update

from review import audit
from review.desk.tables import api_tokens
from review.errors import AccountError
from review.strings import API_SCOPES, API_UNKNOWN

SCOPES = ("cases", "packets", "blocklist", "runs")
PREFIX = "zs1"


@dataclass(frozen=True, slots=True)
class Bearer:
    """The office that asks and what it may read."""

    id: int
    office: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        return f"api:{self.office}"[:64]


def make(connection: Connection, office: str, scopes: Iterable[str], *, actor: str, now: str) -> str:
    """A new token for an office; the text is returned once and never again. Raises AccountError."""
    wanted, office = sorted(set(scopes)), office.strip()[:128]
    if not office or not wanted or not set(wanted) <= set(SCOPES):
        raise AccountError(API_SCOPES.format(known=" ".join(SCOPES)))
    secret = secrets.token_urlsafe(32)
    row = {"office": office, "scopes": " ".join(wanted), "hash": _hashed(secret), "made_by": actor, "made_at": now}
    query = insert(api_tokens).values({**row, "seen_at": "", "revoked_at": ""}).returning(api_tokens.c.id)
    number = int(connection.execute(query).scalar_one())
    audit.append(connection, actor, "token.make", {"token": number, "office": office, "scopes": wanted}, now=now)
    return f"{PREFIX}.{number}.{secret}"


def revoke(connection: Connection, number: int, *, actor: str, now: str) -> None:
    """End a token at once. Raises AccountError when there is none that is alive."""
    alive = (api_tokens.c.id == number) & (api_tokens.c.revoked_at == "")
    done = connection.execute(update(api_tokens).where(alive).values(revoked_at=now)).rowcount
    if not done:
        raise AccountError(API_UNKNOWN.format(token=number))
    audit.append(connection, actor, "token.revoke", {"token": number}, now=now)


def everyone(connection: Connection) -> list[RowMapping]:
    return list(connection.execute(select(api_tokens).order_by(api_tokens.c.id.desc())).mappings())


def bearer(connection: Connection, header: str) -> Bearer | None:
    """Who an `Authorization` header speaks for; None for anything that is no living token."""
    kind, _, text = header.partition(" ")
    parts = text.strip().split(".")
    if kind.lower() != "bearer" or len(parts) != 3 or parts[0] != PREFIX:
        return None
    if not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 10):
        return None
    row = connection.execute(select(api_tokens).where(api_tokens.c.id == int(parts[1]))).mappings().first()
    if row is None or row["revoked_at"] or not hmac.compare_digest(row["hash"], _hashed(parts[2])):
        return None
    return Bearer(row["id"], row["office"], frozenset(row["scopes"].split()))


def seen(connection: Connection, number: int, now: str) -> None:
    connection.execute(update(api_tokens).where(api_tokens.c.id == number).values(seen_at=now))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

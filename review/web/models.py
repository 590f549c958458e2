"""Accounts as Flask-Security knows them: the rows of `users` and `roles`, mapped, and the session that reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Engine
from sqlalchemy.orm import Session, registry, relationship, scoped_session, sessionmaker

from crawlers.tables import metadata
from review.desk.roles import Role
from review.desk.tables import roles, user_roles, users


class RoleRow(RoleMixin):
    if TYPE_CHECKING:
        id: int
        name: str


class User(UserMixin):
    if TYPE_CHECKING:
        id: int
        username: str
        full_name: str
        password: str
        active: bool
        fs_uniquifier: str
        tf_primary_method: str | None
        tf_totp_secret: str | None
        totp_counter: int | None
        password_at: str
        must_change: bool
        language: str
        agency: str
        seen_at: str
        roles: list[RoleMixin]

    @property
    def duties(self) -> frozenset[Role]:
        return frozenset(Role(role.name) for role in self.roles)

    def calc_username(self) -> str:
        return self.username

    def check_tf_required_setup(self) -> bool:
        """Whether this account may not be without a second factor."""
        from review.web.security import must_have_second_factor

        return must_have_second_factor(self)


_mapped = registry(metadata=metadata)
_mapped.map_imperatively(RoleRow, roles)
_mapped.map_imperatively(
    User, users, properties={"roles": relationship(RoleRow, secondary=user_roles, lazy="selectin")}
)


class Accounts:
    """The session of a request. Where a secret is given it holds the write lock from its start, so that a failed
    attempt, its counter and its audit entry are one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.session: scoped_session[Session] = scoped_session(sessionmaker(engine, expire_on_commit=False))

    def begin(self, *, writes: bool) -> None:
        self.session.remove()
        self.session(bind=self._engine.execution_options(writes=True) if writes else self._engine)

    def end(self, _error: BaseException | None = None) -> None:
        self.session.remove()

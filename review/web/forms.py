"""The forms that take a secret: counted, and answered alike whatever is wrong."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_login import current_user
from flask_security import LoginForm, TwoFactorVerifyCodeForm, VerifyForm, hash_password
from flask_security.utils import get_message, validate_redirect_url
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from review.web import lockout
from review.web.desk import address, desk
from review.web.models import Accounts, User

MAX_PASSWORD_CHARS = 128
"""A longer one is refused before it is hashed: hashing a megabyte is work."""


def accounts() -> Accounts:
    found: Accounts = current_app.extensions["accounts"]
    return found


def own_path(address: str) -> str:
    """A path of the desk to go on with; nothing for whatever could lead elsewhere."""
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if inside and validate_redirect_url(address) else ""


class Attempt:
    """One try with a secret, in one transaction with its counter and its entry in the audit log."""

    def __init__(self, given: str, kind: str) -> None:
        self.connection = accounts().session.connection()
        self.kind, self.now = kind, desk().now()
        self.name = lockout.kept_name(self.connection, given)

    def refused(self) -> bool:
        """Whether it may not be made at all; written down as such."""
        if not lockout.locked(self.connection, self.name, address(), rules=desk().web.sign_in, now=self.now):
            return False
        self._note("locked", passed=False)
        accounts().session.commit()
        return True

    def ended(self, passed: bool) -> bool:
        self._note(self.kind, passed=passed)
        if not passed:
            accounts().session.commit()
        return passed

    def _note(self, kind: str, *, passed: bool) -> None:
        lockout.note(self.connection, self.name, address(), kind=kind, passed=passed, now=self.now)


class SignIn(LoginForm):
    """By account name. An unknown account, a wrong password and a locked account take as long and say the same."""

    email = StringField()  # not shown and not read: accounts have names
    username = StringField(validators=[InputRequired(), Length(max=64)])

    def validate(self, **kwargs: Any) -> bool:
        given = (self.username.data or "").strip().lower()[:64]
        password = self.password.data or ""
        self.next.data = own_path(self.next.data or "")
        attempt = Attempt(given, "password")
        if attempt.refused() or len(password) > MAX_PASSWORD_CHARS:
            hash_password(password[:MAX_PASSWORD_CHARS])
            return self._said()
        self.ifield = self.username
        self.user = current_app.extensions["security"].datastore.find_user(username=given)
        return attempt.ended(super().validate(**kwargs)) or self._said()

    def _said(self) -> bool:
        self.form_errors = [get_message("GENERIC_AUTHN_FAILED")[0]]
        for field in (self.username, self.password):
            field.errors = []
        return False


class Code(TwoFactorVerifyCodeForm):
    """The second factor counts towards the same lock as the password."""

    def validate(self, **kwargs: Any) -> bool:
        user: Any = self.user
        attempt = Attempt(user.username, "code")
        if attempt.refused():
            self.code.errors = [get_message("TWO_FACTOR_INVALID_TOKEN")[0]]
            return False
        return attempt.ended(super().validate(**kwargs))


class Again(VerifyForm):
    """The password once more, before something that matters."""

    def validate(self, **kwargs: Any) -> bool:
        user: User = current_user
        attempt = Attempt(user.username, "again")
        if attempt.refused():
            self.password.errors = [get_message("INVALID_PASSWORD")[0]]
            return False
        return attempt.ended(super().validate(**kwargs))

"""Signing in: Flask-Security as the office's rules want it, with what it lacks beside it.

Its own: password and code forms, argon2id, encrypted TOTP secrets, CSRF, sessions that end with a changed password.
Ours: lockout in a table, codes that work once, idle and absolute time-outs, password profiles, who must have a second
factor, words in the language of the person.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from flask_security import Security, SQLAlchemySessionUserDatastore, password_changed, tf_profile_changed
from sqlalchemy import insert, update

from review import audit
from review.desk.roles import ADMINISTRATION
from review.desk.tables import password_history, users
from review.web import passwords, sessions
from review.web.desk import desk
from review.web.forms import Again, Code, SignIn
from review.web.models import Accounts, RoleRow, User
from review.web.passwords import Passwords
from review.web.totp import OnceTotp
from review.web.words import words

if TYPE_CHECKING:
    from review.web.desk import Desk

ARGON2 = {"argon2__memory_cost": 65_536, "argon2__time_cost": 3, "argon2__parallelism": 4}
"""argon2id; the memory is in KiB. About a tenth of a second a try."""
TOTP_STEP_SECONDS = 30
"""How far a phone's clock may be off: one code before, one after."""
SECRET_VIEWS = frozenset(
    {
        "security.login",
        "security.logout",
        "security.verify",
        "security.change_password",
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.two_factor_token_validation",
    }
)


def install(app: Flask, place: Desk) -> Accounts:
    """Signing in for the application; `app.extensions["accounts"]` holds its session."""
    app.config.update(_settings(place))
    accounts = app.extensions["accounts"] = Accounts(place.store.engine)
    datastore = SQLAlchemySessionUserDatastore(accounts.session, User, RoleRow)
    security = Security(
        app,
        datastore,
        login_form=SignIn,
        two_factor_verify_code_form=Code,
        verify_form=Again,
        totp_cls=OnceTotp,
        password_util_cls=Passwords,
    )
    for key in [name for name in app.config if name.startswith("SECURITY_MSG_")]:
        app.config[key] = (key.removeprefix("SECURITY_MSG_"), app.config[key][1])
    security.render_json(_no_json)
    app.teardown_appcontext(accounts.end)
    sessions.connect(app, accounts)
    _remember(app, accounts)
    return accounts


def hold(app: Flask, accounts: Accounts) -> None:
    """After the guard: a view that takes a secret works in one write transaction."""

    def begin() -> None:
        if request.method == "POST" and request.endpoint in SECRET_VIEWS:
            accounts.begin(writes=True)

    app.before_request(begin)


def _settings(place: Desk) -> dict[str, Any]:
    secure = place.web.listen.desk.startswith("https://")
    return {
        "SECRET_KEY": place.secret("session"),
        "SECURITY_PASSWORD_SALT": place.secret("password"),
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": ARGON2,
        "SECURITY_TOTP_SECRETS": {"1": place.secret("totp")},
        "SECURITY_TOTP_ISSUER": "zhengshao",
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": str, "case_insensitive": False}}],
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": TOTP_STEP_SECONDS,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "SECURITY_TWO_FACTOR_ERROR_VIEW": "/login",
        "SECURITY_POST_CHANGE_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/login",
        "SECURITY_PASSWORD_LENGTH_MIN": passwords.LEAST[place.web.sign_in.passwords],
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_FLASH_MESSAGES": True,
        "SECURITY_AUTO_LOGIN_AFTER_RESET": False,
        "SESSION_COOKIE_NAME": "zhengshao",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _no_json(_payload: object, code: int, _headers: object, _user: object) -> Response:
    """The desk's forms are for people; the JSON twins of the library are not offered."""
    return Response(status=HTTPStatus.NOT_ACCEPTABLE if code < HTTPStatus.BAD_REQUEST else code)


def _remember(app: Flask, accounts: Accounts) -> None:
    """What the library tells of changes goes into our rows and the audit log, in its transaction."""

    def changed(_app: Flask, user: User, **_: object) -> None:
        connection, now = accounts.session.connection(), desk().now()
        values = {"password_at": now, "must_change": False}
        connection.execute(update(users).where(users.c.id == user.id).values(values))
        connection.execute(insert(password_history).values(user_id=user.id, password=user.password, at=now))
        audit.append(connection, user.username, "password.changed", {}, now=now)

    def second_factor(_app: Flask, user: User, method: str, **_: object) -> None:
        connection = accounts.session.connection()
        audit.append(connection, user.username, "second_factor.set", {"method": method}, now=desk().now())

    password_changed.connect(changed, app, weak=False)
    tf_profile_changed.connect(second_factor, app, weak=False)


def needs_password(user: User) -> bool:
    """Whether the account works with a password that somebody else chose, or one that is too old."""
    return user.must_change or passwords.expired(user, profile=desk().web.sign_in.passwords, now=desk().now())


def must_have_second_factor(user: User) -> bool:
    who = desk().web.sign_in.second_factor
    return who == "all" or (who == "administrators" and bool(user.duties & ADMINISTRATION))


def needs_second_factor(user: User) -> bool:
    return must_have_second_factor(user) and not user.tf_primary_method


def said(message: object) -> str:
    """A message of the library in the words of the desk; a sentence of ours as it is."""
    known = words().security
    text = str(message)
    is_key = text.isascii() and text.isupper() and " " not in text
    return str(known.get(text, known.get("OTHER") if is_key else text))

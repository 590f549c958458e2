"""Who may enter: every view says it, and what no view says is refused.

`@entry(Role.ANALYST, …)` above a view, `@everyone` for all who are signed in, `@public` for anybody. An application
with a view that says nothing does not start.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from review import audit
from review.desk.roles import ADMINISTRATION, Role
from review.web import sessions
from review.web.desk import actor, address, desk

PUBLIC: frozenset[Role] = frozenset()
EVERYONE = frozenset(Role)
CLOSED = None
"""Views of libraries that the desk does not offer."""

LIBRARY: dict[str, frozenset[Role] | None] = {
    "static": PUBLIC,
    "vendor.static": PUBLIC,
    "security.login": PUBLIC,
    "security.two_factor_token_validation": PUBLIC,
    "security.logout": EVERYONE,
    "security.verify": EVERYONE,
    "security.change_password": EVERYONE,
    "security.two_factor_setup": EVERYONE,
    "security.two_factor_setup_validate": EVERYONE,
    "security.two_factor_rescue": CLOSED,
    "security.tf_select": CLOSED,
    "security.static": CLOSED,
}
BEFORE_WORK = frozenset(
    {
        "static",
        "vendor.static",
        "security.logout",
        "security.verify",
        "security.change_password",
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.two_factor_token_validation",
        "account.language",
    }
)
"""Where one may go while a password must be changed or a second factor be set up."""

View = TypeVar("View", bound=Callable[..., Any])


def entry(*roles: Role) -> Callable[[View], View]:
    """Only these may enter."""

    def mark(view: View) -> View:
        view.entry = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def everyone(view: View) -> View:
    """All who are signed in may enter."""
    return entry(*EVERYONE)(view)


def public(view: View) -> View:
    """Anybody may enter, signed in or not."""
    return entry()(view)


def uploads(view: View) -> View:
    """It takes files: up to `limits.upload_bytes`, where others take forms of `limits.form_bytes`."""
    view.uploads = True  # type: ignore[attr-defined]
    return view


def bound(app: Flask, upload_bytes: int) -> None:
    """Before anything of the request is read; who is not signed in hands in no files."""
    uploading = getattr(app.view_functions.get(request.endpoint or ""), "uploads", False)
    if uploading and current_user.is_authenticated:
        request.max_content_length = upload_bytes


def named() -> None:
    """A part of a form that names no field has no name to be asked for, and what reads names breaks on it."""
    if None in request.form or None in request.files:
        abort(400)


def who_may(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """The roles of an endpoint, empty for anybody, None for nobody."""
    if endpoint in LIBRARY:
        return LIBRARY[endpoint]
    said: frozenset[Role] | None = getattr(app.view_functions[endpoint], "entry", None)
    return said


def guard(app: Flask) -> None:
    """Refuse to start when a view says nothing; check every request otherwise."""
    silent = [name for name, view in app.view_functions.items() if name not in LIBRARY and not hasattr(view, "entry")]
    if silent:
        raise RuntimeError(f"views that do not say who may enter: {', '.join(sorted(silent))}")
    app.before_request(_check)
    app.before_request(_writable)


def _check() -> AnyResponse | None:
    if request.endpoint is None:
        return None
    wanted = who_may(current_app, request.endpoint)
    if wanted is None:
        abort(404)
    if not wanted:
        return None
    if not current_user.is_authenticated or not sessions.alive():
        return _to_login()
    if request.endpoint not in BEFORE_WORK and (first := _first_duty()):
        return redirect(url_for(first))
    held = roles_here()
    if not held & wanted or not _from_allowed_network(wanted & held):
        refused()
    return None


def _writable() -> None:
    """Nobody types a zero byte, and PostgreSQL has no text that holds one."""
    given = [(request.view_args or {}).values(), *request.args.listvalues(), *request.form.listvalues()]
    if any("\0" in str(text) for texts in given for text in texts):
        abort(400)


def roles_here() -> frozenset[Role]:
    """The duties of the account that asks; none for nobody."""
    if not current_user.is_authenticated:
        return PUBLIC
    return frozenset(Role(role.name) for role in current_user.roles)


def refused() -> None:
    """Answer 403 and write it down."""
    told = {"method": request.method, "endpoint": request.endpoint or "", "address": address()}
    with desk().write() as connection:
        audit.append(connection, actor(), "access.denied", told, now=desk().now())
    abort(403)


def _to_login() -> AnyResponse:
    """A page asks to sign in and comes back; a part of a page lets the whole page go there."""
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for("security.login")})
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("security.login", next=back) if back not in ("", "/") else url_for("security.login"))


def _first_duty() -> str:
    """What must be done before work: a password of one's own, a second factor."""
    from review.web.security import needs_password, needs_second_factor

    if needs_password(current_user):
        return "security.change_password"
    return "security.two_factor_setup" if needs_second_factor(current_user) else ""


def _from_allowed_network(as_roles: frozenset[Role]) -> bool:
    """Administration may be bound to the office's own networks (等保 管理终端地址限制)."""
    networks = desk().web.listen.admin_networks
    if not networks or not as_roles <= ADMINISTRATION:
        return True
    try:
        here = ip_address(address())
    except ValueError:
        return False
    return any(here in ip_network(network) for network in networks)

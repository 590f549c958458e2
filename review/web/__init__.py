"""The review desk in a browser: `create_app` for the desk, `review.web.captured` for what was captured.

A page is one module in `pages/` (`page`, a Blueprint, and what stands in the navigation), one template and its test.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from review.clock import utc_now
from review.web import entry, errors, headers, security, showing, words
from review.web.desk import EXTENSION, Desk

if TYPE_CHECKING:
    from config import Config
    from crawlers.store import Store

PAGES = Path(__file__).parent / "pages"
REQUESTS = "1200/minute"
SECRETS = "60/minute"
"""From one address: an office behind one proxy shares it, so these only slow a machine down; the lock is in a table."""


class RowNumber(IntegerConverter):
    """A number in an address that a row can have: databases refuse to be asked for longer ones."""

    regex = r"\d{1,9}"


def create_app(config: Config, store: Store, data: Path, *, now: Callable[[], str] = utc_now) -> Flask:
    """The desk over a store. Raises RuntimeError when a view does not say who may enter."""
    app = Flask(__name__)
    app.url_map.converters["int"] = RowNumber
    place = app.extensions[EXTENSION] = Desk(config, store, data, now)
    _bound(app, place)
    Babel(app, default_locale="zh_Hans", locale_selector=lambda: words.choose(place.web.language))
    accounts = security.install(app, place)
    CSRFProtect(app)
    app.register_blueprint(_vendor())
    modules = list(page_modules())
    for module in modules:
        app.register_blueprint(module.page)
    _limited(app, place)
    showing.install(app, modules)
    errors.install(app)
    headers.protect(app)
    entry.guard(app)
    security.hold(app, accounts)
    return app


def page_modules() -> Iterator[ModuleType]:
    """The modules of `pages/`, in the order of their names."""
    for found in sorted(pkgutil.iter_modules([str(PAGES)]), key=lambda module: module.name):
        if not found.name.startswith("_"):
            yield importlib.import_module(f"review.web.pages.{found.name}")


def _bound(app: Flask, place: Desk) -> None:
    """Sizes, the host names it answers to, and whose word about the caller counts."""
    limits, listen = place.web.limits, place.web.listen
    app.config.update(
        MAX_CONTENT_LENGTH=limits.form_bytes,
        MAX_FORM_MEMORY_SIZE=limits.form_bytes,
        MAX_FORM_PARTS=2000,
        TRUSTED_HOSTS=[urlsplit(listen.desk).hostname],
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    app.before_request(lambda: entry.bound(app, limits.upload_bytes))
    app.before_request(entry.named)
    if listen.trusted_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _vendor() -> Blueprint:
    """htmx from its installed package, served by us."""
    return Blueprint("vendor", __name__, static_folder=str(files("js_lib_htmx") / "static"), static_url_path="/vendor")


def _limited(app: Flask, place: Desk) -> None:
    limiter = Limiter(get_remote_address, app=app, default_limits=[REQUESTS])
    for name in security.SECRET_VIEWS:
        limited: Any = limiter.limit(SECRETS, methods=["POST"])(app.view_functions[name])
        app.view_functions[name] = limited
    often = f"{place.web.public.reports_per_hour}/hour"
    reported: Any = limiter.limit(often, methods=["POST"])(app.view_functions["report.send"])
    app.view_functions["report.send"] = reported

"""The two servers of the desk: one for people, one for what was captured, each on its own origin."""

from __future__ import annotations

import getpass
import logging
import threading
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

from review import cases
from review.clock import utc_now
from review.desk import accounts, configured
from review.web import create_app
from review.web.captured import create_captured_app

if TYPE_CHECKING:
    from flask import Flask

    from config import Config
    from crawlers.store import Store

LOG = Path("log") / "web.log"
LOG_BYTES, LOG_FILES = 5_000_000, 5


@dataclass(frozen=True, slots=True)
class Served:
    """Two servers, bound and not yet running; `url` is where people go."""

    url: str
    app: Flask
    desk: Any
    captured: Any


def prepare(config: Config, store: Store, data: Path, *, port: int | None = None) -> Served:
    """Bind both servers; `port` puts the desk there and what was captured on the next one."""
    if port is not None:
        config = at_port(config, port)
    _log_to(data / LOG)
    with store.write() as connection:
        cases.index_missing(connection)
        configured.note(connection, config.directory, actor=getpass.getuser(), now=utc_now())
        accounts.disable_unused(connection, days=config.web.sign_in.unused_days, now=utc_now())
    listen = config.web.listen
    bound: dict[str, Any] = {
        "host": listen.host,
        "threads": listen.threads,
        "ident": None,
        "max_request_body_size": config.web.limits.upload_bytes,
        "clear_untrusted_proxy_headers": True,
    }
    if listen.trusted_proxy:
        told = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
        bound |= {"trusted_proxy": listen.trusted_proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": told}
    app = create_app(config, store, data)
    return Served(
        listen.desk,
        app,
        create_server(app, map={}, port=listen.port, **bound),
        create_server(create_captured_app(config, store, data), map={}, port=listen.evidence_port, **bound),
    )


def serve(served: Served) -> None:
    """Run until interrupted; returns when both have stopped."""
    beside = threading.Thread(target=served.captured.run, name="captured", daemon=True)
    beside.start()
    try:
        served.desk.run()
    finally:
        served.desk.close()
        served.captured.close()


def at_port(config: Config, port: int) -> Config:
    """The same configuration with the desk on another port of loopback."""
    changed = config.web.listen.model_copy(
        update={"port": port, "evidence_port": port + 1, "url": "", "evidence_url": ""}
    )
    return config.replaced("web", config.web.model_copy(update={"listen": changed}))


def _log_to(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)

"""What every page has at hand: configuration, store, data directory, the clock, and who is asking."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import current_app, request
from flask_login import current_user

from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.store import Store
from review.clock import utc_now
from review.linking import desk_key, linking_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from config import Config
    from config.schema_web import Web
    from detectors.context import Context

EXTENSION = "zhengshao"


@dataclass(slots=False)
class Desk:
    """One for each application; safe to use from several threads."""

    config: Config
    store: Store
    data: Path
    now: Callable[[], str] = field(default=utc_now)

    @property
    def web(self) -> Web:
        return self.config.web

    @cached_property
    def archive(self) -> Archive:
        return Archive(self.data / "archive")

    @cached_property
    def blobs(self) -> BlobStore:
        return BlobStore(self.data / "blobs")

    @cached_property
    def judging(self) -> Context:
        """What pages are judged again by, to mark what was quoted; built when a page is first looked at."""
        from review.judging import judging_context

        return judging_context(self.config, self.data, self.store)

    @cached_property
    def linking(self) -> bytes:
        return linking_key(self.data)

    def secret(self, purpose: str) -> str:
        """A secret of its own for each purpose, derived from the one on disk."""
        return hmac.new(desk_key(self.data), purpose.encode(), hashlib.sha256).hexdigest()

    def read(self) -> AbstractContextManager[Connection]:
        return self.store.read()

    def write(self) -> AbstractContextManager[Connection]:
        """One transaction: what is done and its entry in the audit log stand or fall together."""
        return self.store.write()


def desk() -> Desk:
    return cast(Desk, current_app.extensions[EXTENSION])


def actor() -> str:
    """The account of the request, as events and the audit log name it."""
    return str(current_user.username)


def address() -> str:
    """Where the request came from: the peer, or what the office's own proxy says."""
    return str(request.remote_addr or "")[:64]

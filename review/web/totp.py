"""Time-based codes that work once: the library's own accept the same code again."""

from __future__ import annotations

from typing import Any

from flask_security import Totp

from review.web.models import User


class OnceTotp(Totp):
    """Remembers in the account which code was used last; that one and older ones are refused."""

    def get_last_counter(self, user: Any) -> int | None:
        account: User = user
        return account.totp_counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        account: User = user
        account.totp_counter = tmatch.counter

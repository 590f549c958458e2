"""What a password must be, by profile.

`mlps` follows 等保 (GB/T 22239—2019): 10 characters, three of four kinds, not one of the last five, changed every 90
days. `asvs` follows OWASP ASVS 5.0 (6.2.5, 6.2.10): 15 characters and no other rule. Both refuse the well-known ones.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_security import PasswordUtil, verify_password
from sqlalchemy import select

from review.desk.tables import password_history
from review.web.desk import desk
from review.web.words import words

if TYPE_CHECKING:
    from review.web.models import User

KINDS = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z\d\s]")
LEAST = {"mlps": 10, "asvs": 15}
KINDS_WANTED = 3
HISTORY = 5
MAX_AGE_DAYS = 90
WELL_KNOWN = ("password", "qwerty", "asdfgh", "1q2w3e", "123456", "abc123", "admin", "zhengshao", "woaini", "888888")
REPEATED = re.compile(r"(.{1,4})\1{3,}")


class Passwords(PasswordUtil):
    """Called by every form that sets a password."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        normal = self.normalize(password)
        user = kwargs.get("user")
        said = problems(normal, desk().web.sign_in.passwords, getattr(user, "username", ""))
        if not said and user is not None and _used_before(user, normal):
            said = ["history"]
        return [words().password.get(problem) for problem in said] or None, normal


def problems(password: str, profile: str, username: str = "") -> list[str]:
    """Keys of what is wrong with a password, the shape of it only."""
    found = []
    if len(password) < LEAST[profile]:
        found.append(f"short_{profile}")
    if profile == "mlps" and sum(bool(re.search(kind, password)) for kind in KINDS) < KINDS_WANTED:
        found.append("kinds")
    plain = password.lower()
    if REPEATED.search(plain) or any(word in plain for word in WELL_KNOWN) or (username and username in plain):
        found.append("known")
    return found


def _used_before(user: User, password: str) -> bool:
    if desk().web.sign_in.passwords != "mlps":
        return False
    kept = select(password_history.c.password).where(password_history.c.user_id == user.id)
    with desk().read() as connection:
        earlier = connection.scalars(kept.order_by(password_history.c.id.desc()).limit(HISTORY)).all()
    return any(verify_password(password, old) for old in earlier)


def expired(user: User, *, profile: str, now: str) -> bool:
    age = datetime.fromisoformat(now) - datetime.fromisoformat(user.password_at)
    return profile == "mlps" and age > timedelta(days=MAX_AGE_DAYS)

"""Passwords for the console: hashed as the web application does it, and made up where none is given."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask_security import hash_password

if TYPE_CHECKING:
    from flask import Flask

GROUPS, GROUP_CHARS = 4, 5
ALPHABET = "abcdefghjkmnpqrstuvwxyz"
DIGITS = "23456789"


def hashed(app: Flask, password: str) -> str:
    with app.app_context():
        return str(hash_password(password))


def made_up() -> str:
    """A password to be read off a screen and typed once: `Kdwmt-hpqxc-9zbnj-fvrta`, about 100 bits."""
    groups = ["".join(secrets.choice(ALPHABET + DIGITS) for _ in range(GROUP_CHARS)) for _ in range(GROUPS)]
    groups[0] = secrets.choice(ALPHABET).upper() + groups[0][1:]
    groups[2] = secrets.choice(DIGITS) + groups[2][1:]
    return "-".join(groups)

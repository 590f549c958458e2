"""Addresses of captured material: signed by the desk, good for a few minutes, understood by the other origin alone."""

from __future__ import annotations

from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from review.web.desk import Desk

SALT = "captured"


class NotOurs(Exception):
    """The address was not made by the desk, was changed, or is too old."""


def address(place: Desk, kind: str, **told: Any) -> str:
    """A URL on the origin of captured material. Kinds: `picture`, `page`, `source`, `file`."""
    return f"{place.web.listen.evidence}/{kind}/{_signer(place).dumps({'kind': kind, **told})}"


def read(place: Desk, kind: str, token: str) -> dict[str, Any]:
    """What the address tells. Raises NotOurs."""
    try:
        told = _signer(place).loads(token, max_age=int(place.web.limits.evidence_url_seconds))
    except BadSignature as error:
        raise NotOurs(str(error)) from error
    if not isinstance(told, dict) or told.get("kind") != kind:
        raise NotOurs("another kind")
    return told


def _signer(place: Desk) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(place.secret("captured"), salt=SALT)

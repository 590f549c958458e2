"""Duties of the desk, and which of them one account may hold together."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import combinations

from review.errors import AccountError
from review.strings import ACCOUNT_DUTIES, ACCOUNT_ROLELESS, ROLES


class Role(StrEnum):
    """The six duties of an office (等保 管理权限分离), and the officer of another one who receives bundles."""

    ANALYST = "analyst"
    REVIEWER = "reviewer"
    LEADER = "leader"
    SYSTEM = "system_admin"
    SECURITY = "security_admin"
    AUDITOR = "audit_admin"
    RECIPIENT = "recipient"

    @property
    def chinese(self) -> str:
        return ROLES[self.value]


CASEWORK = frozenset({Role.ANALYST, Role.REVIEWER, Role.LEADER})
ADMINISTRATION = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDITOR})
OFFICE = CASEWORK | ADMINISTRATION
ALONE = frozenset({Role.AUDITOR, Role.RECIPIENT})
"""Never held together with anything, however small the office."""


def checked(wanted: Iterable[str], profile: str) -> frozenset[Role]:
    """The duties one account may hold: one in an ordinary office, several in a `small` one. Raises AccountError."""
    found = [Role(name) for name in sorted(set(wanted))]
    if not found:
        raise AccountError(ACCOUNT_ROLELESS.format(known=" ".join(Role)))
    for one, other in combinations(found, 2):
        if profile != "small" or {one, other} & ALONE:
            raise AccountError(ACCOUNT_DUTIES.format(one=one.chinese, other=other.chinese))
    return frozenset(found)

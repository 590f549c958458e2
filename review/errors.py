"""What the review floor raises; each message says what, where and what to do."""

from __future__ import annotations


class ReviewError(Exception):
    """Root of what this floor raises."""


class KeyRefused(ReviewError):
    """A key or secret of the office cannot be read, is readable by others, or its device does not sign as it should."""


class CaseError(ReviewError):
    """A case does not exist, or the decision does not fit its state."""


class NightLocked(ReviewError):
    """Another night is running on the same data directory."""


class ListBroken(ReviewError):
    """A list of names is damaged; what came before the damage has been judged."""


class WatchError(ReviewError):
    """A subject is not on the watch list, or what somebody wants of it lacks a reason."""


class NothingKeptError(WatchError):
    """Every capture that a watched subject rests on was removed by retention: a case of it would have no evidence."""


class CampaignError(ReviewError):
    """A campaign does not exist, or nothing shows the value somebody asks for."""


class ReferenceRefused(ReviewError):
    """A page cannot be collected as an official one."""


class ReferralError(ReviewError):
    """A referral does not exist, or the step does not fit its state or the person who takes it."""


class BundleError(ReviewError):
    """A bundle cannot be built from what its referral holds."""


class BeingBuilt(BundleError):
    """Another window, command or program builds the packets of this referral just now; nothing was written."""


class Conflict(CaseError):
    """Somebody else changed or holds the case meanwhile; nothing was written."""


class AccountError(ReviewError):
    """An account does not exist, or may not be what somebody wants to make of it."""


class BadFilter(ReviewError):
    """An address asks the queue for something it does not know."""

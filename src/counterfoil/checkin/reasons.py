"""Reasons for denying a ticket, as in the API."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    INVALID = "invalid"
    CANCELED = "canceled"
    UNPAID = "unpaid"
    UNAPPROVED = "unapproved"
    PRODUCT = "product"
    RULES = "rules"
    REVOKED = "revoked"
    BLOCKED = "blocked"
    INVALID_TIME = "invalid_time"
    AMBIGUOUS = "ambiguous"
    ALREADY_REDEEMED = "already_redeemed"
    INCOMPLETE = "incomplete"
    ERROR = "error"
    ANNULLED = "annulled"


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a ticket is denied. ``explanation`` adds details for the person at the gate."""

    reason: Reason
    explanation: str | None = None

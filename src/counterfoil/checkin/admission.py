"""Decide whether a ticket is admitted. Each check is a function; the first denial counts.

The order of the checks matters at the gate: permanent problems come before those that a payment or
waiting solves. "Already redeemed" comes last, after all that would have denied the first scan too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from counterfoil.checkin import rules
from counterfoil.checkin.lookup import Lookup, matches_list
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.reasons import Denial, Reason
from counterfoil.checkin.rules import rule_context_of
from counterfoil.checkin.scans import Scan
from counterfoil.orders.models import Order, OrderPosition

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A scan of a known ticket. ``history`` holds its admitted scans on the list, oldest first."""

    scan: Scan
    lookup: Lookup
    position: OrderPosition
    history: Sequence[Checkin]

    @property
    def list(self) -> CheckinList:
        return self.lookup.list

    @property
    def order(self) -> Order:
        return self.position.order

    @property
    def inside(self) -> bool:
        return bool(self.history) and self.history[-1].type == Checkin.Type.ENTRY


def denial_of(attempt: Attempt) -> Denial | None:
    """Return why the ticket is denied, or None if it is admitted.

    Exits skip the checks of time and rules: nobody is locked in because it got late.
    """
    checks = _EVERY_TIME + (_ON_ENTRY if attempt.scan.is_entry else ())
    return next(filter(None, (check(attempt) for check in checks)), None)


def _canceled(attempt: Attempt) -> Denial | None:
    return Denial(Reason.CANCELED) if attempt.order.status == Order.Status.CANCELED else None


def _revoked(attempt: Attempt) -> Denial | None:
    return Denial(Reason.REVOKED) if attempt.lookup.revoked else None


def _ambiguous(attempt: Attempt) -> Denial | None:
    return Denial(Reason.AMBIGUOUS) if attempt.lookup.ambiguous else None


def _other_product(attempt: Attempt) -> Denial | None:
    return None if matches_list(attempt.position, attempt.list) else Denial(Reason.PRODUCT)


def _unapproved(attempt: Attempt) -> Denial | None:
    waits = attempt.order.status == Order.Status.PENDING and attempt.order.require_approval
    return Denial(Reason.UNAPPROVED) if waits else None


def _unpaid(attempt: Attempt) -> Denial | None:
    """On a list with pending orders, the person at the gate decides (``ignore_unpaid``)."""
    order = attempt.order
    if order.status == Order.Status.PAID:
        return None
    excused = order.valid_if_pending or (
        attempt.scan.ignore_unpaid and attempt.list.include_pending
    )
    pending = order.status == Order.Status.PENDING
    return None if pending and excused else Denial(Reason.UNPAID)


def _blocked(attempt: Attempt) -> Denial | None:
    return Denial(Reason.BLOCKED) if attempt.position.blocked else None


def _invalid_time(attempt: Attempt) -> Denial | None:
    position, now = attempt.position, attempt.scan.datetime
    tz = attempt.order.event.tz
    if position.valid_from and now < position.valid_from:
        start = formats.date_format(position.valid_from.astimezone(tz), "SHORT_DATETIME_FORMAT")
        text = _("This ticket is only valid after %(datetime)s.") % {"datetime": start}
        return Denial(Reason.INVALID_TIME, text)
    if position.valid_until and now > position.valid_until:
        end = formats.date_format(position.valid_until.astimezone(tz), "SHORT_DATETIME_FORMAT")
        text = _("This ticket was only valid before %(datetime)s.") % {"datetime": end}
        return Denial(Reason.INVALID_TIME, text)
    return None


def _denied_by_rules(attempt: Attempt) -> Denial | None:
    try:
        allowed = rules.allow(attempt.list.rules, facts_of(attempt))
    except rules.UnknownRule as unknown:
        logger.warning(
            "The rules of check-in list %s cannot be evaluated: %s", attempt.list.pk, unknown
        )
        return Denial(Reason.RULES, _("This server does not understand the rules of this list."))
    return None if allowed else Denial(Reason.RULES)


def _already_redeemed(attempt: Attempt) -> Denial | None:
    if not attempt.history or attempt.list.allow_multiple_entries:
        return None
    returns = attempt.list.allow_entry_after_exit and not attempt.inside
    return None if returns else Denial(Reason.ALREADY_REDEEMED)


def facts_of(attempt: Attempt) -> rules.Facts:
    return rules.Facts(
        context=rule_context_of(attempt.position, attempt.scan.datetime),
        product=attempt.position.item_id,
        variation=attempt.position.variation_id,
        entries=[scan.datetime for scan in attempt.history if scan.type == Checkin.Type.ENTRY],
        inside=attempt.inside,
    )


_Check = Callable[[Attempt], Denial | None]
_EVERY_TIME: tuple[_Check, ...] = (
    _canceled,
    _revoked,
    _ambiguous,
    _other_product,
    _unapproved,
    _unpaid,
)
_ON_ENTRY: tuple[_Check, ...] = (_blocked, _invalid_time, _denied_by_rules, _already_redeemed)

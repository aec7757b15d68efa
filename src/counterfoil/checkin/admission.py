"""May this ticket pass? Each check is one function; the first that says no has the word.

The order is that of use at the gate: what no patience mends comes before what money or time does,
and “was here already” comes after all that would have refused the first scan too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from counterfoil.checkin import rules
from counterfoil.checkin.lookup import Found, fits
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.reasons import Reason, Refused
from counterfoil.checkin.rule_context import rule_context_of
from counterfoil.checkin.scans import Scan
from counterfoil.orders.models import Order, OrderPosition

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A found ticket before the gate. ``history``: its admitted scans on the list, oldest first."""

    scan: Scan
    found: Found
    position: OrderPosition
    history: Sequence[Checkin]

    @property
    def list(self) -> CheckinList:
        return self.found.list

    @property
    def order(self) -> Order:
        return self.position.order

    @property
    def inside(self) -> bool:
        return bool(self.history) and self.history[-1].type == Checkin.Type.ENTRY


def refusal_of(attempt: Attempt) -> Refused | None:
    """Return why the ticket may not pass; None if it may.

    Whoever leaves is only asked what makes the scan theirs: nobody is kept in because it got late.
    """
    checks = _EVERY_TIME + (_ON_ENTRY if attempt.scan.is_entry else ())
    return next(filter(None, (check(attempt) for check in checks)), None)


def _canceled(attempt: Attempt) -> Refused | None:
    return Refused(Reason.CANCELED) if attempt.order.status == Order.Status.CANCELED else None


def _revoked(attempt: Attempt) -> Refused | None:
    return Refused(Reason.REVOKED) if attempt.found.revoked else None


def _ambiguous(attempt: Attempt) -> Refused | None:
    return Refused(Reason.AMBIGUOUS) if attempt.found.ambiguous else None


def _other_product(attempt: Attempt) -> Refused | None:
    return None if fits(attempt.position, attempt.list) else Refused(Reason.PRODUCT)


def _unapproved(attempt: Attempt) -> Refused | None:
    waits = attempt.order.status == Order.Status.PENDING and attempt.order.require_approval
    return Refused(Reason.UNAPPROVED) if waits else None


def _unpaid(attempt: Attempt) -> Refused | None:
    """A list that includes pending orders shows them; letting one in is still the guard's word."""
    order = attempt.order
    if order.status == Order.Status.PAID:
        return None
    excused = order.valid_if_pending or (
        attempt.scan.ignore_unpaid and attempt.list.include_pending
    )
    pending = order.status == Order.Status.PENDING
    return None if pending and excused else Refused(Reason.UNPAID)


def _blocked(attempt: Attempt) -> Refused | None:
    return Refused(Reason.BLOCKED) if attempt.position.blocked else None


def _invalid_time(attempt: Attempt) -> Refused | None:
    position, now = attempt.position, attempt.scan.datetime
    tz = attempt.order.event.tz
    if position.valid_from and now < position.valid_from:
        start = formats.date_format(position.valid_from.astimezone(tz), "SHORT_DATETIME_FORMAT")
        text = _("This ticket is only valid after %(datetime)s.") % {"datetime": start}
        return Refused(Reason.INVALID_TIME, text)
    if position.valid_until and now > position.valid_until:
        end = formats.date_format(position.valid_until.astimezone(tz), "SHORT_DATETIME_FORMAT")
        text = _("This ticket was only valid before %(datetime)s.") % {"datetime": end}
        return Refused(Reason.INVALID_TIME, text)
    return None


def _against_rules(attempt: Attempt) -> Refused | None:
    try:
        allowed = rules.allow(attempt.list.rules, facts_of(attempt))
    except rules.UnknownRule as unknown:
        logger.warning(
            "The rules of check-in list %s cannot be evaluated: %s", attempt.list.pk, unknown
        )
        return Refused(Reason.RULES, _("This server does not understand the rules of this list."))
    return None if allowed else Refused(Reason.RULES)


def _already_redeemed(attempt: Attempt) -> Refused | None:
    if not attempt.history or attempt.list.allow_multiple_entries:
        return None
    returns = attempt.list.allow_entry_after_exit and not attempt.inside
    return None if returns else Refused(Reason.ALREADY_REDEEMED)


def facts_of(attempt: Attempt) -> rules.Facts:
    return rules.Facts(
        moments=rule_context_of(attempt.position, attempt.scan.datetime),
        product=attempt.position.item_id,
        variation=attempt.position.variation_id,
        entries=[scan.datetime for scan in attempt.history if scan.type == Checkin.Type.ENTRY],
        inside=attempt.inside,
    )


_Check = Callable[[Attempt], Refused | None]
_EVERY_TIME: tuple[_Check, ...] = (
    _canceled,
    _revoked,
    _ambiguous,
    _other_product,
    _unapproved,
    _unpaid,
)
_ON_ENTRY: tuple[_Check, ...] = (_blocked, _invalid_time, _against_rules, _already_redeemed)

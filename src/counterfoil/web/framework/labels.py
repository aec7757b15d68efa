"""What codes of the domain are called on pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Item, ItemVariation
from counterfoil.checkin.reasons import Reason
from counterfoil.web.framework.forms.translated import in_page_language


def product_name(item: Item, variation: ItemVariation | None = None) -> str:
    """Name what a ticket is for, as layouts print it: ``Stalls - Front row``."""
    name = in_page_language(item.name)
    return f"{name} - {in_page_language(variation.value)}" if variation else name


#: Why a ticket was refused at the gate.
REFUSALS: dict[str, Any] = {
    Reason.INVALID: _("unknown code"),
    Reason.CANCELED: _("cancelled"),
    Reason.UNPAID: _("not paid"),
    Reason.UNAPPROVED: _("waits for approval"),
    Reason.PRODUCT: _("not for this list"),
    Reason.RULES: _("against the rules of the list"),
    Reason.REVOKED: _("revoked"),
    Reason.BLOCKED: _("blocked"),
    Reason.INVALID_TIME: _("not valid at this time"),
    Reason.AMBIGUOUS: _("several tickets match"),
    Reason.ALREADY_REDEEMED: _("already checked in"),
    Reason.INCOMPLETE: _("unanswered questions"),
    Reason.ERROR: _("something went wrong"),
    Reason.ANNULLED: _("taken back"),
}

#: How a payment stands.
PAYMENT_STATES: dict[str, Any] = {
    "created": _("begun"),
    "pending": _("pending"),
    "confirmed": _("confirmed"),
    "failed": _("failed"),
    "canceled": _("cancelled"),
    "refunded": _("refunded"),
}

#: What apps print for a ticket.
PRINTED: dict[str, Any] = {
    "ticket": _("ticket"),
    "badge": _("badge"),
    "certificate": _("certificate"),
    "other": _("something else"),
}

#: What was done to something, by the action of its log entry.
ACTION_LABELS: dict[str, Any] = {
    "counterfoil.order.added": _("order created"),
    "counterfoil.order.deleted": _("order deleted"),
    "counterfoil.order.changed": _("order changed"),
    "counterfoil.order.paid": _("order paid"),
    "counterfoil.order.pending": _("order marked as pending"),
    "counterfoil.order.extended": _("payment deadline extended"),
    "counterfoil.order.canceled": _("order canceled"),
    "counterfoil.orderposition.changed": _("ticket changed"),
    "counterfoil.orderposition.downloaded": _("ticket downloaded"),
    "counterfoil.orderposition.previewed": _("ticket looked at"),
    "counterfoil.orderposition.printed": _("ticket printed"),
    "counterfoil.orderposition.blocked": _("ticket blocked"),
    "counterfoil.orderposition.unblocked": _("ticket unblocked"),
    "counterfoil.orderposition.revoked": _("ticket revoked"),
    "counterfoil.checkin.admitted": _("checked in"),
    "counterfoil.checkin.refused": _("rejected at the door"),
    "counterfoil.checkin.annulled": _("check-in undone"),
}

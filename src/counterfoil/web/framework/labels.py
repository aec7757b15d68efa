"""What codes of the domain are called on pages."""

from __future__ import annotations

from collections.abc import Container
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
    "counterfoil.event.testorders_deleted": _("test orders deleted"),
    "counterfoil.order.changed": _("order changed"),
    "counterfoil.order.paid": _("order paid"),
    "counterfoil.order.pending": _("order marked as pending"),
    "counterfoil.order.extended": _("payment deadline extended"),
    "counterfoil.order.canceled": _("order canceled"),
    "counterfoil.stock.activate": _("tickets activated"),
    "counterfoil.stock.deactivate": _("tickets made inactive"),
    "counterfoil.stock.void": _("tickets made void"),
    "counterfoil.stock.sold": _("tickets sold"),
    "counterfoil.stock.unsold": _("sale of tickets taken back"),
    "counterfoil.stock.return": _("tickets returned"),
    "counterfoil.stock.lost": _("tickets reported lost"),
    "counterfoil.stock.found": _("tickets found again"),
    "counterfoil.stock.spoiled": _("tickets spoiled"),
    "counterfoil.stock.hand_out": _("tickets handed out to a seller"),
    "counterfoil.stock.transfer": _("tickets passed on to another seller"),
    "counterfoil.consignment.added": _("consignment drafted"),
    "counterfoil.consignment.changed": _("draft of a consignment changed"),
    "counterfoil.consignment.deleted": _("draft of a consignment deleted"),
    "counterfoil.consignment.accepted": _("consignment accepted"),
    "counterfoil.sellerstatement.added": _("statement drafted"),
    "counterfoil.sellerstatement.deleted": _("draft of a statement deleted"),
    "counterfoil.sellerstatement.issued": _("statement issued"),
    "counterfoil.sellerpayment.added": _("payment of a seller recorded"),
    "counterfoil.offlinesalesbatch.changed": _("options of the batch changed"),
    "counterfoil.orderposition.changed": _("ticket changed"),
    "counterfoil.orderposition.downloaded": _("ticket downloaded"),
    "counterfoil.orderposition.previewed": _("ticket looked at"),
    "counterfoil.orderposition.printed": _("ticket printed"),
    "counterfoil.orderposition.blocked": _("ticket blocked"),
    "counterfoil.orderposition.unblocked": _("ticket unblocked"),
    "counterfoil.orderposition.revoked": _("ticket revoked"),
    "counterfoil.print.requested": _("print requested"),
    "counterfoil.print.repeated": _("sheets printed again"),
    "counterfoil.print.done": _("print finished"),
    "counterfoil.handover.added": _("handed over to a print shop"),
    "counterfoil.handover.revoked": _("link for a print shop revoked"),
    "counterfoil.handover.downloaded": _("file downloaded by a print shop"),
    "counterfoil.handover.approved": _("files approved by a print shop"),
    "counterfoil.checkin.admitted": _("checked in"),
    "counterfoil.checkin.refused": _("rejected at the door"),
    "counterfoil.export.created": _("data exported"),
    "counterfoil.checkin.annulled": _("check-in undone"),
}

#: What log entries are about, and what happened to it, where no label names both.
_KINDS: dict[str, Any] = {
    "batchrequest": _("request for a batch"),
    "category": _("category"),
    "checkinlist": _("check-in list"),
    "device": _("device"),
    "event": _("event"),
    "invitation": _("invitation"),
    "item": _("product"),
    "job": _("job"),
    "layoutassignment": _("layout of a product"),
    "numberreport": _("number report"),
    "numberseries": _("number series"),
    "offlinesalesbatch": _("batch"),
    "organizer": _("organizer"),
    "quota": _("quota"),
    "renderjob": _("print job"),
    "saleschannel": _("sales channel"),
    "seller": _("seller"),
    "subevent": _("date"),
    "taxrule": _("tax rule"),
    "team": _("team"),
    "ticketlayout": _("layout"),
    "token": _("API token"),
    "webhook": _("webhook"),
}
_VERBS: dict[str, Any] = {
    "accepted": _("accepted"),
    "added": _("created"),
    "cancelled": _("cancelled"),
    "changed": _("changed"),
    "deleted": _("deleted"),
    "delivery_repeated": _("sent again"),
    "done": _("finished"),
    "downloaded": _("downloaded"),
    "initialized": _("set up"),
    "linked": _("given a link"),
    "member_added": _("given a new member"),
    "member_removed": _("left by a member"),
    "password_link_made": _("used for a password reset link"),
    "requested": _("requested"),
    "retried": _("started again"),
    "revoked": _("revoked"),
    "secret_renewed": _("given a new secret"),
    "switched_off": _("switched off"),
    "unlinked": _("left without a link"),
    "updated": _("updated"),
}


def deed(action: str) -> Any:
    """Say what happened, by the action of a log entry."""
    if action in ACTION_LABELS:
        return ACTION_LABELS[action]
    kind, _dot, verb = action.removeprefix("counterfoil.").partition(".")
    if kind in _KINDS and verb in _VERBS:
        return f"{_KINDS[kind]} {_VERBS[verb]}"
    return action


class _NamedActions(Container[str]):
    def __contains__(self, action: object) -> bool:
        return bool(deed(str(action)) != action)


#: The actions of log entries that ``deed`` has words for.
NAMED_ACTIONS = _NamedActions()

"""The actions that webhooks can subscribe to, and the log entries that they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from counterfoil.audit.models import LogEntry
from counterfoil.batches.models import BatchRequest, OfflineSalesBatch
from counterfoil.checkin.models import Checkin
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.printing.models import RenderRequest

#: Returns what an action adds to a payload; None when this entry is not one of it. Of an action
#: that covers several, ``action`` says which one it is.
Details = Callable[[LogEntry, Any], dict[str, Any] | None]


def _order(entry: LogEntry, order: Order) -> dict[str, Any]:
    return {"code": order.code}


def _paid_order(entry: LogEntry, order: Order) -> dict[str, Any] | None:
    return {"code": order.code} if order.status == Order.Status.PAID else None


def _contact(entry: LogEntry, order: Order) -> dict[str, Any] | None:
    return {"code": order.code} if "email" in entry.data.get("fields", ()) else None


def _modified_order(entry: LogEntry, order: Order) -> dict[str, Any] | None:
    """A new e-mail address alone is an action of its own."""
    return None if entry.data.get("fields") == ["email"] else {"code": order.code}


def _modified_ticket(entry: LogEntry, position: OrderPosition) -> dict[str, Any] | None:
    """Who comes with a ticket, and what else is said about it, is information about the order."""
    about = set(entry.data["fields"]) - _SOLD.keys()
    return {"code": position.order.code} if about else None


def _changed_ticket(entry: LogEntry, position: OrderPosition) -> dict[str, Any] | None:
    """What was sold is another thing now: the action names the first thing that changed."""
    kinds = [kind for field, kind in _SOLD.items() if field in entry.data["fields"]]
    return _changed(position, kinds[0]) if kinds else None


def _changed_block(entry: LogEntry, position: OrderPosition) -> dict[str, Any]:
    return _changed(position, "add_block" if entry.action.endswith(".blocked") else "remove_block")


def _changed(position: OrderPosition, kind: str) -> dict[str, Any]:
    return {"code": position.order.code, "action": f"pretix.event.order.changed.{kind}"}


#: What a ticket is, by column, and the last word of the action that tells of its change.
_SOLD = {
    "item": "item",
    "variation": "item",
    "subevent": "subevent",
    "price": "price",
    "tax_rule": "tax_rule",
    "secret": "secret",
    "valid_from": "valid_from",
    "valid_until": "valid_until",
}


def _scan(entry: LogEntry, position: OrderPosition) -> dict[str, Any]:
    return {**_ticket(position), "checkin_list": entry.data["list"], "first_checkin": False}


def _admitted_scan(entry: LogEntry, position: OrderPosition) -> dict[str, Any]:
    entries = Checkin.objects.filter(
        position=position, list=entry.data["list"], type=Checkin.Type.ENTRY, successful=True
    )
    # The scan itself is inserted after its log entry: it takes its time last.
    is_first = entry.data["type"] == Checkin.Type.ENTRY and not entries.exists()
    return {**_scan(entry, position), "first_checkin": is_first}


def _refused_scan(entry: LogEntry, scanned: Model) -> dict[str, Any]:
    """A scan of a secret that nobody knows is about no ticket."""
    ticket = _ticket(scanned) if isinstance(scanned, OrderPosition) else _NO_TICKET
    return {**ticket, "checkin_list": entry.data["list"], "reason": entry.data["reason"]}


def _printed_ticket(entry: LogEntry, position: OrderPosition) -> dict[str, Any]:
    return {**_ticket(position), "source": entry.data["source"], "type": entry.data["type"]}


_NO_TICKET = {"code": None, "orderposition_id": None, "orderposition_positionid": None}


def _ticket(position: OrderPosition) -> dict[str, Any]:
    return {
        "code": position.order.code,
        "orderposition_id": position.pk,
        "orderposition_positionid": position.positionid,
    }


def _requested_batch(entry: LogEntry, request: BatchRequest) -> dict[str, Any]:
    return {"batch_job": str(request.pk)}


def _batch(entry: LogEntry, batch: OfflineSalesBatch) -> dict[str, Any]:
    return {"batch": batch.pk, "batch_job": entry.data["request"], "amount": batch.amount}


def _print(entry: LogEntry, request: RenderRequest) -> dict[str, Any]:
    batch = getattr(request, "batch_print", None)
    return {
        "renderjob": str(request.pk),
        "batch": batch.batch_id if batch else None,
        "tickets": len(request.parts),
    }


@dataclass(frozen=True, slots=True)
class Action:
    """An action that webhooks can subscribe to. ``log`` is the action of its log entries."""

    name: str
    label: Any
    log: str
    details: Details


ACTIONS: tuple[Action, ...] = (
    Action("pretix.event.order.placed", _("Order placed"), "counterfoil.order.added", _order),
    Action("pretix.event.order.paid", _("Order paid"), "counterfoil.order.added", _paid_order),
    Action("pretix.event.order.paid", _("Order paid"), "counterfoil.order.paid", _order),
    Action(
        "pretix.event.order.canceled", _("Order cancelled"), "counterfoil.order.canceled", _order
    ),
    Action(
        "pretix.event.order.expirychanged",
        _("Order given another deadline"),
        "counterfoil.order.extended",
        _order,
    ),
    Action(
        "pretix.event.order.modified",
        _("Order details changed"),
        "counterfoil.order.changed",
        _modified_order,
    ),
    Action(
        "pretix.event.order.modified",
        _("Order details changed"),
        "counterfoil.orderposition.changed",
        _modified_ticket,
    ),
    Action(
        "pretix.event.order.contact.changed",
        _("Order given another e-mail address"),
        "counterfoil.order.changed",
        _contact,
    ),
    Action(
        "pretix.event.order.changed.*",
        _("Tickets of an order changed"),
        "counterfoil.orderposition.changed",
        _changed_ticket,
    ),
    Action(
        "pretix.event.order.changed.*",
        _("Tickets of an order changed"),
        "counterfoil.orderposition.blocked",
        _changed_block,
    ),
    Action(
        "pretix.event.order.changed.*",
        _("Tickets of an order changed"),
        "counterfoil.orderposition.unblocked",
        _changed_block,
    ),
    Action("pretix.event.order.deleted", _("Order deleted"), "counterfoil.order.deleted", _order),
    Action(
        "pretix.event.checkin",
        _("Ticket checked in or out"),
        "counterfoil.checkin.admitted",
        _admitted_scan,
    ),
    Action(
        "pretix.event.checkin.reverted",
        _("Check-in taken back"),
        "counterfoil.checkin.annulled",
        _scan,
    ),
    Action(
        "counterfoil.checkin.refused",
        _("Ticket refused at the entrance"),
        "counterfoil.checkin.refused",
        _refused_scan,
    ),
    Action(
        "counterfoil.batchrequest.added",
        _("Batch asked for"),
        "counterfoil.batchrequest.added",
        _requested_batch,
    ),
    Action(
        "counterfoil.batchrequest.cancelled",
        _("Batch called off"),
        "counterfoil.batchrequest.cancelled",
        _requested_batch,
    ),
    Action(
        "counterfoil.offlinesalesbatch.added",
        _("Batch made"),
        "counterfoil.offlinesalesbatch.added",
        _batch,
    ),
    Action(
        "counterfoil.renderjob.requested",
        _("Print asked for"),
        "counterfoil.renderjob.requested",
        _print,
    ),
    Action(
        "counterfoil.renderjob.cancelled",
        _("Print called off"),
        "counterfoil.renderjob.cancelled",
        _print,
    ),
    Action("counterfoil.renderjob.done", _("Print ready"), "counterfoil.renderjob.done", _print),
    Action(
        "counterfoil.orderposition.printed",
        _("Ticket or badge printed by a device"),
        "counterfoil.orderposition.printed",
        _printed_ticket,
    ),
)

#: What happens here, by name, in the order of the table, with its words.
LABELS: dict[str, Any] = {action.name: action.label for action in ACTIONS}

#: pretix's other actions about orders and check-in. Clients written for pretix subscribe to them;
#: what they stand for does not happen here.
NEVER_SENT = frozenset(
    {
        "pretix.event.order.approved",
        "pretix.event.order.denied",
        "pretix.event.order.expired",
        "pretix.event.order.payment.confirmed",
        "pretix.event.order.placed.require_approval",
        "pretix.event.order.reactivated",
        "pretix.event.order.refund.canceled",
        "pretix.event.order.refund.created",
        "pretix.event.order.refund.created.externally",
        "pretix.event.order.refund.done",
        "pretix.event.order.refund.failed",
        "pretix.event.order.refund.requested",
    }
)

BY_LOG_ACTION: dict[str, tuple[Action, ...]] = {
    log: tuple(action for action in ACTIONS if action.log == log)
    for log in {action.log for action in ACTIONS}
}

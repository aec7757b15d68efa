"""How many live tickets an event has of each kind, and how many orders, without counting them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet, Sum

from counterfoil.core import triggers
from counterfoil.core.summaries import Summary
from counterfoil.core.triggers import Trigger, for_each_row
from counterfoil.orders.models import Order, OrderPosition, TicketCount

#: What decides where a ticket counts: on check-in lists, in quotas. Those of the order come last.
KIND = ("item_id", "variation_id", "subevent_id", "status", "valid_if_pending")

_ADDED = ("tickets_added", "orders_added")

#: Stands in the place of the item where orders are counted, not tickets.
ORDERS = 0

_ORDERS, _POSITIONS = Order._meta.db_table, OrderPosition._meta.db_table
_COUNTS = TicketCount._meta.db_table
_OF_TICKET = ("item_id", "variation_id", "subevent_id")
_OF_ORDER = ("status", "valid_if_pending")
_COLUMNS = f"event_id, {', '.join(KIND)}"


class Kind(NamedTuple):
    """The fields that decide whether a ticket is on a list. Tickets are counted per kind."""

    item: int
    variation: int | None
    subevent: int | None
    status: str
    valid_if_pending: bool


def tickets_by_kind(event_id: int) -> Iterator[tuple[Kind, int]]:
    """Yield how many tickets that are not canceled an event has of each kind."""
    rows: Any = _of_tickets(event_id).values_list(*KIND)
    for *kind, tickets in rows.annotate(sum=Sum("tickets")).order_by():
        yield Kind(*kind), tickets


def live_tickets(event_id: int) -> int:
    """Return how many tickets of orders that are not canceled are not canceled themselves."""
    rows = _of_tickets(event_id).exclude(status=Order.Status.CANCELED)
    return int(rows.aggregate(sum=Sum("tickets", default=0))["sum"])


def orders_in(events: Collection[int], *, status: str = "") -> int:
    """Return how many orders events have, of one status or of any."""
    rows = TicketCount.objects.filter(event_id__in=events, item_id=ORDERS)
    if status:
        rows = rows.filter(status=status)
    return int(rows.aggregate(sum=Sum("tickets", default=0))["sum"])


@contextmanager
def added_together(*, event_id: int, kind: Kind, amount: int) -> Iterator[None]:
    """Count so many orders of one ticket each at once that the block inserts in its transaction."""
    if connection.vendor != "sqlite":
        yield  # its triggers count all rows of a statement together
        return
    with triggers.suspended([each for each in TRIGGERS if each.name in _ADDED]):
        yield
    of_tickets = TicketCount(
        event_id=event_id, tickets=amount, **dict(zip(KIND, kind, strict=True))
    )
    of_order = {"status": kind.status, "valid_if_pending": kind.valid_if_pending}
    of_orders = TicketCount(event_id=event_id, item_id=ORDERS, tickets=amount, **of_order)
    TicketCount.objects.bulk_create([of_tickets, of_orders])


def _of_tickets(event_id: int) -> QuerySet[TicketCount]:
    return TicketCount.objects.filter(event_id=event_id).exclude(item_id=ORDERS)


def kind_of(ticket: str, order: str) -> str:
    """Return SQL for the event and the kind of a ticket, by the names of the two rows."""
    columns = [f"{ticket}.{column}" for column in _OF_TICKET]
    return ", ".join([f"{order}.event_id", *columns, *(f"{order}.{name}" for name in _OF_ORDER)])


def _order_itself(order: str) -> str:
    of_order = ", ".join(f"{order}.{name}" for name in _OF_ORDER)
    return f"{order}.event_id, {ORDERS}, NULL, NULL, {of_order}"


SUMMARY = Summary(
    table=_COUNTS,
    kinds=("event_id", *KIND),
    numbers=("tickets",),
    counted=f"""
        SELECT {kind_of("pos", "ordr")}, count(*) AS tickets
        FROM {_POSITIONS} pos JOIN {_ORDERS} ordr ON ordr.id = pos.order_id
        WHERE NOT pos.canceled GROUP BY {kind_of("pos", "ordr")}
        UNION ALL SELECT {_order_itself("ordr")}, count(*) AS tickets
        FROM {_ORDERS} ordr GROUP BY ordr.event_id, ordr.status, ordr.valid_if_pending
    """,  # noqa: S608 - names of ours
)

_ADD = f"INSERT INTO {_COUNTS} ({_COLUMNS}, tickets) SELECT"


def _ticket(row: str, number: int) -> str:
    """Add a ticket whose row is ``NEW`` or ``OLD``. Batches insert their orders afterwards."""
    return f"""
        {_ADD} {kind_of(row, "ordr")}, {number} FROM {_ORDERS} ordr
        WHERE ordr.id = {row}.order_id AND NOT {row}.canceled;
    """


def _order(row: str, number: int) -> str:
    """Add an order and its tickets; its row is ``NEW`` or ``OLD``."""
    return f"""
        {_ADD} {kind_of("pos", row)}, {number} FROM {_POSITIONS} pos
        WHERE pos.order_id = {row}.id AND NOT pos.canceled;
        {_ADD} {_order_itself(row)}, {number};
    """


def _of_statement(
    name: str, table: str, event: str, body: str, joined: str, more: str = ""
) -> Trigger:
    """PostgreSQL counts what one statement wrote together: 10,000 at once in bulk work."""
    rows = "NEW" if event == "INSERT" else "OLD"
    sign = "" if event == "INSERT" else "-"
    row = for_each_row(name, event=event, table=table, body=body)
    return Trigger(
        name=name,
        table=table,
        sqlite=row.sqlite,
        postgresql=(
            f"AFTER {event} ON {table} REFERENCING {rows} TABLE AS written FOR EACH STATEMENT"
        ),
        function=f"""
            BEGIN
                {_ADD} {kind_of("pos", "ordr")}, {sign}count(*) FROM {joined}
                WHERE NOT pos.canceled GROUP BY {kind_of("pos", "ordr")};
                {more}
                RETURN NULL;
            END
        """,
    )


_WRITTEN_TICKETS = f"written pos JOIN {_ORDERS} ordr ON ordr.id = pos.order_id"
_WRITTEN_ORDERS = f"written ordr JOIN {_POSITIONS} pos ON pos.order_id = ordr.id"


def _written_orders(sign: str) -> str:
    return f"""
        {_ADD} {_order_itself("ordr")}, {sign}count(*) FROM written ordr
        GROUP BY ordr.event_id, ordr.status, ordr.valid_if_pending;
    """


TRIGGERS = [
    _of_statement("tickets_added", _POSITIONS, "INSERT", _ticket("NEW", 1), _WRITTEN_TICKETS),
    _of_statement("tickets_deleted", _POSITIONS, "DELETE", _ticket("OLD", -1), _WRITTEN_TICKETS),
    _of_statement(
        "orders_added", _ORDERS, "INSERT", _order("NEW", 1), _WRITTEN_ORDERS, _written_orders("")
    ),
    _of_statement(
        "orders_deleted", _ORDERS, "DELETE", _order("OLD", -1), _WRITTEN_ORDERS,
        _written_orders("-"),
    ),
    for_each_row(
        "tickets_changed", event="UPDATE", table=_POSITIONS,
        changed=[*_OF_TICKET, "canceled", "order_id"],
        body=_ticket("OLD", -1) + _ticket("NEW", 1),
    ),
    for_each_row(
        "orders_changed", event="UPDATE", table=_ORDERS, changed=[*_OF_ORDER, "event_id"],
        body=_order("OLD", -1) + _order("NEW", 1),
    ),
]  # fmt: skip

"""Many tickets at once: canceled, revoked, blocked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterfoil.checkin.cancellation import cancel_orders
from counterfoil.checkin.models import BlockedSecret, RevokedSecret
from counterfoil.checkin.secrets import set_blocks
from counterfoil.core.refusals import Gone
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.queries import left
from gate import Gate
from makers import make_event, make_item, make_order, make_quota


def _statements(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def test_canceled_orders_are_revoked_and_free_their_quota(gate: Gate) -> None:
    item = make_item(gate.event, quota=False)
    quota = make_quota(gate.event, size=3, items=[item])
    tickets = [gate.ticket(item=item) for _ in range(3)]
    OrderPayment.objects.create(
        order=tickets[0].order, amount=23, created=tickets[0].order.datetime, state="pending"
    )
    before = make_order(gate.event, items=[item], status="c")

    canceled = cancel_orders(
        event=gate.event, orders=[before.pk, *(ticket.order_id for ticket in tickets[:2])]
    )

    assert canceled == [ticket.order_id for ticket in tickets[:2]]
    assert left([quota]) == {quota.pk: 2}
    revoked = RevokedSecret.objects.filter(event=gate.event)
    assert {(row.secret, row.position) for row in revoked} == {
        (ticket.secret, ticket) for ticket in tickets[:2]
    }
    assert [gate.reason(ticket) for ticket in tickets] == ["revoked", "revoked", None]
    orders = Order.objects.filter(pk__in=canceled)
    assert {order.status for order in orders} == {"c"}
    assert {(order.cancellation_date, order.last_modified) for order in orders} == {
        (revoked[0].created, revoked[0].created)
    }
    assert OrderPayment.objects.get().state == "canceled"


def test_orders_of_another_event_are_not_canceled(gate: Gate) -> None:
    other = make_event(gate.event.organizer)
    order = make_order(other, items=[make_item(other)])

    assert cancel_orders(event=gate.event, orders=[order.pk]) == []
    assert RevokedSecret.objects.count() == 0


def test_a_secret_that_was_revoked_before_is_revoked_once(gate: Gate) -> None:
    ticket = gate.ticket()
    first = gate.event.revoked_secrets.create(secret=ticket.secret)

    cancel_orders(event=gate.event, orders=[ticket.order_id])

    assert RevokedSecret.objects.get().created == first.created


def test_many_orders_take_as_many_statements_as_two(gate: Gate) -> None:
    few, many = ([gate.ticket().order_id for _ in range(n)] for n in (2, 40))
    cancel_orders(event=gate.event, orders=[gate.ticket().order_id])  # the clock is there

    counts = [
        _statements(lambda: cancel_orders(event=gate.event, orders=orders))  # noqa: B023
        for orders in (few, many)
    ]

    assert counts[0] == counts[1]


def test_many_tickets_are_blocked_in_as_many_statements_as_two(gate: Gate) -> None:
    few, many = ([gate.ticket().pk for _ in range(n)] for n in (2, 40))
    set_blocks(event=gate.event, positions=[gate.ticket().pk], name="api:x", blocked=True)

    counts = [
        _statements(
            lambda: set_blocks(event=gate.event, positions=pks, name="api:x", blocked=True)  # noqa: B023
        )
        for pks in (few, many)
    ]

    assert counts[0] == counts[1]
    assert BlockedSecret.objects.filter(event=gate.event, blocked=True).count() == 43


def test_blocks_of_many_tickets_leave_other_blocks(gate: Gate) -> None:
    plain, stopped = gate.ticket(), gate.ticket()
    set_blocks(event=gate.event, positions=[stopped.pk], name="admin", blocked=True)
    both = [plain.pk, stopped.pk]

    blocked = set_blocks(event=gate.event, positions=both, name="api:unsold", blocked=True)
    again = set_blocks(event=gate.event, positions=both, name="api:unsold", blocked=True)
    lifted = set_blocks(event=gate.event, positions=both, name="api:unsold", blocked=False)

    assert (blocked, again, lifted) == (both, [], both)
    assert [p.blocked for p in OrderPosition.objects.order_by("pk")] == [None, ["admin"]]
    rows = BlockedSecret.objects.filter(event=gate.event)
    assert {row.secret: row.blocked for row in rows} == {
        plain.secret: False,
        stopped.secret: True,
    }


def test_tickets_that_are_not_there_are_not_blocked(gate: Gate) -> None:
    ticket = gate.ticket()

    with pytest.raises(Gone):
        set_blocks(event=gate.event, positions=[ticket.pk, 0], name="admin", blocked=True)

    assert OrderPosition.objects.get(pk=ticket.pk).blocked is None

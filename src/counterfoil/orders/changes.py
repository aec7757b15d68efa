"""Changes orders one after the other, and lets clients that ask for what was modified hear of it.

Positions, payments and check-ins of an order are changed under the lock of its row.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from counterfoil.catalog import change_clock
from counterfoil.orders.models import Order


def lock_orders(orders: Collection[int]) -> list[Order]:
    """Lock orders, by id, until the transaction ends; return them as they are now.

    They are locked by id, so that two that overlap cannot wait for each other. Rows that refer to
    them can still be written. What was deleted is left out.
    """
    rows = Order.objects.select_for_update(no_key=True).filter(pk__in=orders)
    return list(rows.order_by("pk"))


def stamp_orders(*, event_id: int, orders: Collection[int]) -> datetime:
    """Write down that orders of an event, by id, changed, and return the time.

    It is the last thing before the commit, and the caller has locked the rows: see
    ``catalog.changeclock``.
    """
    moment = change_clock.stamp(event_id)
    Order.objects.filter(pk__in=orders).update(last_modified=moment)
    return moment

"""A gate for tests: an event, its list, and scans of tickets on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from counterfoil.catalog.models import Event, Item
from counterfoil.checkin import services
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.checkin.scans import Outcome, Scan
from counterfoil.orders.models import OrderPosition
from makers import make_event, make_item, make_order


@dataclass
class Gate:
    event: Event
    item: Item
    list: CheckinList

    def ticket(self, *, item: Item | None = None, **of_order: Any) -> OrderPosition:
        """A ticket of a new order, which is paid unless ``of_order`` says otherwise."""
        order = make_order(self.event, items=[item or self.item], **of_order)
        return order.positions.get()

    def set(self, **fields: Any) -> None:
        """Change the list."""
        for name, value in fields.items():
            setattr(self.list, name, value)
        self.list.save()

    def scan(self, ticket: OrderPosition | str, **given: Any) -> Outcome:
        secret = ticket if isinstance(ticket, str) else ticket.secret
        scan = Scan(**{"lists": [self.list], "secret": secret, **given})
        return services.redeem(scan=scan, actor=None)

    def reason(self, ticket: OrderPosition | str, **given: Any) -> str | None:
        """Scan, and return why the ticket is not admitted; None if it is."""
        refused = self.scan(ticket, **given).denial
        return refused.reason if refused else None

    def admitted(self) -> int:
        return Checkin.objects.filter(list=self.list, successful=True).count()


def make_list(event: Event, **given: Any) -> CheckinList:
    products = given.pop("limit_products", ())
    made = CheckinList.objects.create(event=event, **{"name": "Main entrance", **given})
    made.limit_products.set(products)
    return made


def make_gate(**of_list: Any) -> Gate:
    event = make_event()
    return Gate(event=event, item=make_item(event), list=make_list(event, **of_list))

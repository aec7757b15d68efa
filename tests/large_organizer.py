"""What people and scanners do with one ticket or one page, in an organizer of any size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q
from django.test import Client

import bulk_rows
from apiclient import BASE, Api, at
from counterfoil.catalog.models import Quota
from counterfoil.checkin.models import Checkin
from counterfoil.orders.models import OrderPosition
from gate import Gate, make_list
from makers import (
    make_event,
    make_item,
    make_order,
    make_organizer,
    make_team,
    make_token,
    make_user,
)

#: Of all tickets, so many are those of the one event that is measured; four others share the rest.
SHARE = 0.8
OTHERS = 4


class LargeOrganizer:
    """An organizer with five events; what is done in the largest one."""

    def __init__(self, tickets: int) -> None:
        organizer = make_organizer()
        self.event = make_event(organizer)
        self.item = make_item(self.event, quota=100_000_000)
        self.gate = Gate(event=self.event, item=self.item, list=make_list(self.event))
        bulk_rows.without_triggers()
        bulk_rows.fill(self.item, self.gate.list, int(tickets * SHARE))
        for _ in range(OTHERS):
            other = make_event(organizer)
            share = int(tickets * (1 - SHARE) / OTHERS)
            bulk_rows.fill(make_item(other, quota=None), make_list(other), share)
        bulk_rows.analyze()
        bulk_rows.with_triggers()
        bulk_rows.analyze()
        self.api = Api(make_token(make_team(organizer))[1])
        self.pages = Client()
        self.pages.force_login(make_user(organizer), "django.contrib.auth.backends.ModelBackend")
        self.tickets = OrderPosition.objects.filter(order__event=self.event)
        self._fresh = self._secrets()

    def _secrets(self) -> Iterator[str]:
        came = Q(all_checkins__isnull=False)
        rows = self.tickets.exclude(came).order_by("pk")[100:1100]
        return iter(list(rows.values_list("secret", flat=True)))

    @property
    def _some_ticket(self) -> OrderPosition:
        if not hasattr(self, "_ticket"):
            middle = self.tickets.order_by("pk").first()
            assert middle is not None
            rows = self.tickets.select_related("order").filter(pk__gte=middle.pk + 5000)
            self._ticket = rows.order_by("pk")[0]
        return self._ticket

    def constant(self) -> dict[str, Callable[[], Any]]:
        """What must cost the same for any number of tickets."""
        ticket, api = self._some_ticket, self.api
        code, organizer = ticket.order.code, self.event.organizer.slug
        used = Checkin.objects.filter(list=self.gate.list).order_by("pk")[2000].position
        assert used is not None
        lists = [self.gate.list.pk]
        scans = f"{BASE}/organizers/{organizer}/checkinrpc"
        of_list = f"checkinlists/{self.gate.list.pk}"
        page = f"/organizers/{organizer}/events/{self.event.slug}"
        quota = Quota.objects.get(event=self.event)

        def scan(secret: str) -> Any:
            return api.post(f"{scans}/redeem/", json={"secret": secret, "lists": lists})

        def get(path: str) -> Callable[[], Any]:
            return lambda: api.get(at(self.event, path))

        def show(path: str, **headers: str) -> Callable[[], Any]:
            return lambda: self.pages.get(page + path, headers=headers)

        return {
            "scan: admitted": lambda: scan(next(self._fresh)),
            "scan: refused as used": lambda: scan(used.secret),
            "scan: unknown": lambda: scan("unknown"),
            "scanner's search by secret": lambda: api.get(
                f"{scans}/search/?list={lists[0]}&search={ticket.secret}"
            ),
            "order": get(f"orders/{code}/"),
            "ticket": get(f"orderpositions/{ticket.pk}/"),
            "orders: first page": get("orders/"),
            "orders: status=p": get("orders/?status=p"),
            "orders: ordering=code": get("orders/?ordering=code"),
            "orders: ordering=-last_modified": get("orders/?ordering=-last_modified"),
            "orders: modified_since": get("orders/?modified_since=2029-01-01T00:00:00Z"),
            "orders: code": get(f"orders/?code={code}"),
            "orders: search=code-1": get(f"orders/?search={code}-1"),
            "orders: search=secret": get(f"orders/?search={ticket.secret}"),
            "organizer's orders: first page": lambda: api.get(
                f"{BASE}/organizers/{organizer}/orders/"
            ),
            "tickets: first page": get("orderpositions/"),
            "tickets: secret=": get(f"orderpositions/?secret={ticket.secret}"),
            "list's tickets: first page": get(f"{of_list}/positions/"),
            "list's tickets: search=secret": get(f"{of_list}/positions/?search={ticket.secret}"),
            "check-in list": get(f"{of_list}/"),
            "check-in status": get(f"{of_list}/status/"),
            "quotas with availability": get("quotas/?with_availability=true"),
            "log: of a ticket": lambda: api.get(
                f"{BASE}/organizers/{organizer}/auditlog/?kind=orderposition&object_id={used.pk}"
            ),
            "page: overview": show("/"),
            "page: orders": show("/orders/"),
            "page: order": show(f"/orders/{code}/"),
            "page: ticket": show(f"/orders/tickets/{used.pk}/"),
            "page: search=secret": show(f"/orders/?q={code}"),
            "page: check-in list": show(f"/checkin/{self.gate.list.pk}/"),
            "page: check-in lists": show("/checkin/"),
            "page: quota": show(f"/quotas/{quota.pk}/"),
            "batch form: left": show(
                f"/batches/new/?item={self.item.pk}&amount=10", **{"HX-Request": "true"}
            ),
            "create an order": lambda: api.post(
                at(self.event, "orders/"), json={"positions": [{"item": self.item.pk}]}
            ),
            "delete a test order": self._delete_test_order,
        }

    def slower(self) -> dict[str, Callable[[], Any]]:
        """What may cost some times more with a hundred times the tickets."""
        api, organizer = self.api, self.event.organizer.slug
        return {
            "check-ins: first page": lambda: api.get(at(self.event, "checkins/")),
            "log: first page": lambda: api.get(f"{BASE}/organizers/{organizer}/auditlog/"),
            "orders: search=name": lambda: api.get(at(self.event, "orders/?search=jane500")),
            "tickets: search=name": lambda: api.get(
                at(self.event, "orderpositions/?search=jane500")
            ),
            "orders: last page": lambda: api.get(at(self.event, "orders/?page=last")),
            "organizer's orders: last page": lambda: api.get(
                f"{BASE}/organizers/{organizer}/orders/?page=last"
            ),
            "tickets: last page": lambda: api.get(at(self.event, "orderpositions/?page=last")),
        }

    def _delete_test_order(self) -> Any:
        order = make_order(self.event, items=[self.item], testmode=True)
        return self.api.delete(at(self.event, f"orders/{order.code}/"))

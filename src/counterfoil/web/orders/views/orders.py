"""Orders: found by code, secret or name, or by what a scanner types."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _

from counterfoil.audit.models import LogEntry
from counterfoil.audit.queries import entries_in
from counterfoil.orders import search, services
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.web.framework.views import ConfirmPage, EventPage, event_routes
from counterfoil.web.orders.forms import OrderFilterForm

READ = ("event.orders:read",)
WRITE = ("event.orders:write",)
_SHOWN_ENTRIES = 50


class OrderPage(EventPage):
    """A page about one order of the event."""

    order: Order

    def find_scope(self) -> None:
        super().find_scope()
        orders = Order.objects.filter(organizer=self.organizer, event=self.event)
        orders = orders.select_related("sales_channel")
        self.order = get_object_or_404(orders, code=self.kwargs["order"])
        self.order.event = self.event


class Orders(EventPage):
    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        words = self.asked("q")
        if words and (ticket := search.scanned(self.event, words)):
            return self.go("ticket", ticket.pk)
        form = OrderFilterForm(request.GET or None, event=self.event)
        found = self._filtered(form, words)
        return self.render(
            "web/orders/list.html", {"rows": self.rows(found), "form": form, "words": words}
        )

    def _filtered(self, form: OrderFilterForm, words: str) -> QuerySet[Order]:
        orders = _with_tickets(Order.objects.filter(event=self.event))
        if words:
            orders = search.search_orders(orders, words, search.Scope.of(self.event))
        if not form.is_bound:
            return orders
        if not form.is_valid():
            return orders.none()
        if form.cleaned_data["status"]:
            orders = orders.filter(status=form.cleaned_data["status"])
        wanted = form.of_position()
        if wanted:
            positions = OrderPosition.objects.filter(wanted, order=OuterRef("pk"))
            orders = orders.filter(Exists(positions))
        return orders


class OrderDetail(OrderPage):
    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        positions = self.order.positions.select_related(
            "item__event", "variation__item", "subevent"
        )
        return self.render(
            "web/orders/detail.html",
            {
                "order": self.order,
                "positions": positions.order_by("positionid"),
                "payments": self.order.payments.order_by("local_id"),
                "entries": _entries(self.order),
            },
        )


class OrderDelete(ConfirmPage, OrderPage):
    write_permissions = WRITE
    read_permissions = WRITE

    def question(self) -> str:
        return _("Delete the order %s?") % self.order.code

    def consequence(self) -> str:
        if not self.order.testmode:
            return _("Only test orders can be deleted.")
        return _("The order goes with its tickets and check-ins. Its quota is free again.")

    def back(self) -> str:
        return self.link("order", self.order.code)

    def carry_out(self) -> HttpResponseBase:
        services.delete_order(actor=self.actor, order=self.order)
        return self.go("orders", said=_("The order was deleted."))


def _with_tickets(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Add what a line of the list shows: how many tickets, and the first of them."""
    positions = OrderPosition.objects.select_related("item__event", "variation__item")
    # Counted for the orders of a page. Grouped, they would be counted for all orders first.
    live = OrderPosition.objects.filter(order=OuterRef("pk"), canceled=False)
    tickets = live.order_by().values("order").annotate(count=Count("pk")).values("count")
    return (
        orders.select_related("sales_channel")
        .annotate(tickets=Coalesce(Subquery(tickets), 0))
        .prefetch_related(Prefetch("positions", positions.order_by("positionid")))
        .order_by("-datetime", "-pk")
    )


def _entries(order: Order) -> QuerySet[LogEntry]:
    """What was done to an order and its tickets, the last first."""
    tickets = list(order.positions.values_list("pk", flat=True))
    about = {"order": [order.pk], "orderposition": tickets, "checkin": tickets}
    return entries_in(order.event, about)[:_SHOWN_ENTRIES]


routes = event_routes(
    path("orders/", Orders.as_view(), name="orders"),
    path("orders/<str:order>/", OrderDetail.as_view(), name="order"),
    path("orders/<str:order>/delete/", OrderDelete.as_view(), name="order-delete"),
)

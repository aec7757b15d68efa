"""``download/pdf/`` of an order and of an order position: 409 until the PDF is done."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from counterfoil.api.framework.downloads import FileAnswers, answer_result
from counterfoil.api.framework.schema import RESULT_OF_JOB
from counterfoil.api.framework.views import EventView
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.printing import ticket_downloads

OUTPUT = "pdf"
_READ = ("event.orders:read",)


class PositionTicketView(FileAnswers, EventView[OrderPosition]):
    verbose_name = "ticket of an order position"
    read_permissions = _READ

    def get_queryset(self) -> QuerySet[OrderPosition]:
        positions = OrderPosition.objects.filter(order__event=self.event)
        return positions.select_related("item", "order__event__organizer")

    @extend_schema(responses=RESULT_OF_JOB)
    def retrieve(
        self, request: Request, *args: Any, output: str, **kwargs: Any
    ) -> HttpResponseBase:
        _check_output(output)
        position = self.get_object()
        render_request = ticket_downloads.ticket_of_position(position=position, actor=self.actor)
        order = position.order
        name = f"{self.event.slug.upper()}-{order.code}-{position.positionid}-{OUTPUT}.pdf"
        return answer_result(
            request, render_request, actor=self.actor, filename=name, is_for_all=True
        )


class OrderTicketsView(FileAnswers, EventView[Order]):
    verbose_name = "tickets of an order"
    read_permissions = _READ
    lookup_field = "code"
    lookup_value_converter = "str"

    def get_queryset(self) -> QuerySet[Order]:
        orders = Order.objects.filter(organizer=self.organizer, event=self.event)
        return orders.select_related("event__organizer")

    @extend_schema(responses=RESULT_OF_JOB)
    def retrieve(
        self, request: Request, *args: Any, output: str, **kwargs: Any
    ) -> HttpResponseBase:
        _check_output(output)
        order = self.get_object()
        render_request = ticket_downloads.tickets_of_order(order=order, actor=self.actor)
        name = f"{self.event.slug.upper()}-{order.code}-{OUTPUT}.pdf"
        return answer_result(
            request, render_request, actor=self.actor, filename=name, is_for_all=True
        )


def _check_output(output: str) -> None:
    if output != OUTPUT:
        raise NotFound(_("There is no such output."))


_BASE = "organizers/<str:organizer>/events/<str:event>/"

routes = [
    path(
        f"{_BASE}orderpositions/<id:pk>/download/<str:output>/",
        PositionTicketView.as_view({"get": "retrieve"}),
        name="orderposition-download",
    ),
    path(
        f"{_BASE}orders/<str:code>/download/<str:output>/",
        OrderTicketsView.as_view({"get": "retrieve"}),
        name="order-download",
    ),
]

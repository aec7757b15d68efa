"""``orderpositions``: the tickets of an event."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from counterfoil.api.base import DetailView, EventView, ListView, event_routes
from counterfoil.api.chosenfields import chosen
from counterfoil.api.orderexamples import ORDER_POSITION
from counterfoil.api.orderfields import OrderPositionSerializer, shown_positions
from counterfoil.api.orderfilters import OrderPositionFilters, canceled_positions_wanted
from counterfoil.api.pdfdata import pdf_data, wants_pdf_data
from counterfoil.orders.models import OrderPosition


class OrderPositionView(ListView, DetailView, EventView[OrderPosition]):
    noun = "order position"
    example = ORDER_POSITION
    serializer_class = OrderPositionSerializer
    filterset_class = OrderPositionFilters
    ordering_fields = (
        "order__code",
        "order__datetime",
        "positionid",
        "order__status",
    )
    read_needs = ("event.orders:read",)

    def get_queryset(self) -> QuerySet[OrderPosition]:
        positions = shown_positions(canceled=canceled_positions_wanted(self.request))
        return positions.filter(order__event=self.event).order_by(
            "order__datetime", "order", "positionid"
        )

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        context = self.get_serializer_context()
        request: Request = self.request
        if wants_pdf_data(request):
            context["pdf_data"] = _told(args[0] if args else [])
        return chosen(OrderPositionSerializer(*args, context=context, **kwargs), request)


def _told(shown: Any) -> dict[int, dict[str, Any]]:
    return pdf_data([shown] if isinstance(shown, OrderPosition) else list(shown))


routes = event_routes("orderpositions", OrderPositionView, name="orderposition")

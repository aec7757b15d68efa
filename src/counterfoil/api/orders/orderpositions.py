"""``orderpositions``: the tickets of an event."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import Col, OrderBy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.sparse_fieldsets import chosen
from counterfoil.api.framework.views import DetailView, EventView, ListView, event_routes
from counterfoil.api.orders.examples import ORDER_POSITION
from counterfoil.api.orders.order_changes import BlockSerializer, PositionChangesSerializer
from counterfoil.api.orders.order_fields import OrderPositionSerializer, serialized_positions
from counterfoil.api.orders.order_filters import OrderPositionFilters, includes_canceled_positions
from counterfoil.api.orders.pdf_data import includes_pdf_data, pdf_data
from counterfoil.checkin.positions import update_position
from counterfoil.checkin.secrets import set_block
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.ticket_counts import live_tickets


class OrderPositionView(ListView, DetailView, EventView[OrderPosition]):
    verbose_name = "order position"
    example = ORDER_POSITION
    serializer_class = OrderPositionSerializer
    filterset_class = OrderPositionFilters
    ordering_fields = (
        "order__code",
        "order__datetime",
        "positionid",
        "order__status",
    )
    read_permissions = ("event.orders:read",)
    write_permissions = ("event.orders:write",)
    action_examples = {
        "add_block": {**ORDER_POSITION, "blocked": ["api:unsold"]},
        "remove_block": ORDER_POSITION,
    }
    request_examples = {
        "partial_update": {"attendee_email": "jane@example.org", "company": "Example Ltd"},
        "add_block": {"name": "api:unsold"},
        "remove_block": {"name": "api:unsold"},
    }

    def get_queryset(self) -> QuerySet[OrderPosition]:
        positions = serialized_positions(canceled=includes_canceled_positions(self.request))
        # An index has the id of the order beside the time, which all tickets of a batch share.
        order_id = Col(Order._meta.db_table, Order._meta.get_field("id"))
        return positions.filter(order__event=self.event).order_by(
            "order__datetime", OrderBy(order_id), "positionid"
        )

    def whole_count(self) -> int | None:
        if includes_canceled_positions(self.request):
            return None
        return live_tickets(self.event.pk)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        context = self.get_serializer_context()
        request: Request = self.request
        if includes_pdf_data(request):
            context["pdf_data"] = _pdf_data(args[0] if args else [])
        return chosen(OrderPositionSerializer(*args, context=context, **kwargs), request)

    @extend_schema(
        request=PositionChangesSerializer,
        parameters=[
            OpenApiParameter(
                "check_quotas", bool, description="False lets a change overbook a quota."
            )
        ],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a ticket. Fields that cannot be changed are ignored.

        A new secret revokes the one before.
        """
        position = self.get_object()
        serializer = PositionChangesSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        update_position(
            actor=self.actor,
            position=position,
            fields=serializer.changes(),
            check_quotas=request.query_params.get("check_quotas", "").lower() not in ("false", "0"),
        )
        return self._answer(position)

    @extend_schema(request=BlockSerializer, responses=OrderPositionSerializer)
    @action(detail=True, methods=["POST"], url_path="add_block", url_name="add-block")
    def add_block(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Block a ticket: nobody gets in with it until all of its blocks are removed."""
        return self._set_block(blocked=True)

    @extend_schema(request=BlockSerializer, responses=OrderPositionSerializer)
    @action(detail=True, methods=["POST"], url_path="remove_block", url_name="remove-block")
    def remove_block(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remove one block of a ticket."""
        return self._set_block(blocked=False)

    def _set_block(self, *, blocked: bool) -> Response:
        position = self.get_object()
        serializer = BlockSerializer(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        name = serializer.validated_data["name"]
        set_block(position=position, name=name, blocked=blocked, actor=self.actor)
        return self._answer(position)

    def _answer(self, position: OrderPosition) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=position.pk)).data)


def _pdf_data(instance: Any) -> dict[int, dict[str, Any]]:
    return pdf_data([instance] if isinstance(instance, OrderPosition) else list(instance))


routes = event_routes("orderpositions", OrderPositionView, name="orderposition")

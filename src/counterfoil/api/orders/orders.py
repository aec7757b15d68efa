"""``orders``: what was sold, in an event or in all events of an organizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from counterfoil.api.framework.fields import REFERENCES
from counterfoil.api.framework.idempotency import after_commit
from counterfoil.api.framework.permissions import Needs
from counterfoil.api.framework.sparse_fieldsets import chosen
from counterfoil.api.framework.views import (
    DetailView,
    EventView,
    ListView,
    OrganizerView,
    event_routes,
    organizer_routes,
)
from counterfoil.api.orders.examples import ORDER
from counterfoil.api.orders.order_changes import (
    ExtendSerializer,
    MarkCanceledSerializer,
    MarkPaidSerializer,
    MarkPendingSerializer,
    OrderChangesSerializer,
    requested_fields,
)
from counterfoil.api.orders.order_creation import NewOrderSerializer
from counterfoil.api.orders.order_fields import OrderSerializer, serialized_orders
from counterfoil.api.orders.order_filters import OrderFilters, includes_canceled_positions
from counterfoil.api.orders.pdf_data import includes_pdf_data, pdf_data
from counterfoil.api.orders.position_fields import set_no_checkins
from counterfoil.core import heavy
from counterfoil.core.refusals import Gone
from counterfoil.orders import payments, services
from counterfoil.orders.models import Order
from counterfoil.orders.order_details import update_order
from counterfoil.orders.search import Scope
from counterfoil.orders.ticket_counts import orders_in
from counterfoil.stock.services import cancel_order

READ = ("event.orders:read",)
#: What a shop sells at once. More take long enough to count as heavy work.
_FEW_POSITIONS = 100
#: A smaller part of an organizer's orders is found by event.
_FEW = 20


class ShownOrders(ListView, DetailView):
    """What orders of an event and of an organizer have in common."""

    verbose_name = "order"
    example = ORDER
    lookup_field = "code"
    lookup_value_converter = "str"
    action_examples = {
        "mark_paid": ORDER,
        "mark_pending": {**ORDER, "status": "n"},
        "mark_canceled": {**ORDER, "status": "c", "positions": []},
        "extend": {**ORDER, "status": "n"},
    }
    request_examples = {
        "partial_update": {"email": "jane@example.org", "comment": "at the box office"},
        "mark_paid": {"send_email": False},
        "mark_pending": {"send_email": False},
        "mark_canceled": {"send_email": False, "comment": "Sent back"},
        "extend": {"expires": "2027-05-31", "force": False},
    }
    filterset_class = OrderFilters
    ordering_fields = ("datetime", "code", "status", "last_modified")
    page_generated = True
    counted_filters = ("status",)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        request: Request = self.request  # type: ignore[attr-defined]
        context: dict[str, Any] = self.get_serializer_context()  # type: ignore[attr-defined]
        if includes_pdf_data(request):
            context["pdf_data"] = _pdf_data(args[0] if args else [])
        return chosen(OrderSerializer(*args, context=context, **kwargs), request)

    def prefetched(self, orders: QuerySet[Order]) -> QuerySet[Order]:
        canceled = includes_canceled_positions(self.request)  # type: ignore[attr-defined]
        return serialized_orders(orders, canceled=canceled).order_by("datetime")


class OrderView(ShownOrders, EventView[Order]):
    """The orders of an event."""

    serializer_class = OrderSerializer
    input_serializer_class = NewOrderSerializer
    read_permissions = READ
    write_permissions = ("event.orders:write",)

    def get_queryset(self) -> QuerySet[Order]:
        orders = Order.objects.filter(event=self.event)
        if self.lookup_field in self.kwargs:  # codes are looked up by the organizer's index
            orders = orders.filter(organizer=self.organizer)
        return self.prefetched(orders)

    def whole_count(self) -> int:
        return orders_in([self.event.pk], status=self.request.query_params.get("status", ""))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Create an order. With ``simulate`` it is returned, but not stored."""
        if _is_large(request.data):
            with heavy.slot():
                return self._create(request)
        return self._create(request)

    def _create(self, request: Request) -> Response:
        context = {**self.get_serializer_context(), REFERENCES: {}}
        serializer = NewOrderSerializer(data=request.data, context=context)
        serializer.is_valid(raise_exception=True)
        new = serializer.new_order()
        if serializer.is_simulated:
            order = services.simulate_order(event=self.event, new=new)
            return Response(self._new_order_data(order), status=status.HTTP_201_CREATED)
        created = services.insert_order(actor=self.actor, event=self.event, new=new)
        return after_commit(
            str(created.order.pk),
            lambda: self._new_order_data(created.attached()),
            status=status.HTTP_201_CREATED,
        )

    def _new_order_data(self, order: Order) -> Any:
        set_no_checkins(order.positions.all())
        return self.get_serializer(order).data

    @extend_schema(request=OrderChangesSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change details of an order. Fields that cannot be changed are ignored."""
        order = self.get_object()
        changes = self._read(OrderChangesSerializer)
        update_order(actor=self.actor, order=order, fields=requested_fields(changes))
        return self._answer(order)

    @extend_schema(request=MarkPaidSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["POST"], url_path="mark_paid", url_name="mark-paid")
    def mark_paid(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Note that a pending or expired order was paid by hand. No e-mail is sent."""
        order = self.get_object()
        serializer = self._read(MarkPaidSerializer)
        return self._change_status(order, payments.mark_paid, paid_at=serializer.paid_at())

    @extend_schema(request=MarkPendingSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["POST"], url_path="mark_pending", url_name="mark-pending")
    def mark_pending(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back that an order was paid."""
        order = self.get_object()
        self._read(MarkPendingSerializer)
        return self._change_status(order, payments.mark_pending)

    @extend_schema(request=MarkCanceledSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["POST"], url_path="mark_canceled", url_name="mark-canceled")
    def mark_canceled(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Cancel an order: its tickets can be sold again, and nobody gets in with them."""
        order = self.get_object()
        serializer = self._read(MarkCanceledSerializer)
        return self._change_status(
            order, cancel_order, comment=serializer.validated_data.get("comment") or ""
        )

    @extend_schema(request=ExtendSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["POST"])
    def extend(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let an order be paid until the end of a day; an expired one is pending again."""
        order = self.get_object()
        serializer = self._read(ExtendSerializer)
        return self._change_status(
            order,
            payments.extend_order,
            expires=serializer.validated_data["expires"],
            force=serializer.validated_data["force"],
        )

    def _read(self, serializer_class: type[BaseSerializer[Any]]) -> Any:
        context = self.get_serializer_context()
        serializer = serializer_class(data=self.request.data, context=context)
        serializer.is_valid(raise_exception=True)
        return serializer

    def _change_status(
        self, order: Order, change: Callable[..., Order], **options: Any
    ) -> Response:
        try:
            change(actor=self.actor, order=order, **options)
        except payments.StatusRefused as refusal:
            return Response({"detail": refusal.text}, status=status.HTTP_400_BAD_REQUEST)
        return self._answer(order)

    def _answer(self, order: Order) -> Response:
        subject = str(order.pk)
        return after_commit(subject, lambda: self._stored_order_data(subject))

    def answer_about(self, subject: str) -> Response:
        return Response(self._stored_order_data(subject))

    def _stored_order_data(self, subject: str) -> Any:
        order = self.get_queryset().filter(pk=subject).first()
        if order is None:
            raise Gone(_("Somebody else has deleted this meanwhile."))
        return self.get_serializer(order).data

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a test order."""
        services.delete_order(actor=self.actor, order=self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class OrganizerOrderView(ShownOrders, OrganizerView[Order]):
    """The orders of all events whose orders the credentials may read."""

    serializer_class = OrderSerializer
    read_permissions = READ

    def has_permission(self, permissions: Needs) -> bool:
        """Nobody holds rights on orders in an organizer: they are held in its events."""
        return bool(self.searched_events) or not self.actor.events(self.organizer).exists()

    def get_queryset(self) -> QuerySet[Order]:
        scope = Scope(organizer=self.organizer.pk, events=self.searched_events)
        if self.lookup_field in self.kwargs:
            return self.prefetched(scope.orders)
        events = list(self.organizer.events.values_list("pk", flat=True))
        # Most orders of the organizer are read in their order; few are found first, and sorted.
        are_most = orders_in(self.searched_events) * _FEW >= orders_in(events)
        return self.prefetched(scope.orders_by_date if are_most else scope.orders)

    def whole_count(self) -> int:
        return orders_in(self.searched_events, status=self.request.query_params.get("status", ""))

    @cached_property
    def searched_events(self) -> list[int]:
        """The events whose orders the credentials may read."""
        events = self.actor.events(self.organizer).select_related("organizer")
        return [event.pk for event in events if self.actor.may_in_event(READ[0], event)]


def _is_large(data: Any) -> bool:
    positions = data.get("positions") if isinstance(data, dict) else None
    return isinstance(positions, list) and len(positions) > _FEW_POSITIONS


def _pdf_data(instance: Any) -> dict[int, dict[str, Any]]:
    orders = [instance] if isinstance(instance, Order) else instance
    if all(not order.pk for order in orders):  # a simulated order has no tickets to print
        return {0: {}}
    return pdf_data([position for order in orders for position in order.positions.all()])


routes = [
    *event_routes("orders", OrderView, name="order"),
    *organizer_routes("orders", OrganizerOrderView, name="organizer-order"),
]

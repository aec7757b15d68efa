"""How the gate shows a ticket: as in orders, with what decides whether it may pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from counterfoil.api.framework.sparse_fieldsets import chosen
from counterfoil.api.orders.pdf_data import pdf_data, wants_pdf_data
from counterfoil.api.orders.position_fields import (
    FIRST_FIELDS,
    MORE_FIELDS,
    PositionFields,
    expanded,
)
from counterfoil.orders.models import OrderPosition


class ScanPositionSerializer(PositionFields):
    require_attention = serializers.SerializerMethodField()
    order__status = serializers.CharField(source="order.status")
    order__valid_if_pending = serializers.BooleanField(source="order.valid_if_pending")
    order__require_approval = serializers.BooleanField(source="order.require_approval")
    order__locale = serializers.CharField(source="order.locale")

    class Meta(PositionFields.Meta):
        fields = (
            *FIRST_FIELDS,
            *MORE_FIELDS,
            "require_attention",
            "order__status",
            "order__valid_if_pending",
            "order__require_approval",
            "order__locale",
            "valid_from",
            "valid_until",
            "blocked",
            "pdf_data",
        )

    def get_require_attention(self, position: OrderPosition) -> bool:
        return require_attention(position)


def require_attention(position: OrderPosition) -> bool:
    """Tell whether the order, the product or the variation asks for a special look."""
    marked = (position.order, position.item, position.variation)
    return any(thing is not None and thing.checkin_attention for thing in marked)


def checkin_texts(position: OrderPosition) -> list[str]:
    """Return what the order, the product and the variation want to be said at the gate."""
    written = (position.order, position.item, position.variation)
    return [thing.checkin_text for thing in written if thing is not None and thing.checkin_text]


def asked_for(request: Request, positions: Sequence[OrderPosition]) -> dict[str, Any]:
    """Return what the serializer above needs to show what a client asked for besides."""
    context: dict[str, Any] = {"request": request, "expand": expanded(request)}
    if wants_pdf_data(request):
        context["pdf_data"] = pdf_data(positions)
    return context


class ShownToScanners:
    """A view that shows tickets as scanners see them, singly or as a page."""

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        request: Request = self.request  # type: ignore[attr-defined]
        found: Any = args[0] if args else ()
        positions = [found] if isinstance(found, OrderPosition) else list(found)
        context = {**self.get_serializer_context(), **asked_for(request, positions)}  # type: ignore[attr-defined]
        return chosen(ScanPositionSerializer(*args, context=context, **kwargs), request)

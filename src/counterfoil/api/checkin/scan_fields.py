"""Serialize tickets for scanners: the fields of orders, and those that decide admission."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from counterfoil.api.framework.fields import Moment
from counterfoil.api.framework.sparse_fieldsets import chosen
from counterfoil.api.orders.pdf_data import includes_pdf_data, pdf_data
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
    """Return whether the order, the product or the variation is marked for attention."""
    sources = (position.order, position.item, position.variation)
    return any(source is not None and source.checkin_attention for source in sources)


def checkin_texts(position: OrderPosition) -> list[str]:
    """Return the check-in texts of the order, the product and the variation."""
    sources = (position.order, position.item, position.variation)
    return [each.checkin_text for each in sources if each is not None and each.checkin_text]


def serializer_context(request: Request, positions: Sequence[OrderPosition]) -> dict[str, Any]:
    """Return the serializer context for the optional fields that a client requested."""
    context: dict[str, Any] = {"request": request, "expand": expanded(request)}
    if includes_pdf_data(request):
        context["pdf_data"] = pdf_data(positions)
    return context


class ScannerSerialization:
    """Serializes single tickets and pages of tickets for scanners."""

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        request: Request = self.request  # type: ignore[attr-defined]
        instance: Any = args[0] if args else ()
        positions = [instance] if isinstance(instance, OrderPosition) else list(instance)
        context = {**self.get_serializer_context(), **serializer_context(request, positions)}  # type: ignore[attr-defined]
        return chosen(ScanPositionSerializer(*args, context=context, **kwargs), request)


#: Times in this range can be converted to every time zone.
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_LATEST = datetime(9998, 12, 31, tzinfo=UTC)


class CheckinDateTime(Moment):
    """A time of a scan, within the range that every time zone can represent."""

    default_error_messages = {"range": _("This time is outside the supported range.")}

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if not _EARLIEST <= moment <= _LATEST:
            self.fail("range")
        return moment

"""What a client sends to change an order or a ticket. Shape only; services apply the rules."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from counterfoil.api.catalog.sale_fields import DateReference, VariationReference
from counterfoil.api.framework.fields import Money, Reference
from counterfoil.api.orders.order_creation import OrderDetailsSerializer, PositionDetailsSerializer
from counterfoil.orders.new_order import NewAnswer

_END_OF_NAME = re.compile(r"[\[.]")


def requested_fields(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """Return the valid values of those fields that the client named.

    A form that leaves out a checkbox or an object would otherwise read as one that clears it.
    """
    names = {_END_OF_NAME.split(key)[0] for key in serializer.initial_data}
    return {name: value for name, value in serializer.validated_data.items() if name in names}


class OrderChangesSerializer(OrderDetailsSerializer):
    """Only these fields of an order can be changed; others are ignored."""


class PositionChangesSerializer(PositionDetailsSerializer):
    """Only these fields of a ticket can be changed; others are ignored."""

    item = Reference("items", required=False)
    variation = VariationReference(required=False, allow_null=True)
    subevent = DateReference(required=False, allow_null=True)
    price = Money(required=False, min_value=0)
    tax_rule = Reference("tax_rules", required=False, allow_null=True)
    secret = serializers.CharField(max_length=255, required=False)

    def changes(self) -> dict[str, Any]:
        """Return the columns to change, and the answers, of valid data."""
        fields = requested_fields(self)
        if "attendee_name" in fields:
            name = fields.pop("attendee_name")
            fields.setdefault("attendee_name_parts", {"_legacy": name} if name else {})
        if "answers" in fields:
            fields["answers"] = tuple(NewAnswer(**answer) for answer in fields["answers"])
        return fields


class BlockSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=190)


@extend_schema_field(OpenApiTypes.DATE)
class DateOrTime(serializers.Field[date, Any, Any, Any]):
    """A day; of a point in time, its day by the event's calendar."""

    default_error_messages = {"invalid": _("This must be a date like 2027-06-12.")}

    def to_internal_value(self, data: Any) -> date:
        tz = self.context["event"].tz
        try:
            moment = datetime.fromisoformat(data)
        except (TypeError, ValueError):
            self.fail("invalid")
        return moment.astimezone(tz).date() if moment.tzinfo else moment.date()

    def to_representation(self, value: Any) -> Any:
        return value


class MarkPaidSerializer(serializers.Serializer[Any]):
    send_email = serializers.BooleanField(default=True)
    date = DateOrTime(required=False, allow_null=True)

    def paid_at(self) -> datetime | None:
        """Return the noon of the day on which it was paid; None is now."""
        day = self.validated_data.get("date")
        return datetime.combine(day, time(12), self.context["event"].tz) if day else None


class MarkCanceledSerializer(serializers.Serializer[Any]):
    send_email = serializers.BooleanField(default=True)
    comment = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=10_000
    )
    cancellation_fee = Money(required=False, allow_null=True, min_value=0)

    def validate_cancellation_fee(self, value: Any) -> Any:
        if value:
            raise serializers.ValidationError(_("Orders cannot have fees here."))
        return value


class MarkPendingSerializer(serializers.Serializer[Any]):
    send_email = serializers.BooleanField(default=False)


class ExtendSerializer(serializers.Serializer[Any]):
    expires = DateOrTime()
    force = serializers.BooleanField(default=False)

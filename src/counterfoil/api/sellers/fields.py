"""What the views of sellers share: permissions, references, amounts without an event."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers

from counterfoil.api.framework.fields import Exact, Money, Reference
from counterfoil.api.framework.permissions import Needs
from counterfoil.api.framework.views import EventView, M, OrganizerView
from counterfoil.catalog import money

READ = ("organizer.sellers:read", "organizer.sellers:write")
WRITE = ("organizer.sellers:write",)


class SellersEventView(EventView[M]):
    """A view below an event, whose permissions are the organizer's: the account is one for all."""

    read_permissions = READ
    write_permissions = WRITE

    def has_permission(self, permissions: Needs) -> bool:
        return OrganizerView.has_permission(self, permissions)


class OfOrganizer(Reference):
    """The id of a row of the organizer: ``OfOrganizer("sellers")``."""

    def get_queryset(self) -> QuerySet[Model]:
        rows: QuerySet[Model] = getattr(self.context["view"].organizer, self.of or "").all()
        return rows


class Amount(Money):
    """An amount of no currency in particular: at least two decimals."""

    def to_representation(self, value: Any) -> str:
        return f"{money.with_places(Decimal(value), 2):f}"


class Percent(Exact):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=7, decimal_places=4, **kwargs)

    def to_representation(self, value: Any) -> str:
        return f"{money.with_places(Decimal(value), 2):f}"


class GateAlarmSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    gate = serializers.CharField()
    serial = serializers.CharField(allow_null=True)
    number = serializers.IntegerField(allow_null=True)


class GateSerializer(serializers.Serializer[Any]):
    """What a seller reported, compared with who came in."""

    sold_and_scanned = serializers.IntegerField()
    sold_not_scanned = serializers.IntegerField()
    scanned_not_reported = serializers.IntegerField()
    alarms = GateAlarmSerializer(many=True)


GATE_EXAMPLE: dict[str, Any] = {
    "sold_and_scanned": 180,
    "sold_not_scanned": 12,
    "scanned_not_reported": 1,
    "alarms": [
        {
            "at": "2026-10-01T20:04:11+02:00",
            "gate": "Main entrance",
            "serial": "A00412",
            "number": 412,
        }
    ],
}

"""What the views of sellers share: permissions, references, amounts without an event."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from counterfoil.api.framework.downloads import FileAnswers, PdfRenderer
from counterfoil.api.framework.fields import Exact, Money, Reference
from counterfoil.api.framework.permissions import Needs
from counterfoil.api.framework.tables import CsvRenderer, Table, XlsxRenderer, table_answer
from counterfoil.api.framework.views import EventView, ListView, M, OrganizerView
from counterfoil.catalog import money
from counterfoil.catalog.models import Event

READ = ("organizer.sellers:read", "organizer.sellers:write")
WRITE = ("organizer.sellers:write",)


class SellersEventView(EventView[M]):
    """A view below an event, whose permissions are the organizer's: the account is one for all."""

    read_permissions = READ
    write_permissions = WRITE

    def has_permission(self, permissions: Needs) -> bool:
        return OrganizerView.has_permission(self, permissions)


class TableList(FileAnswers, ListView):
    """A list that is a table, too: CSV and XLSX, by ``Accept`` or ``?format=``."""

    renderer_classes: Any = (JSONRenderer, PdfRenderer, CsvRenderer, XlsxRenderer)
    columns: ClassVar[tuple[str, ...]]
    table_name: ClassVar[str]

    def table_rows(self, rows: Any) -> Iterable[tuple[Any, ...]]:
        """Return the rows of the table, in the order of ``columns``."""
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        renderer = request.accepted_renderer
        if not isinstance(renderer, (CsvRenderer, XlsxRenderer)):
            return super().list(request, *args, **kwargs)
        event: Event = self.event  # type: ignore[attr-defined]
        found = self.filter_queryset(self.get_queryset())  # type: ignore[attr-defined]
        rows = (tuple(map(harmless, row)) for row in self.table_rows(found))
        table = Table(self.columns, rows, money.written_places(event.currency), title="Sellers")
        return table_answer(renderer, table, name=f"{event.slug}-{self.table_name}")


def harmless(value: Any) -> Any:
    """Keep a spreadsheet from taking what somebody typed for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


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

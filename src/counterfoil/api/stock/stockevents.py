"""``stockevents``, an addition to the pretix API: the ledger of paper tickets."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from io import StringIO
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from counterfoil.api.framework.downloads import FileAnswers
from counterfoil.api.framework.fields import Moment, Money
from counterfoil.api.framework.filters import RowId, Words
from counterfoil.api.framework.tables import CsvRenderer
from counterfoil.api.framework.views import DetailView, EventView, ListView, event_routes
from counterfoil.core import heavy
from counterfoil.stock import queries
from counterfoil.stock.models import StockEvent

COLUMNS = (
    *("number", "at", "actor", "action", "batch", "ranges", "count", "value"),
    *("reason", "note", "document", "previous_hash", "hash"),
)


class StockEventSerializer(serializers.ModelSerializer[StockEvent]):
    """``ranges`` are numbers of the batch; without a batch the names of single tickets."""

    at = Moment()
    value = Money()

    class Meta:
        model = StockEvent
        fields = COLUMNS


class StockEventFilters(django_filters.FilterSet):  # type: ignore[misc]
    action = Words(field_name="action", lookup_expr="in")
    batch = RowId(field_name="batch")
    actor = django_filters.CharFilter()
    document = django_filters.CharFilter()
    reason = django_filters.CharFilter()
    hash = django_filters.CharFilter()
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")
    before = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt")
    number_after = RowId(field_name="number", lookup_expr="gt")


class StockEventView(FileAnswers, ListView, DetailView, EventView[StockEvent]):
    """What was done to which tickets, oldest first. Numbers count in the whole organizer."""

    verbose_name = "action in the ledger of paper tickets"
    example: ClassVar[Any] = {
        "number": 12,
        "at": "2026-10-01T10:00:00.123456+02:00",
        "actor": "user:3",
        "action": "void",
        "batch": 1,
        "ranges": "401-450,512",
        "count": 51,
        "value": "1173.00",
        "reason": "wrong date",
        "note": "",
        "document": "",
        "previous_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "hash": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    }
    serializer_class = StockEventSerializer
    filterset_class = StockEventFilters
    ordering_fields = ("number", "at")
    read_permissions = ("event.orders:read", "event.stock:write")
    renderer_classes: ClassVar[Any] = (JSONRenderer, CsvRenderer)  # type: ignore[misc]
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[StockEvent]:
        return queries.events_of(self.event)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if isinstance(request.accepted_renderer, CsvRenderer):
            return self._csv(self.filter_queryset(self.get_queryset()))
        return super().list(request, *args, **kwargs)

    def _csv(self, rows: QuerySet[StockEvent]) -> FileResponse:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
        with heavy.slot():
            file.writelines(_lines(rows.iterator(1000), self.get_serializer_context()))
        file.seek(0)
        name = f"{self.event.slug}-stock.csv"
        return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv")


def _lines(rows: Iterator[StockEvent], context: dict[str, Any]) -> Iterator[bytes]:
    yield _line(COLUMNS)
    for row in rows:
        data = StockEventSerializer(row, context=context).data
        yield _line([_safe(data[name]) for name in COLUMNS])


def _safe(value: Any) -> Any:
    """Keep a spreadsheet from taking what somebody typed for a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _line(values: Any) -> bytes:
    buffer = StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue().encode()


routes = event_routes("stockevents", StockEventView, name="stockevent")

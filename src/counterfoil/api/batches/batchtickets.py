"""``offlinesalesbatches/{id}/tickets/``, an addition to the pretix API: the tickets of a batch.

JSON is paginated. CSV and XLSX (by ``Accept`` or ``?format=``) are one file with all tickets. Rows
are streamed into it, so memory use does not grow with the batch.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import IO, Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from counterfoil.api.framework.downloads import FileAnswers
from counterfoil.api.framework.fields import Money
from counterfoil.api.framework.filters import RowId
from counterfoil.api.framework.views import EventView, ListView
from counterfoil.batches import queries
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch, Place, Validity
from counterfoil.core import heavy

COLUMNS = (
    *("number", "order", "position", "positionid", "secret", "price"),
    *("validity", "place", "book"),
)
_CHUNK = 1000
_ROWS_A_CHUNK = 200

Row = tuple[Any, ...]


class _TableRenderer(BaseRenderer):
    """Declares a media type; the view writes the file."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return JSONRenderer().render(data)


class CsvRenderer(_TableRenderer):
    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"


class XlsxRenderer(_TableRenderer):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    format = "xlsx"
    charset = None


class TicketSerializer(serializers.ModelSerializer[BatchTicket]):
    """``number`` is the number of the ticket in the batch, and its page in the PDF."""

    order = serializers.CharField(source="position.order.code")
    positionid = serializers.IntegerField(source="position.positionid")
    secret = serializers.CharField(source="position.secret")
    price = Money(source="position.price")
    book = serializers.SerializerMethodField()

    class Meta:
        model = BatchTicket
        fields = COLUMNS

    def get_book(self, ticket: BatchTicket) -> int | None:
        return book_of(ticket.number, self.context["book_size"])


def book_of(number: int, size: int | None) -> int | None:
    """Return the book of a ticket; None where the batch has none."""
    return (number - 1) // size + 1 if size else None


class BatchTicketFilters(django_filters.FilterSet):  # type: ignore[misc]
    validity = django_filters.ChoiceFilter(choices=Validity.choices)
    place = django_filters.ChoiceFilter(choices=Place.choices)
    book = RowId(method="in_book")

    def in_book(
        self, tickets: QuerySet[BatchTicket], _name: str, value: Any
    ) -> QuerySet[BatchTicket]:
        size = self.request.parser_context["view"].book_size
        if not size or value < 1:
            return tickets.none()
        first = (int(value) - 1) * size + 1
        return tickets.filter(number__gte=first, number__lt=first + size)


class BatchTicketView(FileAnswers, ListView, EventView[BatchTicket]):
    verbose_name = "ticket of a batch"
    example: ClassVar[Any] = {
        "number": 1,
        "order": "TSRNN",
        "position": 23442,
        "positionid": 1,
        "secret": "k24jfh8sn2lkd93jf83nf92jf8w2k1aa",
        "price": "23.00",
        "validity": "active",
        "place": "stock",
        "book": 1,
    }
    serializer_class = TicketSerializer
    filterset_class = BatchTicketFilters
    read_permissions = ("event.orders:read",)
    renderer_classes: ClassVar[Any] = (JSONRenderer, CsvRenderer, XlsxRenderer)  # type: ignore[misc]

    @cached_property
    def book_size(self) -> int | None:
        size: int | None = getattr(self._batch, "book_size", None)
        return size

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if "event" in context:  # the schema generator has none
            context["book_size"] = self.book_size
        return context

    def get_queryset(self) -> QuerySet[BatchTicket]:
        return queries.tickets_of(self._batch)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        match request.accepted_renderer:
            case CsvRenderer():
                return self._csv()
            case XlsxRenderer():
                return self._xlsx()
        return super().list(request, *args, **kwargs)

    @cached_property
    def _batch(self) -> OfflineSalesBatch:
        batches = queries.batches_of(self.event).select_related("event")
        return get_object_or_404(batches, pk=self.key_in_path("pk"))

    def _csv(self) -> HttpResponseBase:
        batch = self._batch
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
        with heavy.slot():  # not while the file is sent: a slow client must not hold it
            file.writelines(text.encode() for text in _csv_text(self._rows()))
        file.seek(0)
        return _attachment(file, batch, "csv", "text/csv")

    def _xlsx(self) -> HttpResponseBase:
        batch = self._batch
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
        with heavy.slot():
            _write_xlsx(file, self._rows())
        return _attachment(file, batch, "xlsx", XlsxRenderer.media_type)

    def _rows(self) -> Iterator[Row]:
        tickets = self.filter_queryset(self.get_queryset()).values_list(
            "number",
            "position__order__code",
            "position_id",
            "position__positionid",
            "position__secret",
            "position__price",
            "validity",
            "place",
        )
        size = self.book_size
        return ((*row, book_of(row[0], size)) for row in tickets.iterator(_CHUNK))


def _attachment(
    file: IO[bytes], batch: OfflineSalesBatch, extension: str, content_type: str
) -> FileResponse:
    name = f"{batch.event.slug}-batch-{batch.pk}.{extension}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def _csv_text(rows: Iterable[Row]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for number, row in enumerate(rows, start=1):
        writer.writerow(row)
        if number % _ROWS_A_CHUNK == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _write_xlsx(file: IO[bytes], rows: Iterable[Row]) -> None:
    """Write a sheet row by row: with ``constant_memory`` each goes to disk as the next begins."""
    import xlsxwriter  # late: it takes long, and few ask for a workbook

    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Tickets")
        money = book.add_format({"num_format": "0.00"})
        price = COLUMNS.index("price")
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
            sheet.write_number(number, price, row[price], money)
    file.seek(0)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/offlinesalesbatches/<id:pk>/tickets/",
        BatchTicketView.as_view({"get": "list"}),
        name="offlinesalesbatch-tickets",
    )
]

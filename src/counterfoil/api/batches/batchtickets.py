"""``offlinesalesbatches/{id}/tickets/``, an addition to the pretix API: the tickets of a batch.

JSON is paginated. CSV and XLSX (by ``Accept`` or ``?format=``) are one file with all tickets. Rows
are streamed into it, so memory use does not grow with the batch.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, ClassVar

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
from counterfoil.api.framework.views import EventView, ListView
from counterfoil.batches import queries
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch
from counterfoil.catalog.money import in_currency, written_places
from counterfoil.core import heavy

COLUMNS = ("number", "order", "position", "positionid", "secret", "price")
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

    class Meta:
        model = BatchTicket
        fields = COLUMNS


class BatchTicketView(FileAnswers, ListView, EventView[BatchTicket]):
    verbose_name = "ticket of a batch"
    example: ClassVar[Any] = {
        "number": 1,
        "order": "TSRNN",
        "position": 23442,
        "positionid": 1,
        "secret": "k24jfh8sn2lkd93jf83nf92jf8w2k1aa",
        "price": "23.00",
    }
    serializer_class = TicketSerializer
    read_permissions = ("event.orders:read",)
    renderer_classes: ClassVar[Any] = (JSONRenderer, CsvRenderer, XlsxRenderer)  # type: ignore[misc]

    def get_queryset(self) -> QuerySet[BatchTicket]:
        return queries.tickets_of(self._batch())

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        match request.accepted_renderer:
            case CsvRenderer():
                return self._csv()
            case XlsxRenderer():
                return self._xlsx()
        return super().list(request, *args, **kwargs)

    def _batch(self) -> OfflineSalesBatch:
        batches = queries.batches_of(self.event).select_related("event")
        return get_object_or_404(batches, pk=self.key_in_path("pk"))

    def _csv(self) -> HttpResponseBase:
        batch = self._batch()
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
        with heavy.slot():  # not while the file is sent: a slow client must not hold it
            file.writelines(text.encode() for text in _csv_text(_rows(batch)))
        file.seek(0)
        return _attachment(file, batch, "csv", "text/csv")

    def _xlsx(self) -> HttpResponseBase:
        batch = self._batch()
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
        with heavy.slot():
            _write_xlsx(file, _rows(batch), decimals=written_places(batch.event.currency))
        return _attachment(file, batch, "xlsx", XlsxRenderer.media_type)


def _attachment(
    file: IO[bytes], batch: OfflineSalesBatch, extension: str, content_type: str
) -> FileResponse:
    name = f"{batch.event.slug}-batch-{batch.pk}.{extension}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


def _rows(batch: OfflineSalesBatch) -> Iterator[Row]:
    currency = batch.event.currency
    tickets = queries.tickets_of(batch).values_list(
        "number",
        "position__order__code",
        "position_id",
        "position__positionid",
        "position__secret",
        "position__price",
    )
    for *others, price in tickets.iterator(_CHUNK):
        yield (*others, in_currency(price, currency))


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


def _write_xlsx(file: IO[bytes], rows: Iterable[Row], *, decimals: int) -> None:
    """Write a sheet row by row: with ``constant_memory`` each goes to disk as the next begins."""
    import xlsxwriter  # late: it takes long, and few ask for a workbook

    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Tickets")
        money = book.add_format({"num_format": f"0.{'0' * decimals}"})
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row[:-1])
            sheet.write_number(number, len(row) - 1, row[-1], money)
    file.seek(0)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/offlinesalesbatches/<id:pk>/tickets/",
        BatchTicketView.as_view({"get": "list"}),
        name="offlinesalesbatch-tickets",
    )
]

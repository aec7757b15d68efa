"""``offlinesalesbatches/{id}/tickets/``, an addition to the pretix API: the tickets of a batch.

JSON is paginated. CSV and XLSX (by ``Accept`` or ``?format=``) are one file with all tickets. Rows
are streamed into it, so memory use does not grow with the batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from counterfoil.api.framework.downloads import FileAnswers
from counterfoil.api.framework.fields import Money
from counterfoil.api.framework.tables import CsvRenderer, Table, XlsxRenderer, table_answer
from counterfoil.api.framework.views import EventView, ListView
from counterfoil.batches import queries
from counterfoil.batches.books import parse_books
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch, Place, Validity
from counterfoil.batches.ticket_ranges import in_ranges, parse_serial_tickets, parse_tickets
from counterfoil.catalog.models import ItemVariation
from counterfoil.catalog.money import in_currency, written_places
from counterfoil.core.translated import resolve

COLUMNS = (
    "number",
    "order",
    "position",
    "positionid",
    "secret",
    "price",
    "currency",
    "serial",
    "book",
    "validity",
    "place",
    "product",
    "variation",
    "date",
)
#: For who sells the tickets: no codes, and columns to fill in by hand.
_SELLER_COLUMNS = ("number", "serial", "book", "product", "variation", "date", "price", "currency")
_BLANK_COLUMNS = ("sold", "buyer", "note")
_CHUNK = 1000

Row = tuple[Any, ...]


class TicketSerializer(serializers.ModelSerializer[BatchTicket]):
    """``number`` is the number of the ticket in the batch, and its page in the PDF.

    ``serial`` is its number in a series, as it is printed. ``date`` is that of the series, or the
    event's.
    """

    order = serializers.CharField(source="position.order.code")
    positionid = serializers.IntegerField(source="position.positionid")
    secret = serializers.CharField(source="position.secret")
    price = Money(source="position.price")
    currency = serializers.CharField(source="batch.event.currency")
    serial = serializers.CharField(source="position.serial", allow_null=True)
    book = serializers.SerializerMethodField()
    product = serializers.CharField(source="position.item")
    variation = serializers.CharField(source="position.variation", allow_null=True)
    date = serializers.SerializerMethodField()

    class Meta:
        model = BatchTicket
        fields = COLUMNS

    def get_book(self, ticket: BatchTicket) -> int | None:
        return ticket.batch.book_of(ticket.number)

    def get_date(self, ticket: BatchTicket) -> datetime:
        return _date(ticket)


def _date(ticket: BatchTicket) -> datetime:
    subevent, event = ticket.position.subevent, ticket.batch.event
    return (event if subevent is None else subevent).date_from.astimezone(event.tz)


_PARSERS = {"tickets": parse_tickets, "serials": parse_serial_tickets, "books": parse_books}


class BatchTicketFilters(django_filters.FilterSet):  # type: ignore[misc]
    tickets = django_filters.CharFilter(
        method="in_ranges", help_text="Numbers or serials: ``401-450,512``, ``A00401-A00450``."
    )
    serials = django_filters.CharFilter(
        method="in_ranges", help_text="The same, of serials only; their prefix may be empty."
    )
    books = django_filters.CharFilter(method="in_ranges", help_text="Books: ``7-9,12``.")
    book = django_filters.CharFilter(method="in_book", help_text="One book, by its number.")
    validity = django_filters.ChoiceFilter(choices=Validity.choices)
    place = django_filters.ChoiceFilter(choices=Place.choices)
    search = django_filters.CharFilter(method="matching")

    class Meta:
        model = BatchTicket
        fields: tuple[str, ...] = ()

    def in_ranges(
        self, tickets: QuerySet[BatchTicket], name: str, value: str
    ) -> QuerySet[BatchTicket]:
        return tickets.filter(in_ranges(_PARSERS[name](self._batch, value, field=name)))

    def in_book(
        self, tickets: QuerySet[BatchTicket], name: str, value: str
    ) -> QuerySet[BatchTicket]:
        return tickets.filter(in_ranges(parse_books(self._batch, value, field=name)))

    def matching(
        self, tickets: QuerySet[BatchTicket], _name: str, value: str
    ) -> QuerySet[BatchTicket]:
        return queries.search(tickets, value, self._batch)

    @property
    def _batch(self) -> OfflineSalesBatch:
        batch: OfflineSalesBatch = self.request.parser_context["view"].batch
        return batch


class BatchTicketView(FileAnswers, ListView, EventView[BatchTicket]):
    verbose_name = "ticket of a batch"
    example: ClassVar[Any] = {
        "number": 1,
        "order": "TSRNN",
        "position": 23442,
        "positionid": 1,
        "secret": "k24jfh8sn2lkd93jf83nf92jf8w2k1aa",
        "price": "23.00",
        "currency": "EUR",
        "serial": "A00401",
        "book": 1,
        "validity": "active",
        "place": "stock",
        "product": "Admission",
        "variation": None,
        "date": "2026-12-27T20:00:00+01:00",
    }
    serializer_class = TicketSerializer
    filterset_class = BatchTicketFilters
    read_permissions = ("event.orders:read",)
    renderer_classes: ClassVar[Any] = (JSONRenderer, CsvRenderer, XlsxRenderer)  # type: ignore[misc]

    @cached_property
    def batch(self) -> OfflineSalesBatch:
        batches = queries.batches_of(self.event).select_related("event__organizer")
        return get_object_or_404(batches, pk=self.key_in_path("pk"))

    def get_queryset(self) -> QuerySet[BatchTicket]:
        related = "position__item__event", "position__variation__item__event", "position__subevent"
        return queries.tickets_of(self.batch).select_related("batch__event", *related)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        renderer = request.accepted_renderer
        if isinstance(renderer, JSONRenderer):
            return super().list(request, *args, **kwargs)
        table = self._table(self.filter_queryset(self.get_queryset()))
        name = f"{self.event.slug}-batch-{self.batch.pk}"
        return table_answer(renderer, table, name=name)

    def _table(self, tickets: QuerySet[BatchTicket]) -> Table:
        is_sellers = self.request.query_params.get("list") == "seller"
        columns = _SELLER_COLUMNS if is_sellers else COLUMNS
        rows = _rows(tickets.select_related(None).order_by("number"), self.batch)
        blank = _BLANK_COLUMNS if is_sellers else ()
        indices = [COLUMNS.index(name) for name in columns]
        chosen = ((*(row[place] for place in indices), *("" for _ in blank)) for row in rows)
        return Table((*columns, *blank), chosen, written_places(self.event.currency))


def _rows(tickets: QuerySet[BatchTicket], batch: OfflineSalesBatch) -> Iterator[Row]:
    event = batch.event
    items = {item.pk: item for item in event.items.all()}
    variations = {row.pk: row for row in ItemVariation.objects.filter(item__event=event)}
    subevents = {row.pk: row for row in event.subevents.all()}
    names = {pk: resolve(item.name, event.locale) for pk, item in items.items()}
    values = {pk: resolve(row.value, event.locale) for pk, row in variations.items()}
    dates = {pk: row.date_from for pk, row in subevents.items()}
    columns: QuerySet[BatchTicket, Row] = tickets.values_list(
        "number",
        "position__order__code",
        "position_id",
        "position__positionid",
        "position__secret",
        "position__price",
        "position__serial",
        "validity",
        "place",
        "position__item",
        "position__variation",
        "position__subevent",
    )
    currency = event.currency
    for number, *ticket, item, variation, subevent in columns.iterator(_CHUNK):
        *ids, price, serial, validity, place = ticket
        price = in_currency(price, currency)
        date = dates.get(subevent, event.date_from).astimezone(event.tz)
        numbers = serial, batch.book_of(number)
        product = names[item], values.get(variation)
        yield (number, *ids, price, currency, *numbers, validity, place, *product, date)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/offlinesalesbatches/<id:pk>/tickets/",
        BatchTicketView.as_view({"get": "list"}),
        name="offlinesalesbatch-tickets",
    )
]

"""``offlinesalesbatches/{id}/stock/``, an addition to the pretix API: where tickets are."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.fields import Money
from counterfoil.api.framework.views import EventView
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.stock import queries


class TallySerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    value = Money()


class ValiditySerializer(serializers.Serializer[Any]):
    inactive = TallySerializer()
    active = TallySerializer()
    void = TallySerializer()


class PlaceSerializer(serializers.Serializer[Any]):
    stock = TallySerializer()
    with_seller = TallySerializer()
    sold = TallySerializer()
    returned = TallySerializer()
    lost = TallySerializer()
    spoiled = TallySerializer()


class SumsSerializer(serializers.Serializer[Any]):
    validity = ValiditySerializer()
    place = PlaceSerializer()


class BookSerializer(SumsSerializer):
    """``first`` and ``last`` are numbers of tickets."""

    book = serializers.IntegerField()
    first = serializers.IntegerField()
    last = serializers.IntegerField()


class BatchStockSerializer(SumsSerializer):
    """``books`` is empty where the batch has none."""

    books = BookSerializer(many=True)


def _example(**counts: int) -> dict[str, Any]:
    return {name: {"count": count, "value": f"{count * 23}.00"} for name, count in counts.items()}


class BatchStockView(EventView[OfflineSalesBatch]):
    verbose_name = "stock of a batch"
    example: ClassVar[Any] = {
        "validity": _example(inactive=300, active=200, void=0),
        "place": _example(stock=500, with_seller=0, sold=0, returned=0, lost=0, spoiled=0),
        "books": [],
    }
    serializer_class = BatchStockSerializer
    read_permissions = ("event.orders:read", "event.stock:write")

    def get_queryset(self) -> QuerySet[OfflineSalesBatch]:
        return self.event.offline_sales_batches.all()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        batch = self.get_object()
        sums = queries.batch_stock(batch)
        books = queries.books_of(batch, batch.book_size)
        stock = {"validity": sums.validity, "place": sums.place, "books": books}
        return Response(self.get_serializer(stock).data)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/offlinesalesbatches/<id:pk>/stock/",
        BatchStockView.as_view({"get": "retrieve"}),
        name="offlinesalesbatch-stock",
    )
]

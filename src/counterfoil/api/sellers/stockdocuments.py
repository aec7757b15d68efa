"""``stockdocuments``, an addition to the pretix API: on tickets that were not returned in time."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from counterfoil.api.framework.downloads import FileAnswers, bytes_answer
from counterfoil.api.framework.fields import Moment, Money
from counterfoil.api.framework.views import DetailView, ListView, event_routes
from counterfoil.api.sellers.fields import SellersEventView
from counterfoil.sellers import returns
from counterfoil.stock.models import StockDocument


class StockDocumentSerializer(serializers.ModelSerializer[StockDocument]):
    """``ranges`` are numbers of the batch; ``head`` is the ledger's newest hash then."""

    number = serializers.CharField()
    issued = Moment()
    seller = serializers.IntegerField(source="hand_out.seller")
    batch = serializers.IntegerField(source="hand_out.batch_id")
    value = Money()

    class Meta:
        model = StockDocument
        fields = (
            *("id", "number", "issued", "seller", "batch"),
            *("action", "ranges", "count", "value", "head"),
        )


class StockDocumentView(FileAnswers, ListView, DetailView, SellersEventView[StockDocument]):
    """Documents of what was done to tickets that sellers did not bring back by their day."""

    verbose_name = "document on tickets not returned in time"
    example: ClassVar[Any] = {
        "id": 1,
        "number": "RB-2026-0001",
        "issued": "2026-10-16T00:00:31+02:00",
        "seller": 1,
        "batch": 1,
        "action": "void",
        "ranges": "401-450",
        "count": 50,
        "value": "1150.00",
        "head": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    }
    serializer_class = StockDocumentSerializer
    ordering_fields = ("id", "issued")

    def get_queryset(self) -> QuerySet[StockDocument]:
        return returns.documents_of(self.event)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The document, with the ledger's hash."""
        row = self.get_object()
        filename = f"{self.event.slug}-{row.number}.pdf"
        content = returns.pdf_of(row)
        return bytes_answer(content, content_type="application/pdf", filename=filename)


routes = event_routes("stockdocuments", StockDocumentView, name="stockdocument")

"""``sellerstatements``, an addition to the pretix API: what sellers sold, and what they owe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.downloads import bytes_answer
from counterfoil.api.framework.fields import Moment, Money
from counterfoil.api.framework.filters import RowId, Words
from counterfoil.api.framework.views import DetailView, event_routes, request_data
from counterfoil.api.sellers.fields import (
    GATE_EXAMPLE,
    GateSerializer,
    OfOrganizer,
    SellersEventView,
    TableList,
)
from counterfoil.audit import services as audit
from counterfoil.catalog.money import in_currency
from counterfoil.core.transactions import late_atomic
from counterfoil.sellers import statements
from counterfoil.sellers.models import Statement

_FIGURES = (
    *("opening", "handed_out", "returned", "void_and_lost", "sold"),
    *("gross", "commission", "paid", "due", "closing"),
)


class StatementSerializer(serializers.ModelSerializer[Statement]):
    """Counts and amounts are those since the seller's last issued statement."""

    number = serializers.CharField(read_only=True, allow_null=True)
    seller = OfOrganizer("sellers")
    opening = Money(read_only=True)
    gross = Money(read_only=True)
    commission = Money(read_only=True)
    paid = Money(read_only=True)
    due = Money(read_only=True)
    closing = Money(read_only=True)
    gate = GateSerializer(read_only=True)
    created = Moment(read_only=True)
    issued = Moment(read_only=True)

    class Meta:
        model = Statement
        fields = (
            "id",
            "number",
            "state",
            "seller",
            "basis",
            *_FIGURES,
            "gate",
            "created",
            "issued",
        )
        read_only_fields = ("state", *_FIGURES)

    def create(self, validated_data: Any) -> Statement:
        row = statements.draft(**validated_data)
        statements.compute(row)
        return row


class StatementFilters(django_filters.FilterSet):  # type: ignore[misc]
    seller = RowId(field_name="seller")
    state = Words(field_name="state", lookup_expr="in")
    created_since = django_filters.IsoDateTimeFilter(field_name="created", lookup_expr="gte")


class StatementView(
    TableList,
    DetailView,
    mixins.CreateModelMixin,
    mixins.DestroyModelMixin,
    SellersEventView[Statement],
):
    """A draft says how things stand whenever it is read; an issued statement never changes.

    ``due`` is what this statement adds to the balance: sales less commission and payments.
    """

    verbose_name = "statement of a seller"
    example: ClassVar[Any] = {
        "id": 1,
        "number": "ST-2026-0001",
        "state": "issued",
        "seller": 1,
        "basis": "declared",
        "opening": "0.00",
        "handed_out": 500,
        "returned": 258,
        "void_and_lost": 50,
        "sold": 192,
        "gross": "4416.00",
        "commission": "384.00",
        "paid": "0.00",
        "due": "4032.00",
        "closing": "4032.00",
        "gate": GATE_EXAMPLE,
        "created": "2026-10-02T10:00:00+02:00",
        "issued": "2026-10-02T10:05:00+02:00",
    }
    action_examples: ClassVar[dict[str, Any]] = {"issue": example}
    request_examples: ClassVar[dict[str, Any]] = {
        "create": {"seller": 1, "basis": "declared"},
        "issue": {},
    }
    serializer_class = StatementSerializer
    filterset_class = StatementFilters
    ordering_fields = ("id", "created", "issued")
    columns = ("number", "state", "seller", "basis", *_FIGURES, "currency", "issued")
    table_name = "statements"

    def table_rows(self, rows: QuerySet[Statement]) -> Iterator[tuple[Any, ...]]:
        for row in _with_figures(list(rows)):
            figures = (getattr(row, name) for name in _FIGURES)
            shown = (
                in_currency(each, self.event.currency) if isinstance(each, Decimal) else each
                for each in figures
            )
            issued = row.issued and row.issued.astimezone(self.event.tz)
            first = (row.number, row.state, row.seller.name, row.basis)
            yield (*first, *shown, self.event.currency, issued)

    def get_queryset(self) -> QuerySet[Statement]:
        rows = Statement.objects.filter(event=self.event).defer("pdf", "paper")
        return rows.select_related("seller", "event__organizer").order_by("pk")

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        return page if page is None else _with_figures(page)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        (row,) = _with_figures([self.get_object()])
        return Response(self.get_serializer(row).data)

    def perform_create(self, serializer: Any) -> None:
        with late_atomic():
            row = serializer.save(event=self.event)
            self._log("added", row, request_data(self.request))

    def perform_destroy(self, instance: Statement) -> None:
        with late_atomic():
            self._log("deleted", instance, {})
            statements.delete_draft(statement=instance)

    @extend_schema(request=None, responses={200: StatementSerializer})
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Number a draft, and charge its tickets."""
        row = statements.issue(actor=self.actor, statement=self.get_object())
        return Response(self.get_serializer(row).data)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The statement as a PDF; of a draft as things stand."""
        row = self.get_object()
        filename = f"{self.event.slug}-{row.number or f'draft-{row.pk}'}.pdf"
        content = statements.pdf_of(row)
        return bytes_answer(content, content_type="application/pdf", filename=filename)

    def _log(self, verb: str, row: Statement, data: dict[str, Any]) -> None:
        audit.record(
            actor=self.actor,
            action=f"counterfoil.sellerstatement.{verb}",
            obj=row,
            event=self.event,
            data=data,
        )


def _with_figures(rows: Sequence[Statement]) -> Sequence[Statement]:
    """Fill in the figures of those that are drafts, as things stand."""
    statements.compute_all([row for row in rows if row.state == Statement.State.DRAFT])
    return rows


routes = event_routes("sellerstatements", StatementView, name="sellerstatement")

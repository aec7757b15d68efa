"""``consignments``, an addition to the pretix API: tickets that go to sellers and come back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.downloads import bytes_answer
from counterfoil.api.framework.fields import Moment, Money, Reference, Text
from counterfoil.api.framework.filters import RowId, Words
from counterfoil.api.framework.views import DetailView, WritingViews, event_routes
from counterfoil.api.sellers.fields import OfOrganizer, SellersEventView, TableList
from counterfoil.api.stock.ticketactions import Ranges, RefusedSerializer
from counterfoil.batches.models import Then
from counterfoil.catalog.money import in_currency
from counterfoil.sellers import consignments, documents
from counterfoil.sellers.consignments import NewLine
from counterfoil.sellers.models import Consignment, ConsignmentLine
from counterfoil.stock.execution import ActionRefused

_WAYS = ("tickets", "books", "serials")
_MOST_LINES = 1000


class ConsignmentLineSerializer(serializers.Serializer[Any]):
    """Exactly one of ``tickets``, ``books`` and ``serials`` says which tickets.

    ``count``, ``price`` and ``value`` are there once the consignment is accepted.
    """

    only_on_request = frozenset({"tickets", "books", "serials", "count", "price", "value"})

    batch = Reference("offline_sales_batches")
    tickets = Ranges(required=False, allow_null=True)
    books = Ranges(required=False, allow_null=True)
    serials = Ranges(required=False, allow_null=True)
    count = serializers.IntegerField(read_only=True)
    price = Money(read_only=True)
    value = Money(read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(attrs.get(way) is not None for way in _WAYS) != 1:
            raise serializers.ValidationError(_("Give one of these: tickets, books or serials."))
        return attrs

    def to_representation(self, instance: ConsignmentLine) -> dict[str, Any]:
        shown = {"batch": instance.batch_id, instance.way: instance.text}
        if instance.price is None or instance.value is None:
            return shown
        price, value = (self.fields[name] for name in ("price", "value"))
        return {
            **shown,
            "count": instance.count,
            "price": price.to_representation(instance.price),
            "value": value.to_representation(instance.value),
        }


class ConsignmentSerializer(serializers.ModelSerializer[Consignment]):
    number = serializers.CharField(read_only=True, allow_null=True)
    seller = OfOrganizer("sellers")
    to = OfOrganizer("sellers", required=False, allow_null=True)
    then = serializers.ChoiceField(Then.choices, required=False, allow_null=True, allow_blank=True)
    created = Moment(read_only=True)
    accepted = Moment(read_only=True)
    lines = ConsignmentLineSerializer(many=True)

    class Meta:
        model = Consignment
        fields = (
            *("id", "number", "kind", "state", "seller", "to", "return_by", "then"),
            *("reason", "created", "accepted", "lines"),
        )
        read_only_fields = ("state", "reason")

    def validate_lines(self, lines: list[Any]) -> list[Any]:
        if len(lines) > _MOST_LINES:
            words = _("A consignment has at most %(limit)d lines.")
            raise serializers.ValidationError(words % {"limit": _MOST_LINES})
        return lines

    def to_representation(self, instance: Consignment) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if "then" in shown:
            shown["then"] = shown["then"] or None
        return shown

    def create(self, validated_data: Any) -> Consignment:
        event = validated_data.pop("event")
        return self._saved(None, event, validated_data)

    def update(self, instance: Consignment, validated_data: Any) -> Consignment:
        return self._saved(instance, self.context["event"], validated_data)

    def _saved(self, draft: Consignment | None, event: Any, fields: Any) -> Consignment:
        sent = fields.pop("lines", None)
        if "then" in fields:
            fields["then"] = fields["then"] or ""
        lines = None if sent is None else [_new_line(line) for line in sent]
        return consignments.save_draft(draft=draft, event=event, fields=fields, lines=lines)


def _new_line(line: dict[str, Any]) -> NewLine:
    way = next(way for way in _WAYS if line.get(way) is not None)
    return NewLine(batch=line["batch"], way=way, text=line[way])


class AcceptSerializer(serializers.Serializer[Any]):
    reason = Text(required=False, allow_blank=True, max_length=190)


class ConsignmentFilters(django_filters.FilterSet):  # type: ignore[misc]
    seller = RowId(field_name="seller")
    kind = Words(field_name="kind", lookup_expr="in")
    state = Words(field_name="state", lookup_expr="in")
    created_since = django_filters.IsoDateTimeFilter(field_name="created", lookup_expr="gte")


class ConsignmentView(TableList, DetailView, WritingViews, SellersEventView[Consignment]):
    """Drafts can be changed and deleted. Accepted ones have a number and never change."""

    verbose_name = "consignment"
    example: ClassVar[Any] = {
        "id": 1,
        "number": "2026-0001",
        "kind": "out",
        "state": "accepted",
        "seller": 1,
        "to": None,
        "return_by": "2026-10-15",
        "then": "ask",
        "reason": "",
        "created": "2026-09-01T10:00:00+02:00",
        "accepted": "2026-09-01T10:05:00+02:00",
        "lines": [
            {"batch": 1, "books": "1-10", "count": 500, "price": "23.00", "value": "11500.00"}
        ],
    }
    action_examples: ClassVar[dict[str, Any]] = {"accept": example}
    request_examples: ClassVar[dict[str, Any]] = {
        "create": {"kind": "out", "seller": 1, "lines": [{"batch": 1, "books": "1-10"}]},
        "accept": {"reason": "regular partner"},
    }
    serializer_class = ConsignmentSerializer
    filterset_class = ConsignmentFilters
    ordering_fields = ("id", "created", "accepted")
    log_as = "consignment"
    columns = (
        *("number", "state", "kind", "seller", "to", "batch", "tickets"),
        *("count", "price", "value", "currency", "reason", "accepted"),
    )
    table_name = "consignments"

    def table_rows(self, rows: QuerySet[Consignment]) -> Iterator[tuple[Any, ...]]:
        """Yield a row for each line."""
        currency = self.event.currency
        for row in rows.select_related("seller", "to"):
            accepted = row.accepted and row.accepted.astimezone(self.event.tz)
            names = (row.seller.name, row.to.name if row.to else None)
            for line in row.lines.all():
                amounts = (
                    each if each is None else in_currency(each, currency)
                    for each in (line.price, line.value)
                )
                tickets = (line.batch_id, line.ranges, line.count)
                first = (row.number, row.state, row.kind, *names)
                yield (*first, *tickets, *amounts, currency, row.reason, accepted)

    def get_queryset(self) -> QuerySet[Consignment]:
        rows = Consignment.objects.filter(event=self.event).defer("pdf", "paper")
        return rows.prefetch_related("lines").order_by("pk")

    def get_object(self) -> Consignment:
        row = super().get_object()
        row.event = self.event
        return row

    def remove(self, instance: Consignment) -> None:
        consignments.delete_draft(draft=instance)

    @extend_schema(
        request=AcceptSerializer, responses={200: ConsignmentSerializer, 400: RefusedSerializer}
    )
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Number a draft and move its tickets: all of them, or none."""
        sent = AcceptSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        draft = self.get_object()
        try:
            row = consignments.accept(
                actor=self.actor, consignment=draft, reason=sent.validated_data.get("reason", "")
            )
        except ActionRefused as refusal:
            body = {"refused": [each.as_json() for each in refusal.refused]}
            return Response(body, status=status.HTTP_400_BAD_REQUEST)
        return Response(self.get_serializer(row).data)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The delivery or return note; of a draft as it stands."""
        row = self.get_object()
        content = documents.pdf_of_consignment(row)
        filename = f"{self.event.slug}-{row.number or f'draft-{row.pk}'}.pdf"
        return bytes_answer(content, content_type="application/pdf", filename=filename)


routes = event_routes("consignments", ConsignmentView, name="consignment")

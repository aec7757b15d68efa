"""``numberreport/``, ours: the record of an event's numbered tickets, day by day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.downloads import FileAnswers
from counterfoil.api.framework.fields import Exact, Money, Whole
from counterfoil.api.framework.tables import (
    CsvRenderer,
    FileRenderer,
    Table,
    XlsxRenderer,
    file_answer,
    table_answer,
)
from counterfoil.api.framework.views import EventView
from counterfoil.catalog.money import in_currency, written_places
from counterfoil.core.ids import row_id
from counterfoil.core.refusals import Invalid
from counterfoil.core.translated import resolve
from counterfoil.layouts.mentions import PRESETS, Cut
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.models import NumberReport
from counterfoil.orders.number_report import (
    ReportLine,
    change_report,
    report_lines,
    report_of,
)
from counterfoil.printing.numberreport import missing_in, write_report

READ = ("event.orders:read",)
_COLUMNS = (
    "day",
    "made_on",
    "correction",
    "closed",
    "series",
    "product",
    "variation",
    "date",
    "tax_rate",
    "price",
    "currency",
    "first",
    "last",
    "made",
    "void",
    "free",
    "value",
)
_CUT = re.compile(r"([xy]):([0-9]{1,5}(?:\.[0-9]{1,3})?)", re.ASCII)


class PdfRenderer(FileRenderer):
    media_type = "application/pdf"
    format = "pdf"
    charset = None


class ReportLineSerializer(serializers.Serializer[ReportLine]):
    """A line of a day: tickets of one product, date, VAT rate and price.

    ``made`` tickets were created, ``void`` of them were canceled, ``free`` of the others cost
    nothing, and ``value`` is the sum of the others' prices. A ``correction`` says what changed in
    tickets of a day that was closed, ``made_on``; its numbers are added to the earlier lines.
    """

    day = serializers.DateField()
    made_on = serializers.DateField()
    correction = serializers.BooleanField(source="is_correction")
    closed = serializers.BooleanField(source="is_closed")
    series = serializers.IntegerField(source="series.pk")
    item = serializers.IntegerField(source="item.pk")
    product = serializers.CharField(source="item")
    variation = serializers.CharField(allow_null=True)
    subevent = serializers.IntegerField(source="subevent.pk", allow_null=True, default=None)
    date = serializers.DateTimeField(source="subevent.date_from", allow_null=True, default=None)
    tax_rate = Exact(max_digits=7, decimal_places=2)
    price = Money()
    first = serializers.CharField(allow_null=True)
    last = serializers.CharField(allow_null=True)
    made = serializers.IntegerField()
    void = serializers.IntegerField()
    free = serializers.IntegerField()
    value = Money()


_DAYS = [
    OpenApiParameter("since", date, description="The first day."),
    OpenApiParameter("until", date, description="The last day."),
]


class NumberReportView(FileAnswers, EventView[Any]):
    """What the tax office wants to see of numbered tickets; as CSV, XLSX and PDF, too."""

    verbose_name = "number report"
    example: ClassVar[Any] = {
        "day": "2027-05-31",
        "made_on": "2027-05-31",
        "correction": False,
        "closed": True,
        "series": 1,
        "item": 23,
        "product": "Admission",
        "variation": None,
        "subevent": None,
        "date": None,
        "tax_rate": "19.00",
        "price": "23.00",
        "first": "A00401",
        "last": "A00900",
        "made": 500,
        "void": 3,
        "free": 0,
        "value": "11431.00",
    }
    queryset = NumberReport.objects.none()
    serializer_class = ReportLineSerializer
    read_permissions = READ
    renderer_classes: ClassVar[Any] = (  # type: ignore[misc]
        JSONRenderer,
        CsvRenderer,
        XlsxRenderer,
        PdfRenderer,
    )

    @extend_schema(parameters=_DAYS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        lines = report_lines(self.event, first=self._day("since"), last=self._day("until"))
        renderer = request.accepted_renderer
        name = f"{self.event.slug}-numbers"
        match renderer:
            case PdfRenderer():
                return file_answer(
                    renderer,
                    lambda file: write_report(file, event=self.event, lines=lines),
                    name=name,
                )
            case JSONRenderer():
                page = self.paginate_queryset(lines)
                return self.get_paginated_response(self.get_serializer(page, many=True).data)
        table = Table(
            _COLUMNS, map(self._row, lines), written_places(self.event.currency), title="Numbers"
        )
        return table_answer(renderer, table, name=name)

    def _day(self, name: str) -> date | None:
        text = self.request.query_params.get(name)
        if not text:
            return None
        try:
            return serializers.DateField().to_internal_value(text)
        except serializers.ValidationError as problem:
            raise serializers.ValidationError({name: problem.detail}) from None

    def _row(self, line: ReportLine) -> tuple[Any, ...]:
        locale, subevent = self.event.locale, line.subevent
        return (
            line.day.isoformat(),
            line.made_on.isoformat(),
            int(line.is_correction),
            int(line.is_closed),
            line.series.name,
            resolve(line.item.name, locale),
            resolve(line.variation.value, locale) if line.variation else None,
            subevent.date_from.astimezone(self.event.tz) if subevent else None,
            line.tax_rate,
            in_currency(line.price, self.event.currency),
            self.event.currency,
            line.first,
            line.last,
            line.made,
            line.void,
            line.free,
            in_currency(line.value, self.event.currency),
        )


class ReportOptionsSerializer(serializers.ModelSerializer[NumberReport]):
    """``preset`` is the country whose rules layouts are compared with: ``FR`` or null."""

    closed_through = serializers.DateField(read_only=True)
    retention_years = Whole(min_value=1, max_value=30, required=False)
    preset = serializers.ChoiceField(choices=sorted(PRESETS), allow_null=True, required=False)

    class Meta:
        model = NumberReport
        fields = ("closed_through", "retention_years", "preset")

    def to_representation(self, instance: NumberReport) -> dict[str, Any]:
        return {**super().to_representation(instance), "preset": instance.preset or None}


class NumberReportOptionsView(EventView[NumberReport]):
    """How long the report's lines are kept, and the rules that layouts are compared with."""

    verbose_name = "options of the number report"
    example: ClassVar[Any] = {
        "closed_through": "2027-05-30",
        "retention_years": 10,
        "preset": None,
    }
    queryset = NumberReport.objects.none()
    serializer_class = ReportOptionsSerializer
    read_permissions = READ
    write_permissions = ("event.settings.general:write",)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(report_of(self.event)).data)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        fields = dict(serializer.validated_data)
        if "preset" in fields:
            fields["preset"] = fields["preset"] or ""
        report = change_report(actor=self.actor, event=self.event, fields=fields)
        return Response(self.get_serializer(report).data)


class MissingMentionSerializer(serializers.Serializer[Any]):
    """A mention that a part of a page lacks; parts count from 1, from the top left."""

    page = serializers.IntegerField()
    part = serializers.IntegerField()
    mention = serializers.CharField(source="mention.key")
    about = serializers.CharField(source="mention.label")


class MentionsView(EventView[TicketLayout]):
    """Advice: what the law of a country wants on each part of a ticket, and a layout lacks."""

    verbose_name = "missing mention"
    example: ClassVar[Any] = {
        "page": 1,
        "part": 2,
        "mention": "number",
        "about": "the number of an uninterrupted series",
    }
    queryset = TicketLayout.objects.none()
    serializer_class = MissingMentionSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter("layout", int, required=True, description="The layout's id."),
            OpenApiParameter("preset", str, description="``FR``; else that of the report."),
            OpenApiParameter(
                "cuts", str, description="Perforations in millimetres: ``x:150,y:40``."
            ),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        layouts = self.event.ticket_layouts.all()
        layout = get_object_or_404(layouts, pk=row_id(request.query_params.get("layout")))
        preset = request.query_params.get("preset") or report_of(self.event).preset
        if preset not in PRESETS:
            raise Invalid({"preset": [_("Choose one of: %(list)s") % {"list": ", ".join(PRESETS)}]})
        cuts = _cuts(request.query_params.get("cuts", ""))
        missing = missing_in(layout, preset=preset, cuts=cuts)
        page = self.paginate_queryset(missing)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def _cuts(text: str) -> Sequence[Cut]:
    cuts = []
    for part in filter(None, text.split(",")):
        match = _CUT.fullmatch(part.strip())
        if match is None:
            raise Invalid({"cuts": [_("“%(part)s” is not of the form x:150.") % {"part": part}]})
        cuts.append(Cut(match[1], float(match[2])))
    return cuts


_BASE = "organizers/<str:organizer>/events/<str:event>/numberreport/"

routes = [
    path(_BASE, NumberReportView.as_view({"get": "list"}), name="numberreport"),
    path(
        f"{_BASE}options/",
        NumberReportOptionsView.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="numberreport-options",
    ),
    path(f"{_BASE}mentions/", MentionsView.as_view({"get": "list"}), name="numberreport-mentions"),
]

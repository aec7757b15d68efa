"""That a ticket or badge was printed, as an app reports it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.checkin.checkinlists import SCAN
from counterfoil.api.checkin.scan_fields import CheckinDateTime
from counterfoil.api.framework.views import EventView
from counterfoil.api.orders.position_fields import PrintLogFields
from counterfoil.checkin.reports import report_print
from counterfoil.core import clock
from counterfoil.orders.models import OrderPosition, PrintLog


class NewPrintLogSerializer(serializers.ModelSerializer[PrintLog]):
    datetime = CheckinDateTime(default=clock.now)
    info = serializers.DictField(required=False)

    class Meta:
        model = PrintLog
        fields = ("datetime", "source", "type", "successful", "info")


class PrintLogView(EventView[Any]):
    """Prints of one ticket."""

    verbose_name = "print of a ticket"
    example = {
        "id": 1,
        "successful": True,
        "device_id": 2,
        "datetime": "2027-06-12T10:00:00+02:00",
        "source": "pretixSCAN",
        "type": "badge",
        "info": {},
    }
    serializer_class = PrintLogFields
    input_serializer_class = NewPrintLogSerializer
    write_permissions = SCAN

    def get_queryset(self) -> QuerySet[OrderPosition]:
        positions = OrderPosition.objects.filter(order__event=self.event, canceled=False)
        return positions.select_related("order__event__organizer")

    @extend_schema(responses={201: PrintLogFields})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keep that a ticket was printed."""
        position = self.get_object()
        serializer = NewPrintLogSerializer(data=request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        log = report_print(position=position, fields=serializer.validated_data, actor=self.actor)
        return Response(PrintLogFields(log).data, status=status.HTTP_201_CREATED)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/orderpositions/<id:pk>/printlog/",
        PrintLogView.as_view({"post": "create"}),
        name="orderposition-printlog",
    ),
]

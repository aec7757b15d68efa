"""``offlinesalesbatches/{id}/data/``, an addition to the pretix API: the table of a batch."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.views import EventView
from counterfoil.batches import queries
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.tables import delete_table, read_batch_table, save_table

#: Rows that a trial answers with.
_PREVIEW = 10


class BatchTableSerializer(serializers.Serializer[Any]):
    """``rows`` are texts by column, in the order of the tickets."""

    columns = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))


class TableFileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField()


class BatchDataView(EventView[OfflineSalesBatch]):
    """The table of a batch: a row for each ticket, for the variables ``data:NAME`` of a layout.

    It can be replaced or deleted as long as none of the tickets was printed.
    """

    verbose_name = "table of a batch"
    example: ClassVar[Any] = {
        "columns": ["row", "seat"],
        "count": 2,
        "rows": [{"row": "A", "seat": "1"}, {"row": "A", "seat": "2"}],
    }
    serializer_class = BatchTableSerializer
    input_serializer_class = TableFileSerializer
    parser_classes = (MultiPartParser,)
    read_permissions = ("event.orders:read",)
    write_permissions = ("event.orders:write",)

    def get_queryset(self) -> QuerySet[OfflineSalesBatch]:
        return queries.batches_of(self.event).select_related("event__organizer")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        batch = self._batch_with_table()
        rows = list(batch.tickets.order_by("number").values_list("data", flat=True))
        return Response({"columns": batch.data_columns, "count": len(rows), "rows": rows})

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "dry_run", bool, description="Only check the file, and show its first rows."
            )
        ]
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Replace the table by a CSV or XLSX ``file`` with as many rows as there are tickets."""
        batch = self.get_object()
        serializer = TableFileSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        table = read_batch_table(serializer.validated_data["file"])
        is_trial = request.query_params.get("dry_run") == "true"
        save_table(actor=self.actor, batch=batch, table=table, dry_run=is_trial)
        rows = list(table.objects())
        previewed = rows[:_PREVIEW] if is_trial else rows
        return Response({"columns": list(table.columns), "count": len(rows), "rows": previewed})

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        delete_table(actor=self.actor, batch=self._batch_with_table())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _batch_with_table(self) -> OfflineSalesBatch:
        batch = self.get_object()
        if not batch.data_columns:
            raise NotFound(_("This batch has no table."))
        return batch


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/offlinesalesbatches/<id:pk>/data/",
        BatchDataView.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
        name="offlinesalesbatch-data",
    )
]

"""``offlinesalesbatches/{id}/options/``, an addition to the pretix API: what of a batch can change.

The documented resource shows none of it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.fields import Whole
from counterfoil.api.framework.views import EventView
from counterfoil.batches import queries
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.options import change_options


class BatchOptionsSerializer(serializers.ModelSerializer[OfflineSalesBatch]):
    """The options of a batch. ``book_size`` is how many tickets a book has, null for no books."""

    book_size = Whole(required=False, allow_null=True, min_value=1)

    class Meta:
        model = OfflineSalesBatch
        fields: tuple[str, ...] = ("book_size",)


class BatchOptionsView(EventView[OfflineSalesBatch]):
    """What of a batch can be changed after it was created."""

    verbose_name = "options of a batch"
    example = {"book_size": 50}
    serializer_class = BatchOptionsSerializer
    read_permissions = ("event.orders:read",)
    write_permissions = ("event.orders:write",)

    def get_queryset(self) -> QuerySet[OfflineSalesBatch]:
        return queries.batches_of(self.event).select_related("event__organizer")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change some of the options."""
        batch = self.get_object()
        sent = self.get_serializer(batch, data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        changed = change_options(actor=self.actor, batch=batch, fields=sent.validated_data)
        return Response(self.get_serializer(changed).data)


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/offlinesalesbatches/<id:pk>/options/",
        BatchOptionsView.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="offlinesalesbatch-options",
    )
]

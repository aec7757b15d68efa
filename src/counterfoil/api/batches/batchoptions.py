"""``offlinesalesbatches/{id}/options/``, an addition to the pretix API: what of a batch can change.

The documented resource shows none of it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from counterfoil.api.framework.fields import Text, Whole
from counterfoil.api.framework.views import EventView
from counterfoil.batches import queries
from counterfoil.batches.models import Activation, OfflineSalesBatch, Then
from counterfoil.batches.options import change_defaults, change_options, defaults_of


class BatchOptionsSerializer(serializers.ModelSerializer[OfflineSalesBatch]):
    """The options of a batch. ``book_size`` is how many tickets a book has, null for no books.

    ``activation`` changes no ticket that exists. ``then`` is done after the day ``return_by`` to
    tickets that sellers still have. ``locale`` is the language that they print in, empty for that
    of the event; to change it changes the language of their orders.
    """

    book_size = Whole(required=False, allow_null=True, min_value=1)
    activation = serializers.ChoiceField(Activation.choices, required=False)
    return_by = serializers.DateField(required=False, allow_null=True)
    then = serializers.ChoiceField(Then.choices, required=False)
    locale = Text(required=False, allow_blank=True)

    class Meta:
        model = OfflineSalesBatch
        fields: tuple[str, ...] = ("book_size", "activation", "return_by", "then", "locale")


class BatchOptionsView(EventView[OfflineSalesBatch]):
    """What of a batch can be changed after it was created."""

    verbose_name = "options of a batch"
    example: ClassVar[Any] = {
        "book_size": 50,
        "activation": "on_handover",
        "return_by": "2027-06-10",
        "then": "ask",
        "locale": "de",
    }
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
        serializer = self.get_serializer(batch, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = change_options(actor=self.actor, batch=batch, fields=serializer.validated_data)
        return Response(self.get_serializer(changed).data)


class BatchDefaultsSerializer(serializers.Serializer[Any]):
    """The options of new batches, unless a request says otherwise."""

    activation = serializers.ChoiceField(Activation.choices, required=False)
    then = serializers.ChoiceField(Then.choices, required=False)


class BatchDefaultsView(EventView[OfflineSalesBatch]):
    verbose_name = "options of new batches"
    example: ClassVar[Any] = {"activation": "at_once", "then": "ask"}
    queryset = OfflineSalesBatch.objects.none()
    serializer_class = BatchDefaultsSerializer
    read_permissions = ()
    write_permissions = ("event.settings.general:write",)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(defaults_of(self.event))

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the options of new batches."""
        serializer = self.get_serializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        event = change_defaults(
            actor=self.actor, event=self.event, fields=serializer.validated_data
        )
        return Response(defaults_of(event))


routes = [
    path(
        "organizers/<str:organizer>/events/<str:event>/batchdefaults/",
        BatchDefaultsView.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="batchdefaults",
    ),
    path(
        "organizers/<str:organizer>/events/<str:event>/offlinesalesbatches/<id:pk>/options/",
        BatchOptionsView.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="offlinesalesbatch-options",
    ),
]

"""``with_availability_for``: the best that an event or date still offers through a channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from counterfoil.catalog.models import SalesChannel
from counterfoil.orders.best_availability import States

_PARAMETER = "with_availability_for"

WITH_AVAILABILITY = OpenApiParameter(
    _PARAMETER,
    str,
    description="A sales channel; adds ``best_availability_state``: 100 there are tickets, "
    "10 what is left is ordered and not paid, 0 sold out, null nothing is offered.",
)


class BestAvailability(serializers.Serializer[Any]):
    """Mixin for serializers of rows with an availability; the field is there on request."""

    best_availability_state = serializers.SerializerMethodField()
    only_on_request = frozenset({"best_availability_state"})

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        if "best_availability" not in self.context:
            del fields["best_availability_state"]
        return fields

    def get_best_availability_state(self, row: Any) -> int | None:
        states: States = self.context["best_availability"]
        return states.get(row.pk)


class ListsAvailability:
    """Mixed into views that list such rows, before ``ListView``."""

    best_availability: ClassVar[Callable[[Sequence[Any], SalesChannel], States]]

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        view: Any = self
        request: Request = view.request
        channel = request.query_params.get(_PARAMETER)
        context = view.get_serializer_context()
        if channel and kwargs.get("many") and view.action == "list":
            context["best_availability"] = type(self).best_availability(
                args[0], self._channel(channel)
            )
        return super().get_serializer(*args, context=context, **kwargs)  # type: ignore[misc]

    def _channel(self, identifier: str) -> SalesChannel:
        view: Any = self
        channel: SalesChannel | None = view.organizer.sales_channels.filter(
            identifier=identifier
        ).first()
        if channel is None:
            words = _("Object with {slug_name}={value} does not exist.")
            problem = words.format(slug_name="identifier", value=identifier)
            raise serializers.ValidationError({_PARAMETER: [problem]})
        return channel

"""Fields that name what is sold: a variation, a date of a series."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from counterfoil.api.framework.fields import Reference
from counterfoil.catalog.models import ItemVariation


class VariationReference(Reference):
    """A variation of any product of the event."""

    def get_queryset(self) -> QuerySet[Any]:
        return ItemVariation.objects.filter(item__event=self.context["event"])


class DateReference(Reference):
    """The id of a date. An event that is no series refuses any with a message that says so."""

    default_error_messages = {
        "no_series": _("This event is not a series: it has no dates to choose from."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("subevents", **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not self.context["event"].has_subevents:
            self.fail("no_series")
        return super().to_internal_value(data)

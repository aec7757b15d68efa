"""What a batch is to be like, on its way from a door to the rows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from django.db.models import Model
from django.utils.translation import gettext as _

from counterfoil.batches.models import Activation, BatchRequest, Then
from counterfoil.catalog.models import Item, ItemVariation, SalesChannel, SubEvent
from counterfoil.core.refusals import Gone
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders.quotas import Sellable

#: A batch cannot be created without these once they were requested.
_ESSENTIAL = ("item", "variation", "subevent", "sales_channel")
#: The foreign keys of a request. A deleted row reads as None if it was selected or prefetched.
REFERENCES = (*_ESSENTIAL, "layout")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSpec:
    """The batch to create. ``layout`` None selects the layout automatically.

    Each field is also a column of ``BatchRequest`` and of ``OfflineSalesBatch``.
    """

    item: Item
    amount: int
    sales_channel: SalesChannel
    variation: ItemVariation | None = None
    subevent: SubEvent | None = None
    layout: TicketLayout | None = None
    testmode: bool = False
    comment: str = ""
    activation: str = Activation.AT_ONCE
    return_by: date | None = None
    then: str = Then.ASK
    book_size: int | None = None
    locale: str = ""

    @classmethod
    def of(cls, request: BatchRequest) -> Self:
        """Read what a request asks for, from a row with the related objects selected.

        Raises:
            Gone: its product, variation, date or sales channel has been deleted since.
        """
        for name in _ESSENTIAL:
            if getattr(request, f"{name}_id") is not None and getattr(request, name) is None:
                raise Gone(
                    _(
                        "The product, date or sales channel of this batch has been deleted in "
                        "the meantime."
                    )
                )
        return cls(**{field.name: getattr(request, field.name) for field in fields(cls)})

    @property
    def sellable(self) -> Sellable:
        return Sellable(self.item, self.variation, self.subevent)

    def columns(self) -> dict[str, Any]:
        """Return the values of the columns of a ``BatchRequest`` or an ``OfflineSalesBatch``."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def to_json(self) -> dict[str, Any]:
        """Return the values with rows replaced by their primary keys, and dates by text."""
        return {name: as_json(value) for name, value in self.columns().items()}


def as_json(value: Any) -> Any:
    """Return a value of a column as JSON has it."""
    if isinstance(value, Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value

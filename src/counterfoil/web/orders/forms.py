"""The filters of the list of orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event, Item, SubEvent
from counterfoil.web.framework.forms.dates import DateField
from counterfoil.web.framework.forms.products import ProductField

STATUS = [
    ("", _("any state")),
    ("p", _("paid")),
    ("n", _("pending")),
    ("e", _("expired")),
    ("c", _("cancelled")),
]


class OrderFilterForm(forms.Form):
    status = forms.ChoiceField(label=_("State"), choices=STATUS, required=False)
    item = ProductField(
        label=_("Product"), queryset=Item.objects.none(), required=False, empty_label=_("any")
    )
    subevent = DateField(
        SubEvent.objects.none(), label=_("Date"), required=False, empty_label=_("any")
    )
    batch = forms.ModelChoiceField(
        label=_("Batch"),
        queryset=OfflineSalesBatch.objects.none(),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *sent: Any, event: Event) -> None:
        super().__init__(*sent)
        choices: dict[str, Any] = {
            "item": event.items.select_related("event").order_by("position", "pk"),
            "subevent": event.subevents.order_by("date_from", "pk"),
            "batch": event.offline_sales_batches.all(),
        }
        for name, queryset in choices.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        if not event.has_subevents:
            del self.fields["subevent"]

    def position_condition(self) -> Q:
        """Return the condition that one of the order's live positions must meet."""
        condition = Q()
        for name, column in (
            ("item", "item"),
            ("subevent", "subevent"),
            ("batch", "batch_ticket__batch"),
        ):
            if self.cleaned_data.get(name):
                condition &= Q(**{column: self.cleaned_data[name]})
        return condition & Q(canceled=False) if condition else condition

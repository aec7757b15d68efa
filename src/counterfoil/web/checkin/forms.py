"""The form of a check-in list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event, Item, SubEvent
from counterfoil.checkin.models import CheckinList
from counterfoil.web.framework.forms.dates import DateField
from counterfoil.web.framework.forms.datetime_fields import MomentField
from counterfoil.web.framework.forms.products import ProductsField

_PLAIN = (
    "name",
    "subevent",
    "all_products",
    "include_pending",
    "allow_multiple_entries",
    "allow_entry_after_exit",
    "exit_all_at",
)


class CheckinListForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=190)
    subevent = DateField(
        SubEvent.objects.none(), label=_("Date"), required=False, empty_label=_("all dates")
    )
    all_products = forms.BooleanField(label=_("All products"), required=False, initial=True)
    limit_products = ProductsField(
        label=_("Only these products"),
        queryset=Item.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Used only if “All products” is off."),
    )
    include_pending = forms.BooleanField(
        label=_("Include unpaid tickets"),
        required=False,
        help_text=_("The list shows them. Staff at the door decide whether to admit them."),
    )
    allow_multiple_entries = forms.BooleanField(label=_("Allow multiple entries"), required=False)
    allow_entry_after_exit = forms.BooleanField(
        label=_("Allow re-entry after check-out"), required=False, initial=True
    )
    exit_all_at = MomentField(
        label=_("Check out everyone at"),
        required=False,
        help_text=_("At this time, and at the same time every day, all tickets are checked out."),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        event: Event,
        checkin_list: CheckinList | None = None,
    ) -> None:
        super().__init__(data, files, initial=_values_of(checkin_list) if checkin_list else None)
        items = event.items.select_related("event").order_by("position", "pk")
        dates = event.subevents.select_related("event").order_by("date_from", "pk")
        self.fields["limit_products"].queryset = items  # type: ignore[attr-defined]
        if event.has_subevents:
            self.fields["subevent"].queryset = dates  # type: ignore[attr-defined]
        else:
            del self.fields["subevent"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("all_products") and not cleaned.get("limit_products"):
            self.add_error("limit_products", _("Select at least one product, or all products."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the fields for the service."""
        values = dict(self.cleaned_data)
        return {**values, "limit_products": list(values["limit_products"])}


def _values_of(checkin_list: CheckinList) -> dict[str, Any]:
    plain = {name: getattr(checkin_list, name) for name in _PLAIN}
    return {**plain, "limit_products": list(checkin_list.limit_products.all())}

"""How many of what there may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event, Item, ItemVariation, Quota, SubEvent
from counterfoil.web.framework.forms.choices import GroupedCheckboxes
from counterfoil.web.framework.forms.dates import DateField
from counterfoil.web.framework.forms.translated import in_page_language
from counterfoil.web.framework.labels import product_name

_FIELDS = ("name", "size", "subevent", "closed", "close_when_sold_out")


class QuotaForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    subevent = DateField(SubEvent.objects.none(), label=_("Date"))
    size = forms.IntegerField(
        label=_("Size"),
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text=_("Leave empty for no limit."),
    )
    products = forms.MultipleChoiceField(
        label=_("Products"),
        widget=GroupedCheckboxes,
        help_text=_("Tickets of these products use this quota."),
    )
    closed = forms.BooleanField(
        label=_("Closed"), required=False, help_text=_("Nothing can be sold, whatever the size.")
    )
    close_when_sold_out = forms.BooleanField(
        label=_("Close when sold out"),
        required=False,
        help_text=_("The quota stays closed even if tickets are cancelled later."),
    )

    def __init__(
        self, data: Any = None, *, event: Event, quota: Quota | None = None, **given: Any
    ) -> None:
        initial = _values_of(quota) if quota else given
        super().__init__(data, initial=initial)
        self._items = {item.pk: item for item in _items_of(event)}
        self._variations = {
            each.pk: each for item in self._items.values() for each in item.variations.all()
        }
        products, dates = self.fields["products"], self.fields["subevent"]
        assert isinstance(products, forms.MultipleChoiceField)  # noqa: S101 - for mypy
        assert isinstance(dates, DateField)  # noqa: S101 - for mypy
        products.choices = [_choice(item) for item in self._items.values()]
        dates.queryset = event.subevents.order_by("date_from", "pk")
        if not event.has_subevents:
            del self.fields["subevent"]

    @property
    def has_products(self) -> bool:
        return bool(self._items)

    def values(self) -> dict[str, Any]:
        """Return what is to be written to the row, relations too."""
        given = {name: self.cleaned_data[name] for name in _FIELDS if name in self.fields}
        chosen = self.cleaned_data["products"]
        variations = [self._variations[int(key[1:])] for key in chosen if key[0] == "v"]
        keys = {int(key[1:]) for key in chosen if key[0] == "i"}
        keys |= {each.item_id for each in variations}
        return {**given, "items": [self._items[key] for key in keys], "variations": variations}

    def clean_products(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["products"]
        if not chosen:
            raise ValidationError(_("Choose at least one product."), code="required")
        return chosen


def _items_of(event: Event) -> Iterable[Item]:
    return event.items.prefetch_related("variations").order_by("position", "pk")


def _choice(item: Item) -> tuple[Any, Any]:
    """Return a product as a choice, or as a group of choices if it has variations."""
    name = in_page_language(item.name)
    variations: list[ItemVariation] = sorted(
        item.variations.all(), key=lambda each: (each.position, each.pk)
    )
    if not variations:
        return f"i{item.pk}", name
    return name, [(f"v{each.pk}", product_name(item, each)) for each in variations]


def _values_of(quota: Quota) -> dict[str, Any]:
    values = {name: getattr(quota, name) for name in _FIELDS}
    variations = list(quota.variations.all())
    with_variations = {each.item_id for each in variations}
    plain = [item.pk for item in quota.items.all() if item.pk not in with_variations]
    values["products"] = [*(f"i{key}" for key in plain), *(f"v{each.pk}" for each in variations)]
    return values

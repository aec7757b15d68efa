"""A number series of an organizer, and the choice of those that number a product."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import (
    MAX_NUMBER,
    MAX_WIDTH,
    SERIES_PREFIX,
    Item,
    ItemVariation,
    NumberAssignment,
    NumberSeries,
)
from counterfoil.web.framework.forms.translated import in_page_language


class NumberSeriesForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    prefix = forms.CharField(  # type: ignore[assignment]  # also a name of forms
        label=_("Prefix"),
        max_length=20,
        required=False,
        strip=False,
        validators=[SERIES_PREFIX],
        help_text=_("Printed before each number, for example “A” or “2027-”. It may be empty."),
    )
    width = forms.IntegerField(
        label=_("Digits"),
        min_value=1,
        max_value=MAX_WIDTH,
        initial=5,
        help_text=_("Shorter numbers get leading zeros: with 5 digits, 401 is printed as 00401."),
    )
    next = forms.IntegerField(label=_("Next number"), min_value=1, max_value=MAX_NUMBER, initial=1)

    def __init__(self, data: Any = None, *, series: NumberSeries | None = None) -> None:
        names = ("name", "prefix", "width", "next")
        super().__init__(
            data, initial={name: getattr(series, name) for name in names} if series else None
        )
        if series and series.is_used:
            for name in names[1:]:
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Fixed, since the series has numbered tickets.")


class _Series(forms.ModelChoiceField[NumberSeries]):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.serial(obj.next)})"


class ProductNumbersForm(forms.Form):
    """Chooses the series of a product, and of each variation that has one of its own."""

    def __init__(self, data: Any = None, *, item: Item) -> None:
        super().__init__(data)
        rows = item.event.organizer.number_series.filter(is_test=False).order_by("name", "pk")
        assignments = NumberAssignment.objects.filter(item=item)
        assigned = {row.variation_id: row.series_id for row in assignments}
        self.variations: dict[str, ItemVariation | None] = {"series": None}
        self.fields["series"] = _Series(
            rows,
            label=_("Number series"),
            required=False,
            empty_label=_("Tickets have no numbers"),
            initial=assigned.get(None),
        )
        for variation in item.variations.order_by("position", "pk"):
            name = f"variation_{variation.pk}"
            self.variations[name] = variation
            self.fields[name] = _Series(
                rows,
                label=in_page_language(variation.value),
                required=False,
                empty_label=_("As the product"),
                initial=assigned.get(variation.pk),
            )

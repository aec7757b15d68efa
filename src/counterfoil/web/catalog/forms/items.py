"""A product with its variations, in one form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog import saving
from counterfoil.catalog.models import Event, Item, ItemCategory, ItemVariation, TaxRule
from counterfoil.core.translated import translated
from counterfoil.files.pictures import PAGE_TYPES
from counterfoil.web.catalog.forms.channels import SoldThrough
from counterfoil.web.framework.forms.datetime_fields import MomentField
from counterfoil.web.framework.forms.groups import Group, Grouped
from counterfoil.web.framework.forms.metadata import MetadataField
from counterfoil.web.framework.forms.prices import PriceField
from counterfoil.web.framework.forms.rows import MOST_ROWS, Row, wants_more, with_one_more
from counterfoil.web.framework.forms.translated import (
    ShortText,
    TranslatedTextField,
    in_page_language,
)

_FIELDS = (
    "name", "description", "category", "default_price", "tax_rule", "active", "admission",
    "personalized", "position", "internal_name", "available_from", "available_until",
    "checkin_attention", "checkin_text", "all_sales_channels", "limit_sales_channels", "meta_data",
)  # fmt: skip
PREFIX = "variations"
_LARGEST = 2**31 - 1


class VariationForm(Row):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)
    delete = forms.BooleanField(label=_("Delete"), required=False)

    field_order = ("id", "value", "default_price", "active", "delete")
    #: Whether it cannot be deleted any more.
    is_sold = False

    def __init__(self, *args: Any, event: Event, is_draft: bool, **given: Any) -> None:
        super().__init__(*args, **given)
        self.is_draft = is_draft
        self.fields["value"] = TranslatedTextField(label=_("Name"), locales=event.locales)
        self.fields["default_price"] = PriceField(
            label=_("Own price"), currency=event.currency, required=False
        )
        self.order_fields(self.field_order)

    @property
    def is_new(self) -> bool:
        return not (self["id"].value() or "")

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("value", "default_price", "active")}


class _Named(forms.ModelChoiceField[Any]):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.internal_name or in_page_language(obj.name))


class ItemForm(SoldThrough, Grouped, Row):
    """``rows`` are the variations. A product that has none cannot be given some any more."""

    groups = (
        Group(_("What it is"), ("name", "description", ("category", "internal_name"))),
        Group(_("Price and number"), (("default_price", "tax_rule"), "how_many")),
        Group(_("State"), ("active", "admission", "personalized")),
        Group(
            _("Sale, check-in and properties"),
            (
                "all_sales_channels",
                "limit_sales_channels",
                ("available_from", "available_until"),
                "checkin_attention",
                "checkin_text",
                "position",
                "meta_data",
            ),
            folded=True,
        ),
        Group(_("Picture"), ("picture", "without_picture"), folded=True),
    )

    category = _Named(ItemCategory.objects.none(), label=_("Category"), required=False)
    tax_rule = _Named(TaxRule.objects.none(), label=_("Tax rule"), required=False)
    how_many = forms.IntegerField(
        label=_("How many are there?"),
        min_value=0,
        max_value=_LARGEST,
        required=False,
        help_text=_(
            "Creates a quota for this product with all its variations. Leave it empty to set "
            "quotas yourself."
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    internal_name = forms.CharField(
        label=_("Internal name"), max_length=255, required=False, empty_value=None
    )
    active = forms.BooleanField(
        label=_("Active"), required=False, initial=True, help_text=_("The product can be sold.")
    )
    admission = forms.BooleanField(
        label=_("Admission"),
        required=False,
        initial=True,
        help_text=_("A ticket of this product admits one person."),
    )
    personalized = forms.BooleanField(label=_("Personalised"), required=False)
    position = forms.IntegerField(
        label=_("Position in lists"), min_value=-_LARGEST, max_value=_LARGEST, initial=0
    )
    available_from = MomentField(label=_("Available from"), required=False)
    available_until = MomentField(label=_("Available until"), required=False)
    checkin_attention = forms.BooleanField(label=_("Ask for attention at check-in"), required=False)
    checkin_text = forms.CharField(
        label=_("Note at check-in"),
        required=False,
        empty_value=None,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    meta_data = MetadataField(
        label=_("Properties"), required=False, help_text=_("One per line: name = value")
    )
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(PAGE_TYPES)}),
        help_text=_("PNG, JPEG, GIF, WebP or AVIF. Layouts can print it."),
    )
    without_picture = forms.BooleanField(label=_("Remove picture"), required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, event: Event, item: Item | None = None
    ) -> None:
        self.is_draft = wants_more(data)
        initial = values_of(item) if item else {"tax_rule": _usual_tax_rule(event)}
        super().__init__(data, files, initial=initial)
        self._offer(event)
        if item is not None or event.has_subevents:  # quotas of a series belong to dates
            del self.fields["how_many"]
        if item is None or not item.picture:
            del self.fields["without_picture"]
        variations = list(item.variations.order_by("position", "pk")) if item else []
        self.may_have_rows = item is None or bool(variations)
        given = with_one_more(data, PREFIX, active="on") if self.is_draft else data
        self.rows = _rows(given, event, variations, is_draft=self.is_draft)
        sold = saving.protected(variations)
        for row in self.rows:
            row.is_sold = str(row["id"].value()) in map(str, sold)

    def quota_size(self) -> int | None:
        """Return how many tickets there shall be of a new product, if that was said."""
        return self.cleaned_data.get("how_many")

    def _offer(self, event: Event) -> None:
        self.fields["name"] = TranslatedTextField(label=_("Name"), locales=event.locales)
        self.fields["description"] = TranslatedTextField(
            label=_("Description"),
            locales=event.locales,
            max_length=5000,
            widget=ShortText,
            required=False,
        )
        self.fields["default_price"] = PriceField(
            label=_("Price in %s") % event.currency, currency=event.currency
        )
        self._rows_of("category", event.categories.order_by("position", "pk"))
        self._rows_of("tax_rule", event.tax_rules.order_by("pk"))
        self.offer_channels_of(event.organizer)

    def _rows_of(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, _Named)  # noqa: S101 - for mypy
        field.queryset = rows

    def is_valid(self) -> bool:
        return not self.is_draft and all([super().is_valid(), self._rows_are_valid()])

    def _rows_are_valid(self) -> bool:
        return not self.may_have_rows or self.rows.is_valid()

    def values(self) -> dict[str, Any]:
        """Return what is to be written to the row, but for the picture."""
        return {name: self.cleaned_data[name] for name in _FIELDS}

    def variations(self) -> Iterator[Any]:
        """Yield the rows that say something."""
        if self.may_have_rows:
            yield from (row for row in self.rows if not row.is_new or row.has_changed())


def _rows(
    data: Any, event: Event, variations: Sequence[ItemVariation], *, is_draft: bool
) -> BaseFormSet[VariationForm]:
    kind = formset_factory(
        VariationForm,
        extra=0,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
        validate_max=True,
    )
    initial = [
        {
            "id": each.pk,
            "value": each.value,
            "default_price": each.default_price,
            "active": each.active,
        }
        for each in variations
    ]
    given = {"event": event, "is_draft": is_draft}
    return kind(data, initial=initial, prefix=PREFIX, form_kwargs=given)


def values_of(item: Item) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in _FIELDS if name != "limit_sales_channels"}
    values["description"] = translated(item.description, item.event.locale)
    values["limit_sales_channels"] = item.limit_sales_channels.all()
    return values


def _usual_tax_rule(event: Event) -> TaxRule | None:
    return event.tax_rules.filter(default=True).first()


class CategoryForm(forms.Form):
    position = forms.IntegerField(
        label=_("Position in lists"), min_value=-_LARGEST, max_value=_LARGEST, initial=0
    )
    internal_name = forms.CharField(
        label=_("Internal name"), max_length=255, required=False, empty_value=None
    )
    is_addon = forms.BooleanField(label=_("Only as an add-on to other products"), required=False)

    field_order = ("name", "internal_name", "position", "is_addon")

    def __init__(
        self, data: Any = None, *, event: Event, category: ItemCategory | None = None
    ) -> None:
        names = ("name", "internal_name", "position", "is_addon")
        initial = {name: getattr(category, name) for name in names} if category else None
        super().__init__(data, initial=initial)
        self.fields["name"] = TranslatedTextField(label=_("Name"), locales=event.locales)
        self.order_fields(names)

"""Dates of a series: one, its prices, and many at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.dates import Recurrence
from counterfoil.catalog.models import Event, Item, SubEvent
from counterfoil.core.translated import translated
from counterfoil.web.framework.forms.datetime_fields import MomentField
from counterfoil.web.framework.forms.groups import Group, Grouped
from counterfoil.web.framework.forms.metadata import MetadataField
from counterfoil.web.framework.forms.prices import PriceField
from counterfoil.web.framework.forms.translated import (
    ShortText,
    TranslatedTextField,
    in_page_language,
)

T = TypeVar("T")

_FIELDS = (
    "name", "date_from", "date_to", "date_admission", "location", "active", "is_public",
    "presale_start", "presale_end", "comment", "meta_data",
)  # fmt: skip


class SubEventForm(Grouped):
    groups = (
        Group(_("Date"), ("name", ("date_from", "date_to", "date_admission"), "location")),
        Group(_("State"), ("active", "is_public")),
        Group(
            _("Sale and properties"),
            (("presale_start", "presale_end"), "comment", "meta_data"),
            folded=True,
        ),
    )

    date_from = MomentField(label=_("Begin"))
    date_to = MomentField(label=_("End"), required=False)
    date_admission = MomentField(label=_("Doors open"), required=False)
    active = forms.BooleanField(
        label=_("Active"),
        required=False,
        help_text=_("You can create tickets for active dates only."),
    )
    is_public = forms.BooleanField(label=_("Shown in public lists"), required=False, initial=True)
    presale_start = MomentField(label=_("Presale begins"), required=False)
    presale_end = MomentField(label=_("Presale ends"), required=False)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For your own notes. Not printed."),
    )
    meta_data = MetadataField(
        label=_("Properties"), required=False, help_text=_("One per line: name = value")
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, event: Event, subevent: SubEvent | None = None
    ) -> None:
        initial = _values_of(subevent) if subevent else {"name": event.name, "active": True}
        super().__init__(data, files, initial=initial)
        self.fields["name"] = TranslatedTextField(label=_("Name"), locales=event.locales)
        self.fields["location"] = TranslatedTextField(
            label=_("Place"),
            locales=event.locales,
            max_length=1000,
            widget=ShortText,
            required=False,
            help_text=_("Leave empty to use the place of the series."),
        )
        self.prices = PricesForm(data, event=event, subevent=subevent)

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.prices.is_valid()])

    def values(self) -> dict[str, Any]:
        """Return what is to be written to the row."""
        given = {name: self.cleaned_data[name] for name in _FIELDS}
        return {**given, "location": given["location"] or None}


def _values_of(subevent: SubEvent) -> dict[str, Any]:
    values = {name: getattr(subevent, name) for name in _FIELDS}
    return {**values, "location": translated(subevent.location, subevent.event.locale)}


@dataclass(frozen=True, slots=True)
class PriceRow:
    label: str
    list_price: Any
    price: BoundField
    disabled: BoundField


class PricesForm(forms.Form):
    """The price of each product on one date, and whether it is sold then at all."""

    def __init__(self, data: Any = None, *, event: Event, subevent: SubEvent | None) -> None:
        super().__init__(data, prefix="price")
        self.currency = event.currency
        self.items = list(_items(event))
        self.of_items = _by(subevent.item_overrides.all(), "item_id") if subevent else {}
        self.of_variations = (
            _by(subevent.variation_overrides.all(), "variation_id") if subevent else {}
        )
        for key, label, _list_price, override in self._products():
            self._add(key, label, override)

    def _products(self) -> Iterator[tuple[str, str, Any, Any]]:
        for item in self.items:
            name = in_page_language(item.name)
            variations = list(item.variations.all())
            if not variations:
                yield f"i{item.pk}", name, item.default_price, self.of_items.get(item.pk)
            for each in variations:
                label = f"{name} – {in_page_language(each.value)}"
                yield f"v{each.pk}", label, each.price, self.of_variations.get(each.pk)

    def _add(self, key: str, label: str, override: Any) -> None:
        self.fields[key] = PriceField(
            label=_("Price of %(product)s") % {"product": label},
            currency=self.currency,
            required=False,
            initial=override.price if override else None,
        )
        self.fields[f"{key}-off"] = forms.BooleanField(
            label=_("%(product)s is not sold on this date") % {"product": label},
            required=False,
            initial=bool(override and override.disabled),
        )

    def rows(self) -> Iterator[PriceRow]:
        for key, label, list_price, _override in self._products():
            yield PriceRow(label, list_price, self[key], self[f"{key}-off"])

    def item_overrides(self) -> list[dict[str, Any]]:
        """Return what differs from the list prices of products, for ``catalog.dates``."""
        return list(self._overrides("i", self.items, "item", self.of_items))

    def variation_overrides(self) -> list[dict[str, Any]]:
        variations = [each for item in self.items for each in item.variations.all()]
        return list(self._overrides("v", variations, "variation", self.of_variations))

    def _overrides(
        self, letter: str, rows: Iterable[Any], name: str, before: Mapping[int, Any]
    ) -> Iterator[dict[str, Any]]:
        for row in rows:
            kept = _kept(before.get(row.pk))
            given = self._given(f"{letter}{row.pk}", before.get(row.pk))
            if any(kept.values()) or given["disabled"] or given["price"] is not None:
                yield {name: row, **kept, **given}

    def _given(self, key: str, before: Any) -> dict[str, Any]:
        """Return what was sent of a product; what the API alone says of it stays."""
        if key in self.fields:
            return {
                "price": self.cleaned_data[key],
                "disabled": self.cleaned_data[f"{key}-off"],
            }
        return {
            "price": before.price if before else None,
            "disabled": bool(before and before.disabled),
        }


def _items(event: Event) -> Iterable[Item]:
    return event.items.prefetch_related("variations__item").order_by("position", "pk")


def _by(rows: Iterable[Any], key: str) -> dict[int, Any]:
    return {getattr(row, key): row for row in rows}


def _kept(override: Any) -> dict[str, Any]:
    """Return what a date says of a product beyond its price."""
    names = ("available_from", "available_until", "extra")
    return {name: getattr(override, name) for name in names} if override else {}


class _DayInput(forms.DateInput):
    """The browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RepeatForm(forms.Form):
    """A rule by which a date is repeated. Days and times are those of the event's place."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"),
        coerce=int,
        choices=[(number, name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    every_weeks = forms.IntegerField(
        label=_("Every how many weeks"), min_value=1, max_value=52, initial=1
    )
    until = forms.DateField(label=_("Until"), widget=_DayInput)
    times = forms.CharField(
        label=_("Times of day"),
        help_text=_("Several are possible: 16:00, 20:00"),
    )
    exceptions = forms.CharField(
        label=_("Except on"),
        required=False,
        help_text=_("Days without a date, one per line: 2027-12-24"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    active = forms.BooleanField(label=_("Activate at once"), required=False)
    with_quotas = forms.BooleanField(
        label=_("Copy quotas"),
        required=False,
        initial=True,
        help_text=_("A date needs a quota before you can create tickets for it."),
    )
    with_lists = forms.BooleanField(label=_("Copy check-in lists"), required=False, initial=True)

    def __init__(self, data: Any = None, *, subevent: SubEvent) -> None:
        begin = subevent.date_from.astimezone(subevent.event.tz)
        initial = {
            "weekdays": [begin.weekday()],
            "until": (begin + timedelta(weeks=4)).date(),
            "times": begin.strftime("%H:%M"),
        }
        super().__init__(data, initial=initial)
        self._begin = begin.date()

    def clean_times(self) -> tuple[time, ...]:
        return tuple(_read(self.cleaned_data["times"], time.fromisoformat))

    def clean_exceptions(self) -> frozenset[date]:
        return frozenset(_read(self.cleaned_data["exceptions"], date.fromisoformat))

    def rule(self) -> Recurrence:
        """Return the rule of a valid form."""
        cleaned = self.cleaned_data
        return Recurrence(
            begin=self._begin,
            until=cleaned["until"],
            weekdays=frozenset(cleaned["weekdays"]),
            times=cleaned["times"],
            every_weeks=cleaned["every_weeks"],
            exceptions=cleaned["exceptions"],
        )


def _read(text: str, read: Callable[[str], T]) -> list[T]:
    """Read values that stand in lines or between commas."""
    values = []
    for part in filter(None, re.split(r"[\s,;]+", text)):
        try:
            values.append(read(part))
        except ValueError:
            raise ValidationError(_("“%s” cannot be read.") % part) from None
    return values

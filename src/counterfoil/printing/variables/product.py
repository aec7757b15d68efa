"""Variables of the product that was bought."""

from __future__ import annotations

from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.kinds import Product, ProductVariable

_LONG_NAME = "Weekend ticket incl. camping and parking (concessions)"
_LONG_VARIATION = "Early bird, members of partner societies only"
_LONG_DESCRIPTION = (
    "Access on all days from Friday noon to Sunday midnight, including the camping ground, "
    "one parking space, and the opening concert."
)


def _variation(product: Product, formatter: Formatter) -> str:
    return formatter.text(product.variation.value) if product.variation else ""


def _item_and_variation(product: Product, formatter: Formatter) -> str:
    item = formatter.text(product.item.name)
    return f"{item} - {_variation(product, formatter)}" if product.variation else item


def _description(product: Product, formatter: Formatter) -> str:
    described = product.variation or product.item
    return formatter.text(described.description)


def _category(product: Product, formatter: Formatter) -> str:
    return formatter.text(product.item.category.name) if product.item.category else ""


def _program_times(product: Product, formatter: Formatter) -> str:
    times = product.item.extra.get("program_times") or ()
    return "\n".join(_program_time(each, formatter) for each in times)


def _program_time(entry: dict[str, object], formatter: Formatter) -> str:
    begin, end = (_moment(entry.get(key)) for key in ("start", "end"))
    if begin is None:
        return ""
    same_day = end is not None and formatter.short_date(begin) == formatter.short_date(end)
    ends = formatter.hour(end) if same_day else formatter.short_datetime(end)
    when = " – ".join(filter(None, [formatter.short_datetime(begin), ends]))
    location = entry.get("location")
    place = formatter.text(location) if isinstance(location, dict | str) else ""
    return f"{when}, {place}" if place else when


def _moment(written: object) -> datetime | None:
    return parse_datetime(written) if isinstance(written, str) else None


PRODUCT_VARIABLES = (
    ProductVariable(
        key="item",
        label=_("Product name"),
        sample="Weekend ticket",
        longest=_LONG_NAME,
        evaluate=lambda product, formatter: formatter.text(product.item.name),
    ),
    ProductVariable(
        key="variation",
        label=_("Variation name"),
        sample="Early bird",
        longest=_LONG_VARIATION,
        evaluate=_variation,
    ),
    ProductVariable(
        key="itemvar",
        label=_("Product name and variation"),
        sample="Weekend ticket - Early bird",
        longest=f"{_LONG_NAME} - {_LONG_VARIATION}",
        evaluate=_item_and_variation,
    ),
    ProductVariable(
        key="item_description",
        label=_("Product description"),
        sample="Access on all days",
        longest=_LONG_DESCRIPTION,
        evaluate=lambda product, formatter: formatter.text(product.item.description),
    ),
    ProductVariable(
        key="itemvar_description",
        label=_("Product variation description"),
        sample="Access on all days, bought early",
        longest=_LONG_DESCRIPTION,
        evaluate=_description,
    ),
    ProductVariable(
        key="item_category",
        label=_("Product category"),
        sample="Tickets",
        longest="Tickets for all days, with camping",
        evaluate=_category,
    ),
    ProductVariable(
        key="program_times",
        label=_("Program times"),
        sample="2027-06-12 10:00 – 12:00, Room 1\n2027-06-12 14:00 – 16:00, Room 2",
        longest="2027-06-12 10:00 – 12:00, Room 1\n2027-06-12 14:00 – 16:00, Room 2\n"
        "2027-06-12 20:00 – 2027-06-13 04:00, Old Congress Hall",
        evaluate=_program_times,
    ),
)


def product_property(key: str, name: str) -> ProductVariable:
    """Return the variable of one of the product's properties, as its variation may change it."""

    def evaluate(product: Product, formatter: Formatter) -> str:
        value = product.event.item_meta_properties.get(name)
        value = product.item.meta_data.get(name, value)
        if product.variation is not None:
            value = product.variation.meta_data.get(name, value)
        return "" if value is None else str(value)

    return ProductVariable(key=key, label=name, sample=name, evaluate=evaluate)

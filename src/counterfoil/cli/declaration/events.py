"""Events with what is sold at them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from counterfoil.catalog.models import (
    Event,
    Item,
    ItemCategory,
    ItemVariation,
    Organizer,
    Quota,
    SubEvent,
    TaxRule,
)
from counterfoil.cli.declaration.references import name_of
from counterfoil.cli.declaration.rows import Path, Rows, chosen

M = TypeVar("M", bound=Model)


class EventThings:
    """An event and, by name, what a declaration can refer to in it."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.tax_rules: dict[str, TaxRule] = _by_name(event.tax_rules.all())
        self.categories: dict[str, ItemCategory] = _by_name(event.categories.all())
        self.subevents: dict[str, SubEvent] = _by_name(event.subevents.all())
        self.items: dict[str, Item] = _by_name(event.items.all())
        self.variations: dict[tuple[str, str], ItemVariation] = {
            (name, name_of(variation.value)): variation
            for name, item in self.items.items()
            for variation in item.variations.order_by("-pk")
        }


def _by_name(rows: QuerySet[M]) -> dict[str, M]:
    """Return rows by their English names; of several with one name, the oldest."""
    return {name_of(row.name): row for row in rows.order_by("-pk")}  # type: ignore[attr-defined]


def bring_event(organizer: Organizer, source: dict[str, Any], rows: Rows, path: Path) -> Event:
    """Bring the event itself."""
    row = organizer.events.filter(slug=source["slug"]).first()
    values = chosen(
        source,
        "slug",
        "name",
        "currency",
        "timezone",
        "locale",
        "locales",
        "has_subevents",
        "live",
        "testmode",
        "is_public",
        "date_from",
        "date_to",
        "date_admission",
        "presale_start",
        "presale_end",
        "location",
        "plugins",
        "meta_data",
    )
    return rows.bring(row or Event(organizer=organizer), values, path)


def bring_things(event: Event, source: dict[str, Any], rows: Rows, path: Path) -> EventThings:
    """Bring what is sold, and what that needs first."""
    things = EventThings(event)
    rows = rows.inside(organizer=event.organizer, event=event)
    for where, wanted in _each(source, "taxrules", path):
        tax_rule = things.tax_rules.get(name_of(wanted["name"])) or TaxRule(event=event)
        values = chosen(wanted, "name", "rate", "price_includes_tax", "code", "default")
        things.tax_rules[name_of(wanted["name"])] = rows.bring(tax_rule, values, where)
    for where, wanted in _each(source, "categories", path):
        category = things.categories.get(name_of(wanted["name"])) or ItemCategory(event=event)
        values = chosen(wanted, "name", "description", "position", "is_addon")
        things.categories[name_of(wanted["name"])] = rows.bring(category, values, where)
    for where, wanted in _each(source, "subevents", path):
        subevent = things.subevents.get(name_of(wanted["name"])) or SubEvent(event=event)
        values = chosen(
            wanted, "name", "active", "is_public", "date_from", "date_to", "date_admission",
            "location",
        )  # fmt: skip
        things.subevents[name_of(wanted["name"])] = rows.bring(subevent, values, where)
    for where, wanted in _each(source, "items", path):
        _bring_item(things, wanted, rows, where)
    for where, wanted in _each(source, "quotas", path):
        _bring_quota(things, wanted, rows, where)
    return things


def _each(source: dict[str, Any], kind: str, path: Path) -> Iterable[tuple[Path, dict[str, Any]]]:
    return (([*path, kind, number], row) for number, row in enumerate(source.get(kind, [])))


def _bring_item(things: EventThings, source: dict[str, Any], rows: Rows, path: Path) -> None:
    values = chosen(
        source, "name", "description", "default_price", "admission", "personalized", "active",
        "position",
    )  # fmt: skip
    if "category" in source:
        values["category"] = things.categories.get(source["category"])
    if "tax_rule" in source:
        values["tax_rule"] = things.tax_rules.get(source["tax_rule"])
    name = name_of(source["name"])
    row = things.items.get(name) or Item(event=things.event)
    item = things.items[name] = rows.bring(row, values, path)
    for where, wanted in _each(source, "variations", path):
        value = name_of(wanted["value"])
        variation = things.variations.get((name, value)) or ItemVariation(item=item)
        values = chosen(wanted, "value", "default_price", "active", "position")
        things.variations[name, value] = rows.bring(variation, values, where)


def _bring_quota(things: EventThings, source: dict[str, Any], rows: Rows, path: Path) -> None:
    row = things.event.quotas.filter(name=source["name"]).order_by("pk").first()
    values = chosen(source, "name", "size")
    if "subevent" in source:
        values["subevent"] = things.subevents.get(source["subevent"])
    quota = rows.bring(row or Quota(event=things.event), values, path)
    rows.bring_set(quota, "items", (things.items[name] for name in source["items"]), path)
    variations = (
        things.variations[item, value]
        for item in source["items"]
        for value in source.get("variations", [])
        if (item, value) in things.variations
    )
    rows.bring_set(quota, "variations", variations, path)

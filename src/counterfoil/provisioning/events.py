"""Events with their products, dates and quotas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from counterfoil.catalog.dates import change_subevent, create_subevent
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
from counterfoil.catalog.products import (
    add_variation,
    change_variation,
    save_category,
    save_item,
    save_tax_rule,
)
from counterfoil.catalog.quotas import save_quota
from counterfoil.catalog.services import change_event, create_event
from counterfoil.provisioning.references import name_of
from counterfoil.provisioning.rows import Path, Rows, chosen

M = TypeVar("M", bound=Model)


class EventObjects:
    """An event and, by name, the objects that a declaration can refer to."""

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


def apply_event(organizer: Organizer, source: dict[str, Any], rows: Rows, path: Path) -> Event:
    """Add or change the event itself."""
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
    return rows.upsert(row or Event(organizer=organizer), values, path, write=_write_event)


def _write_event(event: Event, fields: dict[str, Any]) -> Event:
    if not event.pk:
        return create_event(organizer=event.organizer, fields=fields)
    return change_event(event=event, fields=fields)


def apply_catalog(event: Event, source: dict[str, Any], rows: Rows, path: Path) -> EventObjects:
    """Add and change products and quotas, and first what they refer to."""
    objects = EventObjects(event)
    rows = rows.inside(organizer=event.organizer, event=event)
    for where, entry in _each(source, "taxrules", path):
        _apply_tax_rule(objects, entry, rows, where)
    for where, entry in _each(source, "categories", path):
        _apply_category(objects, entry, rows, where)
    for where, entry in _each(source, "subevents", path):
        _apply_subevent(objects, entry, rows, where)
    for where, entry in _each(source, "items", path):
        _apply_item(objects, entry, rows, where)
    for where, entry in _each(source, "quotas", path):
        _apply_quota(objects, entry, rows, where)
    return objects


def _each(source: dict[str, Any], kind: str, path: Path) -> Iterable[tuple[Path, dict[str, Any]]]:
    return (([*path, kind, number], row) for number, row in enumerate(source.get(kind, [])))


def _apply_tax_rule(objects: EventObjects, source: dict[str, Any], rows: Rows, path: Path) -> None:
    name = name_of(source["name"])
    # Read anew: an earlier rule of the file may have taken the default over from this one.
    row = _by_name(objects.event.tax_rules.all()).get(name)
    objects.tax_rules[name] = rows.upsert(
        row or TaxRule(event=objects.event),
        chosen(source, "name", "rate", "price_includes_tax", "code", "default"),
        path,
        write=lambda rule, fields: save_tax_rule(rule=rule, fields=fields),
    )


def _apply_category(objects: EventObjects, source: dict[str, Any], rows: Rows, path: Path) -> None:
    name = name_of(source["name"])
    objects.categories[name] = rows.upsert(
        objects.categories.get(name) or ItemCategory(event=objects.event),
        chosen(source, "name", "description", "position", "is_addon"),
        path,
        write=lambda category, fields: save_category(category=category, fields=fields),
    )


def _apply_subevent(objects: EventObjects, source: dict[str, Any], rows: Rows, path: Path) -> None:
    name = name_of(source["name"])
    values = chosen(
        source, "name", "active", "is_public", "date_from", "date_to", "date_admission", "location"
    )
    row = objects.subevents.get(name) or SubEvent(event=objects.event)
    objects.subevents[name] = rows.upsert(row, values, path, write=_write_subevent)


def _write_subevent(subevent: SubEvent, fields: dict[str, Any]) -> SubEvent:
    if not subevent.pk:
        return create_subevent(event=subevent.event, fields=fields)
    return change_subevent(subevent=subevent, fields=fields)


def _apply_item(objects: EventObjects, source: dict[str, Any], rows: Rows, path: Path) -> None:
    values = chosen(
        source, "name", "description", "default_price", "admission", "personalized", "active",
        "position",
    )  # fmt: skip
    if "category" in source:
        values["category"] = objects.categories.get(source["category"])
    if "tax_rule" in source:
        values["tax_rule"] = objects.tax_rules.get(source["tax_rule"])
    name = name_of(source["name"])
    row = objects.items.get(name)
    item = objects.items[name] = rows.upsert(
        row or Item(event=objects.event),
        values,
        path,
        write=lambda item, fields: save_item(item=item, fields=fields),
    )
    for where, entry in _each(source, "variations", path):
        value = name_of(entry["value"])
        existing = objects.variations.get((name, value))
        # A new product begins with its variations; to an old one they are added.
        write = _add_variation if row and not existing else _write_variation
        values = chosen(entry, "value", "default_price", "active", "position")
        objects.variations[name, value] = rows.upsert(
            existing or ItemVariation(item=item), values, where, write=write
        )


def _add_variation(variation: ItemVariation, fields: dict[str, Any]) -> ItemVariation:
    return add_variation(item=variation.item, fields=fields)


def _write_variation(variation: ItemVariation, fields: dict[str, Any]) -> ItemVariation:
    return change_variation(variation=variation, fields=fields)


def _apply_quota(objects: EventObjects, source: dict[str, Any], rows: Rows, path: Path) -> None:
    row = objects.event.quotas.filter(name=source["name"]).order_by("pk").first()
    values = chosen(source, "name", "size")
    if "subevent" in source:
        values["subevent"] = objects.subevents.get(source["subevent"])
    values["items"] = [objects.items[name] for name in source["items"]]
    values["variations"] = [
        objects.variations[item, value]
        for item in source["items"]
        for value in source.get("variations", [])
        if (item, value) in objects.variations
    ]
    rows.upsert(
        row or Quota(event=objects.event),
        values,
        path,
        write=lambda quota, fields: save_quota(quota=quota, fields=fields),
    )

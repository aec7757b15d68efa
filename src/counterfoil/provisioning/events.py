"""Events with what is sold at them."""

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
    return rows.bring(row or Event(organizer=organizer), values, path, write=_write_event)


def _write_event(event: Event, fields: dict[str, Any]) -> Event:
    if not event.pk:
        return create_event(organizer=event.organizer, fields=fields)
    return change_event(event=event, fields=fields)


def bring_things(event: Event, source: dict[str, Any], rows: Rows, path: Path) -> EventThings:
    """Bring what is sold, and what that needs first."""
    things = EventThings(event)
    rows = rows.inside(organizer=event.organizer, event=event)
    for where, wanted in _each(source, "taxrules", path):
        _bring_tax_rule(things, wanted, rows, where)
    for where, wanted in _each(source, "categories", path):
        _bring_category(things, wanted, rows, where)
    for where, wanted in _each(source, "subevents", path):
        _bring_subevent(things, wanted, rows, where)
    for where, wanted in _each(source, "items", path):
        _bring_item(things, wanted, rows, where)
    for where, wanted in _each(source, "quotas", path):
        _bring_quota(things, wanted, rows, where)
    return things


def _each(source: dict[str, Any], kind: str, path: Path) -> Iterable[tuple[Path, dict[str, Any]]]:
    return (([*path, kind, number], row) for number, row in enumerate(source.get(kind, [])))


def _bring_tax_rule(things: EventThings, source: dict[str, Any], rows: Rows, path: Path) -> None:
    name = name_of(source["name"])
    # Read anew: an earlier rule of the file may have taken the default over from this one.
    row = _by_name(things.event.tax_rules.all()).get(name)
    things.tax_rules[name] = rows.bring(
        row or TaxRule(event=things.event),
        chosen(source, "name", "rate", "price_includes_tax", "code", "default"),
        path,
        write=lambda rule, fields: save_tax_rule(rule=rule, fields=fields),
    )


def _bring_category(things: EventThings, source: dict[str, Any], rows: Rows, path: Path) -> None:
    name = name_of(source["name"])
    things.categories[name] = rows.bring(
        things.categories.get(name) or ItemCategory(event=things.event),
        chosen(source, "name", "description", "position", "is_addon"),
        path,
        write=lambda category, fields: save_category(category=category, fields=fields),
    )


def _bring_subevent(things: EventThings, source: dict[str, Any], rows: Rows, path: Path) -> None:
    name = name_of(source["name"])
    values = chosen(
        source, "name", "active", "is_public", "date_from", "date_to", "date_admission", "location"
    )
    row = things.subevents.get(name) or SubEvent(event=things.event)
    things.subevents[name] = rows.bring(row, values, path, write=_write_subevent)


def _write_subevent(subevent: SubEvent, fields: dict[str, Any]) -> SubEvent:
    if not subevent.pk:
        return create_subevent(event=subevent.event, fields=fields)
    return change_subevent(subevent=subevent, fields=fields)


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
    row = things.items.get(name)
    item = things.items[name] = rows.bring(
        row or Item(event=things.event),
        values,
        path,
        write=lambda item, fields: save_item(item=item, fields=fields),
    )
    for where, wanted in _each(source, "variations", path):
        value = name_of(wanted["value"])
        known = things.variations.get((name, value))
        # A new product begins with its variations; to an old one they are added.
        write = _add_variation if row and not known else _write_variation
        values = chosen(wanted, "value", "default_price", "active", "position")
        things.variations[name, value] = rows.bring(
            known or ItemVariation(item=item), values, where, write=write
        )


def _add_variation(variation: ItemVariation, fields: dict[str, Any]) -> ItemVariation:
    return add_variation(item=variation.item, fields=fields)


def _write_variation(variation: ItemVariation, fields: dict[str, Any]) -> ItemVariation:
    return change_variation(variation=variation, fields=fields)


def _bring_quota(things: EventThings, source: dict[str, Any], rows: Rows, path: Path) -> None:
    row = things.event.quotas.filter(name=source["name"]).order_by("pk").first()
    values = chosen(source, "name", "size")
    if "subevent" in source:
        values["subevent"] = things.subevents.get(source["subevent"])
    values["items"] = [things.items[name] for name in source["items"]]
    values["variations"] = [
        things.variations[item, value]
        for item in source["items"]
        for value in source.get("variations", [])
        if (item, value) in things.variations
    ]
    rows.bring(
        row or Quota(event=things.event),
        values,
        path,
        write=lambda quota, fields: save_quota(quota=quota, fields=fields),
    )

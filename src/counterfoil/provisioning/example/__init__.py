"""The example event: everything that an event can have, made with one click, to look around in.

``event.json`` says what there is; numbers in it are places in its lists. It is made by the services
that pages use, so it cannot be what nobody could have made by hand.
"""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Model

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog import numbers, products, services
from counterfoil.catalog.models import Event, Item, ItemCategory, Organizer, Quota, TaxRule
from counterfoil.catalog.queries import free_slug
from counterfoil.catalog.quotas import save_quota
from counterfoil.checkin.lists import save_list
from counterfoil.core import clock
from counterfoil.layouts.backgrounds import blank_pdf, precompiled
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.layouts.services import (
    LayoutValues,
    assign_layout,
    create_blank_background,
    create_layout,
)
from counterfoil.printing.sheets import save_sheet
from counterfoil.provisioning.example.sellers import SellersStory

M = TypeVar("M", bound=Model)

_FILE = Path(__file__).with_name("event.json")
_FRIDAY = 4


def make_example(*, organizer: Organizer, actor: Actor) -> Event:
    """Make the example event of an organizer, beside those it has."""
    source = json.loads(_FILE.read_text("utf-8"))
    sizes = [layout["page"] for layout in source["layouts"] if layout["page"]]
    papers = [blank_pdf(width=width, height=height) for width, height in sizes]
    with precompiled(papers), transaction.atomic():
        return _Example(organizer, actor, source).make()


class _Example:
    def __init__(self, organizer: Organizer, actor: Actor, source: dict[str, Any]) -> None:
        self._organizer = organizer
        self._actor = actor
        self._source = source

    def make(self) -> Event:
        fields = {
            **self._source["event"],
            **self._datetimes(),
            "slug": free_slug(self._organizer, self._source["slug"]),
        }
        self._event = services.create_event(organizer=self._organizer, fields=fields)
        self._note(self._event, "event")
        items = self._items()
        self._number(items)
        self._quotas(items)
        self._layouts(items)
        self._sheets()
        for entry in self._source["checkin_lists"]:
            limits = [items[number] for number in entry["items"]]
            values = {"name": entry["name"], "all_products": False, "limit_products": limits}
            save_list(event=self._event, checkin_list=None, fields=values, actor=self._actor)
        sellers = self._source["sellers"]
        SellersStory(self._event, self._actor, sellers).tell(items[sellers["item"]])
        return self._event

    def _datetimes(self) -> dict[str, datetime]:
        """Return its times on a Friday some months from now."""
        zone = ZoneInfo(self._source["event"]["timezone"])
        day = clock.now().astimezone(zone).date() + timedelta(days=self._source["days_ahead"])
        day += timedelta(days=(_FRIDAY - day.weekday()) % 7)
        return {
            name: datetime.combine(day, time.fromisoformat(text), zone)
            for name, text in self._source["times"].items()
        }

    def _items(self) -> list[Item]:
        rule = TaxRule(event=self._event)
        self._note(products.save_tax_rule(rule=rule, fields=self._source["tax_rule"]), "taxrule")
        categories = [self._category(entry) for entry in self._source["categories"]]
        return [
            self._item({**entry["fields"], "tax_rule": rule}, categories, entry)
            for entry in self._source["items"]
        ]

    def _category(self, entry: dict[str, Any]) -> ItemCategory:
        category = ItemCategory(event=self._event)
        return self._note(products.save_category(category=category, fields=entry), "category")

    def _item(
        self, fields: dict[str, Any], categories: list[ItemCategory], entry: dict[str, Any]
    ) -> Item:
        numbered = enumerate(entry["variations"])
        item = products.create_item(
            event=self._event,
            fields={**fields, "category": categories[entry["category"]]},
            variations=[{**values, "position": number} for number, values in numbered],
        )
        return self._note(item, "item")

    def _number(self, items: list[Item]) -> None:
        """Number the tickets by a series that examples of the organizer share."""
        fields = self._source["number_series"]
        series = self._organizer.number_series.filter(prefix=fields["prefix"]).first()
        if series is None:
            series = numbers.save_series(series=None, organizer=self._organizer, fields=fields)
            self._note(series, "numberseries")
        for item in items:
            numbers.assign_series(item=item, chosen={None: series})

    def _quotas(self, items: list[Item]) -> None:
        for number, entry in enumerate(self._source["quotas"]):
            sold = zip(items, self._source["items"], strict=True)
            of_quota = [item for item, source in sold if number in source["quotas"]]
            variations = [each for item in of_quota for each in item.variations.all()]
            fields = {**entry, "items": of_quota, "variations": variations}
            self._note(save_quota(quota=Quota(event=self._event), fields=fields), "quota")

    def _layouts(self, items: list[Item]) -> None:
        web = self._organizer.sales_channels.get(identifier=services.WEB)
        for entry in self._source["layouts"]:
            layout = create_layout(actor=self._actor, event=self._event, values=self._layout(entry))
            for number in entry.get("items", []):
                assign_layout(
                    actor=self._actor, layout=layout, item=items[number], sales_channel=web
                )

    def _sheets(self) -> None:
        """Give the organizer the sheets that fit the layouts, unless it has sheets of that name."""
        for entry in self._source["sheets"]:
            if not self._organizer.sheets.filter(name=entry["name"]).exists():
                sheet = save_sheet(organizer=self._organizer, sheet=None, values=entry)
                self._note(sheet, "sheet")

    def _layout(self, entry: dict[str, Any]) -> LayoutValues:
        page = entry["page"]
        elements = entry["elements"]
        return LayoutValues(
            name=entry["name"],
            layout=built_in_layout() if elements == "built-in" else elements,
            default=entry["default"],
            background=page
            and create_blank_background(event=self._event, width=page[0], height=page[1]),
        )

    def _note(self, row: M, kind: str) -> M:
        audit.record(
            actor=self._actor,
            action=f"counterfoil.{kind}.added",
            obj=row,
            event=self._event,
            data={"example": True},
        )
        return row

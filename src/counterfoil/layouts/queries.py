"""Which layout prints a ticket.

An override wins, then the product's layout for the sales channel, then its layout for ``web``, then
the event's default, then the built-in one. An override lends what it has: without elements of
its own those of the automatic choice are printed, without a background that one's background.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from counterfoil.catalog.models import Event, Item
from counterfoil.catalog.services import WEB
from counterfoil.layouts.builtin import built_in_layout
from counterfoil.layouts.models import TicketLayout, TicketLayoutItem

BUILT_IN = gettext_noop("Built-in layout")


@dataclass(frozen=True, slots=True)
class Choice:
    """What to print with. ``background`` None is the built-in one.

    ``layout`` is the id of the layout with the elements, for links to it.
    """

    name: str
    elements: list[dict[str, Any]]
    background: int | None
    layout: int | None = field(default=None, compare=False)

    @property
    def version(self) -> str:
        """Tell this design from others: layouts that print the same have the same."""
        content = json.dumps([self.elements, self.background], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:7]


class LayoutChooser:
    """Chooses for the tickets of one event, from its layouts as they are now."""

    def __init__(self, event: Event) -> None:
        layouts = TicketLayout.objects.filter(event=event)
        self._layouts = {layout.pk: layout for layout in layouts}
        self._default = next((each for each in self._layouts.values() if each.default), None)
        self._assigned = _assignments(event)
        self._channels: dict[int, str] = dict(
            event.organizer.sales_channels.values_list("pk", "identifier")
        )

    def choose(self, *, item: int, channel: int, override: TicketLayout | None) -> Choice:
        """Choose for a product sold through a channel."""
        automatic = self.automatic(item=item, channel=channel)
        elements_of = override if override and override.layout else automatic
        background_of = override if override and override.background_id else automatic
        return _choice(elements_of, background_of)

    @property
    def has_own(self) -> bool:
        """Whether the event has layouts of its own, whatever they print."""
        return bool(self._layouts)

    def automatic(self, *, item: int, channel: int) -> TicketLayout | None:
        """Return what nobody has to choose for; None is the built-in layout."""
        for identifier in (self._channels.get(channel, WEB), WEB):
            assigned = self._assigned.get((item, identifier))
            if assigned is not None:
                return self._layouts[assigned]
        return self._default


def printed_built_in(event: Event) -> list[Item]:
    """Return the active products that print with the built-in layout in the online shop."""
    chooser = LayoutChooser(event)
    web = event.organizer.sales_channels.filter(identifier=WEB).values_list("pk", flat=True).first()
    items = event.items.filter(active=True).order_by("position", "pk")
    return [item for item in items if chooser.automatic(item=item.pk, channel=web or 0) is None]


def _assignments(event: Event) -> Mapping[tuple[int, str], int]:
    rows = TicketLayoutItem.objects.filter(item__event=event, layout__event=event)
    return {
        (item, channel): layout
        for item, channel, layout in rows.values_list(
            "item_id", "sales_channel__identifier", "layout_id"
        )
    }


def _choice(elements_of: TicketLayout | None, background_of: TicketLayout | None) -> Choice:
    """Put a choice together. A layout without elements prints the built-in ones."""
    return Choice(
        name=elements_of.name if elements_of else BUILT_IN,
        elements=(elements_of.layout if elements_of else []) or built_in_layout(),
        background=background_of.background_id if background_of else None,
        layout=elements_of.pk if elements_of else None,
    )


def layouts_of(event: Event) -> QuerySet[TicketLayout]:
    """An event's layouts, by name, with what the API shows of each."""
    return (
        TicketLayout.objects.filter(event=event)
        .select_related("background")
        .prefetch_related("item_assignments__sales_channel")
        .order_by("name", "pk")
    )

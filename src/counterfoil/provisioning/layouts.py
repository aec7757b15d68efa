"""Ticket layouts, their backgrounds, and their assignment to products."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from counterfoil.layouts import services
from counterfoil.layouts.backgrounds import store_background
from counterfoil.layouts.models import Background, TicketLayout, TicketLayoutItem
from counterfoil.provisioning.events import EventObjects
from counterfoil.provisioning.rows import Path, Rows, at


class Layouts:
    """The layouts of one event. ``$NAME`` stands for an entry of the declaration's top level."""

    def __init__(self, declaration: dict[str, Any], objects: EventObjects, rows: Rows) -> None:
        self._elements = declaration.get("layouts", {})
        self._backgrounds = declaration.get("backgrounds", {})
        self._objects = objects
        self._rows = rows
        self._by_name = {row.name: row for row in objects.event.ticket_layouts.order_by("-pk")}

    def apply(self, source: dict[str, Any], path: Path) -> None:
        """Add and change the layouts, then the assignments, which refer to them."""
        numbered = list(enumerate(source.get("ticketlayouts", [])))
        # The new default comes last: by then the old one is no longer the default.
        for number, entry in sorted(numbered, key=lambda each: each[1].get("default", False)):
            self._apply_layout(entry, [*path, "ticketlayouts", number])
        for number, entry in enumerate(source.get("ticketlayoutitems", [])):
            self._apply_assignment(entry, [*path, "ticketlayoutitems", number])

    def _apply_layout(self, entry: dict[str, Any], path: Path) -> None:
        layout = self._by_name.get(entry["name"])
        values = self._values(layout, entry)
        if layout is not None and _values_of(layout) == values:
            return
        with at(path):
            self._by_name[entry["name"]] = self._save(layout, values)

    def _save(self, layout: TicketLayout | None, values: services.LayoutValues) -> TicketLayout:
        if layout is None:
            unmarked = replace(values, default=False)
            layout = services.create_layout(actor=None, event=self._objects.event, values=unmarked)
            self._rows.count("added", layout)
        else:
            self._rows.count("changed", layout)
        if values.default:
            services.make_default(actor=None, layout=layout)
        if _values_of(layout) != values:
            services.change_layout(actor=None, layout=layout, values=values)
        return layout

    def _values(self, layout: TicketLayout | None, entry: dict[str, Any]) -> services.LayoutValues:
        """Return the values of the layout; what the declaration does not name stays as it is."""
        elements = entry["layout"]
        background = layout.background if layout else None
        if "background" in entry:
            background = self._background(entry["background"])
        return services.LayoutValues(
            name=entry["name"],
            layout=self._elements[elements] if isinstance(elements, str) else elements,
            default=entry.get("default", layout.default if layout else False),
            background=background,
        )

    def _background(self, name: str | None) -> Background | None:
        if name is None:
            return None
        pdf = base64.b64decode(self._backgrounds[name]["base64"])
        return store_background(event=self._objects.event, pdf=pdf, keep_unusable=True)

    def _apply_assignment(self, entry: dict[str, Any], path: Path) -> None:
        organizer = self._objects.event.organizer
        item = self._objects.items[entry["item"]]
        channel = organizer.sales_channels.get(identifier=entry["sales_channel"])
        layout = self._by_name[entry["layout"]]
        assigned = TicketLayoutItem.objects.filter(item=item, sales_channel=channel).first()
        if assigned is not None and assigned.layout_id == layout.pk:
            return
        if assigned is not None:
            services.unassign_layout(actor=None, assignment=assigned)
        with at(path):
            services.assign_layout(actor=None, layout=layout, item=item, sales_channel=channel)
        self._rows.count("changed" if assigned else "added", layout.item_assignments.model())


def _values_of(layout: TicketLayout) -> services.LayoutValues:
    return services.LayoutValues(
        name=layout.name,
        layout=layout.layout,
        default=layout.default,
        background=layout.background,
    )

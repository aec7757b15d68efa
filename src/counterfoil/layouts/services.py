"""Creates, changes, deletes and assigns ticket layouts.

An event has at most one default layout, an item at most one layout for a sales channel, and only
what the engine can read is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog.models import Event, Item, SalesChannel
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.backgrounds import store_background
from counterfoil.layouts.models import Background, TicketLayout, TicketLayoutItem
from counterfoil.render import BackgroundError, LayoutError, read_layout

#: A layout of thousands of elements is no ticket, and would be told problem by problem.
MAX_ELEMENTS = 1000
_TOLD_PROBLEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutValues:
    """Everything of a layout that can be set."""

    name: str
    layout: list[dict[str, Any]]
    default: bool = False
    background: Background | None = None


def create_layout(*, actor: Actor | None, event: Event, values: LayoutValues) -> TicketLayout:
    """Create a layout. The first of an event does not become its default by itself.

    Raises:
        Invalid: the elements cannot be printed, or another layout is the default.
    """
    check_elements(values.layout)
    return _save(actor, TicketLayout(event=event), values, "added")


def change_layout(
    *, actor: Actor | None, layout: TicketLayout, values: LayoutValues
) -> TicketLayout:
    """Give a layout new values. What was printed, or asked for, keeps the old ones.

    Raises:
        Invalid: the elements cannot be printed, or another layout is the default.
    """
    if values.layout != layout.layout:  # what is stored may be older than today's rules
        check_elements(values.layout)
    return _save(actor, layout, values, "changed")


@transaction.atomic
def delete_layout(*, actor: Actor | None, layout: TicketLayout) -> None:
    """Delete a layout with its assignments. The first by name takes over as default."""
    event = layout.event
    _record(actor, layout, "deleted")
    layout.delete()
    left = TicketLayout.objects.select_for_update().filter(event=event).order_by("name", "pk")
    heir = left.first()
    if heir is not None and not left.filter(default=True).exists():
        heir.default = True
        heir.save(update_fields=["default"])
        _record(actor, heir, "changed", {"default": True})


def background_from_upload(*, event: Event, pdf: bytes) -> Background:
    """Make a background of an uploaded PDF.

    Raises:
        Invalid: it cannot be used, and why.
    """
    try:
        return store_background(event=event, pdf=pdf)
    except BackgroundError as problem:
        raise Invalid({"background": [problem.message]}) from None


def assign_layout(
    *, actor: Actor | None, layout: TicketLayout, item: Item, sales_channel: SalesChannel
) -> TicketLayoutItem:
    """Print a product, as sold through a channel, with this layout.

    Raises:
        Invalid: there is an assignment for this product and channel already.
    """
    try:
        with transaction.atomic():
            assignment = TicketLayoutItem.objects.create(
                layout=layout, item=item, sales_channel=sales_channel
            )
            audit.record(
                actor=actor,
                action="counterfoil.layoutassignment.added",
                obj=assignment,
                event=layout.event,
                data=_assigned(assignment),
            )
    except IntegrityError:
        raise Invalid(
            f"Another layout is assigned to this product for “{sales_channel}” already. "
            "Remove that assignment first."
        ) from None
    return assignment


@transaction.atomic
def unassign_layout(*, actor: Actor | None, assignment: TicketLayoutItem) -> None:
    """Remove an assignment; the product falls back to the next rule."""
    audit.record(
        actor=actor,
        action="counterfoil.layoutassignment.deleted",
        obj=assignment,
        event=assignment.layout.event,
        data=_assigned(assignment),
    )
    assignment.delete()


def check_elements(elements: object) -> None:
    """Check that the engine can read a layout.

    Raises:
        Invalid: it cannot; each sentence begins with the JSON pointer of its place.
    """
    if isinstance(elements, list) and len(elements) > MAX_ELEMENTS:
        raise Invalid({"layout": [f"A layout may have {MAX_ELEMENTS} elements at most."]})
    try:
        read_layout(elements)
    except LayoutError as refused:
        told = [_sentence(str(problem)) for problem in refused.problems[:_TOLD_PROBLEMS]]
        left_out = len(refused.problems) - len(told)
        more = [f"… and {left_out} more problems."] if left_out else []
        raise Invalid({"layout": told + more}) from None


def _sentence(problem: str) -> str:
    return problem.removeprefix(": ")


def _save(
    actor: Actor | None, layout: TicketLayout, values: LayoutValues, verb: str
) -> TicketLayout:
    layout.name, layout.layout = values.name, values.layout
    layout.default, layout.background = values.default, values.background
    try:
        with transaction.atomic():
            layout.save()
            _record(actor, layout, verb, _told(layout))
    except IntegrityError:
        if not _has_other_default(layout):
            raise
        raise Invalid(
            "Another layout of this event is the default. Take the mark from that one first."
        ) from None
    return layout


def _has_other_default(layout: TicketLayout) -> bool:
    others = TicketLayout.objects.filter(event=layout.event, default=True).exclude(pk=layout.pk)
    return layout.default and others.exists()


def _told(layout: TicketLayout) -> dict[str, Any]:
    return {
        "name": layout.name,
        "default": layout.default,
        "layout": layout.layout,
        "background": layout.background_id,
    }


def _assigned(assignment: TicketLayoutItem) -> dict[str, Any]:
    return {
        "layout": assignment.layout_id,
        "item": assignment.item_id,
        "sales_channel": assignment.sales_channel.identifier,
    }


def _record(
    actor: Actor | None, layout: TicketLayout, verb: str, data: dict[str, Any] | None = None
) -> None:
    audit.record(
        actor=actor,
        action=f"counterfoil.ticketlayout.{verb}",
        obj=layout,
        event=layout.event,
        data=data,
    )

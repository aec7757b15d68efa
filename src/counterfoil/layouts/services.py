"""Creates, changes, deletes and assigns ticket layouts.

An event has at most one default layout, an item at most one layout for a sales channel, and only
what the engine can read is stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog import saving
from counterfoil.catalog.models import Event, Item, SalesChannel
from counterfoil.core.refusals import Conflict, Gone, Invalid
from counterfoil.layouts import pictures
from counterfoil.layouts.backgrounds import keep_for_now, store_background, store_blank
from counterfoil.layouts.engine_messages import sentence_about, translated
from counterfoil.layouts.models import Background, TicketLayout, TicketLayoutItem
from counterfoil.render import BackgroundError, Problem, read_elements
from counterfoil.render.elements.base import Element
from counterfoil.render.messages import Message

#: A layout of thousands of elements is no ticket, and would be told problem by problem.
MAX_ELEMENTS = 1000
_MAX_PROBLEMS = 20
_LONGEST_KEY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutValues:
    """Everything of a layout that can be set."""

    name: str
    layout: list[dict[str, Any]]
    default: bool = False
    background: Background | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutContent:
    """What an editor of a layout works on."""

    name: str
    elements: list[dict[str, Any]]
    background: Background | None

    @classmethod
    def of(cls, layout: TicketLayout) -> LayoutContent:
        return cls(name=layout.name, elements=layout.layout, background=layout.background)

    @property
    def version(self) -> str:
        """Tell this design from others; equal ones have the same, whatever database they are in."""
        background = self.background.pk if self.background else None
        content = json.dumps([self.name, self.elements, background], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:32]


def create_layout(*, actor: Actor | None, event: Event, values: LayoutValues) -> TicketLayout:
    """Create a layout. The first of an event does not become its default by itself.

    Raises:
        Invalid: the elements cannot be printed, or another layout is the default.
    """
    check_elements(values.layout)
    return _save(actor, TicketLayout(event=event), values, "added")


def create_layout_on_page(
    *, actor: Actor | None, event: Event, values: LayoutValues
) -> TicketLayout:
    """Create a layout for a person. While no other is the default of the event, this one is.

    Somebody who designs a ticket means it to be printed; clients of the API say what they mean.

    Raises:
        Invalid: the elements cannot be printed.
    """
    check_elements(values.layout)
    layouts = TicketLayout.objects.filter(event=event)
    if not layouts.filter(default=True).exists():
        try:
            with transaction.atomic():
                first = replace(values, default=True)
                return _save(actor, TicketLayout(event=event), first, "added")
        except Invalid:  # somebody else's became the default at the same moment
            pass
    return _save(actor, TicketLayout(event=event), replace(values, default=False), "added")


def change_layout(
    *, actor: Actor | None, layout: TicketLayout, values: LayoutValues
) -> TicketLayout:
    """Give a layout new values. What was printed, or asked for, keeps the old ones.

    Raises:
        Invalid: the elements cannot be printed, or another layout is the default.
    """
    check_elements(values.layout, stored=layout.layout)
    return _save(actor, layout, values, "changed")


def redesign_layout(
    *, actor: Actor | None, layout: TicketLayout, design: LayoutContent, expected: str
) -> TicketLayout:
    """Give a layout a new design, if it still has the one whose version is expected.

    Sending the same again, for want of an answer, succeeds again and changes nothing.

    Raises:
        Conflict: somebody else has changed it.
        Gone: somebody has deleted it.
        Invalid: the elements cannot be printed.
    """
    stored = TicketLayout.objects.filter(pk=layout.pk).first()
    if stored is None:
        raise _layout_deleted()
    current = LayoutContent.of(stored).version
    if current == design.version:
        return stored
    if current != expected:
        raise _changed_meanwhile()
    check_elements(design.elements, stored=stored.layout)  # before the lock: it may take a while
    with transaction.atomic():
        now = TicketLayout.objects.select_for_update().filter(pk=layout.pk).first()
        if now is None:
            raise _layout_deleted()
        if LayoutContent.of(now).version != current:
            raise _changed_meanwhile()
        values = LayoutValues(
            name=design.name,
            layout=design.elements,
            default=now.default,
            background=design.background,
        )
        return _save(actor, now, values, "changed")


@transaction.atomic
def delete_layout(*, actor: Actor | None, layout: TicketLayout) -> None:
    """Delete a layout with its assignments. The first by name takes over as default."""
    event, background = layout.event, layout.background_id
    _locked(event)
    _record(actor, layout, "deleted")
    pictures.keep_for_now(event=event, layout=layout.layout)
    saving.delete(layout)
    _release_background(background)
    left = TicketLayout.objects.filter(event=event).order_by("name", "pk")
    new_default = left.first()
    if new_default is not None and not left.filter(default=True).exists():
        new_default.default = True
        new_default.save(update_fields=["default"])
        _record(actor, new_default, "changed", {"default": True})


def duplicate_layout(*, actor: Actor | None, layout: TicketLayout, name: str) -> TicketLayout:
    """Make a layout that prints the same, assigned to nothing and no default."""
    values = LayoutValues(name=name, layout=layout.layout, background=layout.background)
    return _save(actor, TicketLayout(event=layout.event), values, "added")


@transaction.atomic
def rename_layout(*, actor: Actor | None, layout: TicketLayout, name: str) -> None:
    """Give a layout another name. Its design stays as it is now: somebody may be working on it.

    Raises:
        Gone: somebody has deleted it.
    """
    if not TicketLayout.objects.filter(pk=layout.pk).update(name=name):
        raise _layout_deleted()
    _record(actor, layout, "changed", {"name": name})


@transaction.atomic
def make_default(*, actor: Actor | None, layout: TicketLayout) -> None:
    """Have an event print with this layout where nothing else is said, and no longer another.

    Raises:
        Gone: somebody has deleted it.
    """
    layouts = _locked(layout.event)
    if layout not in layouts:
        raise _layout_deleted()
    for each in sorted(layouts, key=lambda each: each == layout):  # never two at a time
        if each.default != (each == layout):
            each.default = not each.default
            each.save(update_fields=["default"])
            _record(actor, each, "changed", {"default": each.default})
    layout.default = True


def create_background(*, event: Event, pdf: bytes) -> Background:
    """Make a background of an uploaded PDF.

    Raises:
        Invalid: it cannot be used, and why.
    """
    try:
        return store_background(event=event, pdf=pdf)
    except BackgroundError as problem:
        raise Invalid({"background": [translated(problem.message)]}) from None


def create_blank_background(
    *, event: Event, width: float, height: float, pages: int = 1
) -> Background:
    """Make a background of empty pages; ``width`` and ``height`` are mm.

    Raises:
        Invalid: there are no such pages.
    """
    try:
        return store_blank(event=event, width=width, height=height, pages=pages)
    except BackgroundError as problem:
        raise Invalid({"background": [translated(problem.message)]}) from None


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
            _(
                "Another layout is assigned to this product for “%(channel)s” already. "
                "Remove that assignment first."
            )
            % {"channel": sales_channel}
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
    saving.delete(assignment)


@transaction.atomic
def reassign_layout(
    *, actor: Actor | None, item: Item, sales_channel: SalesChannel, layout: TicketLayout | None
) -> None:
    """Print a product, as sold through a channel, with this layout from now on, or with none of
    its own."""
    rows = TicketLayoutItem.objects.select_for_update().select_related("layout__event__organizer")
    old = rows.filter(item=item, sales_channel=sales_channel).first()
    if old is not None and layout is not None and old.layout_id == layout.pk:
        return
    if old is not None:
        unassign_layout(actor=actor, assignment=old)
    if layout is not None:
        assign_layout(actor=actor, layout=layout, item=item, sales_channel=sales_channel)


def check_elements(elements: object, *, stored: Sequence[object] = ()) -> None:
    """Check that the engine can read a layout.

    Args:
        stored: elements that are not to blame, see ``problems_of``.

    Raises:
        Invalid: it cannot; each sentence begins with the JSON pointer of its place.
    """
    problems = problems_of(elements, stored=stored)
    if problems:
        sentences = [
            sentence_about(problem).removeprefix(": ") for problem in problems[:_MAX_PROBLEMS]
        ]
        left_out = len(problems) - len(sentences)
        raise Invalid({"layout": [*sentences, *_more(left_out)]})


def problems_of(elements: object, *, stored: Sequence[object] = ()) -> tuple[Problem, ...]:
    """Return what keeps the engine from reading a layout.

    Elements among ``stored`` are not to blame: what is stored already may be older, or newer, than
    the rules of today, and is kept as it is.
    """
    _elements, problems = read_readable(elements)
    if any(not problem.pointer for problem in problems):
        return problems
    unchanged = _indexes_of(elements, stored)
    return tuple(each for each in problems if element_of(each) not in unchanged)


def read_readable(elements: object) -> tuple[dict[int, Element], tuple[Problem, ...]]:
    """Read the elements of a layout that the engine can print, by their index, and all problems.

    A layout with a problem as a whole has no elements.
    """
    if isinstance(elements, list) and len(elements) > MAX_ELEMENTS:
        return {}, (Problem("", Message("layout.too_many_elements", number=MAX_ELEMENTS)),)
    problems = tuple(_too_long(elements)) if isinstance(elements, list) else ()
    if any(not problem.pointer for problem in problems):
        return {}, problems
    read, unreadable = read_elements(elements)
    problems += unreadable
    broken = {element_of(problem) for problem in problems}
    readable = {
        index: element
        for index, element in enumerate(read)
        if element is not None and index not in broken
    }
    return readable, problems


def _too_long(elements: list[Any]) -> Iterator[Problem]:
    """Yield what has more characters than can be drawn or stored in reasonable time."""
    total = 0
    for index, element in enumerate(elements):
        for pointer, text in _texts(element, f"/{index}"):
            total += len(text)
            if len(text) > settings.TEXT_CHARACTERS:
                most = settings.TEXT_CHARACTERS
                message = Message("ticket.text_too_long", number=len(text), most=most)
                yield Problem(pointer, message)
    if total > settings.LAYOUT_CHARACTERS:
        most = settings.LAYOUT_CHARACTERS
        yield Problem("", Message("layout.too_long", number=total, most=most))


def _texts(value: object, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield all texts in a value of JSON, the keys of objects too; of numbers what is written."""
    if isinstance(value, dict):
        for key, content in value.items():
            place = pointer if len(key) > _LONGEST_KEY else f"{pointer}/{key}"
            yield place, str(key)
            yield from _texts(content, place)
    elif isinstance(value, list):
        for index, content in enumerate(value):
            yield from _texts(content, f"{pointer}/{index}")
    else:
        yield pointer, str(value)


def element_of(problem: Problem) -> int | None:
    """Return the index of the element that a problem is about; None: it is about all of them."""
    place = problem.pointer.split("/")[1:2]
    return int(place[0]) if place else None


def _indexes_of(elements: object, stored: Sequence[object]) -> set[int]:
    if not isinstance(elements, list) or not stored:
        return set()
    return {index for index, element in enumerate(elements) if element in stored}


def _more(left_out: int) -> list[str]:
    words = ngettext("… and %(count)d more problem.", "… and %(count)d more problems.", left_out)
    return [words % {"count": left_out}] if left_out else []


def _save(
    actor: Actor | None, layout: TicketLayout, values: LayoutValues, verb: str
) -> TicketLayout:
    previous, replaced = layout.background_id, layout.layout
    layout.name, layout.layout = values.name, values.layout
    layout.default, layout.background = values.default, values.background
    try:
        with transaction.atomic():
            layout.save()
            if previous != layout.background_id:
                _release_background(previous)
            if replaced is not layout.layout:
                pictures.keep_for_now(event=layout.event, layout=replaced)
            _record(actor, layout, verb, _log_data(layout))
    except IntegrityError:
        if not _has_other_default(layout):
            raise
        raise Invalid(
            _("Another layout of this event is the default. Take the mark from that one first.")
        ) from None
    return layout


def _locked(event: Event) -> list[TicketLayout]:
    """Have others wait who change which layout of an event is its default."""
    rows = TicketLayout.objects.select_for_update().filter(event=event)
    return list(rows.defer("layout").order_by("pk"))


def _changed_meanwhile() -> Conflict:
    return Conflict(_("Somebody else has changed this layout meanwhile."))


def _layout_deleted() -> Gone:
    return Gone(_("This layout has been deleted."))


def _release_background(background: int | None) -> None:
    if background is not None:
        keep_for_now(background)


def _has_other_default(layout: TicketLayout) -> bool:
    others = TicketLayout.objects.filter(event=layout.event, default=True).exclude(pk=layout.pk)
    return layout.default and others.exists()


def _log_data(layout: TicketLayout) -> dict[str, Any]:
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

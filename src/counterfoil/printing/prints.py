"""Prints as pinned: request them, repeat sheets of them, and keep their files.

The PDF of a print is kept for a while, and sheets are repeated by taking pages from it: their
content is the same to the byte. After that the whole print is drawn anew from what is pinned, and
its hash tells whether the engine or a font has changed since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.core.ranges import format_ranges, parse_ranges, ranges_of
from counterfoil.core.refusals import Conflict, Invalid
from counterfoil.files import services as files
from counterfoil.jobs import services as jobs
from counterfoil.jobs.models import Job
from counterfoil.layouts.queries import Choice
from counterfoil.printing.models import Print, RenderRequest
from counterfoil.printing.plans import plan_for
from counterfoil.printing.services import PinnedItems
from counterfoil.printing.sheets import InvalidSheet
from counterfoil.render import Ink, Plan
from counterfoil.render.sheets import (
    Imposition,
    Sheet,
    SheetError,
    SheetPlan,
    read_sheet,
    sheet_json,
)

PRINT = "printing.print"
PURPOSE = "print"
FOLDER = "prints"
MAX_REASON = 1000
_NAMED_LAYOUTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSpec:
    """What to print of some tickets, and how. ``sheet`` None is one ticket a page."""

    sheet: Sheet | None = None
    ink: Ink = Ink.OFFICE
    locale: str = ""
    reason: str = ""
    is_proof: bool = False
    marks_reprints: bool = False
    """Whether REPRINT and a number are written across tickets that were printed before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedTickets:
    """Tickets by their numbers in the batch, ascending, with their layouts."""

    numbers: Sequence[int]
    pinned: PinnedItems
    void: Sequence[int] = ()
    printed: Mapping[int, int] = field(default_factory=dict)
    """How often tickets were printed before, where they were."""


def check_printable(spec: PrintSpec, layouts: Sequence[dict[str, Any]], event: Event) -> list[Plan]:
    """Compile the layouts of a print and fit them into its sheet.

    Raises:
        Invalid: a layout cannot be printed, or the event does not have the language.
        InvalidSheet: the layouts do not fit the sheet.
    """
    if spec.locale and spec.locale not in event.locales:
        raise Invalid({"locale": [_("The event does not have this language.")]})
    if len(spec.reason) > MAX_REASON:
        message = _("Ensure this field has no more than {max_length} characters.")
        raise Invalid({"reason": [message.format(max_length=MAX_REASON)]})
    plans = [plan_for(Choice(**layout), ink=spec.ink) for layout in layouts]
    if spec.sheet is not None:
        try:
            for plan in plans:
                Imposition.of(spec.sheet, [page.background for page in plan.pages])
        except SheetError as error:
            raise InvalidSheet(error.problems, inside="sheet") from None
        check_sizes(plans)
    return plans


def check_sizes(plans: Sequence[Plan]) -> None:
    """Refuse tickets of different sizes on one sheet.

    Raises:
        Invalid: the layouts have different trim sizes.
    """
    sizes = {
        tuple(
            round((page.background.trim_box[at + 2] - page.background.trim_box[at]), 1)
            for at in (0, 1)
        )
        for plan in plans
        for page in plan.pages
    }
    if len(sizes) > 1:
        raise Invalid({"layout": [_("Tickets of different sizes cannot share a sheet.")]})


def plan_json(sheet: Sheet | None, plans: Sequence[Plan], amount: int) -> dict[str, int]:
    """Return how many sheets, lifts and cuts an amount of tickets needs."""
    if sheet is None:
        return {
            "tickets": amount,
            "cells": 1,
            "lifts": 1,
            "sheets": amount,
            "empty": 0,
            "cuts": 0,
        }
    plan = SheetPlan.of(sheet, amount)
    imposition = Imposition.of(sheet, [page.background for page in plans[0].pages])
    return {
        "tickets": amount,
        "cells": plan.cells,
        "lifts": plan.lifts,
        "sheets": plan.sheets,
        "empty": plan.empty,
        "cuts": imposition.cuts,
    }


def create_print(*, event: Event, actor: Actor, spec: PrintSpec, tickets: NumberedTickets) -> Print:
    """Request a print inside the caller's transaction.

    Raises:
        Invalid, InvalidSheet: see ``check_printable``.
    """
    plans = check_printable(spec, tickets.pinned.layouts, event)
    amount = len(tickets.numbers)
    request = _request(event, actor, tickets.pinned, amount)
    created = Print.objects.create(
        request=request,
        sheet=sheet_json(spec.sheet) if spec.sheet is not None else None,
        tickets=format_ranges(ranges_of(tickets.numbers)),
        void=format_ranges(ranges_of(tickets.void)),
        ink=str(spec.ink),
        locale=spec.locale,
        title=str(event),
        language=spec.locale or event.locale,
        job_name=f"{event.slug} {str(request.pk)[:8]}",
        reason=spec.reason,
        is_proof=spec.is_proof,
        reprints=_reprints(tickets),
        marks_reprints=spec.marks_reprints,
        plan=plan_json(spec.sheet, plans, amount),
        layout_version=layout_version(tickets.pinned.layouts),
    )
    audit.record(
        actor=actor,
        action="counterfoil.print.requested",
        obj=created,
        event=event,
        data={
            "tickets": created.tickets,
            "void": created.void,
            "reason": created.reason,
            "proof": created.is_proof,
            "sheet": spec.sheet.name if spec.sheet is not None else None,
        },
    )
    return created


def _reprints(tickets: NumberedTickets) -> list[tuple[str, int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for number in tickets.numbers:
        if times := tickets.printed.get(number):
            groups[times].append(number)
    return [(format_ranges(ranges_of(group)), times) for times, group in sorted(groups.items())]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSelection:
    """Sheets of a print that are to be printed again."""

    original: Print
    sheets: Sequence[int]
    numbers: Sequence[int]
    """The tickets on them."""
    parts: Sequence[list[int]]


def select_sheets(original: Print, text: str) -> SheetSelection:
    """Parse which sheets of a print are wanted, and find the tickets on them.

    Raises:
        Conflict: the print is not finished.
        Invalid: the plan has no such sheets.
    """
    original = original.repeats or original
    if original.request.job.state != Job.State.DONE:
        raise Conflict(_("This print is not finished. Its sheets can be repeated afterwards."))
    if original.is_proof:
        raise Conflict(_("This is a proof. Print the tickets instead."))
    ranges = parse_ranges(text, highest=original.plan["sheets"], field="sheets")
    sheets = [number for part in ranges for number in part]
    numbers = numbers_of(original.tickets)
    indexes = sorted(_tickets_on(original, sheets))
    return SheetSelection(
        original=original,
        sheets=sheets,
        numbers=[numbers[index] for index in indexes],
        parts=[original.request.parts[index] for index in indexes],
    )


def repeat_sheets(*, actor: Actor, selection: SheetSelection, reason: str) -> Print:
    """Request some sheets of a print again, inside the caller's transaction."""
    original = selection.original
    event = original.request.event
    pinned = PinnedItems(list(selection.parts), original.request.layouts)
    request = _request(event, actor, pinned, len(selection.sheets))
    repeated = Print.objects.create(
        request=request,
        repeats=original,
        sheet=original.sheet,
        sheets=format_ranges(ranges_of(selection.sheets)),
        tickets=format_ranges(ranges_of(selection.numbers)),
        ink=original.ink,
        locale=original.locale,
        title=original.title,
        language=original.language,
        job_name=original.job_name,
        reason=reason,
        plan=original.plan,
        layout_version=original.layout_version,
    )
    audit.record(
        actor=actor,
        action="counterfoil.print.repeated",
        obj=repeated,
        event=event,
        data={"print": original.pk, "sheets": repeated.sheets, "reason": reason},
    )
    return repeated


def prints_of(event: Event) -> QuerySet[Print]:
    """Return the prints of an event, newest first. The tickets of requests are deferred."""
    return (
        Print.objects.filter(request__event=event)
        .select_related("request__job", "request__event")
        .defer("request__parts")
        .order_by("-pk")
    )


def numbers_of(tickets: str) -> list[int]:
    """Return the numbers of stored ranges, which may be longer than what people may write."""
    numbers: list[int] = []
    for part in filter(None, tickets.split(",")):
        first, _dash, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def sheet_of(printed: Print) -> Sheet | None:
    """Return the pinned sheet of a print."""
    return read_sheet(printed.sheet) if printed.sheet is not None else None


def layout_version(layouts: Sequence[dict[str, Any]]) -> str:
    """Name the state of the layouts that are printed: usually one."""
    return " ".join(Choice(**layout).version for layout in layouts[:_NAMED_LAYOUTS])


def expire_files() -> int:
    """Delete the PDFs of prints whose time is over; return how many. Their values stay."""
    expired = Print.objects.filter(file_until__lte=clock.now(), file__isnull=False)
    names = dict(expired.values_list("pk", "file"))
    Print.objects.filter(pk__in=names).update(file=None, file_until=None)
    for name in names.values():
        if name:
            files.delete(name)
    return len(names)


def referenced_files() -> set[str]:
    """Return the stored files that prints name."""
    rows = Print.objects.filter(Q(file__isnull=False) | Q(values_file__isnull=False))
    return {name for pair in rows.values_list("file", "values_file") for name in pair if name}


def _request(event: Event, actor: Actor, pinned: PinnedItems, total: int) -> RenderRequest:
    return RenderRequest.objects.create(
        job=jobs.submit(kind=PRINT, total=total, lane=event.organizer.job_lane),
        event=event,
        requested_by=actor.key,
        purpose=PURPOSE,
        parts=pinned.numbered,
        layouts=pinned.layouts,
    )


def _tickets_on(printed: Print, sheets: Sequence[int]) -> set[int]:
    """Return the tickets on some sheets, counted in the selection."""
    sheet = sheet_of(printed)
    if sheet is None:
        return {number - 1 for number in sheets}
    plan = SheetPlan.of(sheet, printed.plan["tickets"])
    return {index for number in sheets for index in plan.sheet(number) if index is not None}

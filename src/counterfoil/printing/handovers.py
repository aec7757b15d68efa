"""Hand a print over to a print shop: a link that expires, and what belongs to the files.

The other side gets the PDF, the same split by lifts, a job sheet, labels for piles and boxes, and
checksums. What it approves is in the log.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import IO, Any, BinaryIO, cast

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from counterfoil.accounts.actors import Actor
from counterfoil.accounts.services import hash_token, new_secret
from counterfoil.audit import services as audit
from counterfoil.core import clock, heavy
from counterfoil.core.ranges import ranges_of
from counterfoil.core.refusals import Conflict, Gone, Invalid
from counterfoil.files import services as files
from counterfoil.jobs.models import Job
from counterfoil.layouts.queries import Choice
from counterfoil.printing.models import HandOver, Print
from counterfoil.printing.plans import fonts, plan_for
from counterfoil.printing.print_documents import HashingSink, extract_pages, ticket_labels
from counterfoil.printing.prints import numbers_of, sheet_of
from counterfoil.render import Ink, Ticket, blank_background, compile_plan, read_layout, render_pdf
from counterfoil.render.sheets import PRESETS, SheetPlan, SheetRun, render_sheets, sheet_json
from counterfoil.render.sheets.model import Order
from counterfoil.render.units import Mm, Pt, mm, pt
from counterfoil.render.values import Key

MAX_DAYS = 90
JOB_SHEET, LABELS, CHECKSUMS = "job.pdf", "labels.pdf", "checksums.txt"
_LABEL_STOCK = "zweckform-3425"
# Of the job sheet: millimetres from the bottom, and letters that surely fit a line at 1 pt.
_TOP, _BOTTOM = 277.0, 20.0
_LETTERS = 850


@transaction.atomic
def hand_over(*, actor: Actor, printed: Print, recipient: str, days: int) -> tuple[HandOver, str]:
    """Create a link to a print; return it and its token, which is not stored.

    Raises:
        Conflict: the print is not finished, or its file is no longer kept.
        Invalid: names the field.
    """
    if not 1 <= days <= MAX_DAYS:
        message = _("Use a number between %(lowest)d and %(highest)d.")
        raise Invalid({"days": [message % {"lowest": 1, "highest": MAX_DAYS}]})
    if not recipient.strip():
        raise Invalid({"recipient": [_("This field may not be blank.")]})
    if printed.request.job.state != Job.State.DONE or printed.file is None:
        raise Conflict(_("There is no file of this print to hand over."))
    token = new_secret()
    expires = clock.now() + timedelta(days=days)
    created = HandOver.objects.create(
        print=printed,
        token_hash=hash_token(token),
        recipient=recipient,
        created_by=actor.key,
        expires=expires,
    )
    # The file must not go before the link does.
    Print.objects.filter(pk=printed.pk, file_until__lt=expires).update(file_until=expires)
    audit.record(
        actor=actor,
        action="counterfoil.handover.added",
        obj=created,
        event=printed.request.event,
        data={"print": printed.pk, "recipient": recipient, "expires": expires.isoformat()},
    )
    return created, token


@transaction.atomic
def revoke(*, actor: Actor, handover: HandOver) -> None:
    """Let a link stop working.

    Raises:
        Gone: it was revoked already.
    """
    now = clock.now()
    if not HandOver.objects.filter(pk=handover.pk, revoked__isnull=True).update(revoked=now):
        raise Gone(_("This link was revoked already."))
    audit.record(
        actor=actor,
        action="counterfoil.handover.revoked",
        obj=handover,
        event=handover.print.request.event,
    )


def find_handover(token: str) -> HandOver:
    """Find what a link hands over.

    Raises:
        Gone: it expired or was revoked, or never was; or the file is no longer kept.
    """
    rows = HandOver.objects.select_related(
        "print__request__event__organizer", "print__request__job"
    )
    handover = rows.filter(
        token_hash=hash_token(token), expires__gt=clock.now(), revoked__isnull=True
    ).first()
    if handover is None or handover.print.file is None:
        raise Gone(_("This link works no longer. Ask for a new one."))
    return handover


def record_download(*, handover: HandOver, name: str) -> None:
    """Write down that the other side got a file with tickets."""
    audit.record(
        actor=None,
        action="counterfoil.handover.downloaded",
        obj=handover,
        event=handover.print.request.event,
        data={"print": handover.print.pk, "recipient": handover.recipient, "file": name},
    )


@transaction.atomic
def approve(*, handover: HandOver, name: str) -> None:
    """Note that the other side approves the files; what was approved first stays.

    Raises:
        Conflict: they were approved before.
    """
    unapproved = HandOver.objects.filter(pk=handover.pk, approved__isnull=True)
    if not unapproved.update(approved=clock.now(), approved_by=name):
        raise Conflict(_("These files were approved before."))
    audit.record(
        actor=None,
        action="counterfoil.handover.approved",
        obj=handover,
        event=handover.print.request.event,
        data={"print": handover.print.pk, "name": name, "sha256": handover.print.sha256},
    )


@dataclass(frozen=True, slots=True)
class LiftFile:
    """The sheets of one lift as a file of their own."""

    number: int
    sheets: range
    tickets: int

    @property
    def filename(self) -> str:
        return f"lift-{self.number:03d}.pdf"


@dataclass(frozen=True, slots=True)
class HandedFile:
    """A file that is handed over. Those about the print itself have no sheets and no tickets."""

    name: str
    sheets: int | None = None
    tickets: int | None = None


def basename_of(printed: Print) -> str:
    """Return what the names of the print's own files begin with."""
    return f"{printed.request.event.slug}-print-{printed.pk}"


def files_of(printed: Print) -> list[HandedFile]:
    """Return what belongs to a print: the PDF, its lifts, and the papers about it."""
    if printed.repeats_id:
        sheets, tickets = len(numbers_of(printed.sheets)), len(numbers_of(printed.tickets))
    elif printed.is_proof:
        plan = _plan(printed)
        sheets = 1
        tickets = 1 if plan is None else sum(each is not None for each in plan.sheet(1))
    else:
        sheets, tickets = printed.plan["sheets"], printed.plan["tickets"]
    return [
        HandedFile(f"{basename_of(printed)}.pdf", sheets, tickets),
        *(HandedFile(each.filename, len(each.sheets), each.tickets) for each in lifts_of(printed)),
        HandedFile(JOB_SHEET),
        HandedFile(LABELS),
        HandedFile(CHECKSUMS),
    ]


def lifts_of(printed: Print) -> list[LiftFile]:
    """Return the lifts of a print in the order of the work; none if they are not cut in lifts.

    A proof and repeated sheets are a part of the whole, which is not split.
    """
    plan = _plan(printed)
    if plan is None or plan.lifts < 2 or printed.is_proof or printed.repeats_id:
        return []
    lifts = []
    first = 1
    for number in range(1, plan.lifts + 1):
        last = first
        while last < plan.sheets and plan.lift_of(last + 1).number == number:
            last += 1
        sheets = range(first, last + 1)
        tickets = sum(ticket is not None for sheet in sheets for ticket in plan.sheet(sheet))
        lifts.append(LiftFile(number, sheets, tickets))
        first = last + 1
    return lifts


def write_lift(printed: Print, lift: LiftFile, target: IO[bytes]) -> str:
    """Write the pages of a lift as a PDF; return its SHA-256.

    Raises:
        Gone: the file is no longer kept.
    """
    sheet, plan = sheet_of(printed), _plan(printed)
    sink = HashingSink(target)
    if sheet is None or plan is None or printed.file is None:
        raise Gone(_("The file of this print is no longer kept."))
    places = sorted(plan.place_in_file(number) for number in lift.sheets)
    pages = [page for at in places for page in range(at * sheet.sides, (at + 1) * sheet.sides)]
    try:
        with heavy.slot(), files.open_stored(printed.file) as stored:
            extract_pages(cast("BinaryIO", stored), pages, sink)
    except FileNotFoundError:
        raise Gone(_("The file of this print is no longer kept.")) from None
    return sink.sha256


def checksums(printed: Print) -> str:
    """Return the SHA-256 of every file, as ``sha256sum --check`` reads it."""
    lines = [f"{printed.sha256}  {basename_of(printed)}.pdf"]
    for lift in lifts_of(printed):
        with tempfile.TemporaryFile() as file:
            lines.append(f"{write_lift(printed, lift, file)}  {lift.filename}")
    for name, data in ((JOB_SHEET, job_sheet(printed)), (LABELS, pile_labels(printed))):
        lines.append(f"{hashlib.sha256(data).hexdigest()}  {name}")
    return "\n".join(lines) + "\n"


def job_sheet(printed: Print) -> bytes:
    """Draw the job sheet: what to print on, how to cut, how piles follow, and control totals."""
    with override(printed.language):
        lines = list(_job_lines(printed))
    elements, bottom, pages = [], _TOP, 1
    for text, size in lines:
        wrapped = len(text) * size // _LETTERS  # texts grow up from their bottom
        bottom -= wrapped * size * 0.5
        if bottom < _BOTTOM:
            bottom, pages = _TOP - wrapped * size * 0.5, pages + 1
        elements.append(_text(text, 20, bottom, 170, size) | {"page": pages})
        bottom -= size * 0.62
    paper = blank_background(pt(Mm(210)), pt(Mm(297)), pages)
    plan = compile_plan(read_layout(elements), paper, fonts())
    stream = io.BytesIO()
    ticket = Ticket("", {}, locale=printed.language)
    render_pdf(stream, [(plan, ticket)], title=printed.job_name, language=printed.language)
    return stream.getvalue()


def _job_lines(printed: Print) -> Iterator[tuple[str, float]]:
    """Yield the lines of the job sheet with their sizes."""
    yield printed.title, 18
    yield _("Job sheet %(job)s") % {"job": printed.job_name}, 12
    if printed.is_proof:
        yield _("This is a proof. Its codes are void."), 12
    if printed.repeats_id:
        sheets = _shortened(printed.sheets)
        yield _("Only these sheets, printed again: %(sheets)s") % {"sheets": sheets}, 12
    yield "", 8
    yield from _paper_lines(printed)
    yield "", 8
    yield _("Control totals"), 12
    numbers, labels = numbers_of(printed.tickets), ticket_labels(printed)
    named = dict(zip(numbers, labels, strict=True))
    every = {"count": len(numbers), "numbers": _named(numbers, named)}
    yield _("%(count)d tickets: %(numbers)s") % every, 10
    if printed.void:
        yield _("Void, not printed: %(numbers)s") % {"numbers": _shortened(printed.void)}, 10
    if size := _book_size(printed):
        books = {(number - 1) // size for number in numbers}
        yield (
            _("%(books)d books of up to %(size)d tickets") % {"books": len(books), "size": size},
            10,
        )
    planned = _plan(printed)
    for lift in lifts_of(printed):
        assert planned is not None  # noqa: S101 - lifts are of sheets
        on_lift = (index for number in lift.sheets for index in planned.sheet(number))
        held = sorted(numbers[index] for index in on_lift if index is not None)
        values = {
            "number": lift.number,
            "first": lift.sheets[0],
            "last": lift.sheets[-1],
            "tickets": lift.tickets,
            "numbers": _named(held, named, at_most=60),
        }
        line = _("Lift %(number)d: sheets %(first)d–%(last)d, %(tickets)d tickets: %(numbers)s")
        yield line % values, 9
    yield "", 8
    yield "SHA-256", 10
    yield f"{basename_of(printed)}.pdf", 8
    yield printed.sha256, 8
    yield _("The checksums of all files are in %(name)s.") % {"name": CHECKSUMS}, 8


def _paper_lines(printed: Print) -> Iterator[tuple[str, float]]:
    """Yield what to print on, and how to cut and stack it."""
    plan, sheet = printed.plan, sheet_of(printed)
    choice = Choice(**printed.request.layouts[0])
    pages = [page.background for page in plan_for(choice, ink=Ink(printed.ink)).pages]
    left, bottom, right, top = pages[0].trim_box
    size = {"width": round(mm(Pt(right - left)), 2), "height": round(mm(Pt(top - bottom)), 2)}
    yield _("Ticket: %(width)g × %(height)g mm") % size, 11
    if sheet is None:
        yield _("%(tickets)d tickets, one a page, in order") % plan, 11
    else:
        yield _("Paper: %(width)g × %(height)g mm") % sheet_json(sheet), 11
        yield _("%(tickets)d tickets on %(sheets)d sheets, %(cells)d a sheet") % plan, 11
        yield _("%(columns)d columns and %(rows)d rows of tickets") % sheet_json(sheet), 11
        if sheet.duplex:
            edge = _("long edge") if sheet.duplex == "long" else _("short edge")
            yield _("Print on both sides, flipped on the %(edge)s.") % {"edge": edge}, 11
        values = {**plan, "bleed": sheet.bleed}
        yield _("Bleed: %(bleed)g mm. %(cuts)d cuts a lift, %(lifts)d lifts.") % values, 11
        for perforation in sheet.perforations:
            if perforation.axis == "x":
                line = _("Perforation: %(at)g mm from the left edge of each ticket's place")
            else:
                line = _("Perforation: %(at)g mm from the upper edge of each ticket's place")
            yield line % {"at": perforation.at}, 11
        if sheet.order is Order.CUT_AND_STACK:
            yield (
                _("Stack the piles, row by row from the top left: each goes under the one before."),
                11,
            )
            if plan["lifts"] > 1:
                yield _("Put the stack of each lift under the one before."), 11
        if sheet.descending:
            yield _("The file begins with the last sheet, for printers that stack face up."), 11
    if printed.ink == Ink.PRINT:
        yield (
            _("Codes and black texts are black ink alone and overprint; do not convert colors."),
            11,
        )


def pile_labels(printed: Print) -> bytes:
    """Draw labels for the box, for each pile of each lift, and for each book, on label stock."""
    with override(printed.language):
        labels = list(_labels(printed))
    sheet = PRESETS[_LABEL_STOCK].sheet
    elements = [
        _text("", 8, 36, 90, 14) | {"content": "title"},
        _text("", 8, 24, 90, 12) | {"content": "pile"},
        _text("", 8, 12, 90, 16) | {"content": "numbers"},
    ]
    paper = blank_background(pt(Mm(sheet.cell_width or 0)), pt(Mm(sheet.cell_height or 0)))
    plan = compile_plan(read_layout(elements), paper, fonts())
    planned = SheetPlan.of(sheet, len(labels))
    stream = io.BytesIO()
    render_sheets(
        stream,
        SheetRun(sheet, planned),
        ((plan, labels[at]) for at in planned.sequence()),
        title=printed.job_name,
        language=printed.language,
    )
    return stream.getvalue()


def _labels(printed: Print) -> Iterator[Ticket]:
    numbers, plan = numbers_of(printed.tickets), _plan(printed)
    named = dict(zip(numbers, ticket_labels(printed), strict=True))
    whole = _("Box: %(count)d tickets") % {"count": len(numbers)}
    yield _label(printed, whole, _named(numbers, named))
    size = _book_size(printed)
    is_whole = not printed.repeats_id
    if plan is not None and plan.order is Order.CUT_AND_STACK and is_whole:
        every = LiftFile(1, range(1, plan.sheets + 1), len(numbers))
        for lift in lifts_of(printed) or [every]:
            for cell in range(plan.cells):
                pile = [plan.sheet(number)[cell] for number in lift.sheets]
                held = [numbers[index] for index in pile if index is not None]
                if held:
                    values = {"lift": lift.number, "pile": cell + 1, "count": len(held)}
                    text = _("Lift %(lift)d, pile %(pile)d: %(count)d tickets") % values
                    yield _label(printed, text, _named(held, named))
        if plan.lift == size:
            return  # each pile is a book
    if size and is_whole:
        for book, held_together in groupby(numbers, key=lambda number: (number - 1) // size):
            held = list(held_together)
            text = _("Book %(book)d: %(count)d tickets") % {"book": book + 1, "count": len(held)}
            yield _label(printed, text, _named(held, named))


def _label(printed: Print, text: str, numbers: str) -> Ticket:
    values: dict[Key, str | None] = {"title": printed.title, "pile": text, "numbers": numbers}
    return Ticket(text, values, locale=printed.language)


def _named(numbers: Iterable[int], labels: Mapping[int, str], *, at_most: int = 80) -> str:
    """Write numbers in the batch as ranges of what is printed on the tickets."""
    parts = [
        labels[part[0]] if len(part) == 1 else f"{labels[part[0]]}–{labels[part[-1]]}"
        for part in ranges_of(numbers)
    ]
    return _shortened(", ".join(parts), at_most)


def _shortened(ranges: str, at_most: int = 80) -> str:
    if len(ranges) <= at_most:
        return ranges
    return f"{ranges[: at_most - 2].rpartition(',')[0]}, …"


def _book_size(printed: Print) -> int | None:
    """Return how many tickets a book of the batch has, if a batch with books was printed."""
    batch = getattr(getattr(printed.request, "batch_print", None), "batch", None)
    size: int | None = getattr(batch, "book_size", None)
    return size


def _plan(printed: Print) -> SheetPlan | None:
    sheet = sheet_of(printed)
    return None if sheet is None else SheetPlan.of(sheet, printed.plan["tickets"])


def _text(text: str, left: float, bottom: float, width: float, size: float) -> dict[str, Any]:
    return {
        "type": "textarea",
        "left": left,
        "bottom": bottom,
        "width": width,
        "content": "other",
        "text": text.replace("{", "(").replace("}", ")"),
        "fontsize": size,
        "fontfamily": "Open Sans",
        "bold": size > 11,
        "italic": False,
        "align": "left",
        "color": [0, 0, 0],
    }

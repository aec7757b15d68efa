"""Hand a print over to a print shop: a link that expires, and what belongs to the files.

The other side gets the PDF, the same split by lifts, a job sheet, labels for piles and boxes, and
checksums. What it approves is in the log.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, BinaryIO, cast

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from counterfoil.accounts.actors import Actor
from counterfoil.accounts.services import hash_token, new_secret
from counterfoil.audit import services as audit
from counterfoil.core import clock, heavy
from counterfoil.core.ranges import format_ranges, ranges_of
from counterfoil.core.refusals import Conflict, Gone
from counterfoil.files import services as files
from counterfoil.jobs.models import Job
from counterfoil.printing.models import HandOver, Print
from counterfoil.printing.plans import fonts
from counterfoil.printing.print_documents import HashingSink, extract_pages
from counterfoil.printing.prints import numbers_of, sheet_of
from counterfoil.render import Ticket, blank_background, compile_plan, read_layout, render_pdf
from counterfoil.render.sheets import PRESETS, SheetPlan, SheetRun, render_sheets
from counterfoil.render.units import Mm, pt
from counterfoil.render.values import Key

MAX_DAYS = 90
_LABELS = "zweckform-3425"


@transaction.atomic
def hand_over(*, actor: Actor, printed: Print, recipient: str, days: int) -> tuple[HandOver, str]:
    """Create a link to a print; return it and its token, which is not stored.

    Raises:
        Conflict: the print is not finished, or its file is no longer kept.
    """
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


def lifts_of(printed: Print) -> list[LiftFile]:
    """Return the lifts of a print in the order of the work; none if they are not cut in lifts."""
    plan = _plan(printed)
    if plan is None or plan.lifts < 2:
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


def checksums(printed: Print, basename: str) -> str:
    """Return the SHA-256 of every file, as ``sha256sum --check`` reads it."""
    lines = [f"{printed.sha256}  {basename}.pdf"]
    for lift in lifts_of(printed):
        with tempfile.TemporaryFile() as file:
            lines.append(f"{write_lift(printed, lift, file)}  {lift.filename}")
    for name, data in (("job.pdf", job_sheet(printed)), ("labels.pdf", pile_labels(printed))):
        lines.append(f"{hashlib.sha256(data).hexdigest()}  {name}")
    return "\n".join(lines) + "\n"


def job_sheet(printed: Print) -> bytes:
    """Draw the job sheet: what to print on, how to cut, how piles follow, and control totals."""
    with override(printed.language):
        lines = list(_job_lines(printed))
    elements, bottom = [], 277.0
    for text, size in lines:
        elements.append(_text(text, 20, bottom, 170, size))
        bottom -= size * 0.62
    plan = compile_plan(read_layout(elements), blank_background(pt(Mm(210)), pt(Mm(297))), fonts())
    stream = io.BytesIO()
    ticket = Ticket("", {}, locale=printed.language)
    render_pdf(stream, [(plan, ticket)], title=printed.job_name, language=printed.language)
    return stream.getvalue()


def _job_lines(printed: Print) -> Iterator[tuple[str, float]]:
    plan, sheet = printed.plan, printed.sheet
    yield printed.title, 18
    yield _("Job sheet %(job)s") % {"job": printed.job_name}, 12
    yield "", 8
    if sheet is None:
        yield _("%(tickets)d tickets, one a page, in order") % plan, 11
    else:
        yield _("Paper: %(width)g × %(height)g mm") % sheet, 11
        yield _("%(tickets)d tickets on %(sheets)d sheets, %(cells)d a sheet") % plan, 11
        if sheet["duplex"]:
            edge = _("long edge") if sheet["duplex"] == "long" else _("short edge")
            yield _("Print on both sides, flipped on the %(edge)s.") % {"edge": edge}, 11
        yield (
            _("Bleed: %(bleed)g mm. %(cuts)d cuts a lift, %(lifts)d lifts.") % {**plan, **sheet},
            11,
        )
        if sheet["order"] == "cut_and_stack":
            yield (
                _(
                    "Stack the piles: the one from the top left comes first, and each next one, "
                    "row by row, goes under it."
                ),
                11,
            )
    yield "", 8
    yield _("Control totals"), 12
    yield _("Tickets: %(numbers)s") % {"numbers": _shortened(printed.tickets)}, 10
    if printed.void:
        yield _("Void, not printed: %(numbers)s") % {"numbers": _shortened(printed.void)}, 10
    for lift in lifts_of(printed)[:20]:
        values = {
            "number": lift.number,
            "first": lift.sheets[0],
            "last": lift.sheets[-1],
            "tickets": lift.tickets,
        }
        yield _("Lift %(number)d: sheets %(first)d–%(last)d, %(tickets)d tickets") % values, 9
    yield "", 8
    yield "SHA-256", 10
    yield printed.sha256, 8


def pile_labels(printed: Print) -> bytes:
    """Draw a label for each pile of each lift and one for the box, on label stock."""
    with override(printed.language):
        labels = list(_labels(printed))
    sheet = PRESETS[_LABELS].sheet
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
    whole = _("Box: %(count)d tickets") % {"count": len(numbers)}
    yield _label(printed, whole, numbers)
    if plan is None or printed.sheet is None or printed.sheet["order"] != "cut_and_stack":
        return
    for lift in lifts_of(printed) or [LiftFile(1, range(1, plan.sheets + 1), len(numbers))]:
        for cell in range(plan.cells):
            pile = [plan.sheet(number)[cell] for number in lift.sheets]
            held = [numbers[index] for index in pile if index is not None]
            if held:
                values = {"lift": lift.number, "pile": cell + 1, "count": len(held)}
                text = _("Lift %(lift)d, pile %(pile)d: %(count)d tickets") % values
                yield _label(printed, text, held)


def _label(printed: Print, text: str, numbers: Sequence[int]) -> Ticket:
    values: dict[Key, str | None] = {
        "title": printed.title,
        "pile": text,
        "numbers": _shortened(format_ranges(ranges_of(numbers))),
    }
    return Ticket(text, values, locale=printed.language)


def _shortened(ranges: str) -> str:
    return ranges if len(ranges) <= 120 else f"{ranges[:110].rpartition(',')[0]} …"


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

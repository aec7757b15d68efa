"""Draw prints: from the tickets as they are now, from what is pinned, or from a kept file."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from counterfoil.audit import services as audit
from counterfoil.core import clock
from counterfoil.core.refusals import Gone
from counterfoil.files import services as files
from counterfoil.jobs.claims import Claim
from counterfoil.layouts.queries import Choice
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.documents import ticket_budget, ticket_refusal
from counterfoil.printing.models import Print
from counterfoil.printing.pinned_tickets import PinnedTickets, read_labels, read_pinned
from counterfoil.printing.plans import plan_for
from counterfoil.printing.prints import FOLDER, numbers_of, sheet_of
from counterfoil.printing.reports import report_json
from counterfoil.printing.variables.batch import REPRINT
from counterfoil.printing.variables.ticket_source import TicketSource
from counterfoil.render import (
    Ink,
    Overprint,
    Plan,
    Report,
    Ticket,
    TicketError,
    render_pdf,
)
from counterfoil.render.sheets import SheetPlan, SheetRun, SlugInfo, render_sheets
from counterfoil.render.values import Key

#: What a scanner or a person at the gate could enter; a proof has others.
_CREDENTIALS = frozenset(["secret", "pseudonymization_id"])

_CHUNK = 500

Items = Iterable[tuple[Plan, Ticket]]


class HashingSink:
    """Passes bytes on and hashes them."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._sha256 = hashlib.sha256()

    def write(self, data: bytes) -> object:
        self._sha256.update(data)
        return self._stream.write(data)

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()


def draw_requested(claim: Claim) -> None:
    """Draw the print of a job, or repeat sheets of one.

    Raises:
        Invalid: a ticket cannot be printed.
        Gone: a ticket was deleted, or what repeats its sheets is no longer there.
        Lost, Cancelled: another worker owns the job, or it was cancelled.
    """
    rows = Print.objects.select_related("request__event__organizer", "repeats__request__event")
    printed = rows.get(request__job=claim.job_id)
    if printed.repeats is not None:
        _repeat(claim, printed, printed.repeats)
    else:
        _draw(claim, printed)


def _draw(claim: Claim, printed: Print) -> None:
    base = f"{claim.job_id}.{claim.attempt}"
    document = _Document(printed, ticket_labels(printed))
    with (
        files.publish(FOLDER, f"{base}.values") as values,
        files.publish(FOLDER, f"{base}.pdf") as stream,
    ):
        sink = HashingSink(stream)
        with PinnedTickets(values, document.labels) as pinned:
            report = document.draw(sink, document.tickets(pinned), claim)
    lifetime = settings.RESULT_LIFETIME_S if printed.is_proof else settings.PRINT_LIFETIME_S
    changes = {
        "file": f"{FOLDER}/{base}.pdf",
        "file_until": clock.now() + timedelta(seconds=lifetime),
        "sha256": sink.sha256,
        "values_file": None if printed.is_proof else f"{FOLDER}/{base}.values",
    }
    _finish(claim, printed, changes, report_json(report, document.choices))


def _repeat(claim: Claim, printed: Print, original: Print) -> None:
    """Take pages from the kept file, or draw the original anew and take them from that."""
    base = f"{claim.job_id}.{claim.attempt}"
    pages = _pages_of(original, numbers_of(printed.sheets))
    with cast("BinaryIO", tempfile.TemporaryFile()) as whole:
        is_identical = _copy_kept(original, whole)
        if not is_identical:
            is_identical = _draw_pinned(original, whole, claim) == original.sha256
        whole.seek(0)
        with files.publish(FOLDER, f"{base}.pdf") as stream:
            sink = HashingSink(stream)
            extract_pages(whole, pages, sink)
    claim.check()
    changes = {
        "file": f"{FOLDER}/{base}.pdf",
        "file_until": clock.now() + timedelta(seconds=settings.PRINT_LIFETIME_S),
        "sha256": sink.sha256,
        "is_identical": is_identical,
    }
    result = {"tickets": len(printed.request.parts), "pages": len(pages), "findings": []}
    _finish(claim, printed, changes, result)


def _finish(claim: Claim, printed: Print, changes: dict[str, Any], result: dict[str, Any]) -> None:
    with transaction.atomic():
        Print.objects.filter(pk=printed.pk).update(**changes)
        audit.record(
            actor=None,
            action="counterfoil.print.done",
            obj=printed,
            event=printed.request.event,
            data={"pages": result["pages"], "sha256": changes["sha256"]},
        )
        claim.finish(result=result)


def _pages_of(original: Print, sheets: Iterable[int]) -> list[int]:
    """Return the pages of some sheets in a print's file, from 0, in the order of the file."""
    sheet = sheet_of(original)
    if sheet is None:
        sides = _pages_a_ticket(original)
        return [page for number in sheets for page in range((number - 1) * sides, number * sides)]
    plan = SheetPlan.of(sheet, original.plan["tickets"])
    places = sorted(plan.place_in_file(number) for number in sheets)
    return [page for at in places for page in range(at * sheet.sides, (at + 1) * sheet.sides)]


def _pages_a_ticket(original: Print) -> int:
    result = original.request.job.result or {}
    return int(result["pages"]) // int(original.plan["tickets"])


def _copy_kept(original: Print, target: BinaryIO) -> bool:
    """Copy the kept file of a print, if it is there and whole."""
    if original.file is None:
        return False
    sink = HashingSink(target)
    try:
        with files.open_stored(original.file) as stored:
            while chunk := stored.read(1 << 20):
                sink.write(chunk)
    except FileNotFoundError:
        pass
    if sink.sha256 == original.sha256:
        return True
    target.seek(0)
    target.truncate()
    return False


def _draw_pinned(original: Print, target: BinaryIO, claim: Claim) -> str:
    """Draw a print from what is pinned; return the hash of the file."""
    if original.values_file is None:
        raise Gone(_("What was printed is no longer stored."))
    try:
        stored = files.open_stored(original.values_file)
    except FileNotFoundError:
        raise Gone(_("What was printed is no longer stored.")) from None
    with stored:
        document = _Document(original, read_labels(stored))
        sink = HashingSink(target)
        items = ((document.plans[layout], ticket) for layout, ticket in read_pinned(stored))
        document.draw(sink, items, claim, is_counted=False)
    return sink.sha256


def extract_pages(source: BinaryIO, pages: Iterable[int], target: HashingSink) -> None:
    """Write some pages of a PDF as a file of their own; their content is copied as it is."""
    import pikepdf  # late: few jobs need it

    with pikepdf.open(source) as whole, pikepdf.new() as part:
        for page in pages:
            part.pages.append(whole.pages[page])
        for key in ("/Lang", "/ViewerPreferences", "/OutputIntents"):
            if key in whole.Root:
                part.Root[key] = part.copy_foreign(_indirect(whole, whole.Root[key]))
        with tempfile.TemporaryFile() as file:
            part.save(
                file,
                compress_streams=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
            )
            file.seek(0)
            while chunk := file.read(1 << 20):
                target.write(chunk)


def _indirect(pdf: Any, value: Any) -> Any:
    return value if value.is_indirect else pdf.make_indirect(value)


class _Document:
    """What draws a print, first and anew."""

    def __init__(self, printed: Print, labels: list[str]) -> None:
        """``labels`` name the tickets in slugs, in the order of the selection."""
        self.labels = labels
        self._printed, self._request = printed, printed.request
        self.choices = [Choice(**layout) for layout in self._request.layouts]
        self.plans = [
            # Two layouts may have the same name; findings must not be counted together.
            replace(plan_for(choice, ink=Ink(printed.ink)), name=str(index))
            for index, choice in enumerate(self.choices)
        ]
        self._sheet = sheet_of(printed)
        self._numbers = numbers_of(printed.tickets)
        self._reprints = {
            number: times for ranges, times in printed.reprints for number in numbers_of(ranges)
        }
        self._plan = (
            SheetPlan.of(self._sheet, len(self._numbers)) if self._sheet is not None else None
        )
        # A proof is the first sheet.
        self._only = [1] if printed.is_proof and self._plan is not None else None

    def tickets(self, pinned: PinnedTickets) -> Iterator[tuple[Plan, Ticket]]:
        """Yield the tickets as they are now, in the order of the file, and pin them."""
        request = self._request
        source = TicketSource(
            request.event,
            needs=frozenset().union(*(plan.needs for plan in self.plans)),
            images=frozenset().union(
                *(plan.images | plan.conditional_variables for plan in self.plans)
            ),
            now=request.created,
            locale=self._printed.locale,
        )
        order = self._order()
        parts = [request.parts[index] for index in order]
        tickets = source.tickets([position for position, _layout in parts])
        for ticket, index, (_position, layout) in zip(tickets, order, parts, strict=True):
            if times := self._reprints.get(self._numbers[index]):
                ticket = _reprinted(ticket, times, is_marked=self._printed.marks_reprints)
            if self._printed.is_proof:
                ticket = _without_credentials(ticket, self._numbers[index])
            else:
                pinned.write(layout, ticket, source.pictures)
            yield self.plans[layout], ticket

    def draw(
        self, sink: HashingSink, items: Items, claim: Claim, *, is_counted: bool = True
    ) -> Report:
        """Draw tickets that come in the order of the file.

        Raises:
            Invalid: a ticket cannot be printed.
        """

        def progress(done: int) -> None:
            claim.check()
            if is_counted:
                claim.progress(done)

        budget = ticket_budget(claim.check)
        title, language = self._printed.title, self._printed.language
        try:
            if self._sheet is None or self._plan is None:
                return render_pdf(
                    sink,
                    items,
                    title=title,
                    language=language,
                    on_progress=progress,
                    budget=budget,
                )
            with translation.override(language):
                run = SheetRun(
                    self._sheet,
                    self._plan,
                    job=self._printed.job_name,
                    version=self._printed.layout_version,
                    number=self._number,
                    slug=_slug(),
                    only=self._only,
                )
            return render_sheets(
                sink,
                run,
                items,
                title=title,
                language=language,
                on_progress=progress,
                budget=budget,
            )
        except TicketError as problem:
            raise ticket_refusal(problem) from None

    def _number(self, index: int) -> str:
        return self.labels[index]

    def _order(self) -> list[int]:
        if self._plan is None:
            return [0] if self._printed.is_proof else list(range(len(self._numbers)))
        return list(self._plan.sequence(self._only))


def _slug() -> Callable[[SlugInfo], str]:
    """Return what writes slugs in the active language."""
    lift, sheet = _("lift %(number)d of %(count)d"), _("sheet %(number)d of %(count)d")
    version, back = _("layout %(version)s"), _("back")

    def write(info: SlugInfo) -> str:
        parts = [
            info.job,
            lift % {"number": info.lift, "count": info.lifts},
            sheet % {"number": info.sheet, "count": info.sheets},
            f"{info.first} – {info.last}",
            version % {"version": info.version},
            back if info.is_back else "",
        ]
        return " · ".join(filter(None, parts))

    return write


def ticket_labels(printed: Print) -> list[str]:
    """Return the serial of each ticket, or its number in the batch if it has none."""
    parts = [position for position, _layout in printed.request.parts]
    serials: dict[int, str | None] = {}
    for start in range(0, len(parts), _CHUNK):
        rows = OrderPosition.objects.filter(pk__in=parts[start : start + _CHUNK])
        serials.update(rows.values_list("pk", "serial"))
    numbers = numbers_of(printed.tickets)
    return [serials.get(pk) or str(number) for pk, number in zip(parts, numbers, strict=True)]


def _reprinted(ticket: Ticket, times: int, *, is_marked: bool) -> Ticket:
    """Return a ticket that says how often it was printed before: where its layout has a place for
    that, and across it if that is wanted. The words are the same in every language."""
    words = f"REPRINT {times}"
    values = {**ticket.values, REPRINT: words} if REPRINT in ticket.values else ticket.values
    if not is_marked:
        return replace(ticket, values=values)
    test = ticket.overprint
    overprint = replace(test, text=f"{test.text} {words}") if test else Overprint(words)
    return replace(ticket, values=values, overprint=overprint)


def _without_credentials(ticket: Ticket, number: int) -> Ticket:
    """Return a ticket whose codes no gate takes, of the same length and different from others."""
    values: dict[Key, str | None] = dict(ticket.values)
    for key, value in values.items():
        name = key[0] if isinstance(key, tuple) else key
        if name in _CREDENTIALS and value:
            marker = f"VOID{number:0{max(len(value) - 4, 1)}d}"
            values[key] = marker[: max(len(value), 4)]
    return replace(ticket, values=values, overprint=Overprint("VOID"))

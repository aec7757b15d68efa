"""Show a sheet with sample tickets before paper is spent on it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.core import heavy
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.engine_messages import translated
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.queries import Choice, LayoutChooser
from counterfoil.printing.previews import preview_budget, sample_ticket
from counterfoil.printing.prints import PrintSpec, check_printable, plan_json
from counterfoil.printing.reports import finding_json, findings_in_english
from counterfoil.render import Finding, Plan, Ticket, TicketError, render_pdf
from counterfoil.render.sheets import SheetPlan, SheetRun, render_sheets

MAX_AMOUNT = 1_000_000
_PIXELS = 1000


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """One sheet as it would be printed: its PDF, the plan, and what preflight says."""

    pdf: bytes
    plan: dict[str, int]
    findings: list[dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        return {"plan": self.plan, "findings": findings_in_english(self.findings)}

    def png(self, page: int = 1) -> bytes:
        """Draw a page of the sheet."""
        from counterfoil.render.preview import pdf_to_png  # a PDF viewer: only previews load it

        with heavy.slot():
            return pdf_to_png(self.pdf, page=page, pixels=_PIXELS)


def preview_sheet(
    *,
    event: Event,
    spec: PrintSpec,
    amount: int,
    choice: Choice,
    number: int = 1,
) -> SheetPreview:
    """Draw a sheet of a print of an amount of sample tickets.

    Raises:
        Invalid, InvalidSheet: it cannot be printed; names the field.
        TooBusy: too many previews are being drawn.
    """
    if not 1 <= amount <= MAX_AMOUNT:
        message = _("Use a number between %(lowest)d and %(highest)d.")
        raise Invalid({"amount": [message % {"lowest": 1, "highest": MAX_AMOUNT}]})
    (plan,) = check_printable(spec, [asdict(choice)], event)
    planned = plan_json(spec.sheet, [plan], amount)
    if not 1 <= number <= planned["sheets"]:
        message = _("Use a number between %(lowest)d and %(highest)d.")
        raise Invalid({"number": [message % {"lowest": 1, "highest": planned["sheets"]}]})
    stream = io.BytesIO()
    try:
        with heavy.slot():
            named = replace(plan, name="0")
            found = _draw(stream, event, spec, named, (amount, number, choice))
    except TicketError as problem:
        raise Invalid({"layout": [f"{problem.pointer}: {translated(problem.message)}"]}) from None
    findings = [finding_json(each, [choice]) for each in found]
    return SheetPreview(stream.getvalue(), planned, findings)


def choose_layout(event: Event, layout: TicketLayout | None) -> Choice:
    """Return a layout as it would be printed; None is that of the event."""
    chooser = LayoutChooser(event)
    return chooser.choose(item=0, channel=0, override=layout)


def _draw(
    stream: io.BytesIO,
    event: Event,
    spec: PrintSpec,
    plan: Plan,
    what: tuple[int, int, Choice],
) -> tuple[Finding, ...]:
    amount, number, choice = what
    sample = sample_ticket(plan, event)
    language = spec.locale or event.locale
    if spec.sheet is None:
        report = render_pdf(
            stream,
            [(plan, sample)],
            title=str(event),
            language=language,
            budget=preview_budget(),
        )
        return report.findings
    sheets = SheetPlan.of(spec.sheet, amount)
    run = SheetRun(
        spec.sheet,
        sheets,
        job=event.slug,
        version=choice.version,
        only=[number],
    )
    report = render_sheets(
        stream,
        run,
        _numbered(plan, sample, sheets, number),
        title=str(event),
        language=language,
        budget=preview_budget(),
    )
    return report.findings


def _numbered(
    plan: Plan, sample: Ticket, sheets: SheetPlan, number: int
) -> Iterator[tuple[Plan, Ticket]]:
    """Yield the sample for each cell; secrets differ, as those of real tickets do."""
    for index in sheets.sequence([number]):
        values = dict(sample.values)
        for key, value in values.items():
            name = key[0] if isinstance(key, tuple) else key
            if name == "secret" and value:
                suffix = str(index)
                values[key] = value[: -len(suffix)] + suffix
        yield plan, replace(sample, values=values)

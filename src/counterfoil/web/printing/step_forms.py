"""The forms of the print step: what to print on, and which sheets to print again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.batches.prints import choose_tickets
from counterfoil.layouts.models import TicketLayout
from counterfoil.layouts.queries import Choice
from counterfoil.printing.plans import plan_for
from counterfoil.printing.prints import MAX_REASON, NumberedTickets, PrintSpec
from counterfoil.printing.sheets import find_sheet, read_declaration, sheets_of
from counterfoil.render import Ink
from counterfoil.render.sheets import PRESETS, Calibration, Duplex, Sheet, fit, sheet_json
from counterfoil.render.units import Pt, mm

PAGE, SHEET, LABELS = "page", "sheet", "labels"
#: Millimetres that stay free on paper for marks and for what printers cannot reach.
_MARGIN = 10.0
_RULER = 100.0


class PrintForm(forms.Form):
    """Asks what to print, on what, and why."""

    mode = forms.ChoiceField(
        label=_("Print on"),
        choices=[
            (PAGE, _("One ticket a page")),
            (SHEET, _("Sheets to cut")),
            (LABELS, _("Labels")),
        ],
        initial=PAGE,
        widget=forms.RadioSelect,
    )
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    labels = forms.ChoiceField(label=_("Label stock"), required=False)
    start_position = forms.IntegerField(
        label=_("First free label"),
        required=False,
        min_value=1,
        help_text=_("If a sheet of labels is already in use: where to begin, row by row."),
    )
    lift = forms.IntegerField(
        label=_("Sheets in a lift"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_(
            "How many sheets are cut together. For books, the number of tickets in a book. "
            "Empty: all."
        ),
    )
    tickets = forms.CharField(
        label=_("Tickets"),
        required=False,
        max_length=20_000,
        help_text=_("Numbers and ranges, such as 401-450,512. Empty: all."),
    )
    layout = forms.ModelChoiceField(
        label=_("Layout"),
        queryset=TicketLayout.objects.none(),
        required=False,
        empty_label=_("The layout of the batch"),
    )
    ink = forms.ChoiceField(
        label=_("Printer"),
        choices=[
            (Ink.OFFICE.value, _("Office printer")),
            (Ink.PRINT.value, _("Print shop (black ink alone, colors by profile)")),
        ],
        initial=Ink.OFFICE.value,
    )
    locale = forms.ChoiceField(label=_("Language"), required=False)
    measured_width = forms.FloatField(
        label=_("Measured width of the ruler (mm)"), required=False, min_value=81, max_value=124
    )
    measured_height = forms.FloatField(
        label=_("Measured height of the ruler (mm)"), required=False, min_value=81, max_value=124
    )
    dx = forms.FloatField(
        label=_("Move to the right (mm)"), required=False, min_value=-50, max_value=50
    )
    dy = forms.FloatField(label=_("Move down (mm)"), required=False, min_value=-50, max_value=50)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MAX_REASON,
        help_text=_("Needed if some of these tickets were printed before."),
    )
    mark_reprints = forms.BooleanField(
        label=_("Write REPRINT across tickets that were printed before"), required=False
    )

    def __init__(self, batch: OfflineSalesBatch, data: Any = None) -> None:
        super().__init__(data)
        self.batch, self.event = batch, batch.event
        choices: dict[str, Any] = self.fields
        choices["layout"].queryset = self.event.ticket_layouts.order_by("name", "pk")
        choices["sheet"].choices = self._sheets()
        choices["labels"].choices = [
            (key, preset.sheet.name) for key, preset in PRESETS.items() if preset.is_label
        ]
        languages = [(code, _language(code)) for code in self.event.locales]
        choices["locale"].choices = [("", _("The language of the batch")), *languages]

    @property
    def calibration_fields(self) -> list[Any]:
        return [self[name] for name in ("measured_width", "measured_height", "dx", "dy")]

    def _sheets(self) -> list[Any]:
        own = [(str(each.pk), each.name) for each in sheets_of(self.event.organizer)]
        papers = [
            (key, preset.sheet.name) for key, preset in PRESETS.items() if not preset.is_label
        ]
        return [
            *([(_("Your sheets"), own)] if own else []),
            (_("Paper, filled with as many tickets as fit"), papers),
        ]

    @cached_property
    def chosen(self) -> NumberedTickets:
        """The tickets to print of a valid form.

        Raises:
            Invalid: names the field.
        """
        values = self.cleaned_data
        return choose_tickets(self.batch, values["tickets"] or None, values["layout"])

    @cached_property
    def spec(self) -> PrintSpec:
        """What a valid form asks for.

        Raises:
            Invalid: names the field.
        """
        values = self.cleaned_data
        return PrintSpec(
            sheet=self._sheet(),
            ink=Ink(values["ink"]),
            locale=values["locale"],
            reason=values["reason"],
            marks_reprints=values["mark_reprints"],
        )

    def choice(self) -> Choice:
        """Return the layout that is printed."""
        return Choice(**self.chosen.pinned.layouts[0])

    def _sheet(self) -> Sheet | None:
        values = self.cleaned_data
        mode = values["mode"]
        if mode == PAGE:
            return None
        pages = [page.background for page in plan_for(self.choice(), ink=Ink(values["ink"])).pages]
        key = values["sheet"] if mode == SHEET else values["labels"]
        sheet = find_sheet(organizer=self.event.organizer, choice=key)
        if sheet is None:
            return None
        preset = PRESETS.get(key)
        if preset is not None and not preset.is_label:
            left, bottom, right, top = pages[0].trim_box
            size = mm(Pt(right - left)), mm(Pt(top - bottom))
            sheet = fit(sheet, *size, margin=_margin(sheet, size))
        changes: dict[str, Any] = {}
        if mode == LABELS and values["start_position"]:
            changes["start_position"] = values["start_position"]
        if mode == SHEET and values["lift"]:
            changes["lift"] = values["lift"]
        if len(pages) == 2 and sheet.duplex is None:
            changes["duplex"] = Duplex.LONG
        if (calibration := self._calibration(sheet.calibration)) != sheet.calibration:
            changes["calibration"] = calibration
        return read_declaration(sheet_json(replace(sheet, **changes)), inside="sheet")

    def _calibration(self, stored: Calibration) -> Calibration:
        values = self.cleaned_data
        changes: dict[str, float] = {
            name: values[name] for name in ("dx", "dy") if values[name] is not None
        }
        for name, measured in (("scale_x", "measured_width"), ("scale_y", "measured_height")):
            if values[measured]:
                changes[name] = _RULER / values[measured]
        return replace(stored, **changes)


def _margin(sheet: Sheet, size: Sequence[float]) -> float:
    """Return the margin that still leaves room for one ticket, either way up."""
    width, height = size
    upright = min(sheet.width - width, sheet.height - height) / 2
    turned = min(sheet.width - height, sheet.height - width) / 2
    return max(0.0, min(_MARGIN, max(upright, turned)))


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


class RepeatForm(forms.Form):
    """Asks which sheets are damaged."""

    sheets = forms.CharField(
        label=_("Sheets"), max_length=20_000, help_text=_("Numbers and ranges, such as 17-19,24.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=MAX_REASON)
    accept_void = forms.BooleanField(
        label=_("Print void tickets on these sheets again"), required=False
    )

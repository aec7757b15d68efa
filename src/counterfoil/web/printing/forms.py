"""What a print is for: the printer, and why tickets are printed again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from counterfoil.printing.prints import MAX_REASON


class PrinterForm(forms.Form):
    """Chooses the printer's resolution, to which the bars of codes are aligned."""

    printer_dpi = forms.TypedChoiceField(
        label=_("Printer"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("Office printer or print shop")),
            (203, _("Label printer, 203 dpi")),
            (300, _("Label printer, 300 dpi")),
        ],
    )


class PrintAgainForm(forms.Form):
    """Asks why tickets are printed again: two of the same admit only one visitor."""

    printer_dpi = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("Why they are printed again, such as a paper jam. It is kept with the print."),
    )

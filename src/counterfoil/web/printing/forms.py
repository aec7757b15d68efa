"""What a print is for: the printer."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


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

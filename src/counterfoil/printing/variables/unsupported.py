"""Variables of unsupported features: seats, reusable media, gift cards.

Imported layouts may use them. They are always empty and cause no warning.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counterfoil.printing.variables.kinds import EventVariable, Label

_TEXTS: tuple[tuple[str, Label, str], ...] = (
    ("seat", _("Seat: full name"), "Ground floor, row 3, seat 4"),
    ("seat_zone", _("Seat: zone"), "Ground floor"),
    ("seat_row", _("Seat: row"), "3"),
    ("seat_number", _("Seat: number"), "4"),
    ("medium_identifier", _("Reusable medium"), "K7M3QW9XPA2C"),
    ("giftcard_issuance_date", _("Gift card: issuance date"), "2027-05-31"),
    ("giftcard_expiry_date", _("Gift card: expiry date"), "2030-05-31"),
)

UNSUPPORTED_VARIABLES = tuple(
    EventVariable(
        key=key, label=label, sample=sample, longest=sample, evaluate=lambda on, language: ""
    )
    for key, label, sample in _TEXTS
)

"""What states and actions of paper tickets are called on pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from counterfoil.batches.models import Place, Validity
from counterfoil.stock.moves import Action

VALIDITIES: dict[str, Any] = {
    Validity.INACTIVE: _("inactive"),
    Validity.ACTIVE: _("active"),
    Validity.VOID: _("void"),
}
PLACES: dict[str, Any] = {
    Place.STOCK: _("in stock"),
    Place.WITH_SELLER: _("with sellers"),
    Place.SOLD: _("sold"),
    Place.RETURNED: _("returned"),
    Place.LOST: _("lost"),
    Place.SPOILED: _("spoiled"),
}
#: What somebody can choose to do, as a button says it.
ACTIONS: dict[str, Any] = {
    Action.ACTIVATE: _("Activate"),
    Action.DEACTIVATE: _("Make inactive"),
    Action.VOID: _("Make void"),
    Action.SOLD: _("Mark as sold"),
    Action.UNSOLD: _("Take a sale back"),
    Action.RETURN: _("Take back"),
    Action.LOST: _("Mark as lost"),
    Action.FOUND: _("Mark as found"),
    Action.SPOILED: _("Mark as spoiled"),
}
#: What was done to tickets, as the ledger tells it.
DONE: dict[str, Any] = {
    Action.ACTIVATE: _("activated"),
    Action.DEACTIVATE: _("made inactive"),
    Action.VOID: _("made void"),
    Action.SOLD: _("sold"),
    Action.UNSOLD: _("sale taken back"),
    Action.RETURN: _("returned"),
    Action.LOST: _("reported lost"),
    Action.FOUND: _("found again"),
    Action.SPOILED: _("spoiled"),
    Action.HAND_OUT: _("handed out to a seller"),
    Action.TRANSFER: _("passed on to another seller"),
}

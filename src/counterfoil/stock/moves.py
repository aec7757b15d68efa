"""Which action is lawful from which state, and what it does: the one table.

A ticket has a validity and a place. ``void`` is final: nothing can be done with a void ticket.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from counterfoil.batches.models import Activation, Place, Validity


class Action(enum.StrEnum):
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    VOID = "void"
    RETURN = "return"
    LOST = "lost"
    FOUND = "found"
    SPOILED = "spoiled"
    SOLD = "sold"
    UNSOLD = "unsold"
    #: Those below are done by consignments only. ``BACK`` is in the ledger as a return.
    HAND_OUT = "hand_out"
    BACK = "back"
    TRANSFER = "transfer"

    @property
    def in_ledger(self) -> str:
        return Action.RETURN.value if self is Action.BACK else self.value


CONSIGNMENTS = frozenset({Action.HAND_OUT, Action.BACK, Action.TRANSFER})


class State(NamedTuple):
    """The state of one ticket."""

    validity: str = Validity.ACTIVE
    place: str = Place.STOCK
    place_before: str | None = None
    seller: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where an action is lawful from, and where it leads.

    ``validity`` maps the activation of the batch to the validity after it; what is not named
    stays. ``place`` None leaves the place; ``goes_back`` returns the ticket to where it was.
    """

    validities: frozenset[str] = frozenset({Validity.INACTIVE, Validity.ACTIVE})
    places: frozenset[str] = frozenset(Place)
    validity: Mapping[str, str] = field(default_factory=dict)
    place: str | None = None
    goes_back: bool = False


def _always(validity: Validity) -> dict[str, str]:
    return dict.fromkeys(Activation, validity)


_IN_HOUSE_OR_OUT = frozenset({Place.STOCK, Place.WITH_SELLER, Place.RETURNED})
_INACTIVE_AGAIN: dict[str, str] = {
    Activation.ON_HANDOVER: Validity.INACTIVE,
    Activation.ON_SALE: Validity.INACTIVE,
}

RULES: Mapping[Action, Rule] = {
    Action.ACTIVATE: Rule(
        validities=frozenset({Validity.INACTIVE}),
        places=_IN_HOUSE_OR_OUT | {Place.SOLD},
        validity=_always(Validity.ACTIVE),
    ),
    Action.DEACTIVATE: Rule(
        validities=frozenset({Validity.ACTIVE}), validity=_always(Validity.INACTIVE)
    ),
    Action.VOID: Rule(validity=_always(Validity.VOID)),
    Action.RETURN: Rule(
        places=frozenset({Place.STOCK}), validity=_INACTIVE_AGAIN, place=Place.RETURNED
    ),
    Action.LOST: Rule(places=_IN_HOUSE_OR_OUT, place=Place.LOST),
    Action.FOUND: Rule(places=frozenset({Place.LOST}), goes_back=True),
    Action.SPOILED: Rule(places=_IN_HOUSE_OR_OUT, place=Place.SPOILED),
    Action.SOLD: Rule(
        places=frozenset({Place.STOCK, Place.WITH_SELLER}),
        validity=_always(Validity.ACTIVE),
        place=Place.SOLD,
    ),
    Action.UNSOLD: Rule(
        places=frozenset({Place.SOLD}),
        validity={Activation.ON_SALE: Validity.INACTIVE},
        goes_back=True,
    ),
    Action.HAND_OUT: Rule(
        places=frozenset({Place.STOCK, Place.RETURNED}),
        validity={Activation.ON_HANDOVER: Validity.ACTIVE},
        place=Place.WITH_SELLER,
    ),
    Action.BACK: Rule(
        places=frozenset({Place.WITH_SELLER}), validity=_INACTIVE_AGAIN, place=Place.RETURNED
    ),
    Action.TRANSFER: Rule(places=frozenset({Place.WITH_SELLER}), place=Place.WITH_SELLER),
}

_REMEMBER = frozenset({Action.LOST, Action.SOLD})

_VALIDITY_REFUSED = {
    Validity.VOID: _("This ticket is void."),
    Validity.ACTIVE: _("This ticket is active already."),
    Validity.INACTIVE: _("This ticket is inactive already."),
}
_PLACE_REFUSED = {
    Place.STOCK: _("This ticket is in stock."),
    Place.WITH_SELLER: _("This ticket is with a seller."),
    Place.SOLD: _("This ticket is sold."),
    Place.RETURNED: _("This ticket was returned."),
    Place.LOST: _("This ticket is lost."),
    Place.SPOILED: _("This ticket is spoiled."),
}
_OTHER_SELLER = _("Another seller has this ticket.")


def refusal(action: Action, state: State, *, owner: int | None = None) -> str | None:
    """Return why an action is not lawful from a state, in words; None if it is.

    ``owner`` is the seller who must have the ticket.
    """
    rule = RULES[action]
    if state.validity not in rule.validities:
        return str(_VALIDITY_REFUSED[Validity(state.validity)])
    if state.place not in rule.places:
        return str(_PLACE_REFUSED[Place(state.place)])
    if owner is not None and state.seller != owner:
        return str(_OTHER_SELLER)
    return None


def after(action: Action, state: State, *, activation: str, seller: int | None = None) -> State:
    """Return the state after an action. ``seller`` is who gets the ticket."""
    rule = RULES[action]
    validity = rule.validity.get(activation, state.validity)
    place, before = rule.place or state.place, state.place_before
    if action in _REMEMBER:
        before = state.place
    if rule.goes_back:
        place, before = state.place_before or Place.STOCK, None
    owner = state.seller
    if action in (Action.HAND_OUT, Action.TRANSFER):
        owner = seller
    elif action is Action.BACK:
        owner = None
    return State(validity, place, before, owner)

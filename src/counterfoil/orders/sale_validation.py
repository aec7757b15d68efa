"""Check whether a product can be sold: the rules shared by orders and batches.

How many tickets are left is checked under lock when they are taken (``quotas``).
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.orders.quotas import Sellable

Problems = dict[str, list[str]]


def sale_problems(event: Event, sellable: Sellable) -> Problems:
    """Return the problems of a sale by field name.

    The rows must belong to the event.
    """
    problems = {
        **_one("item", _item_problem(sellable)),
        **_one("variation", _variation_problem(sellable)),
        **_one("subevent", _subevent_problem(event, sellable)),
    }
    if not problems and not sellable.quotas().exists():
        problems["item"] = [_("This product does not belong to a quota, so it cannot be sold.")]
    return problems


def _one(field: str, problem: str | None) -> Problems:
    return {} if problem is None else {field: [problem]}


def _item_problem(sellable: Sellable) -> str | None:
    return None if sellable.item.active else _("This product is not active.")


def _variation_problem(sellable: Sellable) -> str | None:
    variation, item = sellable.variation, sellable.item
    if variation is None:
        if item.variations.exists():
            return _("Select a variation of this product.")
        return None
    if variation.item_id != item.pk:
        return _("This variation belongs to another product.")
    return None if variation.active else _("This variation is not active.")


def _subevent_problem(event: Event, sellable: Sellable) -> str | None:
    if event.has_subevents and sellable.subevent is None:
        return _("Select a date of this event series.")
    if not event.has_subevents and sellable.subevent is not None:
        return _("This event is not a series: it has no dates to choose from.")
    return None

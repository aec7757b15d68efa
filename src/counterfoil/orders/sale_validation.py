"""Whether something can be sold at all: the rules that an order and a batch have in common.

How many are left is another question, which is answered under lock when the tickets are taken
(``quotas``). What is said here does not change from one second to the next.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.orders.quotas import Wanted

Problems = dict[str, list[str]]


def sale_problems(event: Event, wanted: Wanted) -> Problems:
    """Return what speaks against a sale, by the name of the field that is to blame.

    The rows are expected to be the event's own.
    """
    problems = {
        **_one("item", _item_problem(wanted)),
        **_one("variation", _variation_problem(wanted)),
        **_one("subevent", _subevent_problem(event, wanted)),
    }
    if not problems and not wanted.quotas().exists():
        problems["item"] = [_("This product is in no quota, so it cannot be sold.")]
    return problems


def _one(field: str, problem: str | None) -> Problems:
    return {} if problem is None else {field: [problem]}


def _item_problem(wanted: Wanted) -> str | None:
    return None if wanted.item.active else _("This product is not active.")


def _variation_problem(wanted: Wanted) -> str | None:
    variation, item = wanted.variation, wanted.item
    if variation is None:
        if item.variations.exists():
            return _("Choose one of the variations of this product.")
        return None
    if variation.item_id != item.pk:
        return _("This variation belongs to another product.")
    return None if variation.active else _("This variation is not active.")


def _subevent_problem(event: Event, wanted: Wanted) -> str | None:
    if event.has_subevents and wanted.subevent is None:
        return _("Choose a date of this event series.")
    if not event.has_subevents and wanted.subevent is not None:
        return _("This event is not a series: it has no dates to choose from.")
    return None

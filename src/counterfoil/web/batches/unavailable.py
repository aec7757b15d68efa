"""What a batch cannot be made of, in words, and where to change that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterfoil.orders.availability import Obstacle, Unavailable
from counterfoil.web.framework.forms.dates import date_label
from counterfoil.web.framework.labels import product_name
from counterfoil.web.framework.views import EventPage

_REASONS: dict[Obstacle, Any] = {
    Obstacle.INACTIVE: _("This product is not active."),
    Obstacle.INACTIVE_VARIATION: _("This variation is not active."),
    Obstacle.INACTIVE_DATE: _("This date is not active."),
    Obstacle.NO_QUOTA: _("It belongs to no quota."),
    Obstacle.SOLD_OUT: _("Sold out."),
    Obstacle.OTHER_CHANNEL: _("It is not sold through this sales channel."),
    Obstacle.NOT_ON_DATE: _("It is not sold on this date."),
}
_ITEMS = ("event.items:write",)
_DATES = ("event.subevents:write",)


@dataclass(frozen=True, slots=True)
class Explained:
    """``url`` is empty where the reader's teams do not let them change it."""

    name: str
    reason: Any
    url: str
    button: Any


def explained(page: EventPage, found: Iterable[Unavailable]) -> Iterator[Explained]:
    """Explain why each cannot be chosen."""
    may_items, may_dates = page.has_permission(_ITEMS), page.has_permission(_DATES)
    for each in found:
        url, button = _remedy(page, each, may_items=may_items, may_dates=may_dates)
        yield Explained(_name(each), _REASONS[each.obstacle], url, button)


def _name(each: Unavailable) -> str:
    if each.item is None:
        return date_label(each.subevent) if each.subevent else ""
    return product_name(each.item, each.variation)


def _remedy(
    page: EventPage, each: Unavailable, *, may_items: bool, may_dates: bool
) -> tuple[str, Any]:
    if each.subevent is not None:
        url = page.link("subevent", each.subevent.pk) if may_dates else ""
        return url, _("Open the date")
    if each.obstacle is Obstacle.NO_QUOTA:
        url = page.link("quota-add") + f"?product={each.key}" if may_items else ""
        return url, _("Add a quota")
    if each.obstacle is Obstacle.SOLD_OUT:
        return page.link("quotas"), _("Open the quotas")
    url = page.link("item", each.item.pk) if may_items and each.item else ""
    return url, _("Open the product")

"""Which pages a page leads to: those of its event, else those of its organizer.

What the reader may not see is not offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counterfoil.catalog.models import Event, Organizer


class MenuPage(Protocol):
    """What a menu needs of a page: ``web.framework.views.Page`` is one."""

    request: HttpRequest
    organizer: Organizer | None
    event: Event | None

    def scope_names(self) -> list[str]: ...

    def has_permission(self, needs: tuple[str, ...], /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that people look for. Pages whose path begins with its own count as below it.

    So do those of ``others``; below a page that ``is_root`` of the whole menu nothing else counts.
    """

    route: str
    label: Any
    icon: str
    needs: tuple[str, ...] = ()
    only_series: bool = False
    is_root: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: Any
    icon: str
    is_current: bool


#: In the order of the work: what is sold, how it looks, what was made of it, who came.
EVENT: tuple[Entry, ...] = (
    Entry("event", _("Overview"), "home", is_root=True),
    Entry("items", _("Products"), "package", others=("taxrules",)),
    Entry("quotas", _("Quotas"), "gauge"),
    Entry("subevents", _("Dates"), "calendar-days", only_series=True),
    Entry("layouts", _("Layouts"), "palette"),
    Entry("batches", _("Batches"), "tickets", ("event.orders:read",)),
    Entry("counter", _("Counter"), "store", ("event.stock:write",)),
    Entry(
        "orders",
        _("Orders"),
        "clipboard-list",
        ("event.orders:read",),
        others=("numberreport",),
    ),
    Entry(
        "checkinlists", _("Check-in"), "scan-line", ("event.orders:read", "event.orders:checkin")
    ),
    Entry("exports", _("Exports"), "download", ("event.orders:read",)),
    Entry("jobs", _("Jobs"), "activity", ("event.orders:read",)),
    Entry(
        "event-settings",
        _("Settings"),
        "settings",
        ("event.settings.general:write",),
        others=("event-delete",),
    ),
)
ORGANIZER: tuple[Entry, ...] = (
    Entry("events", _("Events"), "calendar", is_root=True, others=("event-add",)),
    Entry("teams", _("Teams"), "users", ("organizer.teams:write",)),
    Entry("devices", _("Devices"), "smartphone", ("organizer.devices:read",)),
    Entry("channels", _("Sales channels"), "store"),
    Entry(
        "sellers",
        _("Sellers"),
        "users",
        ("organizer.sellers:read", "organizer.sellers:write"),
        others=("commissionplans",),
    ),
    Entry("numberseries", _("Number series"), "list-checks"),
    Entry("webhooks", _("Webhooks"), "globe", ("organizer.settings.general:write",)),
    Entry("organizer-settings", _("Settings"), "settings", ("organizer.settings.general:write",)),
)


def entries(page: MenuPage) -> list[Link]:
    """Return what a page's menu offers."""
    if page.event is not None:
        return list(_links(page, EVENT))
    if page.organizer is not None:
        return list(_links(page, ORGANIZER))
    return []


def _links(page: MenuPage, table: tuple[Entry, ...]) -> Iterator[Link]:
    for entry in table:
        if _is_offered(page, entry):
            url = _url(page, entry.route)
            yield Link(url, entry.label, entry.icon, _is_current(page, entry, url))


def _is_current(page: MenuPage, entry: Entry, url: str) -> bool:
    here = page.request.path
    is_here = here == url if entry.is_root else here.startswith(url)
    return is_here or any(here.startswith(_url(page, other)) for other in entry.others)


def _url(page: MenuPage, route: str) -> str:
    return reverse(f"web:{route}", args=page.scope_names())


def _is_offered(page: MenuPage, entry: Entry) -> bool:
    if entry.only_series and not (page.event and page.event.has_subevents):
        return False
    return page.has_permission(entry.needs)

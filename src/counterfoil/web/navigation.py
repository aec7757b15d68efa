"""Which pages a page leads to: those of its event, else those of its organizer.

What the reader may not see is not offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from counterfoil.web.page import Page


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that people look for. Pages whose path begins with its own count as below it."""

    route: str
    label: Any
    icon: str
    needs: tuple[str, ...] = ()
    only_series: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: Any
    icon: str
    is_current: bool


#: What people come for most often stands first, then what it is made of.
EVENT: tuple[Entry, ...] = (
    Entry("event", _("Overview"), "home"),
    Entry("batches", _("Batches"), "tickets", ("event.orders:read",)),
    Entry("layouts", _("Layouts"), "palette"),
    Entry("orders", _("Orders"), "clipboard-list", ("event.orders:read",)),
    Entry(
        "checkinlists", _("Check-in"), "scan-line", ("event.orders:read", "event.orders:checkin")
    ),
    Entry("items", _("Products"), "package"),
    Entry("quotas", _("Quotas"), "gauge"),
    Entry("subevents", _("Dates"), "calendar-days", only_series=True),
    Entry("jobs", _("Jobs"), "activity", ("event.orders:read",)),
    Entry("event-settings", _("Settings"), "settings", ("event.settings.general:write",)),
)
ORGANIZER: tuple[Entry, ...] = (
    Entry("events", _("Events"), "calendar"),
    Entry("teams", _("Teams"), "users", ("organizer.teams:write",)),
    Entry("devices", _("Devices"), "smartphone", ("organizer.devices:read",)),
    Entry("channels", _("Sales channels"), "store"),
    Entry("organizer-settings", _("Settings"), "settings", ("organizer.settings.general:write",)),
)


def entries(page: Page) -> list[Link]:
    """Return what a page's menu offers."""
    if page.event is not None:
        return list(_links(page, EVENT))
    if page.organizer is not None:
        return list(_links(page, ORGANIZER))
    return []


def _links(page: Page, table: tuple[Entry, ...]) -> Iterator[Link]:
    names = page.scope_names()
    offered = [entry for entry in table if _is_offered(page, entry)]
    urls = [reverse(f"web:{entry.route}", args=names) for entry in offered]
    fitting = [url for url in urls if page.request.path.startswith(url)]
    current = max(fitting, key=len, default=None)
    for entry, url in zip(offered, urls, strict=True):
        yield Link(url, entry.label, entry.icon, url == current)


def _is_offered(page: Page, entry: Entry) -> bool:
    if entry.only_series and not (page.event and page.event.has_subevents):
        return False
    return page.holds(entry.needs)

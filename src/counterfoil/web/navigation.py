"""Which pages a page leads to: those of its event, else those of its organizer.

What the reader may not see is not offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

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


#: In the order of the work: what is on, what is sold, how it looks, what was made of it.
EVENT: tuple[Entry, ...] = ()
ORGANIZER: tuple[Entry, ...] = ()


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

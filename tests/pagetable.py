"""Every route of the pages, and how to ask for something there. The walk is in test_access.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from counterfoil.catalog.models import Event

#: Makes something of an event and tells the path's parameters of it.
Ids = Callable[[Event], Mapping[str, Any]]


def no_ids(event: Event) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Row:
    """A route below an organizer or event. ``ids`` are those of a row made in that event."""

    ids: Ids = no_ids


#: Pages that anybody may see.
PUBLIC = {"signin", "signout", "language"}

#: Pages of whoever is signed in, below no organizer.
OWN = {"home", "account"}

ROUTES: dict[str, Row] = {
    "events": Row(),
    "event": Row(),
}

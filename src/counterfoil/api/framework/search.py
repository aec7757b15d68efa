"""Where a search looks, and filters by codes and secrets, which belong to an organizer."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework.request import Request

from counterfoil.api.framework.filters import Words
from counterfoil.orders.search import Scope


def scope_of(request: Request) -> Scope:
    """Return where a search of the request's view looks: its event, or all events of its list."""
    view: Any = request.parser_context["view"]
    if hasattr(view, "event"):
        return Scope.of(view.event)
    return Scope(organizer=view.organizer.pk, events=view.searched_events)


class OrganizersOwn(django_filters.CharFilter):  # type: ignore[misc]
    """A code or a secret.

    Their indexes begin with the organizer: without it, every order of the event is looked at.
    """

    def filter(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not value:
            return rows
        organizer = self.parent.request.parser_context["view"].organizer
        of_order = "order__" if self.field_name.startswith("order__") else ""
        lookups = {
            f"{of_order}organizer": organizer,
            f"{self.field_name}__{self.lookup_expr}": value,
        }
        return rows.filter(**lookups)


class OrganizersOwnWords(OrganizersOwn, Words):
    """One of several codes, separated by commas."""

"""The tickets of a batch: found by code, secret or number, or by what became of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

from counterfoil.batches import queries
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch
from counterfoil.web.batches.views.batches import READ, batch_of, tables_of
from counterfoil.web.framework.views import EventPage, event_routes


class Tickets(EventPage):
    read_permissions = READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        batch = batch_of(self.event, kwargs["batch"])
        rows = self.rows(self._found(batch))
        known = {
            "batch": batch,
            "rows": rows,
            "tickets": rows.object_list,
            "tables": tables_of(self, batch),
            "asked": {"q": self.asked("q"), "state": self.asked("state")},
        }
        return self.render("web/batches/tickets.html", known)

    def _found(self, batch: OfflineSalesBatch) -> QuerySet[BatchTicket]:
        found = queries.in_state(queries.shown_tickets(batch), self.asked("state"))
        text = self.asked("q")
        return queries.matching(found, text) if text else found


routes = event_routes(
    path("batches/<int:batch>/tickets/", Tickets.as_view(), name="batch-tickets"),
)

"""``pdf_data=true``: what layouts would show of a ticket, for scanners that print on their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rest_framework.request import Request

from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.variables.kinds import PictureVariable
from counterfoil.printing.variables.registry import VariableTable
from counterfoil.printing.variables.ticket_source import TicketSource


def includes_pdf_data(request: Request) -> bool:
    return request.query_params.get("pdf_data", "").lower() in ("true", "1")


def pdf_data(positions: Sequence[OrderPosition]) -> dict[int, dict[str, Any]]:
    """Return the texts of all variables for each position, by its id.

    The number of queries depends on the number of events among them only.
    """
    data: dict[int, dict[str, Any]] = {}
    in_order = sorted(positions, key=lambda each: (each.order.event_id, each.pk))
    for _, group in groupby(in_order, key=lambda each: each.order.event_id):
        of_event = list(group)
        data.update(_of_event(of_event[0].order.event, [each.pk for each in of_event]))
    return data


def _of_event(event: Event, ids: list[int]) -> dict[int, dict[str, Any]]:
    variables = VariableTable(event).documented()
    names = [each.key for each in variables if not isinstance(each, PictureVariable)]
    source = TicketSource(event, needs=names, images=(), now=clock.now())
    return {
        pk: {**{name: ticket.values.get(name) or "" for name in names}, "images": {}}
        for pk, ticket in zip(ids, source.tickets(ids), strict=True)
    }

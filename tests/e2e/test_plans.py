"""What is asked of one ticket looks at few rows, however many there are: the databases say so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apiclient import Api, at
from batches.making import make
from counterfoil.audit import services as audit
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import Checkin, CheckinList
from counterfoil.core import clock
from counterfoil.orders.models import OrderPosition
from counterfoil.web.editor.tickets import find_position
from makers import (
    make_event,
    make_item,
    make_order,
    make_position,
    make_team,
    make_token,
    make_user,
)
from pageclient import signed_in

#: So many tickets that no planner would rather read them all, in some batches.
BATCHES, TICKETS = 4, 5_000
NAMED = 300
#: A page shows fifty; what leads to one ticket looks at no more.
FEW = 600

GROWING = ("orders_order", "orders_orderposition", "checkin_checkin", "audit_logentry")


@dataclass
class Crowd:
    event: Event
    api: Api
    list: CheckinList
    ticket: OrderPosition

    def look(self, path: str, **query: Any) -> None:
        answer = self.api.get(f"{at(self.event, path)}?{urlencode(query)}")
        assert answer.status_code == 200, answer.content
        assert answer.json().get("count", 1) >= 1

    def scan(self, secret: str, nonce: str) -> Any:
        body = {"secret": secret, "lists": [self.list.pk], "nonce": nonce}
        path = f"/organizers/{self.event.organizer.slug}/checkinrpc/redeem/"
        return self.api.post(path, json=body)

    def search(self, text: str) -> None:
        gate = self.list.pk
        rpc = f"/api/v1/organizers/{self.event.organizer.slug}/checkinrpc/search/"
        for path in ("orders/", "orderpositions/", f"checkinlists/{gate}/positions/"):
            self.look(path, search=text)
        answer = self.api.get(f"{rpc}?{urlencode({'list': gate, 'search': text})}")
        assert answer.json()["count"] == 1

    def show(self, path: str, **query: str) -> None:
        base = f"/organizers/{self.event.organizer.slug}/events/{self.event.slug}/"
        answer = signed_in(make_user(self.event.organizer)).get(base + path, query)
        assert answer.status_code in (200, 302)


LOOKS: dict[str, Callable[[Crowd], object]] = {
    "scan": lambda crowd: crowd.scan(crowd.ticket.secret, "n1"),
    "scan of what is used": lambda crowd: crowd.scan(crowd.ticket.secret, "n2"),
    "scan in the order's language": lambda crowd: crowd.api.post(
        at(crowd.event, f"checkinlists/{crowd.list.pk}/positions/{crowd.ticket.secret}/redeem/"),
        json={"use_order_locale": True, "questions_supported": True},
    ),
    "scan of what is unknown": lambda crowd: crowd.scan("unknown", "n3"),
    "annul": lambda crowd: crowd.api.post(
        f"/organizers/{crowd.event.organizer.slug}/checkinrpc/annul/",
        json={"lists": [crowd.list.pk], "nonce": "n1"},
    ),
    "order": lambda crowd: crowd.look(f"orders/{crowd.ticket.order.code}/"),
    "order of the organizer": lambda crowd: crowd.api.get(
        f"/organizers/{crowd.event.organizer.slug}/orders/{crowd.ticket.order.code}/"
    ),
    "orders by code": lambda crowd: crowd.look("orders/", code=crowd.ticket.order.code),
    "download": lambda crowd: crowd.api.get(
        at(crowd.event, f"orders/{crowd.ticket.order.code}/download/pdf/")
    ),
    "tickets by secret": lambda crowd: crowd.look("orderpositions/", secret=crowd.ticket.secret),
    "tickets by order": lambda crowd: crowd.look("orderpositions/", order=crowd.ticket.order.code),
    "tickets by orders": lambda crowd: crowd.look(
        "orderpositions/", order__in=crowd.ticket.order.code
    ),
    "tickets by lead id": lambda crowd: crowd.look(
        "orderpositions/", pseudonymization_id=crowd.ticket.pseudonymization_id
    ),
    "tickets of a list by secret": lambda crowd: crowd.look(
        f"checkinlists/{crowd.list.pk}/positions/", secret=crowd.ticket.secret
    ),
    "tickets of a list by order": lambda crowd: crowd.look(
        f"checkinlists/{crowd.list.pk}/positions/", order=crowd.ticket.order.code
    ),
    "search by code and number": lambda crowd: crowd.search(f"{crowd.ticket.order.code}-1"),
    "search by event and code": lambda crowd: crowd.search(
        f"{crowd.event.slug}-{crowd.ticket.order.code}-1"
    ),
    "search by secret": lambda crowd: crowd.search(crowd.ticket.secret),
    "search by a secret's beginning": lambda crowd: crowd.search(crowd.ticket.secret[:12]),
    "search by lead id": lambda crowd: crowd.search(crowd.ticket.pseudonymization_id),
    "search by name": lambda crowd: crowd.search("Guest N123X"),
    "order page": lambda crowd: crowd.show(f"orders/{crowd.ticket.order.code}/"),
    "orders page by secret": lambda crowd: crowd.show("orders/", q=crowd.ticket.secret),
    "orders page by code": lambda crowd: crowd.show("orders/", q=f"{crowd.ticket.order.code}-1"),
    "list page by code": lambda crowd: find_position(
        crowd.event, {"search": crowd.ticket.order.code}
    ),
    "layout's ticket": lambda crowd: find_position(crowd.event, {"search": crowd.ticket.secret}),
    "batches by an order's code": lambda crowd: crowd.show("batches/", q=crowd.ticket.order.code),
}


@pytest.fixture
def crowd(transactional_db: None) -> Crowd:
    event = make_event()
    item = make_item(event)
    batches = [make(item, TICKETS) for _ in range(BATCHES)]
    named = make_order(event, items=[])
    for number in range(NAMED):
        name = {"_scheme": "full", "full_name": f"Guest N{number}X"}
        make_position(named, item, positionid=number + 1, attendee_name_parts=name)
    ticket = batches[1].tickets.get(number=1_500).position
    others = OrderPosition.objects.filter(order__event=event)[:TICKETS]
    gate = CheckinList.objects.create(event=event, name="Gate")
    Checkin.objects.bulk_create(
        Checkin(list=gate, position=each, datetime=clock.now(), nonce=each.secret)
        for each in others
        if each.pk != ticket.pk
    )
    for each in others[:1_000]:
        audit.record(actor=None, action="counterfoil.orderposition.changed", obj=each, event=event)
    if connection.vendor == "postgresql":  # it does so by itself, a minute later
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    api = Api(make_token(make_team(event.organizer))[1])
    return Crowd(event=event, api=api, list=gate, ticket=ticket)


def test_what_leads_to_one_ticket_looks_at_few_rows(crowd: Crowd) -> None:
    walks = []
    for name, look in LOOKS.items():
        with CaptureQueriesContext(connection) as queries:
            look(crowd)
        for query in queries.captured_queries:
            sql = query["sql"]
            if sql.startswith("SELECT") and any(f'"{table}"' in sql for table in GROWING):
                walks += [f"{name}: {walk}\n{sql}" for walk in walks_in(sql)]

    assert not walks, "\n\n".join(walks)


def walks_in(sql: str) -> list[str]:
    """Return which steps of a query's plan look at more rows than they lead to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            (plans,) = cursor.fetchone()
        plan = (json.loads(plans) if isinstance(plans, str) else plans)[0]["Plan"]
        return [walk for node in _nodes(plan) if (walk := _walk_of(node))]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [row[-1] for row in cursor.fetchall()]
    tables = {alias: table for table, alias in re.findall(r'"(\w+)" ([A-Z]\d+)', sql)}
    return [step for step in steps if _is_walk(step, tables)]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _walk_of(node: dict[str, Any]) -> str:
    removed = sum(number for key, number in node.items() if key.startswith("Rows Removed"))
    rows = (node["Actual Rows"] + removed) * node["Actual Loops"]
    name = f"{node['Node Type']} {node.get('Index Name') or node.get('Relation Name', '')}"
    return f"{name} looks at {rows:.0f} rows" if rows > FEW else ""


def _is_walk(step: str, tables: dict[str, str]) -> bool:
    match = re.match(r"(SCAN|SEARCH) (\S+)", step)
    if match is None or tables.get(match[2], match[2]) not in GROWING:
        return False
    # Those who are named are few, and SQLite tells of no better way to look for a part of a name.
    # Of test orders, which have an index of their own, only one is looked for.
    if "_by_words" in step or "order_of_test" in step:
        return False
    known = re.search(r"\(([^()]*=[^()]*)\)", step)
    columns = set(re.findall(r"(\w+)[=<>]", known[1])) if known else set()
    return match[1] == "SCAN" or columns <= {"organizer_id", "event_id", "list_id", "kind"}

"""Every list costs as many queries for fifty rows as for one. A list that nobody named fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

import accesstable
from accesstable import Ids
from apiclient import BASE, Api
from batches.making import make
from counterfoil.accounts.actors import TokenActor
from counterfoil.accounts.models import User
from counterfoil.api.urls import all_routes
from counterfoil.audit import services as audit
from counterfoil.catalog.models import Event, Item, SubEventItem, SubEventItemVariation
from counterfoil.checkin.models import BlockedSecret, Checkin, CheckinList, RevokedSecret
from counterfoil.core import clock
from counterfoil.jobs.models import Job
from counterfoil.layouts.models import Background, TicketLayoutItem
from counterfoil.orders.models import OrderPayment
from counterfoil.printing.models import Print, RenderRequest
from counterfoil.sellers.models import CommissionPlan
from makers import (
    make_delivery,
    make_device,
    make_event,
    make_item,
    make_layout,
    make_number_series,
    make_order,
    make_organizer,
    make_position,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_team,
    make_token,
    make_variation,
    make_webhook,
)

Maker = Callable[[Event, int], Ids | None]

MANY = 50


def channels(event: Event, amount: int) -> None:
    for number in range(amount):
        event.organizer.sales_channels.create(identifier=f"api.c{number}", label={"en": "C"})


def number_series(event: Event, amount: int) -> None:
    for _ in range(amount):
        make_number_series(event.organizer)


def number_assignments(event: Event, amount: int) -> None:
    for _ in range(amount):
        make_number_series(event.organizer, make_item(event))


def numbered_tickets(event: Event, amount: int) -> None:
    series = make_number_series(event.organizer, item := make_item(event))
    order = make_order(event, items=[])
    for number in range(1, amount + 1):
        numbers = {"serial_number": number, "serial": series.serial(number)}
        place = {"positionid": number, "price": number}
        make_position(order, item, number_series=series, **numbers, **place)


def log_entries(event: Event, amount: int) -> None:
    for _ in range(amount):
        token, _header = make_token(make_team(event.organizer))
        audit.record(
            actor=TokenActor(token), action="counterfoil.event.changed", obj=event, event=event
        )


def events(event: Event, amount: int) -> None:
    for _ in range(amount):
        other = make_event(event.organizer, all_sales_channels=False)
        other.limit_sales_channels.add(_web(event))
        make_variation(make_item(other, quota=5))


def dates(event: Event, amount: int) -> None:
    item = make_item(event)
    variation = make_variation(item)
    for _ in range(amount):
        date = make_subevent(event)
        SubEventItem.objects.create(subevent=date, item=item, price=1)
        SubEventItemVariation.objects.create(subevent=date, variation=variation, price=1)
        make_quota(event, size=5, items=[item], variations=[variation], subevent=date)


def items(event: Event, amount: int) -> None:
    for _ in range(amount):
        item = _limited(event)
        make_variation(item, all_sales_channels=False).limit_sales_channels.add(_web(event))


def variations(event: Event, amount: int) -> Ids:
    item = make_item(event)
    for _ in range(amount):
        make_variation(item, all_sales_channels=False).limit_sales_channels.add(_web(event))
    return {"item": item.pk}


def categories(event: Event, amount: int) -> None:
    for _ in range(amount):
        event.categories.create(name={"en": "C"})


def tax_rules(event: Event, amount: int) -> None:
    for _ in range(amount):
        make_tax_rule(event)


def quotas(event: Event, amount: int) -> None:
    for _ in range(amount):
        item = make_item(event, quota=False)
        make_quota(event, size=5, items=[item], variations=[make_variation(item)])


def questions(event: Event, amount: int) -> None:
    for number in range(amount):
        question = event.questions.create(identifier=f"Q{number}", question={"en": "Why?"})
        question.items.add(make_item(event))
        question.options.create(identifier="O", answer={"en": "So."})


def orders(event: Event, amount: int) -> Ids:
    checkin_list = CheckinList.objects.create(event=event, name="List")
    for _ in range(amount):
        order = make_order(event, items=[make_item(event)])
        OrderPayment.objects.create(order=order, amount=1, created=clock.now())
        position = order.positions.get()
        Checkin.objects.create(list=checkin_list, position=position, datetime=clock.now())
    return {"list": checkin_list.pk}


def batches(event: Event, amount: int) -> None:
    for _ in range(amount):
        make(make_item(event), 1, layout=make_layout(event))


def batch_tickets(event: Event, amount: int) -> Ids:
    return {"pk": make(make_item(event), amount).pk}


def layouts(event: Event, amount: int) -> None:
    assignments(event, amount)
    for layout in event.ticket_layouts.all():
        layout.background = Background.objects.create(event=event, original="x", compiled="x")
        layout.save()


def assignments(event: Event, amount: int) -> None:
    for _ in range(amount):
        TicketLayoutItem.objects.create(
            layout=make_layout(event), item=make_item(event), sales_channel=_web(event)
        )


def checkin_lists(event: Event, amount: int) -> None:
    for number in range(amount):
        checkin_list = CheckinList.objects.create(
            event=event, name=f"List {number}", all_products=False
        )
        checkin_list.limit_products.add(make_item(event))


def revoked_secrets(event: Event, amount: int) -> None:
    for number in range(amount):
        RevokedSecret.objects.create(event=event, secret=str(number))


def blocked_secrets(event: Event, amount: int) -> None:
    for number in range(amount):
        BlockedSecret.objects.create(event=event, secret=str(number), blocked=True)


def sellers(event: Event, amount: int) -> None:
    for number in range(amount):
        plan = CommissionPlan.objects.create(organizer=event.organizer, name=f"Plan {number}")
        event.organizer.sellers.create(name=f"Kiosk {number}", commission_plan=plan)


def seller_payments(event: Event, amount: int) -> Ids:
    seller = event.organizer.sellers.create(name="Kiosk")
    for _ in range(amount):
        seller.payments.create(amount=1, currency="EUR", event=event)
    return {"seller": seller.pk}


def commission_plans(event: Event, amount: int) -> None:
    for number in range(amount):
        plan = CommissionPlan.objects.create(organizer=event.organizer, name=f"Plan {number}")
        plan.rules.create(item=make_item(event), fixed=1, position=0)


def consignments(event: Event, amount: int) -> None:
    for _ in range(amount):
        accesstable.consignments(event)


def seller_statements(event: Event, amount: int) -> None:
    for _ in range(amount):
        accesstable.statements(event)
    event.seller_statements.update(state="issued")  # a draft is worked out when it is read


def stock_events(event: Event, amount: int) -> None:
    for _ in range(amount):
        accesstable.stock_events(event)


def stock_documents(event: Event, amount: int) -> None:
    for _ in range(amount):
        accesstable.stock_documents(event)


def scan_conflicts(event: Event, amount: int) -> None:
    for _ in range(amount):
        accesstable.scan_conflicts(event)


def devices(event: Event, amount: int) -> None:
    for _ in range(amount):
        device, _header = make_device(event.organizer, all_events=False)
        device.limit_events.add(event)


def sheets(event: Event, amount: int) -> None:
    for _ in range(amount):
        event.organizer.sheets.create(name="x", declaration={})


def prints(event: Event, amount: int) -> Ids:
    batch = make(make_item(event), 1)
    for _ in range(amount):
        token, _header = make_token(make_team(event.organizer))
        request = RenderRequest.objects.create(
            job=Job.objects.create(kind="printing.print"),
            event=event,
            requested_by=f"token:{token.pk}",
            purpose="print",
            parts=[],
            layouts=[{"name": "x", "elements": [], "background": None}],
        )
        batch.prints.create(request=request)
        Print.objects.create(request=request, tickets="1", plan={}, layout_version="x")
    return {"batch": batch.pk}


def handovers(event: Event, amount: int) -> Ids:
    ids = prints(event, 1)
    printed = Print.objects.latest("pk")
    printed.plan = {"sheets": 1, "tickets": 1}
    printed.save()
    for number in range(amount):
        token, _header = make_token(make_team(event.organizer))
        printed.handovers.create(
            token_hash=f"{printed.pk} {number}",
            recipient="x",
            created_by=f"token:{token.pk}",
            expires=clock.now(),
        )
    return {**ids, "print": printed.pk}


def webhooks(event: Event, amount: int) -> None:
    for _ in range(amount):
        webhook = make_webhook(event.organizer, all_events=False)
        webhook.limit_events.add(event)


def deliveries(event: Event, amount: int) -> Ids:
    webhook = make_webhook(event.organizer)
    for _ in range(amount):
        make_delivery(webhook)
    return {"webhook": webhook.pk}


LISTS: dict[str, Maker] = {
    "saleschannel-list": channels,
    "sheet-list": sheets,
    "numberseries-list": number_series,
    "numberassignment-list": number_assignments,
    "numberreport": numbered_tickets,
    "auditlog-list": log_entries,
    "event-list": events,
    "subevent-list": dates,
    "organizer-subevent-list": dates,
    "item-list": items,
    "variation-list": variations,
    "category-list": categories,
    "taxrule-list": tax_rules,
    "quota-list": quotas,
    "question-list": questions,
    "order-list": orders,
    "organizer-order-list": orders,
    "orderposition-list": orders,
    "offlinesalesbatch-list": batches,
    "offlinesalesbatch-tickets": batch_tickets,
    "batchprint-list": prints,
    "batchprinthandover-list": handovers,
    "ticketlayout-list": layouts,
    "ticketlayoutitem-list": assignments,
    "layoutassignment-list": assignments,
    "checkinlist-list": checkin_lists,
    "checkinlistpos-list": orders,
    "checkinrpc-search": orders,
    "checkin-list": orders,
    "revokedsecret-list": revoked_secrets,
    "blockedsecret-list": blocked_secrets,
    "stockevent-list": stock_events,
    "stockdocument-list": stock_documents,
    "seller-list": sellers,
    "sellerpayment-list": seller_payments,
    "commissionplan-list": commission_plans,
    "consignment-list": consignments,
    "sellerstatement-list": seller_statements,
    "scanconflict-list": scan_conflicts,
    "device-list": devices,
    "webhook-list": webhooks,
    "webhookdelivery-list": deliveries,
}

#: What more may be asked of a list at the price of more rows being looked at.
QUERIES = {
    "event-list": ["with_availability_for=web"],
    "subevent-list": ["with_availability_for=web"],
    "organizer-subevent-list": ["with_availability_for=web"],
    "quota-list": ["with_availability=true"],
    "order-list": ["pdf_data=true", "include_canceled_positions=true"],
    "orderposition-list": ["pdf_data=true"],
    "checkinlistpos-list": ["pdf_data=true", "expand=subevent&expand=item&expand=variation"],
    "checkinrpc-search": ["pdf_data=true"],
}

#: Lists whose rows are no rows of the database, or that have none; and the one shown below.
OTHERS = {
    "numberreport-mentions",
    "layoutvariable-list",
    "layoutelement-list",
    "sheetpreset-list",
    "badgelayout-list",
    "badgeitem-list",
    "discount-list",
    "seat-list",
    "voucher-list",
    "waitinglistentry-list",
    "invoice-list",
    "reusablemedium-list",
    "organizer-list",
}


def _web(event: Event) -> Any:
    return event.organizer.sales_channels.get(identifier="web")


def _limited(event: Event) -> Item:
    item = make_item(event, tax_rule=make_tax_rule(event), all_sales_channels=False)
    item.limit_sales_channels.add(_web(event))
    return item


def _lists() -> Iterator[tuple[str, URLPattern]]:
    for route in all_routes():
        actions = getattr(route.callback, "actions", None) or {}
        if actions.get("get") == "list":
            yield str(route.name), route


def _cost(name: str, amount: int, query: str) -> int:
    """Return how many queries a list of so many rows, or some more, takes."""
    event = make_event(has_subevents=LISTS[name] is dates)
    ids = LISTS[name](event, amount) or {}
    api = Api(make_token(make_team(event.organizer))[1])
    path = _path(name, event, ids)
    with CaptureQueriesContext(connection) as queries:
        answer = api.get(f"{path}?{query}&list={ids.get('list', '')}")
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["results"]) in range(amount, amount + 5)
    return len(queries)


def _path(name: str, event: Event, ids: Ids) -> str:
    path = str(dict(_lists())[name].pattern)
    known = {"str:organizer": event.organizer.slug, "str:event": event.slug}
    known |= {f"id:{key}": value for key, value in ids.items()}
    for key, value in known.items():
        path = path.replace(f"<{key}>", str(value))
    return f"{BASE}/{path}"


def test_every_list_is_named() -> None:
    assert {name for name, _ in _lists()} == set(LISTS) | OTHERS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "query"),
    [(name, query) for name in LISTS for query in ["", *QUERIES.get(name, [])]],
)
def test_a_list_costs_the_same_for_any_number_of_rows(name: str, query: str) -> None:
    one, many = _cost(name, 1, query), _cost(name, MANY, query)

    assert one == many


@pytest.mark.django_db
def test_organizers_cost_the_same_for_any_number_of_rows() -> None:
    def cost(amount: int) -> int:
        user = User.objects.create(email=f"{amount}@example.org")
        for _ in range(amount):
            make_team(make_organizer()).members.add(user)
        client = Client()
        client.force_login(user)
        with CaptureQueriesContext(connection) as queries:
            answer: Any = client.get(f"{BASE}/organizers/")
        assert answer.json()["count"] == amount
        return len(queries)

    assert cost(1) == cost(MANY)

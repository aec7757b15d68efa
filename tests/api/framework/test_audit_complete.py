"""Every change over the API is in the log: a walk over all routes that write."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import URLPattern

from accesstable import ROUTES, Ids
from apiclient import BASE, Api, at, send_file
from batches.making import make
from counterfoil.api.urls import all_routes
from counterfoil.audit.models import LogEntry
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event
from counterfoil.checkin.models import CheckinList
from counterfoil.jobs import runner
from counterfoil.jobs.models import Job
from counterfoil.printing.models import Print, RenderRequest
from counterfoil.sellers.models import CommissionPlan, Seller
from makers import (
    make_delivery,
    make_device,
    make_event,
    make_item,
    make_layout,
    make_number_series,
    make_order,
    make_subevent,
    make_variation,
    make_webhook,
)

Body = dict[str, Any]

#: What changes nothing that anybody could want to know of.
UNTOLD = {
    "upload": "a file that nothing uses yet; what uses it is logged",
    "ticketlayout-preview": "shows, and keeps nothing",
    "ticketlayout-unsaved-preview": "shows, and keeps nothing",
    "sheetpreview": "shows, and keeps nothing",
}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_WRITING = {"POST", "PUT", "PATCH", "DELETE"}


def _secret(event: Event) -> str:
    return str(make_order(event, items=[make_item(event)]).positions.get().secret)


def _list(event: Event) -> int:
    return int(CheckinList.objects.create(event=event, name="x").pk)


def _position(event: Event) -> int:
    return int(make_order(event, items=[make_item(event)]).positions.get().pk)


def _seller(event: Event) -> int:
    return int(Seller.objects.create(organizer=event.organizer, name="Kiosk").pk)


def _consignment(event: Event) -> Body:
    batch = make(make_item(event), 2)
    lines = [{"batch": batch.pk, "tickets": "1-2"}]
    return {"kind": "out", "seller": _seller(event), "lines": lines}


SHEET = {"name": "x", "width": 210, "height": 297, "columns": 1, "rows": 1}

#: What is sent to make something.
NEW: dict[str, Callable[[Event], Body]] = {
    "saleschannel-list": lambda e: {"identifier": "api.x", "type": "api", "label": "x"},
    "event-list": lambda e: {
        "name": {"en": "x"},
        "slug": "new",
        "currency": "EUR",
        "date_from": "2027-06-12T09:00:00Z",
    },
    "event-clone": lambda e: {
        "name": {"en": "x"},
        "slug": "copy",
        "date_from": "2027-06-12T09:00:00Z",
    },
    "subevent-list": lambda e: {
        "name": {"en": "x"},
        "date_from": "2027-06-12T09:00:00Z",
        "active": True,
        "is_public": True,
        "location": None,
        "item_price_overrides": [],
        "variation_price_overrides": [],
        "meta_data": {},
    },
    "item-list": lambda e: {"name": {"en": "x"}, "default_price": "3.00"},
    "variation-list": lambda e: {"value": {"en": "x"}},
    "category-list": lambda e: {"name": "x"},
    "taxrule-list": lambda e: {"name": "x", "rate": "7"},
    "quota-list": lambda e: {"name": "x", "size": 1, "items": [make_item(e).pk]},
    "numberseries-list": lambda _e: {"name": "x", "prefix": "new-"},
    "seller-list": lambda _e: {"name": "x"},
    "sellerpayment-list": lambda _e: {"amount": "1.00", "currency": "EUR"},
    "commissionplan-list": lambda _e: {"name": "x", "rules": []},
    "consignment-list": lambda e: _consignment(e),
    "sellerstatement-list": lambda e: {"seller": _seller(e), "basis": "declared"},
    "ticketaction-list": lambda e: {"action": "void", "secrets": [_secret(e)], "reason": "x"},
    "numberassignment-list": lambda e: {
        "item": make_item(e).pk,
        "series": make_number_series(e.organizer).pk,
    },
    "question-list": lambda e: {"question": "x", "type": "S"},
    "order-list": lambda e: {
        "email": "a@example.org",
        "locale": "en",
        "sales_channel": "web",
        "status": "p",
        "payment_provider": "manual",
        "positions": [{"item": make_item(e).pk, "variation": None}],
    },
    "order-extend": lambda _e: {"expires": "2099-12-31"},
    "orderposition-add-block": lambda _e: {"name": "admin"},
    "orderposition-remove-block": lambda _e: {"name": "admin"},
    "orderposition-printlog": lambda e: {"type": "ticket", "source": "x", "info": {}},
    "offlinesalesbatch-list": lambda e: {"item": make_item(e).pk, "amount": 1},
    "ticketlayout-list": lambda e: {"name": "x", "layout": []},
    "layoutassignment-list": lambda e: {
        "layout": make_layout(e).pk,
        "item": make_item(e).pk,
        "sales_channel": "web",
    },
    "ticketpdfrenderer-render-batch": lambda e: {"parts": [{"orderposition": _position(e)}]},
    "checkinlist-list": lambda e: {"name": "x"},
    "checkinlist-failed-checkins": lambda e: {"error_reason": "invalid", "raw_barcode": "abc"},
    "checkinrpc-redeem": lambda e: {"secret": _secret(e), "lists": [_list(e)]},
    "device-list": lambda e: {"name": "x", "all_events": True},
    "sheet-list": lambda _e: SHEET,
    "batchprint-sheets": lambda _e: {"sheets": "1", "reason": "x"},
    "batchprinthandover-list": lambda _e: {"recipient": "City Press"},
    "webhook-list": lambda _e: {"target_url": "https://example.org/hook", "action_types": []},
}
CHANGE: dict[str, Body] = {
    "event-settings": {"ticket_download": True},
    "order-detail": {"comment": "x"},
    "offlinesalesbatch-options": {"book_size": 1},
    "numberreport-options": {"preset": "FR"},
    "orderposition-detail": {"company": "x"},
}


def _routes() -> dict[str, URLPattern]:
    return {str(route.name): route for route in all_routes()}


def _calls() -> list[tuple[str, str]]:
    """Every route and method that writes and is a person's or a program's."""
    found = []
    for name, row in ROUTES.items():
        if name not in UNTOLD and not row.special:
            found += [(name, method) for method in sorted(_WRITING & row.needs.keys())]
    return found


def _path(name: str, event: Event, ids: Ids) -> str:
    known = {**ids, "organizer": event.organizer.slug, "event": event.slug}
    pattern = str(_routes()[name].pattern)
    return f"{BASE}/{_PARAMETER.sub(lambda found: str(known[found[1]]), pattern)}"


def _body(api: Api, call: tuple[str, str], event: Event, path: str) -> Body:
    name, method = call
    if name == "checkinrpc-annul":
        return _annulment(api, event)
    if method == "POST":
        return NEW.get(name, lambda _event: {})(event)
    if method == "PUT":  # what is shown is accepted, save for a product's variations
        shown: Body = api.get(path).json()
        return {key: value for key, value in shown.items() if key != "variations"}
    return CHANGE.get(name, {})


def _own_ids(api: Api, name: str, event: Event) -> Ids:  # noqa: C901, PLR0912 - one a resource
    """Ids of what is there already, where any one of its kind will not do."""
    match name:
        case "saleschannel-detail":
            made = event.organizer.sales_channels.create(
                identifier="api.x", type="api", label={"en": "x"}
            )
            return {"identifier": made.identifier}
        case "variation-detail":  # one of two: the last one stays
            variation = make_variation(make_item(event))
            make_variation(variation.item)
            return {"item": variation.item_id, "pk": variation.pk}
        case "device-detail":
            return {"device_id": make_device(event.organizer)[0].device_id}
        case "webhook-detail" | "webhook-secret":
            return {"pk": make_webhook(event.organizer).pk}
        case "webhookdelivery-repeat":
            delivery = make_delivery(make_webhook(event.organizer))
            return {"webhook": delivery.webhook_id, "pk": delivery.pk}
        case "order-detail":  # only orders made in test mode can be deleted
            return {"code": make_order(event, items=[make_item(event)], testmode=True).code}
        case "offlinesalesbatch-render" | "offlinesalesbatch-render-noslash":
            return {"pk": _made_batch(api, event)}
        case "numberseries-detail":
            return {"pk": make_number_series(event.organizer).pk}
        case "seller-detail":
            return {"pk": _seller(event)}
        case "seller-link":
            seller = _seller(event)
            api.post(f"/organizers/{event.organizer.slug}/sellers/{seller}/link/", json={})
            return {"pk": seller}
        case "sellerpayment-list":
            return {"seller": _seller(event)}
        case "commissionplan-detail":
            plan = CommissionPlan.objects.create(organizer=event.organizer, name="x")
            return {"pk": plan.pk}
        case "consignment-detail" | "consignment-accept":
            draft = api.post(at(event, "consignments/"), json=_consignment(event))
            return {"pk": draft.json()["id"]}
        case "sheet-detail":
            return {"pk": event.organizer.sheets.create(name="x", declaration=SHEET).pk}
        case "batchprint-list":
            return {"batch": _made_batch(api, event)}
        case "batchprinthandover-list":
            batch = _made_batch(api, event)
            answer = api.post(at(event, f"offlinesalesbatches/{batch}/prints/"), json={})
            runner.run(Print.objects.get().request_id)
            return {"batch": batch, "print": answer.json()["id"]}
        case "batchprint-sheets":
            batch = _made_batch(api, event)
            answer = api.post(at(event, f"offlinesalesbatches/{batch}/prints/"), json={})
            runner.run(Print.objects.get().request_id)
            return {"batch": batch, "pk": answer.json()["id"]}
        case "offlinesalesbatch-data":
            pk = _made_batch(api, event)
            send_file(api, "PUT", at(event, f"offlinesalesbatches/{pk}/data/"), b"seat\n1\n")
            return {"pk": pk}
        case "renderjob-detail":
            body = {"parts": [{"orderposition": _position(event)}]}
            api.post(at(event, "ticketpdfrenderer/render_batch/"), json=body)
            return {"job": RenderRequest.objects.get().pk}
        case _:
            among = ROUTES[name].among
            return among(event) if among else {}


def _made_batch(api: Api, event: Event) -> int:
    body = {"item": make_item(event).pk, "amount": 1}
    assert api.post(at(event, "offlinesalesbatches/"), json=body).status_code == 202
    runner.run(Job.objects.get().pk)
    return int(OfflineSalesBatch.objects.get().pk)


def _annulment(api: Api, event: Event) -> Body:
    """Let somebody in, and take it back."""
    secret, lists = _secret(event), [_list(event)]
    body = {"secret": secret, "lists": lists, "nonce": "n"}
    path = f"/organizers/{event.organizer.slug}/checkinrpc/redeem/"
    assert api.post(path, json=body).status_code == 201
    return {"lists": lists, "nonce": "n"}


@pytest.mark.parametrize("call", _calls(), ids=" ".join)
def test_every_change_is_in_the_log(api: Api, event: Event, call: tuple[str, str]) -> None:
    name, method = call
    if name in {"subevent-list", "subevent-detail"}:
        event = make_event(event.organizer, has_subevents=True)
        make_subevent(event)
    path = _path(name, event, _own_ids(api, name, event))
    body = _body(api, call, event, path)
    before = set(LogEntry.objects.values_list("pk", flat=True))

    if (name, method) == ("offlinesalesbatch-data", "PUT"):
        answer = send_file(api, method, path, b"seat\n2\n")
    else:
        answer = api.send(method, path, json=body)

    assert answer.status_code < 300, answer.content
    written = LogEntry.objects.exclude(pk__in=before)
    assert written, "nothing was logged"
    assert {entry.organizer_id for entry in written} == {event.organizer_id}
    assert all(entry.token_id for entry in written)

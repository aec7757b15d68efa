"""Every route of the pages, and how to ask for something there. The walk is in test_access.py."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from batches.making import ask, make_stock_document
from counterfoil.accounts.actors import UserActor
from counterfoil.accounts.models import Invitation
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.catalog.models import Event, ItemCategory
from counterfoil.checkin.models import CheckinList
from counterfoil.core import clock
from counterfoil.jobs.models import Job
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.models import Print, RenderRequest
from counterfoil.printing.services import PrintItem, request_render
from counterfoil.render import Message
from counterfoil.sellers.models import Seller
from counterfoil.web.models import ExportRequest
from makers import (
    make_delivery,
    make_device,
    make_item,
    make_layout,
    make_number_series,
    make_order,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_team,
    make_token,
    make_user,
    make_webhook,
)

#: Makes something of an event and tells the path's parameters of it.
Ids = Callable[[Event], Mapping[str, Any]]


def no_ids(event: Event) -> Mapping[str, Any]:
    return {}


def order(event: Event) -> Mapping[str, Any]:
    return {"order": make_order(event, items=[make_item(event)]).code}


def ticket(event: Event) -> Mapping[str, Any]:
    return {"ticket": make_order(event, items=[make_item(event)]).positions.get().pk}


def checkinlist(event: Event) -> Mapping[str, Any]:
    return {"list": CheckinList.objects.create(event=event, name="Gate").pk}


def layout(event: Event) -> Mapping[str, Any]:
    return {"layout": make_layout(event).pk}


def team(event: Event) -> Mapping[str, Any]:
    return {"team": make_team(event.organizer).pk}


def member(event: Event) -> Mapping[str, Any]:
    user = make_user(event.organizer)
    return {"team": user.teams.get().pk, "member": user.pk}


def invitation(event: Event) -> Mapping[str, Any]:
    made = Invitation.objects.create(
        team=make_team(event.organizer),
        note="Grace",
        token_hash=secrets.token_hex(32),
        expires=datetime(2099, 1, 1, tzinfo=UTC),
    )
    return {"team": made.team_id, "invitation": made.pk}


def token(event: Event) -> Mapping[str, Any]:
    made, _header = make_token(make_team(event.organizer))
    return {"team": made.team_id, "token": made.pk}


def device(event: Event) -> Mapping[str, Any]:
    return {"device": make_device(event.organizer)[0].device_id}


def item(event: Event) -> Mapping[str, Any]:
    return {"item": make_item(event).pk}


def number_series(event: Event) -> Mapping[str, Any]:
    return {"series": make_number_series(event.organizer).pk}


def category(event: Event) -> Mapping[str, Any]:
    return {"category": ItemCategory.objects.create(event=event, name={"en": "Tickets"}).pk}


def tax_rule(event: Event) -> Mapping[str, Any]:
    return {"rule": make_tax_rule(event).pk}


def quota(event: Event) -> Mapping[str, Any]:
    return {"quota": make_quota(event, size=5, items=[make_item(event)]).pk}


def date_of_series(event: Event) -> Mapping[str, Any]:
    return {"subevent": make_subevent(event).pk}


def channel(event: Event) -> Mapping[str, Any]:
    return {"channel": event.organizer.sales_channels.get(identifier="web").pk}


@dataclass(frozen=True, slots=True)
class Row:
    """A route below an organizer or event. ``ids`` are those of a row made in that event.

    With ``of_organizer`` the row belongs to all events of the organizer, also below an event.
    """

    ids: Ids = no_ids
    of_organizer: bool = False


def batch(event: Event) -> Mapping[str, Any]:
    web = event.organizer.sales_channels.get(identifier="web")
    made = OfflineSalesBatch.objects.create(
        event=event, creation=clock.now(), sales_channel=web, item=make_item(event), amount=1
    )
    return {"batch": made.pk}


def wish(event: Event) -> Mapping[str, Any]:
    return {"job": ask(make_item(event)).pk}


def printed(event: Event) -> Mapping[str, Any]:
    position = make_order(event, items=[make_item(event)]).positions.get()
    actor = UserActor(make_user(event.organizer))
    asked = request_render(
        event=event, actor=actor, parts=[PrintItem(position.pk)], purpose="batch"
    )
    return {"job": asked.pk}


def sheet_print(event: Event) -> Mapping[str, Any]:
    request = RenderRequest.objects.get(pk=printed(event)["job"])
    Print.objects.create(request=request, tickets="1", plan={}, layout_version="x")
    return {"job": request.pk}


def handover(event: Event) -> Mapping[str, Any]:
    made = Print.objects.get(request_id=sheet_print(event)["job"]).handovers.create(
        token_hash=secrets.token_hex(32),
        recipient="Press",
        created_by="user:0",
        expires=datetime(2099, 1, 1, tzinfo=UTC),
    )
    return {"handover": made.pk}


def _seller(event: Event) -> Seller:
    return Seller.objects.create(organizer=event.organizer, name="Kiosk")


def seller(event: Event) -> Mapping[str, Any]:
    return {"seller": _seller(event).pk}


def seller_account(event: Event) -> Mapping[str, Any]:
    return {"seller": _seller(event).pk, "kind": "csv"}


def commission_plan(event: Event) -> Mapping[str, Any]:
    return {"plan": event.organizer.commission_plans.get_or_create(name="Kiosks")[0].pk}


def seller_notice(event: Event) -> Mapping[str, Any]:
    made = _seller(event)
    row = OfflineSalesBatch.objects.get(pk=batch(event)["batch"])
    notice = made.notices.create(batch=row, kind="return", ranges="1", count=1)
    return {"seller": made.pk, "notice": notice.pk}


def seller_note(event: Event) -> Mapping[str, Any]:
    made = _seller(event)
    row = made.consignments.create(event=event, organizer=event.organizer, kind="out")
    return {"seller": made.pk, "pk": row.pk}


def seller_statement(event: Event) -> Mapping[str, Any]:
    made = _seller(event)
    row = made.statements.create(event=event, organizer=event.organizer, basis="declared")
    return {"seller": made.pk, "pk": row.pk}


def export_file(event: Event) -> Mapping[str, Any]:
    job = Job.objects.create(kind="web.export", state=Job.State.DONE)
    return {"job": ExportRequest.objects.create(job=job, event=event, requested_by="user:0").pk}


def seller_return(event: Event) -> Mapping[str, Any]:
    made = _seller(event)
    row = OfflineSalesBatch.objects.get(pk=batch(event)["batch"])
    return {"seller": made.pk, "pk": make_stock_document(row, seller=made.pk).pk}


def finding(event: Event) -> Mapping[str, Any]:
    names = printed(event)
    sold = OrderPosition.objects.get(order__event=event)
    found = {"concern": "overflows_box", "pointer": "/0", "layout": "", "layout_index": 0}
    first = [
        {"ticket": f"{sold.order.code}-{sold.positionid}", "message": Message.of_text("").to_json()}
    ]
    result = {"findings": [{**found, "count": 1, "first": first}]}
    Job.objects.filter(pk=names["job"]).update(result=result)
    return {**names, "number": 0}


def webhook(event: Event) -> Mapping[str, Any]:
    return {"webhook": make_webhook(event.organizer).pk}


def delivery(event: Event) -> Mapping[str, Any]:
    made = make_delivery(make_webhook(event.organizer))
    return {"webhook": made.webhook_id, "delivery": made.pk}


#: Pages that anybody may see.
PUBLIC = {
    "signin",
    "signin-code",
    "signout",
    "language",
    "start",
    "password-reset",
    "invitation",
    "handover",
    "handover-file",
    "seller-own-page",
}

#: Pages of whoever is signed in, below no organizer.
OWN = {
    "home",
    "account",
    "account-password",
    "secondfactor",
    "secondfactor-codes",
    "secondfactor-off",
}

ROUTES: dict[str, Row] = {
    "exports": Row(),
    **{
        f"export-{name}": Row() for name in ("checkinlist", "scans", "quotas", "tickets", "numbers")
    },
    "export-download": Row(export_file),
    "events": Row(),
    "event-add": Row(),
    "event-example": Row(),
    "organizer-settings": Row(),
    "channels": Row(),
    "channel-add": Row(),
    "channel": Row(channel),
    "channel-delete": Row(channel),
    "numberseries": Row(),
    "numberseries-add": Row(),
    "numberseries-edit": Row(number_series),
    "numberseries-delete": Row(number_series),
    "item-numbers": Row(item),
    "numberreport": Row(),
    "numberreport-options": Row(),
    "batch-options": Row(batch),
    "batch-table": Row(batch),
    "batch-table-delete": Row(batch),
    "batch-new-table": Row(),
    "event": Row(),
    "event-settings": Row(),
    "event-copy": Row(),
    "event-delete": Row(),
    "subevents": Row(),
    "subevents-bulk": Row(),
    "subevent-add": Row(),
    "subevent": Row(date_of_series),
    "subevent-active": Row(date_of_series),
    "subevent-repeat": Row(date_of_series),
    "subevent-delete": Row(date_of_series),
    "items": Row(),
    "item-add": Row(),
    "item": Row(item),
    "item-picture": Row(item),
    "item-copy": Row(item),
    "item-delete": Row(item),
    "categories": Row(),
    "category-add": Row(),
    "category": Row(category),
    "category-delete": Row(category),
    "taxrules": Row(),
    "taxrule-add": Row(),
    "taxrule": Row(tax_rule),
    "taxrule-delete": Row(tax_rule),
    "quotas": Row(),
    "quota-add": Row(),
    "quota": Row(quota),
    "quota-delete": Row(quota),
    "teams": Row(),
    "team-add": Row(),
    "team": Row(team),
    "team-edit": Row(team),
    "team-delete": Row(team),
    "member-remove": Row(member),
    "member-reset": Row(member),
    "invitation-add": Row(team),
    "invitation-revoke": Row(invitation),
    "token-add": Row(team),
    "token-off": Row(token),
    "devices": Row(),
    "device-add": Row(),
    "device": Row(device),
    "device-edit": Row(device),
    "device-revoke": Row(device),
    "webhooks": Row(),
    "webhook-add": Row(),
    "webhook": Row(webhook),
    "webhook-edit": Row(webhook),
    "webhook-secret": Row(webhook),
    "webhook-delete": Row(webhook),
    "webhook-repeat": Row(delivery),
    "orders": Row(),
    "order": Row(order),
    "order-delete": Row(order),
    "tickets-bulk": Row(),
    "test-orders-delete": Row(),
    "ticket": Row(ticket),
    "ticket-picture": Row(ticket),
    "ticket-pdf": Row(ticket),
    "ticket-block": Row(ticket),
    "ticket-revoke": Row(ticket),
    "checkinlists": Row(),
    "checkinlist-new": Row(),
    "checkinlist": Row(checkinlist),
    "checkinlist-edit": Row(checkinlist),
    "checkinlist-delete": Row(checkinlist),
    "checkinlist-copy": Row(checkinlist),
    "checkinlist-gate": Row(checkinlist),
    "checkinlist-scan": Row(checkinlist),
    "layouts": Row(),
    "layout-new": Row(),
    "layout-import": Row(),
    "layout-assignments": Row(),
    "layout": Row(layout),
    "layout-picture": Row(layout),
    "layout-sample": Row(),
    "layout-rename": Row(layout),
    "layout-duplicate": Row(layout),
    "layout-default": Row(layout),
    "layout-delete": Row(layout),
    "layout-export": Row(layout),
    "layout-background": Row(layout),
    "layout-edit": Row(layout),
    "editor-picture": Row(),
    "editor-proof": Row(),
    "editor-background": Row(),
    "editor-upload": Row(),
    "editor-adopt": Row(),
    "editor-save": Row(layout),
    "editor-copy": Row(),
    "batches": Row(),
    "print-step": Row(batch),
    "print-step-picture": Row(batch),
    "print-ruler": Row(),
    "print-sheets": Row(sheet_print),
    "handover-add": Row(sheet_print),
    "handover-revoke": Row(handover),
    "batch": Row(batch),
    "batch-stock": Row(batch),
    "batch-act": Row(batch),
    "batch-activate": Row(batch),
    "batch-cancel": Row(batch),
    "order-cancel": Row(order),
    "ticket-replace": Row(ticket),
    "counter": Row(),
    "sellers": Row(),
    "seller-add": Row(),
    "seller-import": Row(),
    **{
        name: Row(seller, of_organizer=True)
        for name in (
            *("seller", "seller-edit", "seller-delete", "seller-link", "seller-unlink"),
            *("seller-pay", "seller-hand-out", "seller-take-back", "seller-settle"),
            "seller-pass-on",
        )
    },
    "seller-account": Row(seller_account, of_organizer=True),
    "commissionplans": Row(),
    "commissionplan-add": Row(),
    "commissionplan-edit": Row(commission_plan, of_organizer=True),
    "commissionplan-delete": Row(commission_plan, of_organizer=True),
    "batch-covers": Row(batch),
    "seller-notice": Row(seller_notice),
    "seller-note": Row(seller_note),
    "seller-return": Row(seller_return),
    "seller-statement": Row(seller_statement),
    "batch-new": Row(),
    "batch-request": Row(wish),
    "batch-request-cancel": Row(wish),
    "batch-tickets": Row(batch),
    "batch-print": Row(batch),
    "prints": Row(),
    "print": Row(printed),
    "print-picture": Row(printed),
    "print-cancel": Row(printed),
    "print-finding": Row(finding),
    "jobs": Row(),
    "job": Row(wish),
    "job-retry": Row(wish),
    "job-cancel": Row(wish),
}

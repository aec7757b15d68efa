"""Who may call what: every route of the API by its name, for the walk in api/test_access.py.

Add a row for a new route::

    "thing-list": row(GET=SEE, POST="event.items:write"),
    "thing-detail": row(GET=SEE, DELETE="event.items:write", among=things),

The value of a method is the permission it needs; of several, separated by spaces, one is enough.
``SEE`` means that seeing the event or organizer suffices. ``among`` names one of the makers below:
what it makes in another event, and the ids by which the route is then asked.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from batches.making import make_stock_document
from counterfoil.accounts.permissions import EVENT_PERMISSIONS, ORGANIZER_PERMISSIONS
from counterfoil.batches.models import BatchRequest, OfflineSalesBatch
from counterfoil.catalog.models import Event, Organizer
from counterfoil.checkin.models import (
    BlockedSecret,
    Checkin,
    CheckinList,
    RevokedSecret,
    ScanConflict,
)
from counterfoil.core import clock
from counterfoil.jobs.models import Job
from counterfoil.layouts.models import TicketLayoutItem
from counterfoil.orders.models import OrderPosition
from counterfoil.printing.models import Print, RenderRequest
from counterfoil.sellers.models import CommissionPlan, Consignment, Seller, Statement
from counterfoil.stock import ledger
from counterfoil.stock.models import ActionRequest, StockEvent
from makers import (
    make_delivery,
    make_event,
    make_item,
    make_layout,
    make_number_series,
    make_order,
    make_organizer,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_variation,
    make_webhook,
)

Ids = dict[str, Any]
Maker = Callable[[Event], Ids]

SEE = ""
#: Any permission about more than reading: what is uploaded is for a later request that writes.
CHANGE_SOMETHING = " ".join(
    permission
    for permission in (*EVENT_PERMISSIONS, *ORGANIZER_PERMISSIONS)
    if not permission.endswith(":read")
)
PUBLIC = "public"
DEVICE = "device"


@dataclass(frozen=True)
class Row:
    """One route. ``needs`` is the permissions by method; ``closed`` the status for strangers."""

    needs: dict[str, tuple[str, ...]]
    among: Maker | None
    special: str
    closed: int


def row(among: Maker | None = None, special: str = "", closed: int = 401, **needs: str) -> Row:
    return Row(
        {method: tuple(text.split()) for method, text in needs.items()}, among, special, closed
    )


def categories(event: Event) -> Ids:
    return {"pk": event.categories.create(name={"en": "x"}).pk}


def items(event: Event) -> Ids:
    return {"pk": make_item(event).pk}


def variations(event: Event) -> Ids:
    variation = make_variation(make_item(event))
    return {"item": variation.item_id, "pk": variation.pk}


def quotas(event: Event) -> Ids:
    return {"pk": make_quota(event, size=1, items=[]).pk}


def questions(event: Event) -> Ids:
    return {"pk": event.questions.create(identifier="Q", question={"en": "x"}).pk}


def subevents(event: Event) -> Ids:
    return {"pk": make_subevent(event).pk}


def number_series(event: Event) -> Ids:
    return {"pk": make_number_series(make_organizer()).pk}


def number_assignments(event: Event) -> Ids:
    series = make_number_series(event.organizer)
    return {"pk": make_item(event).number_assignments.create(series=series).pk}


def tax_rules(event: Event) -> Ids:
    return {"pk": make_tax_rule(event).pk}


def channels(event: Event) -> Ids:
    foreign = make_organizer()
    return {"identifier": foreign.sales_channels.create(identifier="api.foreign").identifier}


def layouts(event: Event) -> Ids:
    return {"pk": make_layout(event).pk}


def assignments(event: Event) -> Ids:
    channel = event.organizer.sales_channels.get(identifier="web")
    made = TicketLayoutItem.objects.create(
        layout=make_layout(event), item=make_item(event), sales_channel=channel
    )
    return {"pk": made.pk}


def orders(event: Event) -> Ids:
    return {"code": make_order(event, items=[make_item(event)]).code, "output": "pdf"}


def pending_orders(event: Event) -> Ids:
    return {"code": make_order(event, items=[make_item(event)], status="n").code}


def orders_elsewhere(_event: Event) -> Ids:
    return orders(make_event(make_organizer()))


def positions(event: Event) -> Ids:
    order = make_order(event, items=[make_item(event)])
    return {"pk": order.positions.get().pk, "output": "pdf"}


def blocked_positions(event: Event) -> Ids:
    ids = positions(event)
    OrderPosition.objects.filter(pk=ids["pk"]).update(blocked=["admin"])
    return ids


def checkin_lists(event: Event) -> Ids:
    made = CheckinList.objects.create(event=event, name="x")
    position = make_order(event, items=[make_item(event)]).positions.get()
    return {"pk": made.pk, "list": made.pk, "secret": position.secret}


def positions_on_lists(event: Event) -> Ids:
    made = CheckinList.objects.create(event=event, name="x")
    return {**positions(event), "list": made.pk}


def checkins(event: Event) -> Ids:
    made = CheckinList.objects.create(event=event, name="x")
    return {"pk": Checkin.objects.create(list=made, datetime=clock.now(), successful=False).pk}


def revoked(event: Event) -> Ids:
    return {"pk": RevokedSecret.objects.create(event=event, secret="x").pk}


def blocked(event: Event) -> Ids:
    return {"pk": BlockedSecret.objects.create(event=event, secret="x", blocked=True).pk}


def batch_jobs(event: Event) -> Ids:
    job = Job.objects.create(kind="batches.create")
    BatchRequest.objects.create(job=job, event=event, requested_by="token:0", amount=1)
    return {"job": job.pk}


def _batch(event: Event) -> OfflineSalesBatch:
    return OfflineSalesBatch.objects.create(
        event=event,
        creation=clock.now(),
        sales_channel=event.organizer.sales_channels.get(identifier="web"),
        item=make_item(event),
        amount=1,
    )


def ticket_actions(event: Event) -> Ids:
    job = Job.objects.create(kind="stock.act")
    ActionRequest.objects.create(job=job, event=event, requested_by="token:0")
    return {"job": job.pk}


def stock_events(event: Event) -> Ids:
    row = StockEvent(event=event, action="void", ranges="1", count=1, activation="at_once")
    row.value = Decimal(0)
    with transaction.atomic():
        ledger.append(ledger.lock(event.organizer), [row], clock.now())
    return {"number": row.number}


def _seller(organizer: Organizer) -> Seller:
    return Seller.objects.create(organizer=organizer, name="Kiosk")


def sellers(_event: Event) -> Ids:
    return {"pk": _seller(make_organizer()).pk}


def seller_payments(_event: Event) -> Ids:
    seller = _seller(make_organizer())
    payment = seller.payments.create(amount=1, currency="EUR")
    return {"seller": seller.pk, "pk": payment.pk}


def commission_plans(_event: Event) -> Ids:
    return {"pk": CommissionPlan.objects.create(organizer=make_organizer(), name="x").pk}


def consignments(event: Event) -> Ids:
    row = Consignment.objects.create(
        event=event, organizer=event.organizer, kind="out", seller=_seller(event.organizer)
    )
    return {"pk": row.pk}


def statements(event: Event) -> Ids:
    row = Statement.objects.create(
        event=event, organizer=event.organizer, basis="declared", seller=_seller(event.organizer)
    )
    return {"pk": row.pk}


def stock_documents(event: Event) -> Ids:
    return {"pk": make_stock_document(_batch(event)).pk}


def scan_conflicts(event: Event) -> Ids:
    made = CheckinList.objects.create(event=event, name="x")
    position = make_order(event, items=[make_item(event)]).positions.get()
    entry = Checkin.objects.create(list=made, position=position, datetime=clock.now())
    return {"pk": ScanConflict.objects.create(checkin=entry, kind="entered_before_void").pk}


def batches(event: Event) -> Ids:
    return {"pk": _batch(event).pk}


def _render(event: Event) -> RenderRequest:
    return RenderRequest.objects.create(
        job=Job.objects.create(kind="printing.render"),
        event=event,
        requested_by="token:0",
        purpose="x",
        parts=[],
        layouts=[],
    )


def renders(event: Event) -> Ids:
    request = _render(event)
    return {"job": request.pk, "file": request.file_id}


def batch_prints(event: Event) -> Ids:
    batch, request = _batch(event), _render(event)
    batch.prints.create(request=request)
    return {"pk": batch.pk, "job": request.pk, "file": request.file_id}


def sheets(_event: Event) -> Ids:
    sheet = {"name": "x", "width": 210, "height": 297, "columns": 2, "rows": 2}
    return {"pk": make_organizer().sheets.create(name="x", declaration=sheet).pk}


def sheet_prints(event: Event) -> Ids:
    batch, request = _batch(event), _render(event)
    batch.prints.create(request=request)
    printed = Print.objects.create(
        request=request, tickets="1", plan={"sheets": 1, "tickets": 1}, layout_version="x"
    )
    return {"batch": batch.pk, "pk": printed.pk}


def handovers(event: Event) -> Ids:
    ids = sheet_prints(event)
    made = Print.objects.get(pk=ids["pk"]).handovers.create(
        token_hash=secrets.token_hex(32),
        recipient="Press",
        created_by="user:0",
        expires=datetime(2099, 1, 1, tzinfo=UTC),
    )
    return {"batch": ids["batch"], "print": ids["pk"], "pk": made.pk}


def no_ids(pattern_names: set[str]) -> Ids:
    """Ids that nothing has."""
    unknown: Ids = dict.fromkeys(pattern_names, 99999999)
    for name in {"job", "file"} & pattern_names:
        unknown[name] = uuid.uuid4()
    return unknown


def webhooks(event: Event) -> Ids:
    return {"pk": make_webhook(make_organizer()).pk}


def webhook_deliveries(event: Event) -> Ids:
    return {"webhook": make_webhook(make_organizer()).pk}


def deliveries(event: Event) -> Ids:
    delivery = make_delivery(make_webhook(make_organizer()))
    return {"webhook": delivery.webhook_id, "pk": delivery.pk}


ORGANIZER = "organizer.settings.general:write"
GENERAL = "event.settings.general:write"
ITEMS = "event.items:write"
DATES = "event.subevents:write"
TAX = "event.settings.tax:write"
PRINTS = "event.prints:write"
READ = "event.orders:read"
WRITE = "event.orders:write"
STOCK = "event.stock:write"
LOOK = "event.orders:read event.orders:checkin"
SCAN = "event.orders:write event.orders:checkin"
SELLERS_WRITE = "organizer.sellers:write"
SELLERS_READ = f"organizer.sellers:read {SELLERS_WRITE}"
DEVICES_READ, DEVICES_WRITE = "organizer.devices:read", "organizer.devices:write"


def crud(needs: str, among: Maker) -> Row:
    return row(GET=SEE, PUT=needs, PATCH=needs, DELETE=needs, among=among)


ROUTES: dict[str, Row] = {
    "organizer-list": row(GET=SEE),
    "organizer-detail": row(GET=SEE, PUT=ORGANIZER, PATCH=ORGANIZER),
    "saleschannel-list": row(GET=SEE, POST=ORGANIZER),
    "saleschannel-detail": crud(ORGANIZER, channels),
    "sheet-list": row(GET=SEE, POST=ORGANIZER),
    "sheet-detail": crud(ORGANIZER, sheets),
    "sheetpreset-list": row(GET=SEE),
    "auditlog-list": row(GET=ORGANIZER),
    "webhook-list": row(GET=ORGANIZER, POST=ORGANIZER),
    "webhook-detail": row(
        GET=ORGANIZER, PUT=ORGANIZER, PATCH=ORGANIZER, DELETE=ORGANIZER, among=webhooks
    ),
    "webhook-secret": row(POST=ORGANIZER, among=webhooks),
    "webhookdelivery-list": row(GET=ORGANIZER, among=webhook_deliveries),
    "webhookdelivery-detail": row(GET=ORGANIZER, among=deliveries),
    "webhookdelivery-repeat": row(POST=ORGANIZER, among=deliveries),
    "event-list": row(GET=SEE, POST="organizer.events:create"),
    "event-detail": row(GET=SEE, PUT=GENERAL, PATCH=GENERAL, DELETE=GENERAL),
    "event-clone": row(POST="organizer.events:create"),
    "event-settings": row(GET=SEE, PATCH=GENERAL),
    "organizer-subevent-list": row(GET=SEE),
    "subevent-list": row(GET=SEE, POST=DATES),
    "subevent-detail": crud(DATES, subevents),
    "item-list": row(GET=SEE, POST=ITEMS),
    "item-detail": crud(ITEMS, items),
    "item-picture": row(GET=SEE, among=items),
    "variation-list": row(GET=SEE, POST=ITEMS, among=variations),
    "variation-detail": crud(ITEMS, variations),
    "category-list": row(GET=SEE, POST=ITEMS),
    "category-detail": crud(ITEMS, categories),
    "taxrule-list": row(GET=SEE, POST=TAX),
    "taxrule-detail": crud(TAX, tax_rules),
    "numberseries-list": row(GET=SEE, POST=ORGANIZER),
    "numberseries-detail": crud(ORGANIZER, number_series),
    "numberassignment-list": row(GET=SEE, POST=ITEMS),
    "numberassignment-detail": crud(ITEMS, number_assignments),
    "quota-list": row(GET=SEE, POST=ITEMS),
    "quota-detail": crud(ITEMS, quotas),
    "quota-availability": row(GET=SEE, among=quotas),
    "question-list": row(GET=SEE, POST=ITEMS),
    "question-detail": crud(ITEMS, questions),
    "numberreport": row(GET=READ),
    "numberreport-options": row(GET=READ, PATCH=GENERAL),
    "numberreport-mentions": row(GET=SEE),
    "order-list": row(GET=READ, POST=WRITE),
    "order-detail": row(GET=READ, PATCH=WRITE, DELETE=WRITE, among=orders),
    "order-mark-paid": row(POST=WRITE, among=pending_orders),
    "order-mark-pending": row(POST=WRITE, among=orders),
    "order-mark-canceled": row(POST=WRITE, among=orders),
    "order-extend": row(POST=WRITE, among=pending_orders),
    "order-download": row(GET=READ, among=orders),
    "organizer-order-list": row(GET=READ),
    "organizer-order-detail": row(GET=READ, among=orders_elsewhere),
    "orderposition-list": row(GET=READ),
    "orderposition-detail": row(GET=READ, PATCH=WRITE, among=positions),
    "orderposition-add-block": row(POST=WRITE, among=positions),
    "orderposition-remove-block": row(POST=WRITE, among=blocked_positions),
    "orderposition-download": row(GET=READ, among=positions),
    "orderposition-printlog": row(POST=SCAN, among=positions),
    "offlinesalesbatch-list": row(GET=READ, POST=WRITE),
    "offlinesalesbatch-detail": row(GET=READ, among=batches),
    "offlinesalesbatch-options": row(GET=READ, PATCH=WRITE, among=batches),
    "offlinesalesbatch-data": row(GET=READ, PUT=WRITE, DELETE=WRITE, among=batches),
    "offlinesalesbatch-check": row(GET=READ, among=batch_jobs),
    "offlinesalesbatch-render": row(POST=READ, among=batches),
    "offlinesalesbatch-render-noslash": row(POST=READ, among=batches),
    "offlinesalesbatch-download": row(GET=READ, among=batch_prints),
    "offlinesalesbatch-tickets": row(GET=READ, among=batches),
    "batchprint-list": row(GET=PRINTS, POST=PRINTS, among=sheet_prints),
    "batchprint-detail": row(GET=PRINTS, among=sheet_prints),
    "batchprint-sheets": row(POST=PRINTS, among=sheet_prints),
    "batchprint-download": row(GET=PRINTS, among=sheet_prints),
    "batchprinthandover-list": row(GET=PRINTS, POST=PRINTS, among=handovers),
    "batchprinthandover-detail": row(GET=PRINTS, DELETE=PRINTS, among=handovers),
    "sheetpreview": row(POST=PRINTS),
    "batchjob-detail": row(GET=READ, DELETE=WRITE, among=batch_jobs),
    "batchdefaults": row(GET=SEE, PATCH=GENERAL),
    "offlinesalesbatch-stock": row(GET=f"{READ} {STOCK}", among=batches),
    "ticketaction-list": row(POST=STOCK),
    "ticketaction-check": row(GET=f"{STOCK} {READ}", among=ticket_actions),
    "stockevent-list": row(GET=f"{READ} {STOCK}"),
    "stockevent-detail": row(GET=f"{READ} {STOCK}", among=stock_events),
    "seller-list": row(GET=SELLERS_READ, POST=SELLERS_WRITE),
    "seller-detail": row(
        GET=SELLERS_READ,
        PUT=SELLERS_WRITE,
        PATCH=SELLERS_WRITE,
        DELETE=SELLERS_WRITE,
        among=sellers,
    ),
    "seller-balance": row(GET=SELLERS_READ, among=sellers),
    "seller-stock": row(GET=SELLERS_READ, among=sellers),
    "seller-gate": row(GET=SELLERS_READ, among=sellers),
    "seller-link": row(POST=SELLERS_WRITE, DELETE=SELLERS_WRITE, among=sellers),
    "sellerpayment-list": row(GET=SELLERS_READ, POST=SELLERS_WRITE, among=seller_payments),
    "sellerpayment-detail": row(GET=SELLERS_READ, among=seller_payments),
    "commissionplan-list": row(GET=SELLERS_READ, POST=SELLERS_WRITE),
    "commissionplan-detail": row(
        GET=SELLERS_READ,
        PUT=SELLERS_WRITE,
        PATCH=SELLERS_WRITE,
        DELETE=SELLERS_WRITE,
        among=commission_plans,
    ),
    "consignment-list": row(GET=SELLERS_READ, POST=SELLERS_WRITE),
    "consignment-detail": row(
        GET=SELLERS_READ,
        PUT=SELLERS_WRITE,
        PATCH=SELLERS_WRITE,
        DELETE=SELLERS_WRITE,
        among=consignments,
    ),
    "consignment-accept": row(POST=SELLERS_WRITE, among=consignments),
    "consignment-pdf": row(GET=SELLERS_READ, among=consignments),
    "sellerstatement-list": row(GET=SELLERS_READ, POST=SELLERS_WRITE),
    "sellerstatement-detail": row(GET=SELLERS_READ, DELETE=SELLERS_WRITE, among=statements),
    "sellerstatement-issue": row(POST=SELLERS_WRITE, among=statements),
    "sellerstatement-pdf": row(GET=SELLERS_READ, among=statements),
    "stockdocument-list": row(GET=SELLERS_READ),
    "stockdocument-detail": row(GET=SELLERS_READ, among=stock_documents),
    "stockdocument-pdf": row(GET=SELLERS_READ, among=stock_documents),
    "ticketlayout-list": row(GET=SEE, POST=GENERAL),
    "ticketlayout-detail": crud(GENERAL, layouts),
    "ticketlayout-background": row(GET=SEE, among=layouts),
    "ticketlayout-preview": row(GET=f"{READ} {GENERAL}", POST=GENERAL, among=layouts),
    "ticketlayout-unsaved-preview": row(POST=GENERAL),
    "ticketlayoutitem-list": row(GET=SEE),
    "ticketlayoutitem-detail": row(GET=SEE, among=assignments),
    "layoutassignment-list": row(GET=SEE, POST=GENERAL),
    "layoutassignment-detail": row(GET=SEE, DELETE=GENERAL, among=assignments),
    "layoutvariable-list": row(GET=SEE),
    "layoutelement-list": row(GET=SEE),
    "ticketpdfrenderer-render-batch": row(POST=READ),
    "ticketpdfrenderer-download": row(GET=READ, among=renders),
    "renderjob-detail": row(GET=READ, DELETE=READ, among=renders),
    "checkinlist-list": row(GET=LOOK, POST=GENERAL),
    "checkinlist-detail": row(
        GET=LOOK, PUT=GENERAL, PATCH=GENERAL, DELETE=GENERAL, among=checkin_lists
    ),
    "checkinlist-status": row(GET=LOOK, among=checkin_lists),
    "checkinlist-failed-checkins": row(POST=SCAN, among=checkin_lists),
    "checkinlistpos-list": row(GET=LOOK, among=checkin_lists),
    "checkinlistpos-detail": row(GET=LOOK, among=positions_on_lists),
    "checkinlistpos-redeem": row(POST=SCAN, among=checkin_lists),
    "checkinrpc-redeem": row(POST=SCAN),
    "checkinrpc-annul": row(POST=SCAN),
    "checkinrpc-search": row(GET=LOOK),
    "checkin-list": row(GET=LOOK),
    "checkin-detail": row(GET=LOOK, among=checkins),
    "scanconflict-list": row(GET=LOOK),
    "scanconflict-detail": row(GET=LOOK, among=scan_conflicts),
    "revokedsecret-list": row(GET=READ),
    "revokedsecret-detail": row(GET=READ, among=revoked),
    "blockedsecret-list": row(GET=READ),
    "blockedsecret-detail": row(GET=READ, among=blocked),
    "badgelayout-list": row(GET=SEE),
    "badgeitem-list": row(GET=SEE),
    "discount-list": row(GET=SEE),
    "seat-list": row(GET=SEE),
    "voucher-list": row(GET="event.vouchers:read"),
    "waitinglistentry-list": row(GET=READ),
    "invoice-list": row(GET=READ),
    "reusablemedium-list": row(GET=SEE),
    "device-list": row(GET=DEVICES_READ, POST=DEVICES_WRITE),
    "device-detail": row(GET=DEVICES_READ, PUT=DEVICES_WRITE, PATCH=DEVICES_WRITE),
    "device-initialize": row(POST=SEE, special=PUBLIC),
    "device-info": row(GET=SEE, special=DEVICE),
    "device-update": row(POST=SEE, special=DEVICE),
    "device-roll": row(POST=SEE, special=DEVICE),
    "device-revoke": row(POST=SEE, special=DEVICE),
    "device-eventselection": row(GET=SEE, special=DEVICE),
    "upload": row(POST=CHANGE_SOMETHING, closed=403),
    "version": row(GET=SEE, closed=403),
    "root": row(GET=SEE),
    "me": row(GET=SEE),
    "idempotency-query": row(GET=SEE),
    "schema": row(GET=SEE, special=PUBLIC),
    "docs": row(GET=SEE, special=PUBLIC),
}

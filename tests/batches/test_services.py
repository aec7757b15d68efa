from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from batches.making import ask, make, somebody, work
from counterfoil.accounts.actors import UserActor
from counterfoil.audit.models import LogEntry
from counterfoil.batches.models import BatchRequest, BatchTicket, OfflineSalesBatch
from counterfoil.batches.queries import order_codes
from counterfoil.batches.services import (
    cancel_request,
    create_batch,
    request_batch,
    request_print,
)
from counterfoil.batches.spec import BatchSpec
from counterfoil.catalog.models import Event, Item, SalesChannel
from counterfoil.core import clock
from counterfoil.core.refusals import Conflict, Gone, Invalid
from counterfoil.jobs.claims import Cancelled, Claim, Lost
from counterfoil.jobs.models import Job
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.queries import availability
from counterfoil.printing.models import RenderRequest
from makers import (
    make_event,
    make_item,
    make_layout,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_user,
    make_variation,
)

pytestmark = pytest.mark.django_db


def _nothing_was_made() -> bool:
    tables: list[Any] = [Order, OrderPosition, OrderPayment, OfflineSalesBatch, BatchTicket]
    return not any(table.objects.exists() for table in tables)


def _refused(item: Item, **given: Any) -> list[str]:
    with pytest.raises(Invalid) as caught:
        ask(item, **given)
    assert not Job.objects.exists()
    return list(caught.value.problems)


def test_a_batch_is_one_paid_order_for_each_ticket() -> None:
    event = make_event()
    item = make_item(event, quota=10, tax_rule=make_tax_rule(event))
    box = event.organizer.sales_channels.create(identifier="api.box", label={"en": "Box"})
    layout = make_layout(event)

    batch = make(item, 7, sales_channel=box, layout=layout, comment="For the kiosk")

    orders = list(Order.objects.order_by("pk"))
    assert (batch.amount, batch.layout, batch.comment) == (7, layout, "For the kiosk")
    assert order_codes(batch) == [order.code for order in orders]
    assert len({order.code for order in orders}) == len({order.secret for order in orders}) == 7
    for order in orders:
        position, payment = order.positions.get(), order.payments.get()
        assert (order.status, order.sales_channel, order.locale) == ("p", box, event.locale)
        assert (order.total, order.email) == (Decimal("23.00"), None)
        assert order.datetime >= batch.creation
        assert (position.positionid, position.price, position.tax_value) == (
            1,
            Decimal("23.00"),
            Decimal("3.67"),
        )
        assert re.fullmatch("[a-z0-9]{32}", position.secret)
        assert (payment.state, payment.provider, payment.amount) == (
            "confirmed",
            "manual",
            Decimal("23.00"),
        )
    assert [ticket.number for ticket in batch.tickets.order_by("number")] == [*range(1, 8)]
    quota = event.quotas.get()
    assert availability([quota])[quota.pk].used == 7


def test_the_job_is_done_and_names_the_batch() -> None:
    done = work(ask(make_item(make_event()), 5))

    assert done.batch is not None
    assert (done.job.state, done.job.result) == ("done", {"batch": done.batch.pk})
    assert (done.job.progress_done, done.job.progress_total) == (5, 5)
    assert LogEntry.objects.filter(action="counterfoil.offlinesalesbatch.added").count() == 1


def test_tickets_that_cost_nothing_have_no_payment() -> None:
    make(make_item(make_event(), default_price=Decimal("0.00")))

    assert Order.objects.filter(status="p").count() == 3
    assert not OrderPayment.objects.exists()


def test_test_tickets_carry_the_mark() -> None:
    batch = make(make_item(make_event()), testmode=True)

    assert batch.testmode
    assert all(order.testmode and order.code[1] == "0" for order in Order.objects.all())


def test_variations_and_dates_have_their_own_prices() -> None:
    event = make_event(has_subevents=True)
    item, date = make_item(event), make_subevent(event)
    row = make_variation(item, default_price=Decimal("120.00"))
    make_quota(event, size=5, items=[item], variations=[row], subevent=date)

    make(item, 2, variation=row, subevent=date)

    position = OrderPosition.objects.all()[0]
    assert (position.price, position.variation, position.subevent) == (120, row, date)


def test_a_batch_larger_than_what_is_left_makes_nothing_and_says_how_many_are() -> None:
    item = make_item(make_event(), quota=4)

    failed = work(ask(item, 5))

    assert failed.batch is None
    assert failed.job.state == "failed"
    assert "4 left" in failed.job.message
    assert _nothing_was_made()


def test_what_a_batch_takes_is_gone_for_the_next() -> None:
    item = make_item(make_event(), quota=5)
    make(item, 3)

    assert "2 left" in work(ask(item, 3)).job.message
    assert make(item, 2).amount == 2


@pytest.mark.parametrize("amount", [0, -1, 10_001])
def test_an_amount_out_of_bounds_is_refused(amount: int) -> None:
    assert _refused(make_item(make_event()), amount=amount) == ["amount"]


def test_what_can_never_be_sold_is_refused_at_once() -> None:
    event = make_event()
    series = make_event(event.organizer, has_subevents=True)
    item, rows = make_item(event), make_item(event)
    row = make_variation(rows)

    assert _refused(make_item(event, active=False)) == ["item"]
    assert _refused(make_item(event, quota=False)) == ["item"]
    assert _refused(rows) == ["variation"]
    assert _refused(item, variation=row) == ["variation"]
    assert _refused(rows, variation=make_variation(rows, active=False)) == ["variation"]
    assert _refused(make_item(series)) == ["subevent"]
    assert _refused(item, subevent=make_subevent(series)) == ["subevent"]


def test_a_sold_out_product_may_still_be_asked_for() -> None:
    assert ask(make_item(make_event(), quota=0)).job.state == "waiting"


@pytest.mark.parametrize("what", ["item", "variation", "subevent", "channel"])
def test_what_was_deleted_before_the_batch_was_made_fails_it(what: str) -> None:
    event = make_event(has_subevents=True)
    date, item = make_subevent(event), make_item(event)
    row = make_variation(item)
    make_quota(event, size=None, items=[item], variations=[row], subevent=date)
    channel = event.organizer.sales_channels.create(identifier="api.x", label={})
    asked = ask(item, variation=row, subevent=date, sales_channel=channel)
    {"item": item, "variation": row, "subevent": date, "channel": channel}[what].delete()

    failed = work(asked)

    assert (failed.job.state, "deleted" in failed.job.message) == ("failed", True)
    assert _nothing_was_made()


def test_a_layout_deleted_meanwhile_leaves_the_choice_to_the_rules() -> None:
    event = make_event()
    layout = make_layout(event)
    asked = ask(make_item(event), layout=layout)
    layout.delete()

    done = work(asked)

    assert done.batch is not None
    assert done.batch.layout is None


def test_a_job_that_is_another_workers_by_now_makes_nothing() -> None:
    asked = ask(make_item(make_event()))
    claim = Claim.take(asked.pk)
    assert claim is not None
    Job.objects.filter(pk=asked.pk).update(attempt=2)

    with pytest.raises(Lost):
        create_batch(claim)

    assert _nothing_was_made()


def test_a_batch_called_off_before_it_begins_is_never_made() -> None:
    asked = ask(make_item(make_event()))

    cancel_request(actor=somebody(make_item(make_event())), request=asked)

    assert work(asked).job.state == "cancelled"
    assert _nothing_was_made()


def test_a_batch_called_off_under_way_stops_and_leaves_nothing() -> None:
    asked = ask(make_item(make_event()))
    claim = Claim.take(asked.pk)
    assert claim is not None
    cancel_request(actor=somebody(make_item(make_event())), request=asked)
    claim.renew()

    with pytest.raises(Cancelled):
        create_batch(claim)

    assert _nothing_was_made()


def test_a_batch_that_is_made_can_no_longer_be_called_off() -> None:
    item = make_item(make_event())
    done = work(ask(item))

    with pytest.raises(Conflict):
        cancel_request(actor=somebody(item), request=done)


def test_a_batch_is_printed_in_its_order_with_its_layout() -> None:
    event = make_event()
    make_layout(event, name="Default", default=True)
    batch = make(make_item(event), 4, layout=make_layout(event, name="Own"))

    request = request_print(actor=somebody(batch.item), batch=batch)

    tickets = batch.tickets.order_by("number").values_list("position", flat=True)
    assert [position for position, _ in request.parts] == list(tickets)
    assert [layout["name"] for layout in request.layouts] == ["Own"]
    assert batch.prints.get().request == request


def test_a_batch_whose_test_orders_were_deleted_cannot_be_printed() -> None:
    batch = make(make_item(make_event()), testmode=True)
    Order.objects.all().delete()

    with pytest.raises(Gone):
        request_print(actor=somebody(batch.item), batch=batch)

    assert not RenderRequest.objects.exists()


def test_a_request_shows_its_job() -> None:
    asked = ask(make_item(make_event()))

    assert str(asked) == str(BatchRequest.objects.get().job_id)
    assert asked.created <= clock.now()


def test_submitting_the_same_form_twice_requests_one_batch() -> None:
    event = make_event()
    new = BatchSpec(item=make_item(event), amount=3, sales_channel=_web(event))
    actor, other = somebody(new.item), somebody(new.item)

    first = request_batch(actor=actor, event=event, new=new, form_id="form")
    again = request_batch(actor=actor, event=event, new=new, form_id="form")
    changed = request_batch(actor=actor, event=event, new=replace(new, amount=4), form_id="form")
    elsewhere = request_batch(actor=other, event=event, new=new, form_id="form")

    assert again == first
    assert len({first.pk, changed.pk, elsewhere.pk}) == 3
    assert Job.objects.count() == 3


def test_requests_without_a_form_are_separate() -> None:
    event = make_event()
    new = BatchSpec(item=make_item(event), amount=3, sales_channel=_web(event))
    actor = somebody(new.item)

    asked = [request_batch(actor=actor, event=event, new=new) for _ in range(2)]

    assert asked[0] != asked[1]


def _web(event: Event) -> SalesChannel:
    return event.organizer.sales_channels.get(identifier="web")


def test_somebody_who_reads_german_is_told_in_german_why_there_is_no_batch() -> None:
    item = make_item(make_event(), quota=2)
    web = item.event.organizer.sales_channels.get(identifier="web")
    german = UserActor(make_user(item.event.organizer, locale="de"))
    new = BatchSpec(item=item, amount=3, sales_channel=web)

    done = work(request_batch(actor=german, event=item.event, new=new))

    assert done.job.state == Job.State.FAILED
    assert "sind noch 2, aber 3 werden gebraucht" in done.job.message

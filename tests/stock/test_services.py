"""Actions on paper tickets, through the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from batches.making import make, somebody
from counterfoil.batches.models import BatchTicket, OfflineSalesBatch
from counterfoil.catalog.models import Item
from counterfoil.checkin.models import BlockedSecret, RevokedSecret
from counterfoil.core.ranges import parse_ranges
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.queries import availability
from counterfoil.stock import ledger, services
from counterfoil.stock.execution import ActionRefused, Outcome
from counterfoil.stock.models import StockEvent
from counterfoil.stock.moves import Action
from counterfoil.stock.selection import select
from counterfoil.stock.services import Consignment, Line, Options
from makers import make_event, make_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def item() -> Item:
    return make_item(make_event(), quota=50)


def act(batch: OfflineSalesBatch, action: str, tickets: str, **options: Any) -> Outcome:
    return services.act(
        actor=somebody(batch.item),
        event=batch.event,
        action=Action(action),
        selections=select(event=batch.event, batch=batch, tickets=tickets),
        options=Options(**options),
    )


def states(batch: OfflineSalesBatch) -> list[tuple[str, str]]:
    return list(batch.tickets.order_by("number").values_list("validity", "place"))


def line(batch: OfflineSalesBatch, numbers: str, **given: Any) -> Consignment:
    ranges = parse_ranges(numbers, highest=batch.amount, field="x")
    return Consignment(event=batch.event, lines=[Line(batch=batch, numbers=ranges)], **given)


def test_a_void_ticket_is_a_cancelled_order_a_revoked_secret_and_a_free_place(item: Item) -> None:
    batch = make(item, 10)
    quota = item.quotas.get()

    done = act(batch, "void", "3-5,9", reason="wrong date")

    assert (done.count, done.value, done.refused) == (4, Decimal("92.00"), [])
    void = batch.tickets.filter(number__in=[3, 4, 5, 9])
    positions = OrderPosition.objects.filter(batch_ticket__in=void)
    assert set(void.values_list("validity", flat=True)) == {"void"}
    assert set(positions.values_list("canceled", "order__status")) == {(True, "c")}
    secrets = set(positions.values_list("secret", flat=True))
    assert set(RevokedSecret.objects.values_list("secret", flat=True)) == secrets
    assert availability([quota])[quota.pk].used == 6
    row = StockEvent.objects.get()
    assert (row.number, row.action, row.ranges, row.count) == (1, "void", "3-5,9", 4)
    assert (row.value, row.reason, row.previous_hash) == (Decimal("92.00"), "wrong date", "")
    assert row.hash == ledger.head_hash(item.event.organizer)
    assert ledger.flaw_in(item.event.organizer) is None


def test_inactive_tickets_are_blocked_until_they_are_active(item: Item) -> None:
    batch = make(item, 4, activation="on_handover")
    positions = OrderPosition.objects.filter(batch_ticket__batch=batch)
    assert {tuple(each) for each in positions.values_list("blocked", flat=True)} == {
        ("api:counterfoil.inactive",)
    }
    assert BlockedSecret.objects.filter(blocked=True).count() == 4

    act(batch, "activate", "1-3")

    assert positions.filter(blocked__isnull=True).count() == 3
    assert BlockedSecret.objects.filter(blocked=False).count() == 3
    assert BlockedSecret.objects.filter(blocked=True).count() == 1
    act(batch, "deactivate", "2")
    assert BlockedSecret.objects.filter(blocked=True).count() == 2


def test_what_one_ticket_does_not_allow_is_refused_for_all_or_skipped(item: Item) -> None:
    batch = make(item, 5)
    act(batch, "void", "2")

    with pytest.raises(ActionRefused) as refused:
        act(batch, "lost", "1-3")
    assert [each.as_json() for each in refused.value.refused] == [
        {"number": 2, "serial": None, "reason": "This ticket is void."}
    ]
    assert states(batch)[0] == ("active", "stock")

    done = act(batch, "lost", "1-3", skip=True)
    assert (done.count, [each.number for each in done.refused]) == (2, [2])
    assert StockEvent.objects.get(number=2).ranges == "1,3"
    nothing = act(batch, "void", "2", skip=True)
    assert (nothing.count, StockEvent.objects.count()) == (0, 2)
    assert act(batch, "found", "1", dry_run=True).count == 1
    assert StockEvent.objects.count() == 2


def test_consignments_activate_hand_over_and_put_back(item: Item) -> None:
    batch, actor = make(item, 6, activation="on_handover"), somebody(item)
    shared: dict[str, Any] = {"actor": actor, "seller": 7}

    out = services.hand_out(consignment=line(batch, "1-4", document="2027-0001"), **shared)
    assert (out.count, out.events[0].action, out.events[0].document) == (4, "hand_out", "2027-0001")
    assert states(batch)[:5] == [("active", "with_seller")] * 4 + [("inactive", "stock")]
    with pytest.raises(ActionRefused):
        act(batch, "return", "1")
    with pytest.raises(ActionRefused):
        services.take_back(consignment=line(batch, "1"), **{**shared, "seller": 8})
    services.transfer(consignment=line(batch, "4"), to=8, **shared)
    act(batch, "sold", "1")
    act(batch, "lost", "2")
    with pytest.raises(ActionRefused):
        services.take_back(consignment=line(batch, "1-3"), **shared)
    back = services.take_back(consignment=line(batch, "3"), **shared)

    assert back.events[0].action == "return"
    assert states(batch)[:4] == [
        ("active", "sold"),
        ("active", "lost"),
        ("inactive", "returned"),
        ("active", "with_seller"),
    ]
    assert BatchTicket.objects.get(batch=batch, number=4).seller == 8
    act(batch, "unsold", "1")
    act(batch, "found", "2")
    assert states(batch)[:2] == [("active", "with_seller")] * 2


def test_test_tickets_are_acted_on_without_a_row_in_the_ledger(item: Item) -> None:
    batch = make(item, 3, testmode=True, activation="on_sale")

    act(batch, "sold", "1-2")
    act(batch, "void", "3")

    assert states(batch) == [("active", "sold"), ("active", "sold"), ("void", "stock")]
    assert not StockEvent.objects.exists()
    Order.objects.filter(positions__batch_ticket__number=2).delete()
    with pytest.raises(ActionRefused) as refused:
        act(batch, "unsold", "1-2")
    assert [(each.number, each.reason) for each in refused.value.refused] == [
        (2, "This ticket has been deleted.")
    ]

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batches.making import make
from counterfoil.catalog.models import Event, Item
from counterfoil.core.refusals import Invalid
from counterfoil.orders.models import OrderPosition
from counterfoil.orders.new_order import NewOrder, NewPosition
from counterfoil.orders.services import create_order
from counterfoil.orders.validity import Validity, validity_of
from counterfoil.printing.variables.ticket_source import TicketSource
from gate import Gate, make_gate
from makers import make_event, make_item

pytestmark = pytest.mark.django_db

# Friday, 14:30 in Berlin, where the clocks go forward on 28 March 2027.
NOW = datetime(2027, 1, 15, 13, 30, tzinfo=UTC)


@pytest.fixture
def event() -> Event:
    return make_event(timezone="Europe/Berlin")


def _item(event: Event, mode: str, **rule: Any) -> Item:
    return make_item(
        event, extra={"validity_mode": mode, **{f"validity_{k}": v for k, v in rule.items()}}
    )


def _lasting(event: Event, start: datetime = NOW, **duration: int) -> str:
    rule = {f"dynamic_duration_{unit}": number for unit, number in duration.items()}
    validity = validity_of(event=event, item=_item(event, "dynamic", **rule), now=start)
    assert validity.start == start
    return f"{validity.end.astimezone(event.tz):%Y-%m-%d %H:%M:%S}" if validity.end else "open"


def _sell(item: Item, **given: Any) -> OrderPosition:
    web = item.event.organizer.sales_channels.get(identifier="web")
    new = NewOrder(positions=(NewPosition(item=item, **given),), sales_channel=web, paid=True)
    return create_order(actor=None, event=item.event, new=new).positions.get()


@pytest.mark.parametrize(
    ("duration", "end"),
    [
        ({"minutes": 90}, "2027-01-15 16:00:00"),
        ({"hours": 3, "minutes": 5}, "2027-01-15 17:35:00"),
        ({"days": 1}, "2027-01-15 23:59:59"),
        ({"days": 3}, "2027-01-17 23:59:59"),
        ({"months": 1}, "2027-02-14 23:59:59"),
        ({"months": 12}, "2028-01-14 23:59:59"),
        ({"months": 1, "days": 2}, "2027-02-16 23:59:59"),
        ({"days": 1, "hours": 4}, "2027-01-16 03:59:59"),
        ({}, "open"),
        ({"days": 0}, "open"),
        ({"months": 10**6}, "open"),
        ({"days": 10**9}, "open"),
        ({"hours": 10**12}, "open"),
        ({"minutes": 10**15}, "open"),
    ],
)
def test_a_duration_counts_from_the_sale_by_the_events_calendar(
    event: Event, duration: dict[str, int], end: str
) -> None:
    assert _lasting(event, **duration) == end


@pytest.mark.parametrize(
    ("day", "end"),
    [(28, "2027-02-27"), (29, "2027-02-28"), (30, "2027-02-28"), (31, "2027-02-28")],
)
def test_a_month_ends_with_a_shorter_month(event: Event, day: int, end: str) -> None:
    assert _lasting(event, datetime(2027, 1, day, 12, tzinfo=UTC), months=1) == f"{end} 23:59:59"


def test_an_hour_is_an_hour_when_the_clocks_change(event: Event) -> None:
    assert _lasting(event, datetime(2027, 3, 28, 0, 30, tzinfo=UTC), hours=1) == (
        "2027-03-28 03:30:00"
    )


def test_a_fixed_validity_is_that_of_every_ticket(event: Event) -> None:
    item = _item(
        event,
        "fixed",
        fixed_from="2027-06-01T00:00:00+02:00",
        fixed_until="2027-06-30T23:59:59+02:00",
    )
    period = (datetime(2027, 5, 31, 22, tzinfo=UTC), datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC))

    sold = _sell(item)
    make(item, 3)

    made = OrderPosition.objects.exclude(pk=sold.pk).values_list("valid_from", "valid_until")
    assert (sold.valid_from, sold.valid_until) == period
    assert list(made) == [period] * 3


@pytest.mark.parametrize("given", ["2027-06-01T00:00:00+02:00", None])
def test_a_fixed_validity_may_be_open_at_either_end(event: Event, given: str | None) -> None:
    item = _item(event, "fixed", fixed_from=given, fixed_until=None)

    position = _sell(item)

    assert (position.valid_from is None, position.valid_until) == (given is None, None)


def test_tickets_of_a_batch_begin_to_be_valid_when_they_are_made(event: Event) -> None:
    batch = make(_item(event, "dynamic", dynamic_duration_hours=2), 2)

    periods = set(OrderPosition.objects.values_list("valid_from", "valid_until"))
    assert periods == {(batch.creation, batch.creation + timedelta(hours=2))}


@pytest.mark.parametrize(
    "extra", [{}, {"validity_mode": None, "validity_fixed_from": "2020-01-01"}]
)
def test_tickets_of_other_products_have_no_limits(event: Event, extra: dict[str, Any]) -> None:
    position = _sell(make_item(event, extra=extra))

    assert (position.valid_from, position.valid_until) == (None, None)


def test_the_buyer_chooses_the_start_where_the_product_lets_them(event: Event) -> None:
    rule = {"dynamic_duration_days": 1, "dynamic_start_choice": True}
    wish = datetime(2027, 1, 20, 8, tzinfo=UTC)

    def start(requested: datetime, **changed: Any) -> Validity:
        item = _item(event, "dynamic", **{**rule, **changed})
        return validity_of(event=event, item=item, now=NOW, requested=requested)

    assert start(wish) == Validity(wish, datetime(2027, 1, 20, 22, 59, 59, tzinfo=UTC))
    assert start(NOW - timedelta(days=1)).start == NOW
    assert start(wish, dynamic_start_choice=False).start == NOW


def test_a_start_that_is_too_far_ahead_is_refused(event: Event) -> None:
    item = _item(event, "dynamic", dynamic_start_choice=True, dynamic_start_choice_day_limit=5)
    now = datetime.now(UTC)

    assert _sell(item, requested_valid_from=now + timedelta(days=4)).valid_from is not None
    with pytest.raises(Invalid) as caught:
        _sell(item, requested_valid_from=now + timedelta(days=7))
    found: Any = caught.value.problems["positions"]
    assert [list(each) for each in found] == [["requested_valid_from"]]


def test_what_the_order_says_comes_before_the_product(event: Event) -> None:
    start = datetime(2030, 5, 1, 10, tzinfo=UTC)
    item = _item(event, "dynamic", dynamic_duration_days=1)

    position = _sell(item, valid_from=start)

    assert position.valid_from == start
    assert position.valid_until == datetime(2030, 5, 1, 21, 59, 59, tzinfo=UTC)


def test_a_ticket_that_would_end_before_it_begins_is_not_sold(event: Event) -> None:
    with pytest.raises(Invalid) as caught:
        _sell(
            make_item(event),
            valid_from=datetime(2027, 6, 2, tzinfo=UTC),
            valid_until=datetime(2027, 6, 1, tzinfo=UTC),
        )
    found: Any = caught.value.problems["positions"]
    assert [list(each) for each in found] == [["valid_until"]]


def test_the_gate_refuses_a_batchs_tickets_outside_the_products_time() -> None:
    gate: Gate = make_gate()
    item = _item(
        gate.event,
        "fixed",
        fixed_from="2027-06-01T10:00:00+02:00",
        fixed_until="2027-06-01T20:00:00+02:00",
    )
    make(item, 1)
    ticket = OrderPosition.objects.get(item=item)

    reasons = [
        gate.reason(ticket, datetime=datetime(2027, 6, 1, hour, tzinfo=UTC)) for hour in (7, 19, 9)
    ]

    assert reasons == ["invalid_time", "invalid_time", None]


def test_a_batchs_tickets_print_the_products_time(event: Event) -> None:
    item = _item(
        event,
        "fixed",
        fixed_from="2027-06-01T10:00:00+02:00",
        fixed_until="2027-06-30T20:15:00+02:00",
    )
    make(item, 1)
    names = ["valid_from_datetime", "valid_from_time", "valid_until_date", "valid_until_time"]
    source = TicketSource(event, needs=frozenset(names), images=frozenset(), now=NOW)

    (ticket,) = source.tickets([OrderPosition.objects.get().pk])

    assert [ticket.values[name] for name in names] == [
        "2027-06-01 10:00",
        "10:00",
        "2027-06-30",
        "20:15",
    ]

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.audit.models import LogEntry
from counterfoil.catalog.models import Event, Item
from counterfoil.core.refusals import Forbidden, Invalid
from counterfoil.orders import services
from counterfoil.orders.models import Order, OrderPosition
from counterfoil.orders.new_order import NewAnswer, NewOrder, NewPosition
from counterfoil.orders.services import create_order, delete_order, delete_test_orders
from makers import (
    make_event,
    make_item,
    make_order,
    make_quota,
    make_subevent,
    make_tax_rule,
    make_variation,
)

pytestmark = pytest.mark.django_db


def _create(event: Event, *positions: NewPosition, **given: Any) -> Order:
    web = event.organizer.sales_channels.get(identifier="web")
    new = NewOrder(positions=positions, sales_channel=web, **given)
    return create_order(actor=None, event=event, new=new)


def _problems(event: Event, *positions: NewPosition) -> list[dict[str, list[str]]]:
    with pytest.raises(Invalid) as caught:
        _create(event, *positions)
    found: Any = caught.value.problems["positions"]
    return list(found)


def _sold(item: Item, **given: Any) -> NewPosition:
    return NewPosition(item=item, **given)


def test_a_paid_order_has_codes_secrets_prices_and_a_payment() -> None:
    event = make_event()
    item = make_item(event, tax_rule=make_tax_rule(event))

    order = _create(event, _sold(item), _sold(item, price=Decimal("11.90")), paid=True)

    first, second = order.positions.order_by("positionid")
    payment = order.payments.get()
    assert (order.status, order.total, len(order.code)) == ("p", Decimal("34.90"), 5)
    assert (first.price, first.tax_value, first.tax_rate) == (
        Decimal("23.00"),
        Decimal("3.67"),
        Decimal("19.00"),
    )
    assert (second.positionid, second.price, second.tax_value) == (
        2,
        Decimal("11.90"),
        Decimal("1.90"),
    )
    assert len({first.secret, second.secret, order.secret}) == 3
    assert (payment.state, payment.amount, payment.provider) == (
        "confirmed",
        Decimal("34.90"),
        "manual",
    )
    assert payment.created == payment.payment_date <= order.datetime
    assert LogEntry.objects.get().action == "counterfoil.order.added"


def test_a_pending_order_expires_at_the_end_of_its_last_day() -> None:
    event = make_event(timezone="Asia/Tokyo")

    order = _create(event, _sold(make_item(event)), payment_provider="banktransfer")

    local = order.expires.astimezone(event.tz)
    assert (local.hour, local.minute, local.second) == (23, 59, 59)
    assert (local.date() - order.datetime.astimezone(event.tz).date()).days == 14
    assert (order.status, order.payments.get().state) == ("n", "created")


def test_what_costs_nothing_is_paid() -> None:
    event = make_event()
    free = make_item(event, default_price=Decimal("0.00"))

    order = _create(event, _sold(free))

    assert (order.status, order.payments.get().provider) == ("p", "free")


def test_each_position_is_refused_in_its_place() -> None:
    event = make_event()
    good, retired = make_item(event), make_item(event, active=False)
    with_rows, other = make_item(event), make_item(event, quota=False)
    row = make_variation(with_rows)
    hidden = make_variation(with_rows, active=False)

    problems = _problems(
        event,
        _sold(good),
        _sold(retired),
        _sold(with_rows),
        _sold(good, variation=row),
        _sold(with_rows, variation=hidden),
        _sold(other),
        _sold(good, addon_to=9),
        _sold(good, positionid=1),
    )

    assert [list(each) for each in problems] == [
        [], ["item"], ["variation"], ["variation"], ["variation"], ["item"], ["addon_to"],
        ["positionid"],
    ]  # fmt: skip
    assert not Order.objects.exists()


def test_a_missing_date_is_a_problem_of_the_item() -> None:
    event = make_event(has_subevents=True)
    make_subevent(event)

    assert [list(each) for each in _problems(event, _sold(make_item(event)))] == [["item"]]


def test_a_date_is_refused_where_there_are_none() -> None:
    event = make_event()
    date = make_subevent(make_event(has_subevents=True))

    problems = _problems(event, _sold(make_item(event), subevent=date))

    assert [list(each) for each in problems] == [["subevent"]]


def test_only_positions_that_no_quota_is_left_for_are_refused() -> None:
    event = make_event()
    scarce, plenty = make_item(event, quota=1), make_item(event)

    problems = _problems(event, _sold(scarce), _sold(plenty), _sold(scarce))

    assert [list(each) for each in problems] == [[], [], ["item"]]
    assert "1 left, but 2" in problems[2]["item"][0]


def test_an_addon_knows_what_it_belongs_to() -> None:
    event = make_event()
    item = make_item(event)

    order = _create(event, _sold(item, positionid=7), _sold(item, addon_to=7))

    assert order.positions.get(positionid=2).addon_to == order.positions.get(positionid=7)


def test_a_chosen_code_or_secret_must_be_free() -> None:
    event = make_event()
    item = make_item(event)
    old = make_order(event, items=[item])
    secret = old.positions.get().secret

    with pytest.raises(Invalid, match="code"):
        _create(event, _sold(item), code=old.code)
    assert _problems(event, _sold(item), _sold(item, secret=secret)) == [
        {},
        {"secret": ["This secret is already in use."]},
    ]
    assert len(_problems(event, _sold(item, secret="x"), _sold(item, secret="x"))) == 2


def test_answers_are_kept() -> None:
    event = make_event()
    question = event.questions.create(identifier="SIZE", question={"en": "Size?"}, type="C")
    option = question.options.create(identifier="M", answer={"en": "Medium"})
    answer = NewAnswer(question=question, answer="Medium", options=(option,))

    order = _create(event, _sold(make_item(event), answers=(answer,)))

    kept = order.positions.get().answers.get()
    assert (kept.answer, list(kept.options.all())) == ("Medium", [option])


def test_a_test_order_is_deleted_with_all_that_is_its() -> None:
    event = make_event()
    order = _create(event, _sold(make_item(event)), testmode=True, paid=True)

    delete_order(actor=None, order=order)

    assert not OrderPosition.objects.exists()
    assert order.code[1] == "0"


def test_a_real_order_stays() -> None:
    event = make_event()
    order = make_order(event, items=[make_item(event)])

    with pytest.raises(Forbidden):
        delete_order(actor=None, order=order)

    assert Order.objects.get() == order


def test_validity_and_names_are_kept() -> None:
    event = make_event()
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    make_quota(event, size=None, items=[])

    order = _create(
        event,
        _sold(make_item(event), valid_from=moment, attendee={"company": "Acme"}),
        details={"email": "jane@example.org", "comment": "by phone"},
    )

    position = order.positions.get()
    assert (position.valid_from, position.company) == (moment, "Acme")
    assert (order.email, order.comment) == ("jane@example.org", "by phone")


def test_all_test_orders_of_an_event_are_deleted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_TOGETHER", 2)
    event = make_event()
    item = make_item(event)
    for _ in range(5):
        _create(event, _sold(item), testmode=True)
    real = _create(event, _sold(item))
    elsewhere = make_event(event.organizer)
    other = _create(elsewhere, _sold(make_item(elsewhere)), testmode=True)

    assert delete_test_orders(actor=None, event=event) == 5

    assert set(Order.objects.all()) == {real, other}
    entries = LogEntry.objects.filter(action="counterfoil.event.testorders_deleted")
    assert [entry.data["orders"] for entry in entries.order_by("pk")] == [2, 2, 1]

"""Makes and deletes single orders.

Batches of orders are made by ``batches.services`` with ``codes``, ``secrets`` and ``bulk``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog import changeclock, saving
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.core.refusals import Forbidden, Invalid
from counterfoil.orders import quotas
from counterfoil.orders.codes import draw_codes
from counterfoil.orders.details import attendee_as_stored, details_as_stored
from counterfoil.orders.models import Order, OrderPayment, OrderPosition, QuestionAnswer
from counterfoil.orders.neworder import NewOrder, NewPosition
from counterfoil.orders.prices import Price, gross_price, list_price, taxed
from counterfoil.orders.quotas import NoQuota, SoldOut
from counterfoil.orders.secrets import (
    draw_order_secrets,
    draw_pseudonymization_ids,
    draw_secrets,
)
from counterfoil.orders.selling import Problems, sale_problems

#: Days in which an order must be paid when nobody says otherwise; it ends with the last of them.
PAYMENT_TERM_DAYS = 14

#: How often a code that somebody else took between drawing and inserting is drawn again.
_TRIES = 5


class PositionsInvalid(Invalid):
    """Some positions of an order cannot be sold; good ones have no problems."""

    def __init__(self, positions: Sequence[Problems]) -> None:
        super().__init__({"positions": [f"{key}: {text}" for key, text in _flat(positions)]})
        self._positions = list(positions)
        self.problems = cast(Any, {"positions": self._positions})

    @property
    def sentences(self) -> list[str]:
        return [text for _key, text in _flat(self._positions)]


def _flat(positions: Sequence[Problems]) -> list[tuple[str, str]]:
    return [(key, text) for each in positions for key, texts in each.items() for text in texts]


def create_order(*, actor: Actor | None, event: Event, new: NewOrder) -> Order:
    """Make an order with its positions and its payment; what costs nothing is paid.

    Raises:
        Invalid: a position cannot be sold or its quota has none left, or the code or a secret
            is taken.
    """
    for _try in range(_TRIES):
        try:
            with transaction.atomic():
                return _create(actor, event, new)
        except IntegrityError:
            _refuse_taken(event, new)
    raise Invalid({"code": [_("No free order code could be found. Try again.")]})


def delete_order(*, actor: Actor | None, order: Order) -> None:
    """Delete a test order with all that belongs to it.

    Raises:
        Forbidden: it is a real one. Those are cancelled, so that the books stay whole.
    """
    if not order.testmode:
        raise Forbidden(_("Only test orders can be deleted."))
    with transaction.atomic():
        audit.record(actor=actor, action="counterfoil.order.deleted", obj=order, event=order.event)
        saving.delete(order)


def _create(actor: Actor | None, event: Event, new: NewOrder) -> Order:
    _check_sales(event, new.positions)
    _take(new.positions)
    prices = [_price(event, position) for position in new.positions]
    order = _insert_order(event, new, sum((price.gross for price in prices), Decimal(0)))
    _insert_positions(order, new.positions, prices)
    _insert_payment(order, new)
    audit.record(actor=actor, action="counterfoil.order.added", obj=order, event=event)
    order.datetime = order.last_modified = changeclock.stamp(event.pk)
    order.save(update_fields=["datetime", "last_modified"])
    return order


def _check_sales(event: Event, positions: Sequence[NewPosition]) -> None:
    problems = [_problems(event, position) for position in positions]
    earlier: set[int] = set()
    for number, (position, found) in enumerate(zip(positions, problems, strict=True), start=1):
        if position.addon_to is not None and position.addon_to not in earlier:
            found["addon_to"] = [_("There is no earlier position with this number.")]
        if (position.positionid or number) in earlier:
            found["positionid"] = [_("Another position has this number.")]
        earlier.add(position.positionid or number)
    if any(problems):
        raise PositionsInvalid(problems)


def _problems(event: Event, position: NewPosition) -> Problems:
    problems = sale_problems(event, position.wanted)
    if position.subevent is None and "subevent" in problems:
        # Clients of the order API look for a missing date there.
        problems.setdefault("item", []).extend(problems.pop("subevent"))
    return problems


def _take(positions: Sequence[NewPosition]) -> None:
    sales = [position.wanted for position in positions]
    try:
        quotas.take(Counter(sales))
    except NoQuota as refusal:
        lacking = [[str(refusal)] if wanted == refusal.wanted else [] for wanted in sales]
    except SoldOut as refusal:
        lacking = [[str(each) for each in shortages] for shortages in refusal.over(sales)]
    else:
        return
    raise PositionsInvalid([{"item": texts} if texts else {} for texts in lacking])


def _price(event: Event, position: NewPosition) -> Price:
    item, currency = position.item, event.currency
    if position.price is not None:
        return gross_price(position.price, rule=item.tax_rule, currency=currency)
    listed = list_price(item=item, variation=position.variation, subevent=position.subevent)
    return taxed(listed, rule=item.tax_rule, currency=currency)


def _insert_order(event: Event, new: NewOrder, total: Decimal) -> Order:
    now = clock.now()
    code = new.code or draw_codes(event.organizer, 1, testmode=new.testmode)[0]
    return Order.objects.create(
        organizer=event.organizer,
        event=event,
        code=code,
        status=Order.Status.PAID if new.paid or not total else Order.Status.PENDING,
        testmode=new.testmode,
        secret=draw_order_secrets(1)[0],
        sales_channel=new.sales_channel,
        locale=new.locale or event.locale,
        datetime=now,
        expires=new.expires or payment_deadline(event, now),
        total=total,
        custom_followup_at=new.custom_followup_at,
        last_modified=now,
        **details_as_stored(event, new.details),
    )


def payment_deadline(event: Event, ordered: datetime) -> datetime:
    """Return the last second of the last day to pay, by the event's calendar."""
    day = ordered.astimezone(event.tz).date() + timedelta(days=PAYMENT_TERM_DAYS)
    return datetime.combine(day, time(23, 59, 59), event.tz)


def _insert_positions(
    order: Order, positions: Sequence[NewPosition], prices: Sequence[Price]
) -> None:
    secrets, ids = draw_secrets(len(positions)), draw_pseudonymization_ids(len(positions))
    made: dict[int, OrderPosition] = {}
    for number, (new, price) in enumerate(zip(positions, prices, strict=True), start=1):
        position = OrderPosition.objects.create(
            organizer=order.organizer,
            order=order,
            positionid=new.positionid or number,
            item=new.item,
            variation=new.variation,
            subevent=new.subevent,
            price=price.gross,
            tax_rule=price.tax_rule,
            tax_rate=price.tax_rate,
            tax_value=price.tax_value,
            tax_code=price.tax_code,
            secret=new.secret or secrets[number - 1],
            pseudonymization_id=ids[number - 1],
            addon_to=made.get(new.addon_to or 0),
            valid_from=new.valid_from,
            valid_until=new.valid_until,
            **attendee_as_stored(order.event, new.attendee),
        )
        made[position.positionid] = position
        _insert_answers(position, new)


def _insert_answers(position: OrderPosition, new: NewPosition) -> None:
    for given in new.answers:
        answer = QuestionAnswer.objects.create(
            position=position, question=given.question, answer=given.answer
        )
        answer.options.set(given.options)


def _insert_payment(order: Order, new: NewOrder) -> None:
    """A paid order has a confirmed payment; a pending one has one if it says how it will pay."""
    paid = order.status == Order.Status.PAID
    provider = new.payment_provider or ("manual" if order.total else "free")
    if paid or new.payment_provider:
        OrderPayment.objects.create(
            order=order,
            state="confirmed" if paid else "created",
            amount=order.total,
            created=order.datetime,
            payment_date=(new.payment_date or order.datetime) if paid else None,
            provider=provider,
        )


def _refuse_taken(event: Event, new: NewOrder) -> None:
    """Say what of the client's own choice is taken; what we drew is drawn again."""
    orders = Order.objects.filter(organizer=event.organizer)
    if new.code and orders.filter(code=new.code).exists():
        raise Invalid({"code": [_("This order code is in use already.")]})
    chosen = [position.secret for position in new.positions if position.secret]
    rows = OrderPosition.objects.filter(organizer=event.organizer, secret__in=chosen)
    taken = set(rows.values_list("secret", flat=True))
    repeated = {secret for secret, times in Counter(chosen).items() if times > 1}
    problem = {"secret": [_("This secret is in use already.")]}
    found = [problem if each.secret in taken | repeated else {} for each in new.positions]
    if any(found):
        raise PositionsInvalid(found)

"""Makes and deletes single orders.

Batches of orders are made by ``batches.services`` with ``codes``, ``secrets`` and ``bulk``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from counterfoil.accounts.actors import Actor
from counterfoil.audit import services as audit
from counterfoil.catalog import change_clock, numbers, saving
from counterfoil.catalog.models import Event, QuestionOption
from counterfoil.catalog.numbers import SeriesExhausted
from counterfoil.core import clock
from counterfoil.core.refusals import Forbidden, Gone, Invalid
from counterfoil.orders import bulk, quotas
from counterfoil.orders.codes import draw_codes
from counterfoil.orders.models import Order, OrderPayment, OrderPosition, QuestionAnswer
from counterfoil.orders.new_order import NewOrder, NewPosition
from counterfoil.orders.order_details import attendee_as_stored, details_as_stored
from counterfoil.orders.prices import Price, gross_price, list_price, taxed
from counterfoil.orders.quotas import NoQuota, Sellable, SoldOut
from counterfoil.orders.sale_validation import Problems, sale_problems
from counterfoil.orders.secrets import (
    draw_order_secrets,
    draw_pseudonymization_ids,
    draw_secrets,
)
from counterfoil.orders.serials import number_positions
from counterfoil.orders.validity import Validity, latest_start, validity_of

#: Days in which an order must be paid when nobody says otherwise; it ends with the last of them.
PAYMENT_TERM_DAYS = 14

#: On average, with the options that were chosen.
ANSWERS_PER_POSITION = 10

#: How many test orders are deleted in one transaction.
_TOGETHER = 500

#: How often a code that somebody else took between drawing and inserting is drawn again.
_TRIES = 5


def _log_data(new: NewOrder) -> dict[str, Any]:
    """Say for the log what an order is of."""
    sold = Counter(
        (each.item.pk, each.variation and each.variation.pk, each.subevent and each.subevent.pk)
        for each in new.positions
    )
    return {
        "sales_channel": new.sales_channel.identifier,
        "testmode": new.testmode,
        "positions": [
            {"item": item, "variation": variation, "subevent": subevent, "count": count}
            for (item, variation, subevent), count in sold.items()
        ],
    }


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

    They are attached to what is returned as if they were prefetched: reading a thousand back takes
    longer than inserting them.

    Raises:
        Invalid: as ``insert_order`` does.
    """
    return insert_order(actor=actor, event=event, new=new).attached()


def insert_order(*, actor: Actor | None, event: Event, new: NewOrder) -> OrderDraft:
    """Make an order as ``create_order`` does, with its rows still to be attached.

    Everything that grows with the number of positions is computed before the transaction, so that
    other writers wait for nothing but the inserts. A caller with a transaction around this attaches
    the rows after it.

    Raises:
        Invalid: a position cannot be sold or its quota has none left, the code or a secret
            is taken, or there are too many positions.
    """
    prices, needs = _prepare(event, new)
    for _try in range(_TRIES):
        draft = _draft(event, new, prices)
        draft.prepare()
        try:
            with transaction.atomic():
                with _blaming_positions(new.positions):
                    quotas.take_from(needs)
                    draft.insert()
                order = draft.order
                audit.record(
                    actor=actor,
                    action="counterfoil.order.added",
                    obj=order,
                    event=event,
                    data=_log_data(new),
                )
                order.datetime = order.last_modified = change_clock.stamp(event.pk)
                order.save(update_fields=["datetime", "last_modified"])
            return draft
        except IntegrityError:
            _refuse_used_secrets(event, new)
    raise Invalid({"code": [_("No unused order code is available. Try again.")]})


def simulate_order(*, event: Event, new: NewOrder) -> Order:
    """Return the order that ``create_order`` would make, without a lock and without a trace.

    Ids are 0; positions, payments and what they hold are attached as if they were prefetched.

    Raises:
        Invalid: as ``create_order`` does.
    """
    prices, needs = _prepare(event, new)
    with _blaming_positions(new.positions):
        quotas.check(needs)
    _refuse_used_secrets(event, new)
    return _draft(event, new, prices).detached()


def delete_order(*, actor: Actor | None, order: Order) -> None:
    """Delete a test order with all that belongs to it.

    Raises:
        Forbidden: it is a real one. Those are cancelled, so that the books stay whole.
        Gone: somebody else has deleted it.
    """
    if not order.testmode:
        raise Forbidden(_("Only test orders can be deleted."))
    with transaction.atomic():
        audit.record(actor=actor, action="counterfoil.order.deleted", obj=order, event=order.event)
        if not saving.delete_tree(Order.objects.filter(pk=order.pk)):
            raise Gone(_("Somebody else has deleted this meanwhile."))


def delete_test_orders(*, actor: Actor | None, event: Event) -> int:
    """Delete all test orders of an event with all that belongs to them; return how many.

    Some hundreds at a time: others write in between.
    """
    rows = Order.objects.filter(event=event, testmode=True).order_by("pk")
    deleted = 0
    while keys := list(rows.values_list("pk", flat=True)[:_TOGETHER]):
        with transaction.atomic():
            audit.record(
                actor=actor,
                action="counterfoil.event.testorders_deleted",
                obj=event,
                event=event,
                data={"orders": len(keys)},
            )
            deleted += saving.delete_tree(Order.objects.filter(pk__in=keys, testmode=True))
    return deleted


def _prepare(event: Event, new: NewOrder) -> tuple[list[Price], quotas.Needs]:
    """Check what needs no lock; return the prices, and how many each quota has to give."""
    _check_size(new.positions)
    _check_sales(event, new.positions)
    demand = Counter(position.sellable for position in new.positions)
    with _blaming_positions(new.positions):
        needs = quotas.quotas_needed(demand)
    listed = cache(_list_price)
    return [_price(event, position, listed) for position in new.positions], needs


def _check_size(positions: Sequence[NewPosition]) -> None:
    most = settings.ORDER_POSITIONS
    if len(positions) > most:
        raise Invalid(
            {"positions": [_("An order can have at most %(count)d positions.") % {"count": most}]}
        )
    most *= ANSWERS_PER_POSITION
    if sum(len(each.answers) + sum(len(a.options) for a in each.answers) for each in positions) > (
        most
    ):
        raise Invalid(
            {
                "positions": [
                    _("An order can have at most %(count)d answers and chosen options.")
                    % {"count": most}
                ]
            }
        )


def _check_sales(event: Event, positions: Sequence[NewPosition]) -> None:
    # Most positions of a large order are alike, and each distinct sale costs queries.
    distinct = {position.sellable for position in positions}
    by_sellable = {each: sale_problems(event, each) for each in distinct}
    problems = [_problems(by_sellable[position.sellable], position) for position in positions]
    earlier: set[int] = set()
    now = clock.now()
    for number, (position, errors) in enumerate(zip(positions, problems, strict=True), start=1):
        errors |= _validity_problems(event, position, now)
        if position.addon_to is not None and position.addon_to not in earlier:
            errors["addon_to"] = [_("There is no earlier position with this number.")]
        if (position.positionid or number) in earlier:
            errors["positionid"] = [_("Another position has this number.")]
        earlier.add(position.positionid or number)
    if any(problems):
        raise PositionsInvalid(problems)


def _problems(of_sale: Problems, position: NewPosition) -> Problems:
    problems = dict(of_sale)
    if position.subevent is None and "subevent" in problems:
        # Clients of the order API look for a missing date there.
        problems["item"] = [*problems.get("item", []), *problems.pop("subevent")]
    return problems


def _validity_problems(event: Event, position: NewPosition, now: datetime) -> Problems:
    validity = _validity(event, position, now)
    if validity.start and validity.end and validity.end < validity.start:
        words = _("The ticket cannot be valid until a time before it becomes valid.")
        return {"valid_until": [words]}
    latest = latest_start(event=event, item=position.item, now=now)
    requested = position.requested_valid_from
    if requested and latest and requested > latest:
        return {"requested_valid_from": [_("The start of the validity is too far ahead.")]}
    return {}


def _validity(event: Event, position: NewPosition, now: datetime) -> Validity:
    return validity_of(
        event=event,
        item=position.item,
        now=now,
        requested=position.requested_valid_from,
        start=position.valid_from,
        end=position.valid_until,
    )


@contextmanager
def _blaming_positions(positions: Sequence[NewPosition]) -> Iterator[None]:
    """Blame the positions that quotas or number series have not enough for.

    Raises:
        PositionsInvalid: says which, in the place of the refusal of the quotas.
    """
    sales = [position.sellable for position in positions]
    try:
        yield
    except NoQuota as refusal:
        problems = [[str(refusal)] if sellable == refusal.sellable else [] for sellable in sales]
    except SeriesExhausted as refusal:
        products = [sale.product for sale in sales]
        numbered = numbers.series_of(set(products))
        problems = [
            [str(refusal)] if numbered.get(product) == refusal.series else []
            for product in products
        ]
    except SoldOut as refusal:
        problems = [[str(each) for each in shortages] for shortages in refusal.over(sales)]
    else:
        return
    raise PositionsInvalid([{"item": texts} if texts else {} for texts in problems])


def _list_price(sellable: Sellable) -> Decimal:
    return list_price(item=sellable.item, variation=sellable.variation, subevent=sellable.subevent)


def _price(event: Event, position: NewPosition, listed: Callable[[Sellable], Decimal]) -> Price:
    rule, currency = position.item.tax_rule, event.currency
    if position.price is not None:
        return gross_price(position.price, rule=rule, currency=currency)
    return taxed(listed(position.sellable), rule=rule, currency=currency)


@dataclass(slots=True)
class OrderDraft:
    """The rows of an order, complete but for their ids."""

    order: Order
    positions: list[OrderPosition]
    answers: list[QuestionAnswer]
    options: list[tuple[QuestionAnswer, QuestionOption]]
    payment: OrderPayment | None
    _prepared: list[bulk.PreparedRows] = field(default_factory=list)

    def prepare(self) -> None:
        """Prepare all values for the database: that takes five times as long as inserting them."""
        self._prepared = [bulk.PreparedRows(self.positions), bulk.PreparedRows(self.answers)]

    def insert(self) -> None:
        """Insert all rows in the caller's transaction, one statement a table."""
        self.order.last_modified = clock.now()
        self.order.save(force_insert=True)
        # With ids drawn first, add-ons can name the positions that they belong to.
        ids = bulk.draw_ids(OrderPosition, len(self.positions))
        for key, position in zip(ids, self.positions, strict=True):
            position.pk = key
        for position in self.positions:
            position.order = self.order
            position.addon_to = position.addon_to  # takes the id over
        number_positions(self.positions, is_test=self.order.testmode)
        positions, answers = self._prepared
        slots = ["id", "order_id", "addon_to_id"]
        positions.insert([*slots, "serial", "serial_number", "number_series_id"])
        ids = bulk.draw_ids(QuestionAnswer, len(self.answers))
        for key, answer in zip(ids, self.answers, strict=True):
            answer.pk = key
            answer.position = answer.position  # takes the id over
        answers.insert(["id", "position_id"])
        bulk.insert(
            QuestionAnswer.options.through._meta.db_table,
            ["questionanswer_id", "questionoption_id"],
            [(answer.pk, option.pk) for answer, option in self.options],
        )
        if self.payment is not None:
            self.payment.order = self.order
            self.payment.save(force_insert=True)

    def detached(self) -> Order:
        """Return the order as if it were stored."""
        self.order.pk = 0
        for row in (*self.positions, *self.answers):
            row.pk = 0
        for position in self.positions:
            position.addon_to = position.addon_to  # takes the id over
        return self.attached()

    def attached(self) -> Order:
        """Return the order with its rows, each in the order in which it is read."""
        options: dict[int, list[QuestionOption]] = {}
        for answer, option in self.options:
            options.setdefault(id(answer), []).append(option)
        answers: dict[int, list[QuestionAnswer]] = {}
        for answer in sorted(self.answers, key=lambda a: (a.question.position, a.question_id)):
            answers.setdefault(id(answer.position), []).append(answer)
            _attach(answer, options=options.get(id(answer), []))
        for position in self.positions:
            _attach(position, print_logs=[], answers=answers.get(id(position), []))
        payments = [] if self.payment is None else [self.payment]
        positions = sorted(self.positions, key=lambda position: position.positionid)
        _attach(self.order, positions=positions, payments=payments)
        return self.order


def _attach(row: Model, **related: Sequence[Model]) -> None:
    """Let ``row.name.all()`` return these rows without a query, as after a prefetch."""
    attached = {}
    for name, rows in related.items():
        queryset = getattr(row, name).all()
        queryset._result_cache = list(rows)
        attached[name] = queryset
    row._prefetched_objects_cache = attached  # type: ignore[attr-defined]


def _draft(event: Event, new: NewOrder, prices: Sequence[Price]) -> OrderDraft:
    order = _new_order(event, new, sum((price.gross for price in prices), Decimal(0)))
    draft = OrderDraft(order, _new_positions(order, new.positions, prices), [], [], None)
    for position, new_position in zip(draft.positions, new.positions, strict=True):
        for each in new_position.answers:
            answer = QuestionAnswer(position=position, question=each.question, answer=each.answer)
            draft.answers.append(answer)
            draft.options += [(answer, option) for option in each.options]
    draft.payment = _new_payment(order, new)
    return draft


def _new_order(event: Event, new: NewOrder, total: Decimal) -> Order:
    now = clock.now()
    code = new.code or draw_codes(event.organizer, 1, testmode=new.testmode)[0]
    return Order(
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


def _new_positions(
    order: Order, positions: Sequence[NewPosition], prices: Sequence[Price]
) -> list[OrderPosition]:
    secrets, ids = draw_secrets(len(positions)), draw_pseudonymization_ids(len(positions))
    inserted: dict[int, OrderPosition] = {}
    for number, (new, price) in enumerate(zip(positions, prices, strict=True), start=1):
        validity = _validity(order.event, new, order.datetime)
        position = OrderPosition(
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
            addon_to=inserted.get(new.addon_to or 0),
            valid_from=validity.start,
            valid_until=validity.end,
            **attendee_as_stored(order.event, new.attendee),
        )
        inserted[position.positionid] = position
    return list(inserted.values())


def _new_payment(order: Order, new: NewOrder) -> OrderPayment | None:
    """A paid order has a confirmed payment; a pending one has one if it says how it will pay."""
    paid = order.status == Order.Status.PAID
    provider = new.payment_provider or ("manual" if order.total else "free")
    if not paid and not new.payment_provider:
        return None
    return OrderPayment(
        order=order,
        state="confirmed" if paid else "created",
        amount=order.total,
        created=order.datetime,
        payment_date=(new.payment_date or order.datetime) if paid else None,
        provider=provider,
    )


def _refuse_used_secrets(event: Event, new: NewOrder) -> None:
    """Say what of the client's own choice is taken; what we drew is drawn again."""
    orders = Order.objects.filter(organizer=event.organizer)
    if new.code and orders.filter(code=new.code).exists():
        raise Invalid({"code": [_("This order code is in use already.")]})
    chosen = [position.secret for position in new.positions if position.secret]
    rows = OrderPosition.objects.filter(organizer=event.organizer, secret__in=chosen)
    used = set(rows.values_list("secret", flat=True))
    repeated = {secret for secret, times in Counter(chosen).items() if times > 1}
    problem = {"secret": [_("This secret is already in use.")]}
    errors = [problem if each.secret in used | repeated else {} for each in new.positions]
    if any(errors):
        raise PositionsInvalid(errors)

"""Changes what a position is: who comes with it, its product and date, its price, its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from counterfoil.catalog import saving
from counterfoil.core.refusals import Invalid
from counterfoil.orders import quotas
from counterfoil.orders.models import Order, OrderPosition, QuestionAnswer
from counterfoil.orders.new_order import NewAnswer
from counterfoil.orders.order_details import attendee_as_stored
from counterfoil.orders.payments import confirmed_amount
from counterfoil.orders.prices import gross_price
from counterfoil.orders.quotas import NoQuota, Sellable, SoldOut
from counterfoil.orders.sale_validation import sale_problems
from counterfoil.orders.serials import number_positions

_PRODUCT = ("item", "variation", "subevent")
_PRICE = ("price", "tax_rule")


def write_changes(
    *, order: Order, position: OrderPosition, fields: Mapping[str, Any], check_quotas: bool
) -> list[str]:
    """Change fields of a position in the caller's transaction; return the names of those changed.

    ``order`` is the position's, locked by the caller, who also stamps it. ``fields`` are columns
    of the position by name and ``answers``, which replace all that were there.

    Raises:
        Invalid: the product cannot be sold or its quota has none left, the order is canceled, or
            the ticket would be valid until before it is valid.
    """
    stored = attendee_as_stored(order.event, {k: v for k, v in fields.items() if k != "answers"})
    changed = [name for name, value in stored.items() if getattr(position, name) != value]
    if position.canceled and set(changed) & {*_PRODUCT, *_PRICE, "secret"}:
        raise Invalid(_("This ticket has been canceled."))
    before = Sellable(position.item, position.variation, position.subevent)
    for name in changed:
        setattr(position, name, stored[name])
    _check_validity(position, changed)
    if set(changed) & set(_PRODUCT):
        _change_product(order, position, before, check_quotas)
        if position.serial is None:
            number_positions([position], is_test=order.testmode)
    if set(changed) & {"item", *_PRICE}:
        _set_price(order, position, keep_rule="tax_rule" in fields or "item" not in changed)
    position.save()
    if set(changed) & set(_PRICE):
        _sum_up(order)
    if "answers" in fields and _replace_answers(position, fields["answers"]):
        changed.append("answers")
    return changed


def _check_validity(position: OrderPosition, changed: Sequence[str]) -> None:
    if {"valid_from", "valid_until"} & set(changed):
        words = _("The ticket cannot be valid until a time before it becomes valid.")
        saving.check_period(position.valid_from, position.valid_until, "valid_until", words)


def _change_product(
    order: Order, position: OrderPosition, before: Sellable, check_quotas: bool
) -> None:
    after = Sellable(position.item, position.variation, position.subevent)
    problems = sale_problems(order.event, after)
    if problems:
        raise Invalid(problems)
    uses_quota = order.status in (Order.Status.PENDING, Order.Status.PAID)
    if not (check_quotas and uses_quota):
        return
    # What the ticket has taken is free before it takes anew: both may be in the same quota.
    OrderPosition.objects.filter(pk=position.pk).update(canceled=True)
    try:
        quotas.take({after: 1})
    except (NoQuota, SoldOut) as refusal:
        field = next((f for f in _PRODUCT if getattr(before, f) != getattr(after, f)), "item")
        raise Invalid({field: [str(refusal)]}) from None


def _set_price(order: Order, position: OrderPosition, *, keep_rule: bool) -> None:
    """Split the price by the position's tax rule, or by that of its new product."""
    rule = position.tax_rule if keep_rule else position.item.tax_rule
    price = gross_price(position.price, rule=rule, currency=order.event.currency)
    position.price, position.tax_rule = price.gross, price.tax_rule
    position.tax_rate, position.tax_value = price.tax_rate, price.tax_value
    position.tax_code = price.tax_code


def _sum_up(order: Order) -> None:
    """Sum up the order again. One that now costs more than was paid is pending, and vice versa."""
    before = order.total
    rows = order.positions.filter(canceled=False)
    order.total = Decimal(rows.aggregate(total=Sum("price"))["total"] or 0)
    paid = confirmed_amount(order)
    if order.status == Order.Status.PAID and order.total > max(before, paid):
        order.status = Order.Status.PENDING
    elif order.status == Order.Status.PENDING and order.total < before and order.total <= paid:
        order.status = Order.Status.PAID
    order.save(update_fields=["total", "status"])


def _replace_answers(position: OrderPosition, answers: Sequence[NewAnswer]) -> bool:
    """Replace the answers; return whether any is new, gone or different."""
    stored = {answer.question_id: answer for answer in position.answers.all()}
    requested = {answer.question.pk: answer for answer in answers}
    same = stored.keys() == requested.keys() and all(
        stored[pk].answer == answer.answer for pk, answer in requested.items()
    )
    if same:
        return False
    position.answers.exclude(question__in=requested).delete()
    for new in answers:
        answer, _created = QuestionAnswer.objects.update_or_create(
            position=position, question=new.question, defaults={"answer": new.answer}
        )
        answer.options.set(new.options)
    return True

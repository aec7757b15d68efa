"""Build the rows of a batch: an order, position, payment and batch ticket for each ticket."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from django.db import IntegrityError, transaction

from counterfoil.batches.models import (
    Activation,
    BatchTicket,
    OfflineSalesBatch,
    Then,
    Validity,
)
from counterfoil.catalog import change_clock
from counterfoil.catalog.models import Event, Item, ItemVariation, SalesChannel, SubEvent
from counterfoil.checkin.secrets import INACTIVE_BLOCK, upsert_blocked
from counterfoil.core import failpoints
from counterfoil.layouts.models import TicketLayout
from counterfoil.orders import bulk
from counterfoil.orders.bulk import Row
from counterfoil.orders.codes import draw_codes, taken
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.prices import Price, list_price, taxed
from counterfoil.orders.quotas import Sellable
from counterfoil.orders.secrets import (
    draw_order_secrets,
    draw_pseudonymization_ids,
    draw_secrets,
)
from counterfoil.orders.validity import validity_of

_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A batch before it is created."""

    event: Event
    item: Item
    variation: ItemVariation | None
    subevent: SubEvent | None
    sales_channel: SalesChannel
    layout: TicketLayout | None
    amount: int
    testmode: bool
    comment: str
    activation: str = Activation.AT_ONCE
    return_by: date | None = None
    then: str = Then.ASK

    @property
    def sellable(self) -> Sellable:
        return Sellable(self.item, self.variation, self.subevent)

    def price(self) -> Price:
        listed = list_price(item=self.item, variation=self.variation, subevent=self.subevent)
        return taxed(listed, rule=self.item.tax_rule, currency=self.event.currency)


@dataclass(slots=True, kw_only=True)
class BatchBuilder:
    """Draw the codes and secrets of a draft, and insert its rows."""

    draft: Draft
    codes: list[str]
    order_secrets: list[str]
    secrets: list[str]
    pseudonymization_ids: list[str]

    @classmethod
    def draw(cls, draft: Draft) -> Self:
        """Draw everything random. It needs no transaction, so nobody waits for it."""
        amount = draft.amount
        return cls(
            draft=draft,
            codes=draw_codes(draft.event.organizer, amount, testmode=draft.testmode),
            order_secrets=draw_order_secrets(amount),
            secrets=draw_secrets(amount),
            pseudonymization_ids=draw_pseudonymization_ids(amount),
        )

    def insert(self, batch: OfflineSalesBatch, *, check: Callable[[], None]) -> None:
        """Insert all rows in the caller's transaction. ``check`` may raise, between the tables.

        A code that another transaction took since it was drawn is drawn again. So is a secret,
        which practically never happens.
        """
        for _ in range(_TRIES):
            try:
                with transaction.atomic():
                    self._insert(batch, check)
                return
            except IntegrityError:
                if not self._redraw():
                    raise
        raise IntegrityError("other transactions took codes faster than they can be drawn")

    def _redraw(self) -> bool:
        """Replace the codes and secrets taken since; return whether there were any."""
        organizer = self.draft.event.organizer
        gone = taken(organizer, set(self.codes))
        free = [code for code in self.codes if code not in gone]
        self.codes = sorted(free + draw_codes(organizer, len(gone), testmode=self.draft.testmode))
        rows = OrderPosition.objects.filter(organizer=organizer, secret__in=self.secrets)
        if rows.exists():
            self.secrets = draw_secrets(self.draft.amount)
            return True
        return bool(gone)

    def _insert(self, batch: OfflineSalesBatch, check: Callable[[], None]) -> None:
        amount = self.draft.amount
        price = self.draft.price()
        orders, positions = bulk.draw_ids(Order, amount), bulk.draw_ids(OrderPosition, amount)
        inactive = batch.starts_inactive
        blocks = [INACTIVE_BLOCK] if inactive else None
        self._insert_positions(positions, orders, price, batch.creation, blocks)
        check()
        failpoints.reach("batches.half_inserted")
        if price.gross:
            self._insert_payments(orders, price, batch.creation)
        sample = BatchTicket(
            batch=batch, validity=Validity.INACTIVE if inactive else Validity.ACTIVE
        )
        inserter = bulk.BulkInserter(sample, ["id", "number", "position_id"])
        ids = bulk.draw_ids(BatchTicket, amount)
        inserter.insert(zip(ids, range(1, amount + 1), positions, strict=True))
        check()
        # Foreign keys are checked at the commit. So the rows that carry the time come last, and
        # nobody at a gate of this event waits for the rest.
        moment = change_clock.stamp(self.draft.event.pk)
        self._insert_orders(orders, price, moment)
        if inactive:
            tickets = OrderPosition.objects.filter(batch_ticket__batch=batch)
            upsert_blocked(self.draft.event.pk, tickets, True, moment)

    def _insert_orders(self, ids: list[int], price: Price, moment: datetime) -> None:
        draft = self.draft
        sample = Order(
            organizer=draft.event.organizer,
            event=draft.event,
            status=Order.Status.PAID,
            testmode=draft.testmode,
            sales_channel=draft.sales_channel,
            locale=draft.event.locale,
            datetime=moment,
            expires=moment,
            total=price.gross,
            last_modified=moment,
        )
        inserter = bulk.BulkInserter(sample, ["id", "code", "secret"])
        rows = zip(ids, self.codes, self.order_secrets, strict=True)
        inserter.insert(_reaching("batches.copying", rows))

    def _insert_positions(
        self,
        ids: list[int],
        orders: list[int],
        price: Price,
        moment: datetime,
        blocks: list[str] | None,
    ) -> None:
        draft = self.draft
        validity = validity_of(event=draft.event, item=draft.item, now=moment)
        sample = OrderPosition(
            organizer=draft.event.organizer,
            item=draft.item,
            variation=draft.variation,
            subevent=draft.subevent,
            price=price.gross,
            tax_rule=price.tax_rule,
            tax_rate=price.tax_rate,
            tax_value=price.tax_value,
            tax_code=price.tax_code,
            valid_from=validity.start,
            valid_until=validity.end,
            blocked=blocks,
        )
        slots = ["id", "order_id", "secret", "pseudonymization_id"]
        inserter = bulk.BulkInserter(sample, slots)
        inserter.insert(zip(ids, orders, self.secrets, self.pseudonymization_ids, strict=True))

    def _insert_payments(self, orders: list[int], price: Price, moment: datetime) -> None:
        sample = OrderPayment(amount=price.gross, created=moment, payment_date=moment)
        inserter = bulk.BulkInserter(sample, ["id", "order_id"])
        ids = bulk.draw_ids(OrderPayment, len(orders))
        inserter.insert(zip(ids, orders, strict=True))


def _reaching(point: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows; reach a failpoint after the first one."""
    rows = iter(rows)
    yield from itertools.islice(rows, 1)
    failpoints.reach(point)
    yield from rows

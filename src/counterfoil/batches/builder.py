"""Build the rows of a batch: an order, position, payment and batch ticket for each ticket."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db import IntegrityError, transaction

from counterfoil.batches.models import BatchTicket, OfflineSalesBatch, Validity
from counterfoil.batches.spec import BatchSpec
from counterfoil.batches.tables import BatchTable
from counterfoil.catalog import change_clock
from counterfoil.catalog.models import Event
from counterfoil.catalog.numbers import TakenNumbers, series_of, take_numbers
from counterfoil.checkin.secrets import INACTIVE_BLOCK, upsert_blocked
from counterfoil.core import failpoints
from counterfoil.orders import bulk
from counterfoil.orders.bulk import Row
from counterfoil.orders.codes import draw_codes, used_codes
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from counterfoil.orders.prices import Price, list_price, taxed
from counterfoil.orders.secrets import (
    draw_order_secrets,
    draw_pseudonymization_ids,
    draw_secrets,
)
from counterfoil.orders.ticket_counts import Kind, added_together
from counterfoil.orders.validity import validity_of

_TRIES = 5


@dataclass(slots=True, kw_only=True)
class BatchBuilder:
    """Draw the codes and secrets of a batch, and insert its rows."""

    event: Event
    spec: BatchSpec
    codes: list[str]
    order_secrets: list[str]
    secrets: list[str]
    pseudonymization_ids: list[str]
    table: BatchTable | None
    data: list[str] | None

    @classmethod
    def draw(cls, event: Event, spec: BatchSpec, table: BatchTable | None = None) -> Self:
        """Draw everything random, and write the rows of ``table``, while nobody waits for it.

        ``table`` has a row for each ticket.
        """
        amount = spec.amount
        return cls(
            event=event,
            spec=spec,
            codes=draw_codes(event.organizer, amount, testmode=spec.testmode),
            order_secrets=draw_order_secrets(amount),
            secrets=draw_secrets(amount),
            pseudonymization_ids=draw_pseudonymization_ids(amount),
            table=table,
            data=None if table is None else table.texts(),
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
        organizer = self.event.organizer
        used = used_codes(organizer, set(self.codes))
        free = [code for code in self.codes if code not in used]
        self.codes = sorted(free + draw_codes(organizer, len(used), testmode=self.spec.testmode))
        rows = OrderPosition.objects.filter(organizer=organizer, secret__in=self.secrets)
        if rows.exists():
            self.secrets = draw_secrets(self.spec.amount)
            return True
        return bool(used)

    def _insert(self, batch: OfflineSalesBatch, check: Callable[[], None]) -> None:
        spec = self.spec
        variation = spec.variation.pk if spec.variation else None
        subevent = spec.subevent.pk if spec.subevent else None
        kind = Kind(spec.item.pk, variation, subevent, Order.Status.PAID.value, False)
        with added_together(event_id=self.event.pk, kind=kind, amount=spec.amount):
            moment = self._insert_rows(batch, check)
        if batch.starts_inactive:
            tickets = OrderPosition.objects.filter(batch_ticket__batch=batch)
            upsert_blocked(self.event.pk, tickets, True, moment)

    def _insert_rows(self, batch: OfflineSalesBatch, check: Callable[[], None]) -> datetime:
        amount = self.spec.amount
        price = self._price()
        orders, positions = bulk.draw_ids(Order, amount), bulk.draw_ids(OrderPosition, amount)
        blocks = [INACTIVE_BLOCK] if batch.starts_inactive else None
        self._insert_positions(positions, orders, price, batch.creation, blocks)
        check()
        failpoints.reach("batches.half_inserted")
        if price.gross:
            self._insert_payments(orders, price, batch.creation)
        self._insert_tickets(batch, positions)
        check()
        # Foreign keys are checked at the commit. So the rows that carry the time come last, and
        # nobody at a gate of this event waits for the rest.
        moment = change_clock.stamp(self.event.pk)
        self._insert_orders(orders, price, moment)
        return moment

    def _price(self) -> Price:
        spec = self.spec
        listed = list_price(item=spec.item, variation=spec.variation, subevent=spec.subevent)
        return taxed(listed, rule=spec.item.tax_rule, currency=self.event.currency)

    def _insert_orders(self, ids: list[int], price: Price, moment: datetime) -> None:
        event, spec = self.event, self.spec
        sample = Order(
            organizer=event.organizer,
            event=event,
            status=Order.Status.PAID,
            testmode=spec.testmode,
            sales_channel=spec.sales_channel,
            locale=spec.locale or event.locale,
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
        event, spec = self.event, self.spec
        validity = validity_of(event=event, item=spec.item, now=moment)
        sample = OrderPosition(
            organizer=event.organizer,
            item=spec.item,
            variation=spec.variation,
            subevent=spec.subevent,
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
        columns: list[Sequence[Any]] = [ids, orders, self.secrets, self.pseudonymization_ids]
        if (numbers := self._take_numbers()) is not None:
            sample.number_series = numbers.series
            slots += ["serial_number", "serial"]
            columns += [numbers.numbers, numbers.serials()]
        bulk.BulkInserter(sample, slots).insert(zip(*columns, strict=True))

    def _take_numbers(self) -> TakenNumbers | None:
        spec = self.spec
        series = series_of({spec.sellable.product}).get(spec.sellable.product)
        return take_numbers(series, spec.amount, is_test=spec.testmode) if series else None

    def _insert_tickets(self, batch: OfflineSalesBatch, positions: list[int]) -> None:
        amount = self.spec.amount
        slots, ids = ["id", "number", "position_id"], bulk.draw_ids(BatchTicket, amount)
        columns: list[Iterable[Any]] = [ids, range(1, amount + 1), positions]
        if self.data is not None:
            slots.append("data")
            columns.append(self.data)
        validity = Validity.INACTIVE if batch.starts_inactive else Validity.ACTIVE
        inserter = bulk.BulkInserter(BatchTicket(batch=batch, validity=validity), slots)
        inserter.insert(zip(*columns, strict=True))

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

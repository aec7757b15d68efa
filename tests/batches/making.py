"""Asks for batches, and makes them as a worker does."""

from __future__ import annotations

from datetime import date
from typing import Any

from counterfoil.accounts.actors import TokenActor
from counterfoil.batches.models import BatchRequest, OfflineSalesBatch
from counterfoil.batches.services import request_batch
from counterfoil.batches.spec import BatchSpec
from counterfoil.batches.tables import BatchTable
from counterfoil.catalog.models import Item
from counterfoil.core import clock
from counterfoil.jobs import runner
from counterfoil.stock.models import HandOut, StockDocument
from makers import make_team, make_token


def somebody(item: Item) -> TokenActor:
    token, _ = make_token(make_team(item.event.organizer))
    return TokenActor(token)


def ask(
    item: Item, amount: int = 3, *, table: BatchTable | None = None, **given: Any
) -> BatchRequest:
    web = item.event.organizer.sales_channels.get(identifier="web")
    new = BatchSpec(**{"item": item, "amount": amount, "sales_channel": web, **given})
    return request_batch(actor=somebody(item), event=item.event, new=new, table=table)


def work(asked: BatchRequest) -> BatchRequest:
    """Let a worker do the job; return the request as it stands then."""
    runner.run(asked.pk)
    return BatchRequest.objects.select_related("job", "batch").get(pk=asked.pk)


def make_stock_document(batch: OfflineSalesBatch, *, seller: int = 1) -> StockDocument:
    """A document on the first ticket of a batch, which a seller did not bring back."""
    event = batch.event
    return StockDocument.objects.create(
        organizer=event.organizer,
        event=event,
        hand_out=HandOut.objects.create(event=event, batch=batch, seller=seller),
        year=2026,
        sequence=batch.pk,
        day=date(2026, 10, 15),
        issued=clock.now(),
        action="void",
        ranges="1",
        count=1,
        value=23,
        head="60303ae2",
    )


def make(item: Item, amount: int = 3, **given: Any) -> OfflineSalesBatch:
    done = work(ask(item, amount, **given))
    assert done.batch is not None, done.job.message
    return done.batch

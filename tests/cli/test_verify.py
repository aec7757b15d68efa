from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from click.testing import CliRunner, Result

from batches.making import make, somebody
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.cli.main import main
from counterfoil.stock import ledger, services
from counterfoil.stock.models import LedgerHead, StockEvent
from counterfoil.stock.moves import Action
from counterfoil.stock.selection import select
from makers import make_event, make_item

pytestmark = pytest.mark.django_db


def _verify(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments])


@pytest.fixture
def batch() -> OfflineSalesBatch:
    """A batch with four actions in the ledger."""
    batch = make(make_item(make_event()), 9)
    for number, action in enumerate(("lost", "sold", "void", "spoiled"), start=1):
        services.act(
            actor=somebody(batch.item),
            event=batch.event,
            action=Action(action),
            selections=select(event=batch.event, batch=batch, tickets=str(number)),
        )
    return batch


def _rechain(first: int) -> None:
    """Give every row from a number on the hash that it should have, and the head too."""
    previous = StockEvent.objects.get(number=first - 1).hash if first > 1 else ""
    for row in StockEvent.objects.filter(number__gte=first).order_by("number"):
        row.previous_hash = previous
        previous = row.hash = ledger.hash_of(row)
        row.save()
    LedgerHead.objects.update(hash=previous, number=StockEvent.objects.count())


def test_a_whole_ledger_is_fine_and_every_old_hash_is_found(batch: OfflineSalesBatch) -> None:
    assert _verify().exit_code == 0
    for row in StockEvent.objects.all():
        assert _verify("--head", row.hash).exit_code == 0
    unknown = _verify("--head", hashlib.sha256(b"x").hexdigest())
    assert (unknown.exit_code, "No row has this hash" in unknown.output) == (1, True)


def test_the_first_bad_row_is_named_whichever_column_was_changed(batch: OfflineSalesBatch) -> None:
    whole = StockEvent.objects.get(number=2)
    changes = {
        "ranges": "3", "count": 2, "value": Decimal("1.00"), "reason": "x", "actor": "user:1",
        "note": "x", "document": "x", "seller": 1, "activation": "on_sale", "action": "lost",
        "hash": whole.hash[:-1] + ("0" if whole.hash[-1] != "0" else "1"),
    }  # fmt: skip
    for name, value in changes.items():
        StockEvent.objects.filter(number=2).update(**{name: value})
        answer = _verify()
        assert (answer.exit_code, "row 2 " in answer.output) == (1, True), name
        whole.save()
    assert _verify().exit_code == 0


def test_a_ledger_that_was_cut_or_chained_anew_is_found_out(batch: OfflineSalesBatch) -> None:
    printed = StockEvent.objects.get(number=4).hash

    StockEvent.objects.filter(number=4).delete()
    cut = _verify()
    assert (cut.exit_code, "row 4 is missing" in cut.output) == (1, True)

    _rechain(1)  # whoever cuts the ledger can mend its head, but no paper
    assert _verify().exit_code == 0
    assert _verify("--head", printed).exit_code == 1

    StockEvent.objects.filter(number=2).update(ranges="3")
    _rechain(2)
    assert _verify().exit_code == 0
    old = StockEvent.objects.get(number=1).hash
    assert (_verify("--head", old).exit_code, _verify("--head", printed).exit_code) == (0, 1)

    StockEvent.objects.filter(number=2).delete()
    gap = _verify()
    assert (gap.exit_code, "row 2 is missing" in gap.output) == (1, True)

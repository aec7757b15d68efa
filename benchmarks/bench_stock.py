"""What it costs to act on 10,000 paper tickets, against the bare SQL of the same changes.

    python benchmarks/bench_stock.py                    # SQLite, in a folder of its own
    DATABASE_URL=postgres://… python benchmarks/bench_stock.py

*Bare* is what no program can avoid: the UPDATEs and INSERTs that void or activate a batch, without
a check, in one transaction. *Acted* is how long an action holds its locks, from the lock on the
ledger's head to the commit. And: to make a batch of inactive tickets against one of active ones.
Each pair is timed in turns in one run, and the medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import sys

from django.core.management import call_command
from django.db import connection, transaction

from bench_create import Bench, timed  # sets Django up
from counterfoil.batches import services as batches
from counterfoil.batches.models import BatchRequest, OfflineSalesBatch
from counterfoil.batches.spec import BatchSpec
from counterfoil.core import clock
from counterfoil.jobs.claims import Claim
from counterfoil.stock.execution import Context, carry_out
from counterfoil.stock.moves import Action
from counterfoil.stock.planning import Request, plan
from counterfoil.stock.selection import Selection

MOST_OF_BARE = 2.0
MOST_OF_ACTIVE = 1.5

_TICKETS = "SELECT position_id FROM batches_batchticket WHERE batch_id = {batch}"
_ORDERS = (
    "SELECT order_id FROM orders_orderposition pos JOIN batches_batchticket ticket "
    "ON ticket.position_id = pos.id WHERE ticket.batch_id = {batch}"
)
_BARE = {
    Action.VOID: (
        "UPDATE batches_batchticket SET validity = 'void' WHERE batch_id = {batch}",
        f"UPDATE orders_orderposition SET canceled = {{true}} WHERE id IN ({_TICKETS})",
        f"UPDATE orders_order SET status = 'c', cancellation_date = %s, last_modified = %s "
        f"WHERE id IN ({_ORDERS})",
        "INSERT INTO checkin_revokedsecret (event_id, created, position_id, secret) "
        f"SELECT {{event}}, %s, id, secret FROM orders_orderposition WHERE id IN ({_TICKETS})",
    ),
    Action.ACTIVATE: (
        "UPDATE batches_batchticket SET validity = 'active' WHERE batch_id = {batch}",
        f"UPDATE orders_orderposition SET blocked = NULL WHERE id IN ({_TICKETS})",
        f"UPDATE orders_order SET last_modified = %s WHERE id IN ({_ORDERS})",
        "UPDATE checkin_blockedsecret SET blocked = {false}, updated = %s "
        f"WHERE position_id IN ({_TICKETS})",
    ),
}


class StockBench(Bench):
    def make_with(self, amount: int, activation: str) -> tuple[float, OfflineSalesBatch]:
        new = BatchSpec(
            item=self.item,
            amount=amount,
            sales_channel=self.event.organizer.sales_channels.get(identifier="web"),
            activation=activation,
        )
        asked = batches.request_batch(actor=self._actor, event=self.event, new=new)
        claim = Claim.take(asked.pk)
        assert claim is not None
        seconds = timed(lambda: batches.create_batch(claim))
        batch = BatchRequest.objects.get(pk=claim.job_id).batch
        assert batch is not None
        batch.event = self.event
        return seconds, batch


def act_bare(batch: OfflineSalesBatch, action: Action) -> None:
    moment = connection.ops.adapt_datetimefield_value(clock.now())
    postgres = connection.vendor == "postgresql"
    names = {"batch": batch.pk, "event": batch.event_id}
    names |= {"true": "true", "false": "false"} if postgres else {"true": 1, "false": 0}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _BARE[action]:
            cursor.execute(statement.format(**names), [moment] * statement.count("%s"))


def act(batch: OfflineSalesBatch, action: Action) -> float:
    """Return how long the locks were held."""
    selection = Selection.of_batch(batch, [range(1, batch.amount + 1)])
    planned = plan(Request(action=action, selection=selection))
    context = Context(event=batch.event, reason="bench")
    return timed(lambda: carry_out([planned], context))


def compare(bench: StockBench, action: Action, amount: int, rounds: int) -> float:
    activation = "on_sale" if action is Action.ACTIVATE else "at_once"
    acted, bare = [], []
    for _ in range(rounds):
        _seconds, batch = bench.make_with(amount, activation)
        acted.append(act(batch, action))
        _seconds, other = bench.make_with(amount, activation)
        bare.append(timed(lambda other=other: act_bare(other, action)))  # type: ignore[misc]
    ratio = statistics.median(acted) / statistics.median(bare)
    print(
        f"{connection.vendor}: {action.value} {amount}: locks held for"
        f" {statistics.median(acted):.3f} s, bare SQL {statistics.median(bare):.3f} s,"
        f" ratio {ratio:.2f} (at most {MOST_OF_BARE})"
    )
    return ratio


def compare_creation(bench: StockBench, amount: int, rounds: int) -> float:
    bench.make_with(amount, "at_once")
    active, inactive = [], []
    for _ in range(rounds):
        active.append(bench.make_with(amount, "at_once")[0])
        inactive.append(bench.make_with(amount, "on_sale")[0])
    ratio = statistics.median(inactive) / statistics.median(active)
    print(
        f"{connection.vendor}: make {amount} inactive: {statistics.median(inactive):.3f} s,"
        f" active: {statistics.median(active):.3f} s, ratio {ratio:.2f}"
        f" (at most {MOST_OF_ACTIVE})"
    )
    return ratio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--amount", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    bench = StockBench()
    made = compare_creation(bench, given.amount, given.rounds)
    acted = [compare(bench, action, given.amount, given.rounds) for action in _BARE]
    return 0 if made <= MOST_OF_ACTIVE and max(acted) <= MOST_OF_BARE else 1


if __name__ == "__main__":
    sys.exit(main())

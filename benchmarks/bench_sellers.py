"""What sellers cost: a consignment and a statement over 10,000 tickets, and a list of 200 sellers.

    python benchmarks/bench_sellers.py                  # SQLite, in a folder of its own
    DATABASE_URL=postgres://… python benchmarks/bench_sellers.py

*Handed out* is drafting and accepting one consignment of a whole batch: its plan, its prices, the
ledger and the delivery note. *Bare* is the UPDATEs that no program can avoid. The statement counts
all of them as sold. The list is of 200 sellers with tickets each.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from decimal import Decimal

from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench_create import timed
from bench_stock import _ORDERS, _TICKETS, StockBench
from counterfoil.batches.models import OfflineSalesBatch
from counterfoil.core import clock
from counterfoil.sellers import consignments, statements
from counterfoil.sellers.consignments import NewLine
from counterfoil.sellers.models import CommissionPlan, Seller
from counterfoil.sellers.overview import overviews_of

MOST_OF_BARE = 4.0
MOST_STATEMENT_S = 2.0
MOST_LIST_S = 0.2
SELLERS = 200

_BARE = (
    "UPDATE batches_batchticket SET validity = 'active', place = 'with_seller', seller = 1,"
    " handed_out = 1 WHERE batch_id = {batch}",
    f"UPDATE orders_orderposition SET blocked = NULL WHERE id IN ({_TICKETS})",
    f"UPDATE orders_order SET last_modified = %s WHERE id IN ({_ORDERS})",
    "UPDATE checkin_blockedsecret SET blocked = {false}, updated = %s "
    f"WHERE position_id IN ({_TICKETS})",
)


def hand_out_bare(batch: OfflineSalesBatch) -> None:
    moment = connection.ops.adapt_datetimefield_value(clock.now())
    names = {"batch": batch.pk, "false": "false" if connection.vendor == "postgresql" else 0}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _BARE:
            cursor.execute(statement.format(**names), [moment] * statement.count("%s"))


def hand_out(batch: OfflineSalesBatch, seller: Seller, tickets: str) -> None:
    draft = consignments.save_draft(
        draft=None,
        event=batch.event,
        fields={"kind": "out", "seller": seller},
        lines=[NewLine(batch=batch, way="tickets", text=tickets)],
    )
    consignments.accept(actor=None, consignment=draft)


def cpu(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--amount", type=int, default=10_000)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    bench = StockBench()
    organizer = bench.event.organizer
    plan = CommissionPlan.objects.create(organizer=organizer, name="x")
    plan.rules.create(position=0, percent=Decimal(10))
    sellers = [
        Seller.objects.create(organizer=organizer, name=f"Seller {number}", commission_plan=plan)
        for number in range(SELLERS)
    ]
    _s, other = bench.make_with(given.amount, "on_handover")
    bare = timed(lambda: hand_out_bare(other))
    _s, batch = bench.make_with(given.amount, "on_handover")
    whole = timed(lambda: hand_out(batch, sellers[0], f"1-{given.amount}"))
    draft = statements.draft(event=bench.event, seller=sellers[0], basis="not_returned")
    settled = timed(lambda: statements.issue(actor=None, statement=draft))

    _s, spread = bench.make_with(given.amount, "at_once")
    share = given.amount // SELLERS
    for number, seller in enumerate(sellers):
        hand_out(spread, seller, f"{number * share + 1}-{(number + 1) * share}")
    with CaptureQueriesContext(connection) as queries:
        listed = cpu(lambda: overviews_of(organizer, organizer.sellers.all()))

    print(
        f"{connection.vendor}: hand out {given.amount}: {whole:.3f} s, bare SQL {bare:.3f} s,"
        f" ratio {whole / bare:.2f} (at most {MOST_OF_BARE})"
    )
    print(f"{connection.vendor}: statement: {settled:.3f} s (at most {MOST_STATEMENT_S})")
    print(
        f"{connection.vendor}: list of {SELLERS} sellers: {listed:.3f} s CPU"
        f" (at most {MOST_LIST_S}), {len(queries)} queries"
    )
    is_good = whole <= MOST_OF_BARE * bare and settled <= MOST_STATEMENT_S and listed <= MOST_LIST_S
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())

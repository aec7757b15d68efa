"""What it costs to make a batch of 10,000, against the bare insert of the same rows.

    python benchmarks/bench_create.py                    # SQLite, in a folder of its own
    DATABASE_URL=postgres://… python benchmarks/bench_create.py

*Bare* is what no program can avoid: the finished rows of a batch, inserted by the driver's fastest
way (one prepared statement on SQLite, COPY on PostgreSQL) and committed. *Made* is all that the
job does: draw codes and secrets, take the quota, insert, mark the job as done, commit. *Locked* is
the part of it from the first statement of the transaction to the commit, when others wait. All are
timed in turns in one run, and the medians are compared. On SQLite processor time is compared, which
other work on the machine changes less; on PostgreSQL the server does half of the work, so it is
elapsed time. *Numbered* is the same batch of a product whose tickets take numbers of a series.
Then 20 batches follow each other, half of
them in test mode: the last five may not be much slower than the first five. There the quickest of
each five is taken, since other work on the machine only ever adds.
"""

# ruff: noqa: E402 - Django is set up before the rooms are imported

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

MOST_OF_BARE = 3.0
MOST_LOCKED = 2.0
MOST_NUMBERED = 1.3
MOST_SLOWDOWN = 1.5
LIMIT = 10_000_000

os.environ["DJANGO_SETTINGS_MODULE"] = "counterfoil.config.settings"
os.environ.setdefault("COUNTERFOIL_DATA_DIR", tempfile.mkdtemp(prefix="counterfoil-bench-"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from counterfoil.accounts.actors import TokenActor
from counterfoil.accounts.services import new_token
from counterfoil.batches import services
from counterfoil.batches.models import BatchRequest, BatchTicket, OfflineSalesBatch
from counterfoil.batches.spec import BatchSpec
from counterfoil.catalog.models import Event, Item
from counterfoil.jobs.claims import Claim
from counterfoil.orders import bulk
from counterfoil.orders.models import Order, OrderPayment, OrderPosition
from makers import make_event, make_item, make_number_series, make_tax_rule, make_team

Table = tuple[str, list[str], list[tuple[Any, ...]]]


class Bench:
    """An event with a limited quota, and ways to fill it."""

    def __init__(self) -> None:
        self.event: Event = make_event(date_from=datetime(2027, 6, 12, 16, 0, tzinfo=UTC))
        rule = make_tax_rule(self.event)
        self.item: Item = make_item(
            self.event, quota=LIMIT, default_price=Decimal("23.00"), tax_rule=rule
        )
        self.numbered: Item = make_item(
            self.event, quota=LIMIT, default_price=Decimal("23.00"), tax_rule=rule
        )
        make_number_series(self.event.organizer, self.numbered, prefix="N", width=7)
        token, _ = new_token(make_team(self.event.organizer), "bench")
        self._actor = TokenActor(token)
        self.locked = Locked()

    def ask(self, amount: int, *, testmode: bool = False, item: Item | None = None) -> Claim:
        new = BatchSpec(
            item=item or self.item,
            amount=amount,
            sales_channel=self.event.organizer.sales_channels.get(identifier="web"),
            testmode=testmode,
        )
        asked = services.request_batch(actor=self._actor, event=self.event, new=new)
        claim = Claim.take(asked.pk)
        assert claim is not None
        return claim

    def make(
        self, amount: int, *, testmode: bool = False, item: Item | None = None
    ) -> tuple[float, OfflineSalesBatch]:
        claim = self.ask(amount, testmode=testmode, item=item)
        with connection.execute_wrapper(self.locked):
            seconds = timed(lambda: services.create_batch(claim))
        batch = BatchRequest.objects.get(pk=claim.job_id).batch
        assert batch is not None
        return seconds, batch


def timed(work: Callable[[], object]) -> float:
    start = spent()
    work()
    return spent() - start


def spent() -> float:
    return time.process_time() if connection.vendor == "sqlite" else time.perf_counter()


class Locked:
    """Takes the time from the first statement of a transaction to its commit."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._is_inside = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if connection.in_atomic_block and not self._is_inside:
            start = spent()
            transaction.on_commit(lambda: self._end(start))
        self._is_inside = connection.in_atomic_block
        return execute(sql, params, many, context)

    def _end(self, start: float) -> None:
        self.seconds = spent() - start


def take_out(batch: OfflineSalesBatch) -> list[Table]:
    """Read the rows of a batch as the driver gives them, and delete them."""
    orders = list(batch.tickets.values_list("position__order", flat=True))
    positions = list(batch.tickets.values_list("position", flat=True))
    wanted: list[tuple[type[Any], str, list[int]]] = [
        (Order, "id", orders),
        (OrderPosition, "id", positions),
        (OrderPayment, "order_id", orders),
        (BatchTicket, "position_id", positions),
    ]
    tables = [_rows(model, column, keys) for model, column, keys in wanted]
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (_, column, keys) in zip(reversed(tables), reversed(wanted), strict=True):
            cursor.execute(
                f"DELETE FROM {table[0]} WHERE {column} BETWEEN %s AND %s", [min(keys), max(keys)]
            )
    return tables


def _rows(model: type[Any], column: str, keys: list[int]) -> Table:
    fields = [field.column for field in model._meta.concrete_fields]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(fields)} FROM {table} WHERE {column} BETWEEN %s AND %s ORDER BY id",
            [min(keys), max(keys)],
        )
        return table, fields, _as_inserted(cursor.fetchall())


def _as_inserted(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """JSON comes back parsed from PostgreSQL; it goes in as text."""
    return [tuple("{}" if value == {} else value for value in row) for row in rows]


@transaction.atomic
def insert_bare(tables: list[Table]) -> None:
    for table, columns, rows in tables:
        bulk.insert(table, columns, rows)


def compare(bench: Bench, amount: int, rounds: int) -> tuple[float, float, float]:
    bench.make(amount)  # warms caches and connections up
    made, locked, bare, numbered = [], [], [], []
    for _ in range(rounds):
        seconds, batch = bench.make(amount)
        made.append(seconds)
        locked.append(bench.locked.seconds)
        tables = take_out(batch)
        bare.append(timed(lambda tables=tables: insert_bare(tables)))  # type: ignore[misc]
        seconds, batch = bench.make(amount, item=bench.numbered)
        numbered.append(seconds)
        take_out(batch)
    ratio, held = (statistics.median(times) / statistics.median(bare) for times in (made, locked))
    print(
        f"{connection.vendor}: make {amount}: {statistics.median(made):.3f} s,"
        f" bare insert of the same rows: {statistics.median(bare):.3f} s,"
        f" ratio {ratio:.2f} (at most {MOST_OF_BARE});"
        f" locked {statistics.median(locked):.3f} s, ratio {held:.2f} (at most {MOST_LOCKED})"
    )
    dearer = statistics.median(numbered) / statistics.median(made)
    print(
        f"{connection.vendor}: numbered {amount}: {statistics.median(numbered):.3f} s,"
        f" numbered : made = {dearer:.2f} (at most {MOST_NUMBERED})"
    )
    return ratio, held, dearer


def follow(bench: Bench, amount: int, batches: int) -> float:
    """Make batches one after the other; return how much slower the last ones are."""
    seconds = [bench.make(amount, testmode=bool(number % 2))[0] for number in range(batches)]
    first, last = min(seconds[:5]), min(seconds[-5:])
    codes = Order.objects.filter(event=bench.event).values("code").distinct().count()
    print(
        f"{connection.vendor}: {batches} batches of {amount}: first {first:.3f} s,"
        f" last {last:.3f} s, slowdown {last / first:.2f} (at most {MOST_SLOWDOWN});"
        f" {codes} codes, {Order.objects.filter(event=bench.event).count()} orders"
    )
    return last / first


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--amount", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, default=20)
    given = parser.parse_args()
    call_command("migrate", verbosity=0)
    ratio, held, dearer = compare(Bench(), given.amount, given.rounds)
    slow = follow(Bench(), given.amount, given.batches)
    is_good = ratio <= MOST_OF_BARE and held <= MOST_LOCKED and slow <= MOST_SLOWDOWN
    return 0 if is_good and dearer <= MOST_NUMBERED else 1


if __name__ == "__main__":
    sys.exit(main())

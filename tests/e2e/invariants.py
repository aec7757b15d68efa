"""Closes the books of a world: what was accepted, what was made, and whether the two agree.

Everything is read from the tables and from the files, not from what a server says about them.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf

from servers import World

_UNDER_WAY = "SELECT count(*) FROM jobs_job WHERE state IN ('waiting', 'running')"

_BATCHES = """
    SELECT b.id, b.amount, count(t.id), count(DISTINCT t.number), max(t.number),
           count(DISTINCT p.secret), count(DISTINCT o.code), count(DISTINCT pay.id)
    FROM batches_offlinesalesbatch b
    LEFT JOIN batches_batchticket t ON t.batch_id = b.id
    LEFT JOIN orders_orderposition p ON p.id = t.position_id
    LEFT JOIN orders_order o ON o.id = p.order_id
    LEFT JOIN orders_orderpayment pay ON pay.order_id = o.id
    GROUP BY b.id, b.amount
"""

_WISHES = """
    SELECT j.state, j.progress_total, j.message, b.amount
    FROM batches_batchrequest r
    JOIN jobs_job j ON j.id = r.job_id
    LEFT JOIN batches_offlinesalesbatch b ON b.id = r.batch_id
"""

_QUOTAS = """
    SELECT q.name, q.size, count(p.id)
    FROM catalog_quota q
    JOIN catalog_quota_items i ON i.quota_id = q.id
    LEFT JOIN orders_orderposition p ON p.item_id = i.item_id
    GROUP BY q.name, q.size
"""

_PRINTS = """
    SELECT j.result_file, j.progress_total
    FROM printing_renderrequest r JOIN jobs_job j ON j.id = r.job_id WHERE j.state = 'done'
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """What the books say, once they are found to be right."""

    batches: int
    tickets: int
    failed: int
    prints: int


def under_way(world: World) -> int:
    """Return how many jobs are not over."""
    left: int = world.rows(_UNDER_WAY)[0][0]
    return left


def close(world: World, read: Callable[[str], bytes] | None = None) -> Totals:
    """Check that nothing was lost, made twice or left half done.

    ``read`` gives the bytes of a stored file, by default from the world's folder.

    Raises:
        AssertionError: something was.
    """
    assert not under_way(world), "work is still under way"
    tickets = _check_batches(world)
    batches, failed = _check_wishes(world)
    _check_sums(world, tickets)
    for name, size, used in world.rows(_QUOTAS):
        assert size is None or used <= size, f"quota {name} is oversold: {used} of {size}"
    prints = world.rows(_PRINTS)
    for name, pages in prints:
        _check_print((read or _reader(world))(name), name, pages)
    return Totals(batches=batches, tickets=tickets, failed=failed, prints=len(prints))


def unnamed_files(world: World) -> set[str]:
    """Return the files of results that no row names."""
    rows = world.rows("SELECT result_file FROM jobs_job WHERE result_file IS NOT NULL")
    return {f"results/{name}" for name in world.files()} - {name for (name,) in rows}


def _check_batches(world: World) -> int:
    total = 0
    for batch, amount, *counted in world.rows(_BATCHES):
        assert counted == [amount] * len(counted), f"batch {batch} of {amount} has {counted}"
        total += amount
    return total


def _check_wishes(world: World) -> tuple[int, int]:
    made = failed = 0
    for state, wanted, message, amount in world.rows(_WISHES):
        if state == "done":
            assert amount == wanted, f"a batch of {wanted} was done and has {amount}"
            made += 1
        else:
            assert amount is None, f"a batch was made though its job is {state}"
            assert state == "cancelled" or message, "a job failed without a reason"
            failed += 1
    assert world.rows("SELECT count(*) FROM batches_offlinesalesbatch") == [(made,)]
    return made, failed


def _check_sums(world: World, tickets: int) -> None:
    """Orders, positions and payments are equally many: those of batches and the single ones."""
    tables = ("orders_order", "orders_orderposition", "orders_orderpayment")
    sums = {table: world.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}
    single = world.rows(
        "SELECT count(*) FROM orders_orderposition p"
        " LEFT JOIN batches_batchticket t ON t.position_id = p.id WHERE t.id IS NULL"
    )[0][0]
    assert set(sums.values()) == {tickets + single}, f"{tickets} + {single} tickets, but {sums}"


def _check_print(content: bytes, name: str, pages: int) -> None:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == pages, f"{name} has {len(pdf.pages)} pages of {pages}"


def _reader(world: World) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        return (world.folder / "data" / "files" / name).read_bytes()

    return read


def report(world: World) -> str:
    """Tell how jobs stand, for the message of a failure."""
    counts = world.rows("SELECT kind, state, count(*) FROM jobs_job GROUP BY kind, state")
    left = world.rows(
        "SELECT kind, state, attempt, max_attempts, worker, message FROM jobs_job"
        " WHERE state IN ('waiting', 'running') ORDER BY created LIMIT 20"
    )
    return "\n".join(str(row) for row in [*counts, *left])

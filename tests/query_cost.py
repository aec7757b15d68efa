"""How much work the database has with something, in units that no other work on a machine changes.

On SQLite that is steps of its virtual machine, on PostgreSQL rows that its plans looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

_STEPS = 100


class QueryCost:
    """What was done inside ``measured``."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []
        self.steps = 0

    def work(self) -> int:
        """Return the steps, or the rows looked at."""
        if connection.vendor == "sqlite":
            return self.steps
        return sum(rows for rows, _sql in self.explained())

    def worst(self) -> str:
        """Return the statement with most work and its plan, to be shown."""
        if connection.vendor == "postgresql":
            _rows, sql = max(self.explained(), default=(0, ""))
            return sql
        return "\n".join(self._plan(sql, params) for sql, params in self._reads())

    def explained(self) -> list[tuple[int, str]]:
        return [self._rows_of(sql, params) for sql, params in self._reads()]

    def _reads(self) -> Iterator[tuple[str, Any]]:
        for sql, params in self.statements:
            if sql.lstrip().upper().startswith("SELECT") and "pg_" not in sql:
                yield sql, params

    def _rows_of(self, sql: str, params: Any) -> tuple[int, str]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
            plans = cursor.fetchone()[0]
        found = json.loads(plans) if isinstance(plans, str) else plans
        return _rows_in(found[0]["Plan"]), f"{sql}\n{json.dumps(found[0]['Plan'], indent=1)}"

    def _plan(self, sql: str, params: Any) -> str:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            return "\n".join([sql[:300], *(f"  {row[3]}" for row in cursor.fetchall())])


def _rows_in(plan: dict[str, Any]) -> int:
    below = plan.get("Plans", [])
    looked_at = 0
    # An index's own rows are those of the scan above it, and some that were deleted.
    if "Scan" in plan["Node Type"] and plan["Node Type"] != "Bitmap Index Scan":
        per_loop = plan["Actual Rows"] + sum(
            plan.get(f"Rows Removed by {by}", 0) for by in ("Filter", "Index Recheck")
        )
        looked_at = int(per_loop * plan["Actual Loops"])
    return looked_at + sum(_rows_in(each) for each in below)


@contextmanager
def measured() -> Iterator[QueryCost]:
    """Note the statements of a block, and SQLite's steps."""
    effort = QueryCost()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        effort.statements.append((sql, params))
        return execute(sql, params, many, context)

    def step() -> int:
        effort.steps += _STEPS
        return 0

    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(step, _STEPS)
    try:
        with connection.execute_wrapper(note):
            yield effort
    finally:
        if connection.vendor == "sqlite":
            connection.connection.set_progress_handler(None, _STEPS)

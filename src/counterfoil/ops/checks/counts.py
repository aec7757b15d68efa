"""Whether the counts that are kept are what a full count says."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError

from counterfoil.core import summaries
from counterfoil.ops.checks.findings import Finding, problem


def check_stored_counts() -> Iterator[Finding]:
    try:
        wrong = summaries.wrong_counts()
    except (DatabaseError, InterfaceError):  # another check says so; or nothing is migrated yet
        return
    for table, number in wrong.items():
        yield problem(
            f"{number} of the counts in {table} differ from a full count. Workers repair them "
            "at night. If this happens again, report it."
        )

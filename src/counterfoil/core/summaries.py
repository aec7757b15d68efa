"""Counts that are shown often, kept by the transactions that change them: see decision 18.

A summary is a table of differences: each change inserts a row, and the sum over a kind is how many
there are. So nobody waits for anybody, which a row that is updated would make everyone do. From
time to time the rows of a kind are replaced by their sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

#: To add up fewer rows than this takes no time.
_FEW = 500


@dataclass(frozen=True, slots=True)
class Summary:
    """A table of differences, and the query that counts the same from scratch.

    ``counted`` selects the columns of ``kinds``, then those of ``numbers``.
    """

    table: str
    kinds: Sequence[str]
    numbers: Sequence[str]
    counted: str

    def compact(self) -> int:
        """Replace the rows of each kind by their sum; return how many rows there were."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), max(id) FROM {self.table}")  # noqa: S608 - ours
            rows, newest = cursor.fetchone()
            if rows < _FEW:
                return 0
            summed = ", ".join(f"sum({number})" for number in self.numbers)
            kinds = ", ".join(self.kinds)
            insert = f"INSERT INTO {self._target} SELECT {kinds}, {summed}"
            if connection.vendor == "postgresql":  # what others have not committed yet stays
                cursor.execute(
                    f"WITH gone AS (DELETE FROM {self.table} WHERE id <= %s RETURNING *) "  # noqa: S608 - ours
                    f"{insert} FROM gone GROUP BY {kinds} HAVING {self._is_something}",
                    [newest],
                )
                return int(rows)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"{insert} FROM {self.table} WHERE id <= %s "
                f"GROUP BY {kinds} HAVING {self._is_something}",
                [newest],
            )
            cursor.execute(f"DELETE FROM {self.table} WHERE id <= %s", [newest])  # noqa: S608 - ours
        return int(rows)

    def differences(self) -> list[tuple[Any, ...]]:
        """Count everything; return the kinds whose sums are wrong, with what they lack."""
        with connection.cursor() as cursor:
            cursor.execute(self._missing)
            return list(cursor.fetchall())

    def repair(self) -> int:
        """Count everything and make the sums right; return how many kinds were wrong."""
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {self._target} {self._missing}")
            return int(cursor.rowcount)

    @property
    def _target(self) -> str:
        return f"{self.table} ({', '.join([*self.kinds, *self.numbers])})"

    @property
    def _is_something(self) -> str:
        return " OR ".join(f"sum({number}) <> 0" for number in self.numbers)

    @property
    def _missing(self) -> str:
        """One statement sees all of a transaction or nothing, so it needs no lock."""
        kinds = ", ".join(self.kinds)
        summed = ", ".join(f"sum({number})" for number in self.numbers)
        less = ", ".join(f"-{number}" for number in self.numbers)
        names = ", ".join([*self.kinds, *self.numbers])
        return (
            f"SELECT {kinds}, {summed} FROM (SELECT {names} FROM ({self.counted}) counted "  # noqa: S608 - ours
            f"UNION ALL SELECT {kinds}, {less} FROM {self.table}) both_counts "
            f"GROUP BY {kinds} HAVING {self._is_something}"
        )


_summaries: list[Summary] = []


def register(summary: Summary) -> None:
    """Have a summary compacted and checked; a room does so when it is set up."""
    _summaries.append(summary)


def registered() -> list[Summary]:
    return list(_summaries)


def wrong_counts() -> dict[str, int]:
    """Count everything; return the number of wrong kinds of each summary that has some."""
    wrong = {summary.table: len(summary.differences()) for summary in _summaries}
    return {table: number for table, number in wrong.items() if number}

"""Read the columns of positions that variables need, and no others."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from counterfoil.orders.models import OrderPosition
from counterfoil.printing.variables.kinds import Column, RelatedColumn

CHUNK = 500
PARENT = "addon_to__"

Row = tuple[Any, ...]


class RowReader:
    """Reads positions as tuples: the ``always`` columns first, then the requested ones."""

    def __init__(self, always: Sequence[str], columns: Iterable[Column]) -> None:
        required = dict.fromkeys([*always, *columns])
        self._related = [column for column in required if isinstance(column, RelatedColumn)]
        if self._related:
            required.setdefault("addon_to_id")
        self._fields = [column for column in required if isinstance(column, str)]
        self._indexes = {column: index for index, column in enumerate(self._fields)}

    def getter(self, columns: Sequence[Column], *, of_parent: bool = False) -> itemgetter[Any]:
        """Return a getter of these columns of a row. It returns a tuple even for one column."""
        indexes = [self._index(column, of_parent) for column in columns]
        if not indexes:
            return itemgetter(slice(0))
        return (
            itemgetter(*indexes)
            if len(indexes) > 1
            else itemgetter(slice(indexes[0], indexes[0] + 1))
        )

    def _index(self, column: Column, of_parent: bool) -> int:
        if isinstance(column, str):
            return self._indexes[PARENT + column if of_parent else column]
        return len(self._fields) + 2 * self._related.index(column) + of_parent

    def rows(self, positions: Sequence[int]) -> Iterator[Row | None]:
        """Yield the rows in the order of the positions; None for one that does not exist."""
        for start in range(0, len(positions), CHUNK):
            chunk = positions[start : start + CHUNK]
            rows = self._read(chunk)
            yield from map(rows.get, chunk)

    def _read(self, positions: Sequence[int]) -> dict[int, Row]:
        distinct = set(positions)
        rows = OrderPosition.objects.filter(pk__in=distinct).values_list("pk", *self._fields)
        if not self._related:
            return {row[0]: row[1:] for row in rows}
        return self._add_related({row[0]: row[1:] for row in rows})

    def _add_related(self, rows: dict[int, Row]) -> dict[int, Row]:
        parent = itemgetter(self._indexes["addon_to_id"])
        parents = {key: parent(row) for key, row in rows.items()}
        ids = [*rows, *{each for each in parents.values() if each and each not in rows}]
        loaded: list[Mapping[int, Any]] = [column.load(ids) for column in self._related]
        return {
            key: row
            + tuple(
                itertools.chain.from_iterable(
                    (each.get(key), each.get(parents[key])) for each in loaded
                )
            )
            for key, row in rows.items()
        }

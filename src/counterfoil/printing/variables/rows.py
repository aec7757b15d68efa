"""Reads what some variables need of some positions: these columns, and no others."""

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
    """Reads positions as tuples. ``always`` comes first in each, then what was asked for."""

    def __init__(self, always: Sequence[str], columns: Iterable[Column]) -> None:
        wanted = dict.fromkeys([*always, *columns])
        self._attached = [column for column in wanted if isinstance(column, RelatedColumn)]
        if self._attached:
            wanted.setdefault("addon_to_id")
        self._fields = [column for column in wanted if isinstance(column, str)]
        self._places = {column: place for place, column in enumerate(self._fields)}

    def getter(self, columns: Sequence[Column], *, of_parent: bool = False) -> itemgetter[Any]:
        """Return what takes these values from a row, as a tuple even of one."""
        places = [self._place(column, of_parent) for column in columns]
        return (
            itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1))
        )

    def _place(self, column: Column, of_parent: bool) -> int:
        if isinstance(column, str):
            return self._places[PARENT + column if of_parent else column]
        return len(self._fields) + 2 * self._attached.index(column) + of_parent

    def rows(self, positions: Sequence[int]) -> Iterator[Row | None]:
        """Yield the rows in the order asked for; None for a position that is not there."""
        for start in range(0, len(positions), CHUNK):
            chunk = positions[start : start + CHUNK]
            found = self._read(chunk)
            yield from map(found.get, chunk)

    def _read(self, positions: Sequence[int]) -> dict[int, Row]:
        distinct = set(positions)
        rows = OrderPosition.objects.filter(pk__in=distinct).values_list("pk", *self._fields)
        if not self._attached:
            return {row[0]: row[1:] for row in rows}
        return self._with_attached({row[0]: row[1:] for row in rows})

    def _with_attached(self, rows: dict[int, Row]) -> dict[int, Row]:
        parent = itemgetter(self._places["addon_to_id"])
        parents = {key: parent(row) for key, row in rows.items()}
        ids = [*rows, *{each for each in parents.values() if each and each not in rows}]
        loaded: list[Mapping[int, Any]] = [column.load(ids) for column in self._attached]
        return {
            key: row
            + tuple(
                itertools.chain.from_iterable(
                    (each.get(key), each.get(parents[key])) for each in loaded
                )
            )
            for key, row in rows.items()
        }

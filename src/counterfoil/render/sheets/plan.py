"""Which ticket goes into which cell of which sheet: arithmetic alone, nothing is stored.

Tickets are counted in the selection, from 0; cells row by row from the top left, from 0; sheets
from 1, as people count them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from counterfoil.render.sheets.model import Order, Sheet, Tail


class Lift(NamedTuple):
    """Sheets that are cut together."""

    number: int
    first_ticket: int
    first_sheet: int
    depth: int
    """How many tickets apart neighbouring cells of one sheet are."""


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """The plan for an amount of tickets on one kind of sheet."""

    amount: int
    columns: int
    rows: int
    order: Order
    lift: int | None
    tail: Tail
    descending: bool
    skipped: int
    """Cells of the first sheet that are used already."""

    @classmethod
    def of(cls, sheet: Sheet, amount: int) -> SheetPlan:
        """Plan an amount of tickets, at least 1."""
        if amount < 1:
            raise ValueError("there is nothing to plan")
        skipped = 0 if sheet.order is Order.CUT_AND_STACK else (sheet.start_position or 1) - 1
        return cls(
            amount,
            sheet.columns,
            sheet.rows,
            sheet.order,
            sheet.lift,
            sheet.tail,
            sheet.descending,
            skipped,
        )

    @property
    def cells(self) -> int:
        return self.columns * self.rows

    @property
    def sheets(self) -> int:
        """How many sheets of paper are needed."""
        if self.order is not Order.CUT_AND_STACK:
            return -(-(self.amount + self.skipped) // self.cells)
        whole, rest = divmod(self.amount, self._lift * self.cells)
        return whole * self._lift + self._sheets_of_tail(rest)

    @property
    def lifts(self) -> int:
        """How many times sheets are put under the knife."""
        if self.order is not Order.CUT_AND_STACK:
            return 1
        return -(-self.amount // (self._lift * self.cells))

    @property
    def empty(self) -> int:
        """How many cells stay without a ticket."""
        return self.sheets * self.cells - self.amount

    @property
    def _lift(self) -> int:
        return self.lift or -(-self.amount // self.cells)

    def _depth(self, rest: int) -> int:
        """How far apart the tickets of a lift's cells are when so many tickets are left."""
        if self.tail is Tail.WHOLE_BOOKS:
            return self._lift
        return min(self._lift, -(-rest // self.cells))

    def _sheets_of_tail(self, rest: int) -> int:
        # Sheets on which not even the first cell has a ticket are not printed.
        return min(self._depth(rest), rest)

    def lift_of(self, sheet: int) -> Lift:
        """Return the lift of a sheet."""
        if self.order is not Order.CUT_AND_STACK:
            return Lift(1, 0, 1, 1)
        number = (sheet - 1) // self._lift
        start = number * self._lift * self.cells
        depth = self._depth(self.amount - start)
        return Lift(number + 1, start, number * self._lift + 1, depth)

    def sheet(self, number: int) -> tuple[int | None, ...]:
        """Return the ticket in each cell of a sheet, None where it is empty.

        Raises:
            IndexError: the plan has no such sheet.
        """
        if not 1 <= number <= self.sheets:
            raise IndexError(f"there is no sheet {number}")
        if self.order is Order.CUT_AND_STACK:
            lift = self.lift_of(number)
            first = lift.first_ticket + number - lift.first_sheet
            found = [first + cell * lift.depth for cell in range(self.cells)]
        else:
            first = (number - 1) * self.cells - self.skipped
            found = [first + self._place(cell) for cell in range(self.cells)]
        return tuple(ticket if 0 <= ticket < self.amount else None for ticket in found)

    def _place(self, cell: int) -> int:
        """Return when a cell's turn comes on its sheet, from 0."""
        if self.order is Order.ROWS:
            return cell
        row, column = divmod(cell, self.columns)
        return column * self.rows + row

    def numbers(self, only: Iterable[int] | None = None) -> list[int] | range:
        """Return the numbers of the sheets in the order of the file."""
        if only is not None:
            return sorted(only, reverse=self.descending)
        return range(self.sheets, 0, -1) if self.descending else range(1, self.sheets + 1)

    def place_in_file(self, number: int) -> int:
        """Return which sheet of the file it is, from 0."""
        return self.sheets - number if self.descending else number - 1

    def sequence(self, only: Iterable[int] | None = None) -> Iterator[int]:
        """Yield the tickets in the order in which the file needs them."""
        for number in self.numbers(only):
            for ticket in self.sheet(number):
                if ticket is not None:
                    yield ticket

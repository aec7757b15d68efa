"""Pages of long lists: the count may be known, and the last page is found from the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

#: Shorter lists are found at once, wherever a page is.
LONG = 500


class LongPaginator(Paginator[Any]):
    """Pages of a query. ``count`` returns how many rows it has, or None if they must be counted."""

    def __init__(
        self, rows: Any, size: int, *, count: Callable[[], int | None] = lambda: None
    ) -> None:
        super().__init__(rows, size)
        self._stored_count = count

    @cached_property
    def count(self) -> int:
        count = self._stored_count()
        if count is not None:
            return count
        return int(Paginator.count.func(self))  # type: ignore[attr-defined]

    def page(self, number: Any) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        rows = self.object_list
        if self.count < LONG or start < self.count / 2 or not isinstance(rows, QuerySet):
            return super().page(number)
        from_end = rows.reverse()[self.count - end : self.count - start]
        return Page(list(from_end)[::-1], number, self)

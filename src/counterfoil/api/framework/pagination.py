"""Pages of fifty, linked by absolute addresses. Page 1 is linked without a number.

The links of long lists carry a cursor (see ``cursors``). Without one, a page in the second half of
a list is found from its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from counterfoil.api.framework.cursors import Cursor, Order
from counterfoil.api.framework.links import absolute
from counterfoil.core.ids import row_id
from counterfoil.core.paging import LONG, LongPaginator

CURSOR = "cursor"
#: Parameters that say nothing about which rows a list has.
_NO_FILTERS = frozenset(
    {"page", "page_size", CURSOR, "ordering", "include", "exclude", "expand", "pdf_data", "format"}
)


class _NextPage(Page[Any]):
    """A page that was found by a cursor."""

    def __init__(self, rows: Any, number: int, paginator: Any, *, has_next: bool) -> None:
        super().__init__(rows, number, paginator)
        self._has_next = has_next

    def has_next(self) -> bool:
        return self._has_next

    def next_page_number(self) -> int:
        return self.number + 1


class Pages(PageNumberPagination):
    """``page`` (also ``last``), and ``page_size`` up to the default."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 50
    _cursor: Cursor | None = None

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        size = self.get_page_size(request)
        if not size:
            return None
        order = Order(queryset)
        text = request.query_params.get(CURSOR)
        cursor = order.read(text) if text and order.allows_cursors else None
        if cursor is not None and request.query_params.get("page") == str(cursor.page):
            rows = list(order.after(cursor)[: size + 1])
            paginator = LongPaginator(queryset, size, count=lambda: cursor.count)
            self.page = _NextPage(rows[:size], cursor.page, paginator, has_next=len(rows) > size)
            self.request = request
        else:
            self._count_of = _stored_count(view, request)
            super().paginate_queryset(queryset, request, view)
        page = self.page
        if page is None:
            return None
        shown, count = list(page), page.paginator.count
        if shown and order.allows_cursors and count >= LONG:
            self._cursor = order.cursor_after(shown[-1], page=page.number + 1, count=count)
        return shown

    def django_paginator_class(self, rows: Any, size: int) -> LongPaginator:  # type: ignore[override]
        return LongPaginator(rows, size, count=self._count_of)

    def get_page_number(self, request: Request, paginator: Any) -> Any:
        number = super().get_page_number(request, paginator)
        # Python reads the digits of every script; the empty text is no number of a page.
        return number if not isinstance(number, str) or row_id(number) else ""

    def get_page_size(self, request: Request) -> int | None:
        requested = row_id(request.query_params.get(self.page_size_query_param))
        return super().get_page_size(request) if requested else self.page_size

    def get_next_link(self) -> str | None:
        if self.page is None or not self.page.has_next():
            return None
        link = replace_query_param(self._here(), "page", self.page.next_page_number())
        if self._cursor is None:
            return link
        return replace_query_param(link, CURSOR, self._cursor.written())

    def get_previous_link(self) -> str | None:
        if self.page is None or not self.page.has_previous():
            return None
        number = self.page.previous_page_number()
        if number == 1:
            return remove_query_param(self._here(), "page")
        return replace_query_param(self._here(), "page", number)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        return {**described, "required": list(described["properties"])}

    def _here(self) -> str:
        if self.request is None:
            return ""
        here = absolute(self.request, self.request.get_full_path())
        return remove_query_param(here, CURSOR)


def _stored_count(view: Any, request: Request) -> Callable[[], int | None]:
    """Return how to ask the view for the number of rows of its whole list."""
    count: Callable[[], int | None] | None = getattr(view, "whole_count", None)
    filters = set(request.query_params) - _NO_FILTERS - set(getattr(view, "counted_filters", ()))
    return (lambda: None) if count is None or filters else count

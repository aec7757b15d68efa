"""Pages of fifty, linked by absolute addresses. Page 1 is linked without a number."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from counterfoil.api.framework.links import absolute
from counterfoil.core.ids import row_id


class Pages(PageNumberPagination):
    """``page`` (also ``last``), and ``page_size`` up to the default."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 50

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
        return replace_query_param(self._here(), "page", self.page.next_page_number())

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
        return absolute(self.request, self.request.get_full_path())

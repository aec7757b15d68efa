"""Filters of lists, as query parameters. A value that cannot be read is a 400 on its parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import filters
from rest_framework.request import Request

if TYPE_CHECKING:  # REST framework reads this module while it makes its APIView
    from rest_framework.views import APIView

_FLAGS = {"true": True, "1": True, "false": False, "0": False}


class FlagField(forms.Field):
    def clean(self, value: str | None) -> bool | None:
        if value is None or value == "":
            return None
        if value.lower() not in _FLAGS:
            raise ValidationError(_("Must be a valid boolean."))
        return _FLAGS[value.lower()]


class Flag(django_filters.Filter):  # type: ignore[misc]
    """``true`` or ``false``; REST framework's own filter lets nonsense pass as unset."""

    field_class = FlagField


class Words(django_filters.BaseInFilter, django_filters.CharFilter):  # type: ignore[misc]
    """One of several, separated by commas."""


class Numbers(django_filters.BaseInFilter, django_filters.NumberFilter):  # type: ignore[misc]
    """One of several numbers, separated by commas."""


class TotalOrder(filters.OrderingFilter):
    """``ordering`` by the view's ``ordering_fields``, made total with the primary key.

    Unknown fields are ignored. Views without ``ordering_fields`` keep their own order.
    """

    def get_valid_fields(
        self, queryset: QuerySet[Any], view: APIView, context: Any = None
    ) -> list[tuple[str, str]]:
        allowed = getattr(view, "ordering_fields", ())
        return [(name, name) for name in allowed]

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        ordering = self.get_ordering(request, queryset, view) or queryset.query.order_by
        return queryset.order_by(*ordering, "pk")

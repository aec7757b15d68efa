"""Filters of lists, as query parameters. A value that cannot be read is a 400 on its parameter."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import filters
from rest_framework.request import Request

from counterfoil.catalog.models import SalesChannel

if TYPE_CHECKING:  # REST framework reads this module while it makes its APIView
    from rest_framework.views import APIView

_LARGEST_ID = 2**63 - 1
_WHOLE = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?")
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


class _IdField(forms.IntegerField):
    """Python reads the digits of every script; an id is written in those of ASCII."""

    default_error_messages = {"invalid": gettext_lazy("Enter a number.")}

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip() and not _WHOLE.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["invalid"])
        return super().to_python(value)


class _DecimalField(forms.DecimalField):
    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str) and value.strip() and not _DECIMAL.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["invalid"])
        return super().to_python(value)


class RowId(django_filters.NumberFilter):  # type: ignore[misc]
    """The id of a row; a number that no row can have is refused."""

    field_class = _IdField

    def get_max_validator(self) -> MaxValueValidator:
        return MaxValueValidator(_LARGEST_ID)


class Number(django_filters.NumberFilter):  # type: ignore[misc]
    """Any number."""

    field_class = _DecimalField


def _channels(request: Request) -> QuerySet[SalesChannel]:
    rows: QuerySet[SalesChannel] = request.parser_context["view"].organizer.sales_channels.all()
    return rows


@extend_schema_field(OpenApiTypes.STR)
class Channel(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """A sales channel of the organizer, by its identifier."""

    def __init__(self, **kwargs: Any) -> None:
        unknown = gettext_lazy("Object with identifier=%(value)s does not exist.")
        super().__init__(
            queryset=_channels,
            to_field_name="identifier",
            error_messages={"invalid_choice": unknown},
            **kwargs,
        )


class Words(django_filters.BaseInFilter, django_filters.CharFilter):  # type: ignore[misc]
    """One of several, separated by commas."""


class RowIds(django_filters.BaseInFilter, RowId):  # type: ignore[misc]
    """One of several ids, separated by commas."""


class TotalOrder(filters.OrderingFilter):
    """``ordering`` by the view's ``ordering_fields``, made total with the primary key.

    The key goes down with columns of the row itself that do, so that an index has it.

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
        goes_down = ordering and all(_goes_down(name) for name in ordering)
        return queryset.order_by(*ordering, "-pk" if goes_down else "pk")


def _goes_down(ordering: Any) -> bool:
    """Tell whether an ordering is by a column of the row itself, the largest first."""
    return isinstance(ordering, str) and ordering.startswith("-") and "__" not in ordering

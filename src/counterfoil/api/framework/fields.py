"""Serializer fields for the API's own forms: translated text, money, moments, references."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.db.models import Manager, Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from counterfoil.catalog import money
from counterfoil.core import strictjson
from counterfoil.core.translated import DEFAULT_LANGUAGE, Translated, translated

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,16}){0,3}")
_WHOLE = re.compile(r"\s*[-+]?[0-9]+(\.0*)?\s*")


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class TranslatedText(serializers.Field[Translated, Any, Translated, Any]):
    """An object from language to text; a plain string is in the event's default language."""

    default_error_messages = {
        "invalid": _("Not a valid string."),
        "blank": _("This field may not be blank."),
        "language": _('"{language}" is not the code of a language.'),
        "max_length": _("Ensure this field has no more than {max_length} characters."),
    }

    def __init__(
        self, *, allow_blank: bool = False, max_length: int = 100_000, **kwargs: Any
    ) -> None:
        self.allow_blank = allow_blank
        self.max_length = max_length
        super().__init__(**kwargs)

    def to_internal_value(self, data: object) -> Translated:
        text = serializers.CharField(
            allow_blank=True, trim_whitespace=False, max_length=self.max_length
        )
        if isinstance(data, dict):
            values = {
                self._language(key): value for key, value in data.items() if value is not None
            }
        else:
            values = {self._default_language(): data}
        texts = {key: text.run_validation(value) for key, value in values.items()}
        if not self.allow_blank and not any(value.strip() for value in texts.values()):
            self.fail("blank")
        return texts

    def to_representation(self, value: Translated | str) -> Translated:
        return translated(value, self._default_language())

    def _default_language(self) -> str:
        event = self.context.get("event")
        return event.locale if event is not None else DEFAULT_LANGUAGE

    def _language(self, key: object) -> str:
        if not isinstance(key, str) or not _LANGUAGE.fullmatch(key):
            self.fail("language", language=key)
        return key


class Exact(serializers.DecimalField):
    """A decimal number: a string going out, a number or string coming in."""

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool):  # Decimal(True) is 1
            self.fail("invalid")
        return super().to_internal_value(data)


class Money(Exact):
    """A price, with two decimals or as many as the event's currency has.

    ``currency`` is the path from a row to its currency, for views of several events.
    """

    def __init__(self, *, currency: str = "", **kwargs: Any) -> None:
        self.currency_source = currency
        super().__init__(
            max_digits=money.COLUMN_DIGITS, decimal_places=money.COLUMN_PLACES, **kwargs
        )

    def to_internal_value(self, data: Any) -> Decimal:
        if event := self.context.get("event"):
            self.decimal_places = money.written_places(event.currency)
            self.max_digits = money.WHOLE_DIGITS + self.decimal_places
        return super().to_internal_value(data)

    def get_attribute(self, instance: Any) -> Any:
        amount = super().get_attribute(instance)
        if amount is None or not self.currency_source:
            return amount
        return money.in_currency(amount, attrgetter(self.currency_source)(instance))

    def to_representation(self, value: Any) -> str:
        amount = Decimal(value)
        if not self.currency_source and (event := self.context.get("event")):
            amount = money.in_currency(amount, event.currency)
        return f"{amount:f}"


class Moment(serializers.DateTimeField):
    """A point in time. Input needs a UTC offset; output is in the event's time zone."""

    default_error_messages = {
        "naive": _("Give the time's zone as well, like 2026-10-01T10:00:00+02:00 or …Z."),
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        local: datetime = super().enforce_timezone(value)
        if (local.utcoffset() or timedelta()) % timedelta(minutes=1):
            return local.astimezone(UTC)  # before there were time zones; ISO 8601 has no seconds
        return local


class Whole(serializers.IntegerField):
    """An integer that fits into the database; true and 1.0 are none."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", -(2**31))
        kwargs.setdefault("max_value", 2**31 - 1)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or (isinstance(data, str) and not _WHOLE.fullmatch(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A string; REST framework would take a number for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Json(serializers.JSONField):
    """Any JSON. In a form it is a text, which is read no less strictly than a body."""

    def to_internal_value(self, data: Any) -> Any:
        if not getattr(data, "is_json_string", False):
            return super().to_internal_value(data)
        try:
            value = strictjson.read(data.encode())
        except strictjson.Unstorable as problem:
            raise serializers.ValidationError(str(problem)) from None
        except strictjson.Unreadable:
            self.fail("invalid")
        if value is None and not self.allow_null:
            self.fail("null")
        return value


#: The key of a serializer's context for a dict that caches rows: most
#: of a thousand positions name the same product.
REFERENCES = "references"


@extend_schema_field(OpenApiTypes.INT)
class Reference(serializers.PrimaryKeyRelatedField[Any]):
    """The id of a row of this event: ``Reference("items")`` looks among ``event.items``.

    Rows of other events do not exist here. Without a name give ``queryset`` as usual.
    """

    def __init__(self, of: str | None = None, **kwargs: Any) -> None:
        self.of = of
        super().__init__(**kwargs)

    def get_queryset(self) -> QuerySet[Model]:
        if self.of is None:
            queryset: QuerySet[Model] | None = super().get_queryset()
            assert queryset is not None  # noqa: S101
            return queryset
        rows: Manager[Model] = getattr(self.context["event"], self.of)
        return rows.all()

    def to_internal_value(self, data: Any) -> Any:
        # 1.5 would find row 1, and so would the digit one of any script.
        if isinstance(data, float) or (isinstance(data, str) and not _WHOLE.fullmatch(data)):
            self.fail("incorrect_type", data_type=type(data).__name__)
        rows: dict[Any, Any] | None = self.context.get(REFERENCES)
        if rows is None or isinstance(data, (list, dict)):
            return super().to_internal_value(data)
        key = (type(self), self.of, type(data), data)
        if key not in rows:
            rows[key] = super().to_internal_value(data)
        return rows[key]


@extend_schema_field(OpenApiTypes.STR)
class ChannelReference(serializers.SlugRelatedField[Any]):
    """A sales channel of the organizer, by its identifier."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="identifier", **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        view = self.context["view"]
        rows: QuerySet[Any] = view.organizer.sales_channels.all()
        return rows

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, (str, int, float)):
            self.fail("invalid")
        return super().to_internal_value(data)


class PositionalList(serializers.ListSerializer[Any]):
    """For ``Meta.list_serializer_class`` of the serializer of one entry."""

    def to_internal_value(self, data: Any) -> list[Any]:
        try:
            entries: list[Any] = super().to_internal_value(data)
        except serializers.ValidationError as refused:
            problems: Any = refused.detail
            if not isinstance(problems, dict) or not all(isinstance(key, int) for key in problems):
                raise
            in_place = [problems.get(index, {}) for index in range(len(data))]
            raise serializers.ValidationError(in_place) from None
        return entries

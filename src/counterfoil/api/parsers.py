"""Reads request bodies. What no field could hold is refused here, with the field's name."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import BaseParser

MAX_BODY = 10 * 1024 * 1024
MAX_DEPTH = 64


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The request is larger than 10 MiB.")
    default_code = "too_large"


class JSONParser(BaseParser):
    """JSON in UTF-8, as strict as the standard: no NaN, no lone surrogates, bounded depth.

    REST framework's own parser reads without any limit.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY:
            raise BodyTooLarge
        try:
            value = json.loads(raw.decode(), parse_constant=_refuse_constant)
        except ValueError as problem:  # covers bad UTF-8, and integers of thousands of digits
            raise ParseError(_("JSON parse error - %(problem)s") % {"problem": problem}) from None
        except RecursionError:
            raise ParseError(_("JSON parse error - nested too deeply")) from None
        _check(value)
        return value


def _refuse_constant(name: str) -> None:
    raise ValueError(
        _("Out of range float values are not JSON compliant: %(name)s") % {"name": name}
    )


def _check(value: Any) -> None:
    if not isinstance(value, dict):
        _check_below(value, "non_field_errors")
        return
    for key, content in value.items():
        _check_below([key, content], key if _flaw(key) is None else "non_field_errors")


def _check_below(value: Any, field: str) -> None:
    """Walk without recursion: the value may be as deep as a hostile client likes."""
    left = [(value, 0)]
    while left:
        item, depth = left.pop()
        flaw = _("This is nested too deeply.") if depth > MAX_DEPTH else _flaw(item)
        if flaw:
            raise ValidationError({field: [flaw]})
        if isinstance(item, list):
            left.extend((inner, depth + 1) for inner in item)
        elif isinstance(item, dict):
            left.extend((inner, depth + 1) for pair in item.items() for inner in pair)


def _flaw(value: object) -> str | None:
    if isinstance(value, str):
        if "\x00" in value:
            return _("Null characters are not allowed.")
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            return _("Surrogate characters are not allowed.")
    if isinstance(value, float) and not math.isfinite(value):
        return _("A valid number is required.")
    return None

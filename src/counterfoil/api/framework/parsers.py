"""Reads request bodies. What no field could hold is refused here, with the field's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import BaseParser

from counterfoil.core import strictjson


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class JSONParser(BaseParser):
    """JSON as the standard has it; REST framework's own parser reads without any limit."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return strictjson.read(stream.read(strictjson.MAX_BYTES + 1))
        except strictjson.TooLarge as problem:
            raise BodyTooLarge(str(problem)) from None
        except strictjson.Unstorable as problem:
            raise ValidationError({problem.field: [str(problem)]}) from None
        except strictjson.Unreadable as problem:
            raise ParseError(_("JSON parse error - %(problem)s") % {"problem": problem}) from None

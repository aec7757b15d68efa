"""Writes given fields to a row, and says nicely what the database would only say at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, ProtectedError

from counterfoil.core.refusals import Forbidden, Invalid

M = TypeVar("M", bound=Model)


def write(row: M, fields: Mapping[str, Any]) -> M:
    """Set fields and many-to-many relations, and save the row."""
    many = {field.name for field in row._meta.many_to_many}
    for name, value in fields.items():
        if name not in many:
            setattr(row, name, value)
    row.save()
    for name in many & fields.keys():
        getattr(row, name).set(fields[name])
    return row


def with_carried(row: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with what is carried already kept, unless it is given anew."""
    if "carried" not in fields:
        return dict(fields)
    return {**fields, "carried": {**row.carried, **fields["carried"]}}


def delete(row: Model, refusal: str) -> None:
    """Delete a row that nothing sold depends on.

    Raises:
        Forbidden: something does. The words are ``refusal``.
    """
    try:
        row.delete()
    except ProtectedError:
        raise Forbidden(refusal) from None


def check_period(start: Any, end: Any, field: str, words: str) -> None:
    """Refuse a period that ends before it begins.

    Raises:
        Invalid: on ``field``, in these words.
    """
    if start is not None and end is not None and end < start:
        raise Invalid({field: [words]})

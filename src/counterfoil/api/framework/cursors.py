"""Go on in a long list after the last row that was shown, in a time that no offset makes longer.

``next`` carries a cursor beside the number of the page: the values that the list is ordered by, of
the last row, and the count. So walking through a list costs as much for each page, and rows that
are added meanwhile move no others to another page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import Col, Expression, OrderBy, Value

from counterfoil.core.ids import row_id


@dataclass(frozen=True, slots=True)
class _Key:
    """A column that a list is ordered by, of the row itself or of one that it names."""

    path: str
    field: Field[Any, Any]
    expression: Any
    descending: bool

    def of(self, row: Model) -> Any:
        value: Any = row
        for name in self.path.split(LOOKUP_SEP):
            value = getattr(value, name)
        return value.pk if isinstance(value, Model) else value


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to go on: after the row with these values, on this page of so many rows."""

    page: int
    count: int
    values: tuple[Any, ...]

    def written(self) -> str:
        """Return the cursor as it stands in an address."""
        texts = [
            value.isoformat() if isinstance(value, datetime) else value for value in self.values
        ]
        written = json.dumps([self.page, self.count, texts], separators=(",", ":"))
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


class Order:
    """The total order of a list, if each of its columns always has a value."""

    def __init__(self, rows: Any) -> None:
        """``rows`` are a queryset, or a list that no database holds: that one has no cursors."""
        self._rows = rows
        order_by = rows.query.order_by if isinstance(rows, QuerySet) else ()
        keys = [self._key(each) for each in order_by]
        self._keys = [] if None in keys else [key for key in keys if key is not None]

    @property
    def allows_cursors(self) -> bool:
        return bool(self._keys) and self._keys[-1].field.unique

    def cursor_after(self, row: Model, *, page: int, count: int) -> Cursor:
        return Cursor(page, count, tuple(key.of(row) for key in self._keys))

    def read(self, text: str) -> Cursor | None:
        """Read a cursor of this list; None if it is not one."""
        try:
            padded = text.encode() + b"=" * (-len(text) % 4)
            page, count, texts = json.loads(base64.urlsafe_b64decode(padded))
            if row_id(str(page)) is None or row_id(str(count)) is None:
                return None
            values = [
                key.field.to_python(value) for key, value in zip(self._keys, texts, strict=True)
            ]
        except (ValueError, TypeError, binascii.Error, ValidationError):
            return None
        if None in values:
            return None
        return Cursor(int(page), int(count), tuple(values))

    def after(self, cursor: Cursor) -> QuerySet[Any]:
        """Return the rows after the one that a cursor names."""
        rows: QuerySet[Any] = self._rows
        expressions = [key.expression for key in self._keys]
        values = [
            Value(value, output_field=key.field)
            for key, value in zip(self._keys, cursor.values, strict=True)
        ]
        directions = {key.descending for key in self._keys}
        if len(directions) == 1:
            # As one comparison of rows, which both databases look up in an index.
            return rows.filter(_Beyond(expressions, values, descending=directions.pop()))
        beyond = Q()
        for place in reversed(range(len(self._keys))):
            key, equal = self._keys[place], _Compared("=", expressions[place], values[place])
            sign = "<" if key.descending else ">"
            further = _Compared(sign, expressions[place], values[place])
            beyond = Q(further) | (Q(equal) & beyond) if beyond else Q(further)
        return rows.filter(beyond)

    def _key(self, ordering: Any) -> _Key | None:
        descending = False
        if isinstance(ordering, OrderBy):
            ordering, descending = ordering.expression, ordering.descending
        if isinstance(ordering, Col):
            return self._key_of_column(ordering, descending)
        if not isinstance(ordering, str) or ordering in self._rows.query.annotations:
            return None
        path, descending = ordering.lstrip("-"), ordering.startswith("-")
        field = _field(self._rows.model, path)
        if field is None:
            return None
        path = path if path != "pk" else field.name
        return _Key(path, field, F(path), descending)

    def _key_of_column(self, column: Col, descending: bool) -> _Key | None:
        for field in self._rows.model._meta.concrete_fields:
            related = field.related_model
            if _is_model(related) and related._meta.db_table == column.alias:
                return _Key(f"{field.name}__pk", column.target, column, descending)
        return None


def _field(model: type[Model], path: str) -> Field[Any, Any] | None:
    """Return the column at a path, unless it may have no value."""
    names: Sequence[str] = path.split(LOOKUP_SEP)
    field: Any = None
    for name in names:
        try:
            field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        if not isinstance(field, Field) or field.null or field.many_to_many:
            return None
        if _is_model(field.related_model):
            model = field.related_model
    column: Field[Any, Any] = field.target_field if field.is_relation else field
    return column


def _is_model(related: Any) -> TypeGuard[type[Model]]:
    return isinstance(related, type) and issubclass(related, Model)


class _Compared(Func):
    """A comparison of two expressions that a filter takes as it is."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, sign: str, left: Any, right: Any) -> None:
        super().__init__(left, right, arg_joiner=f" {sign} ", template="(%(expressions)s)")


class _Beyond(Expression):
    """``(a, b) > (x, y)``."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, columns: Sequence[Any], values: Sequence[Any], *, descending: bool) -> None:
        super().__init__()
        self._columns, self._values, self._descending = list(columns), list(values), descending

    def get_source_expressions(self) -> list[Any]:
        return [*self._columns, *self._values]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        half = len(self._columns)
        self._columns, self._values = list(exprs[:half]), list(exprs[half:])

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sides, params = [], []
        for side in (self._columns, self._values):
            compiled = [compiler.compile(each) for each in side]
            sides.append(", ".join(sql for sql, _params in compiled))
            params += [param for _sql, values in compiled for param in values]
        sign = "<" if self._descending else ">"
        return f"({sides[0]}) {sign} ({sides[1]})", tuple(params)

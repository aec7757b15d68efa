"""Writes given fields to a row, and says nicely what the database would only say at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import (
    CASCADE,
    PROTECT,
    SET_NULL,
    Exists,
    Model,
    OuterRef,
    ProtectedError,
    Q,
    QuerySet,
)
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext as _

from counterfoil.core.refusals import Conflict, Forbidden, Gone, Invalid

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


def one_at_a_time(parent: Model) -> None:
    """Lock the row above, so that what was found to be free stays so until the transaction ends.

    It does not hold up who only refers to that row.

    Raises:
        Gone: it is not there any more.
    """
    rows = type(parent)._default_manager.select_for_update(no_key=True)
    if rows.filter(pk=parent.pk).first() is None:
        raise Gone(_("Somebody else has deleted this meanwhile."))


def merge_extra(row: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with what is carried already kept, unless it is given anew."""
    if "extra" not in fields:
        return dict(fields)
    return {**fields, "extra": {**row.extra, **fields["extra"]}}


def protected(rows: Iterable[Model], *, besides: tuple[type[Model], ...] = ()) -> set[Any]:
    """Return the keys of those rows of one model that cannot be deleted, as others need them.

    One query for all rows, which ends at the first row that needs one: it does not grow.
    ``besides`` are models whose rows are deleted first.
    """
    rows = list(rows)
    if not rows:
        return set()
    model = type(rows[0])
    needed = Q(pk__in=())
    for related, path in _protecting(model):
        if related in besides:
            continue
        needed |= Q(Exists(related._base_manager.filter(**{path: OuterRef("pk")})))
    found = model._base_manager.filter(needed, pk__in=[row.pk for row in rows])
    return set(found.values_list("pk", flat=True))


@cache
def _protecting(model: type[Model]) -> tuple[tuple[type[Model], str], ...]:
    """Return the models that keep rows of a model from being deleted, with the path to it.

    So do those that keep what is deleted along with it.
    """
    return tuple(_protecting_by(model, frozenset({model})))


def _protecting_by(
    model: type[Model], above: frozenset[type[Model]]
) -> Iterator[tuple[type[Model], str]]:
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        related, name = relation.related_model, relation.field.name
        if relation.on_delete is PROTECT:
            yield related, name
        elif relation.on_delete is CASCADE and related not in above:
            for each, path in _protecting_by(related, above | {related}):
                yield each, f"{path}__{name}"


def delete(row: Model, refusal: str = "") -> None:
    """Delete a row that nothing sold depends on.

    Raises:
        Forbidden: something does. The words are ``refusal``.
        Conflict: something that does was made just now.
        Gone: somebody else has deleted it.
    """
    counts = delete_rows(row, refusal)
    if not counts.get(row._meta.label):
        raise Gone(_("Somebody else has deleted this meanwhile."))


def delete_rows(rows: Model | QuerySet[Any], refusal: str = "") -> dict[str, int]:
    """Delete rows together, in as many statements for many as for one; return how many by model.

    Raises:
        Forbidden: something depends on one of them. The words are ``refusal``.
        Conflict: something that does was made just now.
    """
    try:
        with transaction.atomic():
            _total, counts = rows.delete()
            _check_what_is_deferred()
    except ProtectedError:
        raise Forbidden(refusal or _("This is in use and cannot be deleted.")) from None
    except IntegrityError:
        raise Conflict(_("Something that depends on it was made meanwhile.")) from None
    return counts


def delete_tree(rows: QuerySet[Any]) -> int:
    """Delete rows and all below them, by one statement a table; return how many there were.

    Django's own way reads everything first and deletes it by pieces: for 1,000 tickets, ten times
    the database's work while the caller's transaction holds its lock. Rows that protect others are
    not looked for: the database refuses.

    Raises:
        Conflict: something depends on one of them.
    """
    try:
        with transaction.atomic():
            _delete_below(rows)
            deleted = rows._raw_delete(rows.db)
            _check_what_is_deferred()
    except IntegrityError:
        raise Conflict(_("Something that depends on it was made meanwhile.")) from None
    return int(deleted)


def _delete_below(rows: QuerySet[Any]) -> None:
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        below: Any = relation.related_model
        if below is rows.model:
            continue  # those that rows of one table name in it are deleted with them
        related = below._base_manager.filter(**{f"{relation.field.name}__in": rows.values("pk")})
        if relation.on_delete is CASCADE:
            _delete_below(related)
            related._raw_delete(related.db)
        elif relation.on_delete is SET_NULL:
            related.update(**{relation.field.name: None})


def _check_what_is_deferred() -> None:
    """Have the database speak now, and not at the end of a transaction around this one.

    On SQLite nobody else can have written meanwhile.
    """
    if connection.vendor == "postgresql":
        connection.check_constraints()


def check_period(start: Any, end: Any, field: str, words: str) -> None:
    """Refuse a period that ends before it begins.

    Raises:
        Invalid: on ``field``, in these words.
    """
    if start is not None and end is not None and end < start:
        raise Invalid({field: [words]})

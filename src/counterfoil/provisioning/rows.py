"""Add or change single rows so that they match the declaration.

A second run must change nothing, not even a `last_modified`, so values are compared before
anything is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import JSONField, Model

from counterfoil.audit import services as audit
from counterfoil.catalog import saving
from counterfoil.catalog.models import Event, Organizer
from counterfoil.core.refusals import Invalid, Refusal
from counterfoil.provisioning.problems import DeclarationRefused, Problem, pointer

M = TypeVar("M", bound=Model)
Path = list[str | int]

# The audit log's name of a model where it is not the model's own. It must be the API's name: a
# conditional list looks for the last change of its kind.
_KINDS = {"itemcategory": "category", "itemvariation": "item"}


class Rows:
    """Add and change rows of one organizer (and event), and count them by model."""

    def __init__(
        self,
        organizer: Organizer | None = None,
        event: Event | None = None,
        counts: Mapping[str, Counter[str]] | None = None,
    ) -> None:
        self._organizer = organizer
        self._event = event
        self._counts = counts or {"added": Counter(), "changed": Counter()}

    def inside(self, *, organizer: Organizer, event: Event | None = None) -> Rows:
        """Return the same counts for rows of this organizer (and event)."""
        return Rows(organizer, event, self._counts)

    @property
    def counts(self) -> Mapping[str, Counter[str]]:
        return self._counts

    def upsert(
        self,
        row: M,
        values: Mapping[str, Any],
        path: Path,
        *,
        write: Callable[[M, dict[str, Any]], M] | None = None,
        logs: bool = False,
    ) -> M:
        """Save these values if the row is new or one of them differs.

        ``write`` is the service with the rules of such rows; without one, the row is saved as it is
        and only the table's constraints hold. ``logs`` says that the service writes the audit log.
        """
        verb = "added" if row.pk is None else "changed"
        different = _different(row, values)
        if different:
            with at(path):
                _check_columns(row, different, with_constraints=write is None)
                row = (write or saving.write)(row, different)
            if logs:
                self.count(verb, row)
            else:
                self.note(row, verb, different)
        return row

    def note(self, row: Model, verb: str, names: Iterable[str] = ()) -> None:
        """Count a row that was added or changed, and write it to the audit log."""
        self.count(verb, row)
        audit.record(
            actor=None,
            action=f"counterfoil.{_kind_of(row)}.{verb}",
            obj=row,
            event=self._event,
            organizer=self._organizer,
            data={"by": "apply", "fields": sorted(names)},
        )

    def count(self, verb: str, row: Model) -> None:
        """Count a row whose service wrote the audit log itself."""
        self._counts[verb][str(row._meta.verbose_name)] += 1


def _kind_of(row: Model) -> str:
    name = str(row._meta.model_name)
    return _KINDS.get(name, name)


def _different(row: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that differ from the row's, converted as their columns would."""
    different = {}
    for name, value in values.items():
        field: Any = row._meta.get_field(name)
        if not field.many_to_many:
            new_value = value if isinstance(value, Model) else field.to_python(value)
            same = row.pk is not None and getattr(row, name) == new_value
        else:
            new_value = list(value)
            same = row.pk is not None and set(getattr(row, name).all()) == set(new_value)
        if not same:
            different[name] = new_value
    return different


def _check_columns(row: Model, fields: Mapping[str, Any], *, with_constraints: bool) -> None:
    """Refuse what the columns cannot hold. Services need the old values, so a copy is checked."""
    draft = copy(row)
    for name, value in fields.items():
        if not draft._meta.get_field(name).many_to_many:
            setattr(draft, name, value)
    left = {
        field.name
        for field in row._meta.fields
        # The schema has checked JSON columns, and an empty list is no missing value there.
        if isinstance(field, JSONField) or not (with_constraints or field.name in fields)
    }
    draft.full_clean(exclude=left, validate_constraints=with_constraints)


@contextmanager
def at(path: Path) -> Iterator[None]:
    """Turn the refusals of a model or a service into problems at this path."""
    try:
        yield
    except ValidationError as problem:
        raise DeclarationRefused(
            [
                Problem(pointer(path if key == "__all__" else [*path, key]), text)
                for key, texts in problem.message_dict.items()
                for text in texts
            ]
        ) from None
    except Invalid as refusal:
        raise DeclarationRefused(
            [
                Problem(pointer(path if key == "non_field_errors" else [*path, key]), text)
                for key, texts in refusal.problems.items()
                for text in texts
            ]
        ) from None
    except Refusal as refusal:
        raise DeclarationRefused([Problem(pointer(path), str(refusal))]) from None


def chosen(source: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return the named keys that the source has; others stay as they are."""
    return {name: source[name] for name in names if name in source}

"""Brings single rows to what a declaration wants, touching only what differs.

A second run must change nothing, not even a time of last change: so values are compared before
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

# The log's word for a model where it is not the model's name. It must be the API's word: a
# conditional list looks for the last change of its kind, whoever made it.
_KINDS = {"itemcategory": "category", "itemvariation": "item"}


class Rows:
    """Makes and changes rows of one organizer (and event), and counts them by kind."""

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
        """Return the same ledger for things of this organizer (and event)."""
        return Rows(organizer, event, self._counts)

    @property
    def counts(self) -> Mapping[str, Counter[str]]:
        return self._counts

    def bring(
        self,
        row: M,
        values: Mapping[str, Any],
        path: Path,
        *,
        write: Callable[[M, dict[str, Any]], M] | None = None,
        logs: bool = False,
    ) -> M:
        """Give the row these values, if it is new or one of them differs.

        ``write`` is the service that keeps the rules of such rows; where there is none, they are
        written by hand and the table's constraints are the rules. ``logs`` tells that the service
        keeps the audit log, too.
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
        """Count a row that was added or changed, and write it into the audit log."""
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
        """Count a row that a service wrote, which keeps the audit log itself."""
        self._counts[verb][str(row._meta.verbose_name)] += 1


def _kind_of(row: Model) -> str:
    name = str(row._meta.model_name)
    return _KINDS.get(name, name)


def _different(row: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those values that the row does not have, as their columns would give them back."""
    different = {}
    for name, value in values.items():
        field: Any = row._meta.get_field(name)
        if not field.many_to_many:
            wanted = value if isinstance(value, Model) else field.to_python(value)
            same = row.pk is not None and getattr(row, name) == wanted
        else:
            wanted = list(value)
            same = row.pk is not None and set(getattr(row, name).all()) == set(wanted)
        if not same:
            different[name] = wanted
    return different


def _check_columns(row: Model, fields: Mapping[str, Any], *, with_constraints: bool) -> None:
    """Refuse what the columns cannot hold, on a copy: services compare with what was there."""
    draft = copy(row)
    for name, value in fields.items():
        if not draft._meta.get_field(name).many_to_many:
            setattr(draft, name, value)
    left = {
        field.name
        for field in row._meta.fields
        # The schema has looked at JSON columns, and an empty list is no missing value there.
        if isinstance(field, JSONField) or not (with_constraints or field.name in fields)
    }
    draft.full_clean(exclude=left, validate_constraints=with_constraints)


@contextmanager
def at(path: Path) -> Iterator[None]:
    """Turn what a model or a service refuses into problems at this place."""
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
    """Return those of the named keys that the source has: what it does not say, stays."""
    return {name: source[name] for name in names if name in source}

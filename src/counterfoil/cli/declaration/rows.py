"""Brings single rows to what a declaration wants, touching only what differs.

A second run must change nothing, not even a time of last change: so values are compared before
anything is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import JSONField, Model

from counterfoil.audit import services as audit
from counterfoil.catalog.models import Event, Organizer
from counterfoil.cli.declaration.problems import DeclarationRefused, Problem, pointer
from counterfoil.core.refusals import Invalid, Refusal

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
        self._added: set[tuple[type[Model], Any]] = set()

    def inside(self, *, organizer: Organizer, event: Event | None = None) -> Rows:
        """Return the same ledger for things of this organizer (and event)."""
        return Rows(organizer, event, self._counts)

    @property
    def counts(self) -> Mapping[str, Counter[str]]:
        return self._counts

    def bring(self, row: M, values: Mapping[str, Any], path: Path) -> M:
        """Give the row these values; save it if it is new or one of them differs."""
        new = row.pk is None
        different = [name for name, value in values.items() if _set(row, name, value)]
        if new or different:
            with at(path):
                row.full_clean(exclude=_json_columns(row))
            row.save()
            self.note(row, "added" if new else "changed", different)
        return row

    def bring_set(self, row: Model, name: str, members: Iterable[Model], path: Path) -> None:
        """Make the row's many-to-many relation hold exactly these members."""
        relation = getattr(row, name)
        wanted = {member.pk for member in members}
        if set(relation.values_list("pk", flat=True)) != wanted:
            relation.set(wanted)
            if (type(row), row.pk) not in self._added:  # to fill a new row is no change of it
                self.note(row, "changed", [name])

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
        if verb == "added":
            self._added.add((type(row), row.pk))


def _kind_of(row: Model) -> str:
    name = str(row._meta.model_name)
    return _KINDS.get(name, name)


def _set(row: Model, name: str, value: Any) -> bool:
    """Set one field as its column would give it back; tell whether that made a difference."""
    field = row._meta.get_field(name)
    value = value if isinstance(value, Model) else field.to_python(value)  # type: ignore[union-attr]
    if row.pk is not None and getattr(row, name) == value:
        return False
    setattr(row, name, value)
    return True


def _json_columns(row: Model) -> set[str]:
    """JSON columns: the schema has looked at them, and an empty list is no missing value."""
    return {field.name for field in row._meta.fields if isinstance(field, JSONField)}


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

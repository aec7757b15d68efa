"""Long forms, drawn as groups of fields that belong together (``web/_groups.html``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField

Row = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Fields below a heading. A row is a field, or several side by side.

    What few people need is ``folded`` away, unless something is wrong there.
    """

    label: Any
    rows: tuple[Row, ...]
    hint: Any = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class BoundGroup:
    label: Any
    rows: list[list[BoundField]]
    hint: Any
    folded: bool

    @property
    def open(self) -> bool:
        return any(field.errors for row in self.rows for field in row)


class Grouped(forms.Form):
    """A form that says in which groups its fields stand. A field that it lacks is left out."""

    groups: ClassVar[tuple[Group, ...]] = ()

    def grouped(self) -> Iterator[BoundGroup]:
        for group in self.groups:
            rows = [self._row(row) for row in group.rows]
            if shown := [row for row in rows if row]:
                yield BoundGroup(group.label, shown, group.hint, group.folded)

    def _row(self, row: Row) -> list[BoundField]:
        names = (row,) if isinstance(row, str) else row
        return [self[name] for name in names if name in self.fields]

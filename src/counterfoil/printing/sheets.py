"""Sheets of organizers: save and delete them, and find the one that a print asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from counterfoil.catalog.models import Organizer
from counterfoil.core.ids import row_id
from counterfoil.core.refusals import Invalid
from counterfoil.layouts.engine_messages import translated
from counterfoil.printing.models import OrganizerSheet
from counterfoil.render import Problem
from counterfoil.render.messages import Message
from counterfoil.render.sheets import Sheet, SheetError, find_preset, read_sheet, sheet_json

MAX_NAME = 190
#: A problem of the layout, and not of the sheet that was chosen for it.
_LAYOUT = "/layout"


class InvalidSheet(Invalid):
    """A sheet that cannot be used. ``problems`` are nested as the sheet is."""

    problems: dict[str, Any]

    def __init__(self, problems: Iterable[Problem], *, inside: str | None = None) -> None:
        listed = [(each.pointer, translated(each.message)) for each in problems]
        super().__init__(
            {
                pointer.strip("/").replace("/", ".") or "sheet": [
                    text for other, text in listed if other == pointer
                ]
                for pointer, _text in listed
            }
        )
        self._flat = self.problems
        self._inside = inside
        own = [(pointer, text) for pointer, text in listed if pointer == _LAYOUT]
        of_sheet = [pair for pair in listed if pair[0] != _LAYOUT]
        nested = _nested(of_sheet) if of_sheet else {}
        self.problems = {inside: nested} if inside and nested else nested
        if own:
            self.problems["layout"] = [text for _pointer, text in own]

    @property
    def by_field(self) -> Mapping[str, Sequence[str]]:
        return self._flat if self._inside is None else {self._inside: self.sentences}

    @property
    def sentences(self) -> list[str]:
        return [f"{key}: {text}" for key, texts in self._flat.items() for text in texts]


def sheets_of(organizer: Organizer) -> QuerySet[OrganizerSheet]:
    """Return the sheets of an organizer by name."""
    return organizer.sheets.order_by("name", "pk")


@transaction.atomic
def save_sheet(
    *,
    organizer: Organizer,
    sheet: OrganizerSheet | None,
    values: Mapping[str, Any],
    is_partial: bool = False,
) -> OrganizerSheet:
    """Create a sheet, or change one.

    ``values`` that are missing get their defaults, or stay as they are if it ``is_partial``.

    Raises:
        InvalidSheet: it cannot be used.
    """
    stored = sheet.declaration if sheet is not None and is_partial else {}
    read = read_declaration({**stored, **values})
    if not read.name.strip():
        raise InvalidSheet([Problem("/name", Message.of_text(_("This field may not be blank.")))])
    if len(read.name) > MAX_NAME:
        message = _("Ensure this field has no more than {max_length} characters.")
        raise InvalidSheet([Problem("/name", Message.of_text(message.format(max_length=MAX_NAME)))])
    saved = sheet or OrganizerSheet(organizer=organizer)
    saved.name, saved.declaration = read.name, sheet_json(read)
    saved.save()
    return saved


def read_declaration(source: object, *, inside: str | None = None) -> Sheet:
    """Read a sheet that somebody sent.

    Raises:
        InvalidSheet: it cannot be used; ``inside`` names the field that held it.
    """
    try:
        return read_sheet(source)
    except SheetError as error:
        raise InvalidSheet(error.problems, inside=inside) from None


def find_sheet(*, organizer: Organizer, choice: object) -> Sheet | None:
    """Return the sheet that a print asks for; None: one ticket a page.

    ``choice`` is the id of a sheet of the organizer, the key of a built-in one, a declaration, or
    None.

    Raises:
        Invalid: there is no such sheet, or it cannot be used.
    """
    if choice is None:
        return None
    if isinstance(choice, dict):
        return read_declaration(choice, inside="sheet")
    if isinstance(choice, str) and (preset := find_preset(choice)) is not None:
        return preset.sheet
    if isinstance(choice, str | int) and not isinstance(choice, bool):
        pk = row_id(str(choice))
        row = organizer.sheets.filter(pk=pk).first() if pk is not None else None
        if row is not None:
            return replace(read_declaration(row.declaration, inside="sheet"), name=row.name)
    raise Invalid(
        {
            "sheet": [
                _(
                    "There is no such sheet. Use the id of a sheet, the key of a built-in sheet, "
                    "or an object."
                )
            ]
        }
    )


def _nested(listed: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Nest sentences as the document is: lists of objects become lists of errors."""
    tree: dict[str, Any] = {}
    for pointer, text in listed:
        keys = [key for key in pointer.split("/") if key] or ["non_field_errors"]
        node = tree
        for key in keys[:-1]:
            node = node.setdefault(key, {})
        node.setdefault(keys[-1], []).append(text)
    return {key: _with_lists(value) for key, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_with_lists(value.get(str(at), {})) for at in range(max(map(int, value)) + 1)]
    return {key: _with_lists(each) for key, each in value.items()}

"""Forms about ticket layouts: new ones, imported ones, and which product prints with which."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterfoil.catalog.models import Item, SalesChannel
from counterfoil.core import strictjson
from counterfoil.layouts.models import TicketLayout, TicketLayoutItem
from counterfoil.layouts.templates import PAGE_SIZES

#: A layout of a thousand elements has some 500 kB.
MAX_JSON_BYTES = 2 * 1024 * 1024
#: Pictures come along in such a file.
MAX_FILE_BYTES = 32 * 1024 * 1024

BUILT_IN, OWN_SIZE = "built-in", "own"


class NewLayoutForm(forms.Form):
    """A name, and what to begin with."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=190)
    start = forms.ChoiceField(
        label=gettext_lazy("Begin with"),
        choices=[
            (BUILT_IN, gettext_lazy("Built-in design on A4, ready to print")),
            *((name, size.label) for name, size in PAGE_SIZES.items()),
            (OWN_SIZE, gettext_lazy("Empty page of another size")),
        ],
        widget=forms.RadioSelect,
        initial=BUILT_IN,
    )
    width = forms.FloatField(
        label=gettext_lazy("Width in mm"), min_value=5, max_value=1000, required=False
    )
    height = forms.FloatField(
        label=gettext_lazy("Height in mm"), min_value=5, max_value=1000, required=False
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("start") == OWN_SIZE:
            for side in ("width", "height"):
                if given.get(side) is None and side not in self.errors:
                    self.add_error(side, _("Enter the page size."))
        return given

    @property
    def size(self) -> tuple[float, float] | None:
        """Width and height of the empty page to begin with; None is the built-in design."""
        start = self.cleaned_data["start"]
        if start == OWN_SIZE:
            return self.cleaned_data["width"], self.cleaned_data["height"]
        if start == BUILT_IN:
            return None
        return PAGE_SIZES[start].width, PAGE_SIZES[start].height


class ImportForm(forms.Form):
    """A layout from a file, as the editors of pretix and ours write it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=190)
    layout = forms.FileField(
        label=gettext_lazy("Layout"),
        help_text=gettext_lazy("The JSON file that a layout editor exports."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    background = forms.FileField(
        label=gettext_lazy("Background"),
        help_text=gettext_lazy("A PDF. Leave empty to use the built-in background."),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,application/pdf"}),
    )

    pictures: Any = ()

    def clean_layout(self) -> list[Any]:
        """Return the elements as they stand in the file; what they say is the engine's to judge."""
        sent: UploadedFile[Any] = self.cleaned_data["layout"]
        if (sent.size or 0) > MAX_FILE_BYTES:
            raise ValidationError(_("This file is too large for a layout."))
        try:
            found = json.loads(sent.read())
            strictjson.check(found)
        except strictjson.Unstorable as problem:
            raise ValidationError(str(problem)) from None
        except json.JSONDecodeError as problem:
            raise ValidationError(
                _(
                    "This is not a valid JSON file. The error is in line %(line)d, column "
                    "%(column)d."
                )
                % {"line": problem.lineno, "column": problem.colno}
            ) from None
        except (ValueError, RecursionError):  # bad UTF-8, or an integer of thousands of digits
            raise ValidationError(_("This is not a JSON file.")) from None
        elements = found.get("layout") if isinstance(found, dict) else found
        self.pictures = found.get("pictures", []) if isinstance(found, dict) else []
        if not isinstance(elements, list):
            raise ValidationError(
                _("This file has no list of layout elements. Export the layout again.")
            )
        if len(json.dumps(elements)) > MAX_JSON_BYTES:
            raise ValidationError(_("This file is too large for a layout."))
        return elements


class LayoutNameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=190)


@dataclass(frozen=True, slots=True)
class Cell:
    """A product and a channel, and the field that says which layout prints it."""

    item: Item
    channel: SalesChannel
    field: str


class AssignmentsForm(forms.Form):
    """For each product and each channel a layout, or none of its own."""

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        items: Sequence[Item],
        channels: Sequence[SalesChannel],
        layouts: Sequence[TicketLayout],
        assigned: Sequence[TicketLayoutItem],
    ) -> None:
        self.cells = [Cell(i, c, f"layout-{i.pk}-{c.pk}") for i in items for c in channels]
        self.channels = channels
        known = {(row.item_id, row.sales_channel_id): row.layout_id for row in assigned}
        super().__init__(
            data,
            files,
            initial={
                cell.field: str(known.get((cell.item.pk, cell.channel.pk), ""))
                for cell in self.cells
            },
        )
        self._layouts = {str(layout.pk): layout for layout in layouts}
        choices = [("", _("by the rule")), *((pk, str(x)) for pk, x in self._layouts.items())]
        for cell in self.cells:
            self.fields[cell.field] = forms.ChoiceField(
                label=_("Layout of %(product)s, sold through %(channel)s")
                % {"product": cell.item, "channel": cell.channel},
                choices=choices,
                required=False,
                show_hidden_initial=True,  # what was chosen meanwhile is not taken back unseen
            )

    def lines(self) -> Iterator[tuple[Item, list[forms.BoundField]]]:
        """Go through the products, each with its fields in the order of the channels."""
        count = len(self.channels)
        for start in range(0, len(self.cells), count):
            line = self.cells[start : start + count]
            yield line[0].item, [self[cell.field] for cell in line]

    def chosen(self) -> Iterator[tuple[Cell, TicketLayout | None]]:
        """Go through what was chosen otherwise than the form showed."""
        for cell in self.cells:
            if cell.field in self.changed_data:
                yield cell, self._layouts.get(self.cleaned_data[cell.field])

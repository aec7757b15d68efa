"""Variables of the pictures that an event has for its layouts: ``picture:KEY``."""

from __future__ import annotations

from collections.abc import Iterator

from counterfoil.catalog.models import Event
from counterfoil.layouts.models import Picture
from counterfoil.layouts.pictures import picture_variable
from counterfoil.printing.variables.kinds import PictureVariable


def picture_variables(event: Event) -> Iterator[PictureVariable]:
    """List the pictures of an event by name. Every ticket has the same."""
    for picture in Picture.objects.filter(event=event).order_by("name", "pk"):
        yield _variable(picture)


def _variable(picture: Picture) -> PictureVariable:
    return PictureVariable(
        key=picture_variable(picture),
        label=picture.name,
        sample="",
        columns=(),
        find=lambda: picture.stored,
    )

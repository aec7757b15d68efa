"""Variables of the pictures that an event has for its layouts: ``picture:KEY``."""

from __future__ import annotations

from collections.abc import Iterator

from counterfoil.catalog.models import Event
from counterfoil.layouts.models import Picture
from counterfoil.layouts.pictures import PREFIX, name_in_layouts
from counterfoil.printing.variables.kinds import PictureVariable


def picture_variables(event: Event) -> Iterator[PictureVariable]:
    """List the pictures of an event by name. Every ticket has the same."""
    for picture in Picture.objects.filter(event=event).order_by("name", "pk"):
        yield _variable(picture)


def picture_variable(event: Event, key: str) -> PictureVariable | None:
    """Return the variable of a picture of an event; None if it has no such picture."""
    picture = Picture.objects.filter(event=event, key=key.removeprefix(PREFIX)).first()
    return _variable(picture) if picture else None


def _variable(picture: Picture) -> PictureVariable:
    return PictureVariable(
        key=name_in_layouts(picture),
        label=picture.name,
        sample="",
        columns=(),
        find=lambda: picture.stored,
    )

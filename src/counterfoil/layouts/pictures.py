"""Pictures of an event's own, which its layouts print: a logo, a sponsor, a map.

A layout names one as ``picture:KEY``. The key is made of the file's content, so copies of a layout
and clones of its event name their own copy of it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from counterfoil.catalog.models import Event
from counterfoil.core import clock, heavy
from counterfoil.core.refusals import Invalid
from counterfoil.files import services as files
from counterfoil.layouts.engine_messages import translated
from counterfoil.layouts.files import PICTURES
from counterfoil.layouts.models import Picture, TicketLayout
from counterfoil.render import ImageError
from counterfoil.render.images import read_image

PREFIX = "picture:"
MAX_BYTES = 10 * 1024 * 1024
#: Of an event. One picture per seat is no layout.
MAX_PICTURES = 200
#: From the upload, or from when a layout let go of it: somebody may undo.
GRACE = timedelta(hours=24)
_NAME_LENGTH = 190
_SUFFIXES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}
_NAMED = re.compile(r"\bpicture:([0-9a-f]{32})\b")


def store_picture(*, event: Event, name: str, content: bytes) -> Picture:
    """Store a PNG or JPEG as a picture of an event; the same file again is the same row.

    Raises:
        Invalid: it is no such picture, cannot be read, is too large, or there are too many.
        TooBusy: too many other pictures are being read.
    """
    key = hashlib.sha256(content).hexdigest()[:32]
    existing = Picture.objects.filter(event=event, key=key)
    if existing.update(last_used=clock.now()):
        return existing.get()
    suffix = _checked(content)
    if Picture.objects.filter(event=event).count() >= MAX_PICTURES:
        raise _refused(_("An event can have %(number)d pictures.") % {"number": MAX_PICTURES})
    stored = f"{event.pk}-{key}-{secrets.token_hex(8)}{suffix}"
    with files.publish(PICTURES, stored) as stream:
        stream.write(content)
    label = (PurePosixPath(name.replace("\\", "/")).name or key)[-_NAME_LENGTH:]
    try:
        with transaction.atomic():
            return Picture.objects.create(
                event=event, key=key, name=label, stored=f"{PICTURES}/{stored}"
            )
    except IntegrityError:  # somebody else has stored the same at the same moment
        return existing.get()


def _checked(content: bytes) -> str:
    """Return the ending of a picture's name, if it can be printed."""
    if len(content) > MAX_BYTES:
        most = MAX_BYTES // 1024**2
        raise _refused(_("A picture can have at most %(size)d MiB.") % {"size": most})
    suffix = next((end for start, end in _SUFFIXES.items() if content.startswith(start)), None)
    if suffix is None:
        raise _refused(_("This is not a PNG or JPEG. Choose a picture of one of these kinds."))
    try:
        with heavy.slot():
            read_image(content)
    except ImageError as problem:
        raise _refused(translated(problem.message)) from None
    return suffix


def name_in_layouts(picture: Picture) -> str:
    """Return how a layout names a picture."""
    return f"{PREFIX}{picture.key}"


def keys_in(layout: object) -> set[str]:
    """Return the keys of the pictures that a layout, or a part of it, names."""
    return set(_NAMED.findall(json.dumps(layout)))


def pictures_of(event: Event, layout: object) -> QuerySet[Picture]:
    """Return the pictures of an event that a layout names."""
    return Picture.objects.filter(event=event, key__in=keys_in(layout)).order_by("pk")


def adopt_pictures(*, event: Event, layout: object, sources: Iterable[Event]) -> None:
    """Copy pictures that a layout names, and its event lacks, from other events."""
    missing = keys_in(layout) - set(pictures_of(event, layout).values_list("key", flat=True))
    others = Picture.objects.filter(event__in=list(sources), key__in=missing).order_by("pk")
    for picture in {each.key: each for each in others}.values():
        Picture.objects.get_or_create(
            event=event, key=picture.key, defaults={"name": picture.name, "stored": picture.stored}
        )


def exported(event: Event, layout: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the pictures of a layout for a file, with their content as base64."""
    return list(_exported(pictures_of(event, layout)))


def _exported(pictures: Iterable[Picture]) -> Iterator[dict[str, str]]:
    for picture in pictures:
        with files.open_stored(picture.stored) as stream:
            content = base64.b64encode(stream.read()).decode("ascii")
        yield {"content": name_in_layouts(picture), "name": picture.name, "data": content}


def import_pictures(*, event: Event, pictures: object, layout: object) -> None:
    """Store the pictures of a layout's file. What the layout does not name is left out.

    Raises:
        Invalid: one of them cannot be used.
    """
    if not isinstance(pictures, list):
        raise _refused(_("The pictures must be a list of objects."))
    named = keys_in(layout)
    for each in pictures:
        if not isinstance(each, Mapping) or not isinstance(each.get("data"), str):
            raise _refused(_("The pictures must be a list of objects."))
        try:
            content = base64.b64decode(each["data"], validate=True)
        except (binascii.Error, ValueError):
            raise _refused(_("A picture of this file is damaged. Export it again.")) from None
        if hashlib.sha256(content).hexdigest()[:32] in named:
            store_picture(event=event, name=str(each.get("name") or ""), content=content)


def keep_for_now(*, event: Event, layout: object) -> None:
    """Keep the pictures that a layout has let go of from the cleanup for a while yet."""
    if keys_in(layout):
        pictures_of(event, layout).update(last_used=clock.now())


def unwanted(now: datetime) -> list[Picture]:
    """Return the pictures that no layout names and that nobody has wanted for a day."""
    old = Picture.objects.filter(last_used__lte=now - GRACE).order_by("pk")
    named: dict[int, set[str]] = {}
    layouts = TicketLayout.objects.filter(event__in=old.values("event")).order_by("pk")
    for event, layout in layouts.values_list("event_id", "layout").iterator():
        named.setdefault(event, set()).update(keys_in(layout))
    return [each for each in old if each.key not in named.get(each.event_id, ())]


@transaction.atomic
def delete_unwanted(pictures: Iterable[Picture], now: datetime) -> int:
    """Delete those of them that are still unwanted; return how many. Their files are left over.

    Their rows are locked first and layouts looked at again then.
    """
    chosen = {each.pk for each in pictures}
    list(Picture.objects.select_for_update().filter(pk__in=chosen))
    still = [each.pk for each in unwanted(now) if each.pk in chosen]
    return Picture.objects.filter(pk__in=still).delete()[0]


def _refused(sentence: str) -> Invalid:
    return Invalid({"picture": [sentence]})

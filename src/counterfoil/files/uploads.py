"""Uploads: files that a client sends ahead of the request that uses them, as ``file:<id>``.

They live for a day, and only the credential that sent them can use them.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from counterfoil.core import clock
from counterfoil.core.refusals import Invalid
from counterfoil.files import services
from counterfoil.files.models import Upload

FOLDER = "uploads"
MAX_BYTES = 10 * 1024 * 1024
_CHUNK = 64 * 1024

Types = Mapping[str, tuple[tuple[str, ...], str | None]]
"""The extensions of each media type, and Pillow's name of the pictures."""

# What the API documents; pages accept more kinds of pictures (``files.pictures``).
TYPES: Types = {
    "image/png": ((".png",), "PNG"),
    "image/jpeg": ((".jpg", ".jpeg"), "JPEG"),
    "image/gif": ((".gif",), "GIF"),
    "application/pdf": ((".pdf",), None),
}


def store_upload(
    actor_key: str, filename: str, content_type: str, stream: BinaryIO, types: Types = TYPES
) -> Upload:
    """Keep a file for a day for whoever sent it. A PDF is looked at where it is used.

    Args:
        types: the media types that are accepted.

    Raises:
        Invalid: the type is not accepted, the extension is another type's, the picture cannot be
            read, the file is too large, or too much of this sender's is stored already.
        OSError: the storage does not take it.
    """
    _check_name(filename, content_type, types)
    _check_quota(actor_key)
    upload_id = uuid.uuid4()
    name = f"{upload_id}{_extension(filename)}"
    with services.publish(FOLDER, name) as target:
        size = _copy(stream, target)
        _check_picture(target, types[content_type][1])
    return Upload.objects.create(
        id=upload_id,
        owner=actor_key,
        filename=PurePosixPath(filename).name[-255:],
        content_type=content_type,
        size=size,
        stored_name=f"{FOLDER}/{name}",
        expires=clock.now() + timedelta(seconds=settings.UPLOAD_LIFETIME_S),
    )


def claim(actor_key: str, reference: object, types: Collection[str]) -> Upload:
    """Return the upload that ``file:<id>`` stands for, if this credential may use it.

    Raises:
        Invalid: there is no such upload for this credential, or it is of another type.
    """
    upload = _find(actor_key, reference)
    if upload is None:
        raise Invalid(_("The submitted file ID was not found."))
    if upload.content_type not in types:
        raise Invalid(_("The submitted file has a file type that is not allowed in this field."))
    return upload


def delete_expired() -> None:
    """Forget uploads whose day is over, then delete their files."""
    for upload in Upload.objects.filter(expires__lte=clock.now()):
        upload.delete()
        services.delete(upload.stored_name)


def referenced_files() -> set[str]:
    """Return the stored names of all uploads that rows name."""
    return set(Upload.objects.values_list("stored_name", flat=True))


def _find(actor_key: str, reference: object) -> Upload | None:
    if not isinstance(reference, str) or not reference.startswith("file:"):
        return None
    try:
        upload_id = uuid.UUID(reference.removeprefix("file:"))
    except ValueError:
        return None
    mine = Upload.objects.filter(owner=actor_key, expires__gt=clock.now())
    return mine.filter(pk=upload_id).first()


def _check_name(filename: str, content_type: str, types: Types) -> None:
    if content_type not in types:
        raise Invalid(
            _("Files of this type are not accepted; these are: %(types)s.")
            % {"types": ", ".join(types)}
        )
    extensions = types[content_type][0]
    if _extension(filename) not in extensions:
        raise Invalid(
            _("The name of such a file must end in one of: %(endings)s.")
            % {"endings": ", ".join(extensions)}
        )


def _check_quota(actor_key: str) -> None:
    """Refuse a sender who would fill the storage. What is used in time is deleted with its day."""
    stored = Upload.objects.filter(owner=actor_key, expires__gt=clock.now())
    size = stored.aggregate(size=Sum("size"))["size"] or 0
    if size + MAX_BYTES > settings.UPLOAD_QUOTA_BYTES:
        raise Invalid(
            _("Too many files were uploaded. At most %(size)d MiB a day are stored for one sender.")
            % {"size": settings.UPLOAD_QUOTA_BYTES // 1024**2}
        )


def _extension(filename: str) -> str:
    return PurePosixPath(filename).suffix.lower()


def _copy(stream: BinaryIO, target: BinaryIO) -> int:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise Invalid(
                _("The file is too large; at most %(size)d MiB are kept.")
                % {"size": MAX_BYTES // 1024**2}
            )
        target.write(chunk)
    return size


def _check_picture(target: BinaryIO, kind: str | None) -> None:
    """Refuse what claims to be a picture and is not. Its header says enough; no pixel is read."""
    if kind is None:
        return
    target.seek(0)
    try:
        with Image.open(target, formats=[kind]) as picture:
            picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Invalid(_("This picture cannot be read.")) from None
    target.seek(0, 2)

"""Pictures of products, which rows of the catalog name."""

from __future__ import annotations

import shutil
import uuid
from pathlib import PurePosixPath

from counterfoil.catalog.models import Item
from counterfoil.files import services, uploads
from counterfoil.files.models import Upload

FOLDER = "pictures"
# What the API documents.
TYPES = frozenset({"image/png", "image/jpeg", "image/gif"})
# What pages accept: everything that tickets can show.
PAGE_TYPES: uploads.Types = {
    **{content_type: uploads.TYPES[content_type] for content_type in sorted(TYPES)},
    "image/webp": ((".webp",), "WEBP"),
    "image/avif": ((".avif",), "AVIF"),
}


def content_type(stored_name: str) -> str:
    """Return the media type of a stored picture; Python's own table lacks the newer ones."""
    suffix = PurePosixPath(stored_name).suffix
    return next(kind for kind, (suffixes, _) in PAGE_TYPES.items() if suffix in suffixes)


def keep_picture(upload: Upload) -> str:
    """Keep an uploaded picture for a product; return the stored name for its row.

    Raises:
        OSError: the storage does not answer.
    """
    name = f"{uuid.uuid4()}{PurePosixPath(upload.stored_name).suffix}"
    with (
        services.open_stored(upload.stored_name) as source,
        services.publish(FOLDER, name) as target,
    ):
        shutil.copyfileobj(source, target)
    return f"{FOLDER}/{name}"


def referenced_files() -> set[str]:
    """Return the stored names of all pictures that items name."""
    pictures = Item.objects.exclude(picture=None).values_list("picture", flat=True)
    return {name for name in pictures if name}

"""Ways to send a stored file to somebody: from its place in a folder, or from a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import quote

from django.conf import DEFAULT_STORAGE_ALIAS
from django.core.files.storage import FileSystemStorage, storages

from counterfoil.files.s3_errors import as_os_error
from counterfoil.files.services import open_stored

if TYPE_CHECKING:  # boto3 takes long to import, and most have their files in a folder
    from storages.backends.s3 import S3Storage

#: Where a proxy finds the folder of stored files; ``deploy/nginx.conf`` has the other end.
ACCEL_PREFIX = "/_stored/"


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of a stored file, from the position of ``stream``.

    ``is_local`` tells that a web server may read the stream by itself: it is a file, which may
    be longer than the part.
    """

    stream: IO[bytes]
    is_local: bool


def open_part(name: str, first: int, last: int) -> Part:
    """Open a stored file at ``first``. Of a bucket only the bytes up to ``last`` are fetched.

    Raises:
        FileNotFoundError: it is gone.
        OSError: the storage does not answer.
    """
    storage = storages[DEFAULT_STORAGE_ALIAS]
    if hasattr(type(storage), "bucket"):
        bucket = cast("S3Storage", storage)
        return Part(_fetched(bucket, name, f"bytes={first}-{last}"), is_local=False)
    stream = open_stored(name)
    stream.seek(first)
    return Part(stream, is_local=isinstance(storage, FileSystemStorage))


def accel_path(name: str) -> str:
    """Return the path by which a proxy finds a stored file (X-Accel-Redirect)."""
    return ACCEL_PREFIX + quote(name)


def presigned_url(name: str, *, disposition: str, content_type: str, seconds: int) -> str:
    """Return a URL at which whoever holds it finds the file for some seconds.

    Raises:
        OSError: the storage does not answer.
    """
    parameters = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
    with as_os_error():
        storage = cast("S3Storage", storages[DEFAULT_STORAGE_ALIAS])
        return str(storage.url(name, parameters=parameters, expire=seconds))


def _fetched(storage: S3Storage, name: str, part: str) -> IO[bytes]:
    key = f"{storage.location.strip('/')}/{name}".lstrip("/")
    with as_os_error():
        response = storage.bucket.Object(key).get(Range=part)
    return cast("IO[bytes]", response["Body"])

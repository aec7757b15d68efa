"""Store bytes whole or not at all.

A reader never sees half a file, and a death leaves at most a file that no row names, which
``delete_unnamed`` removes. Stored names are ``folder/name``; nobody else knows where they lie.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.conf import DEFAULT_STORAGE_ALIAS, settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages

from counterfoil.core import failpoints
from counterfoil.files import file_registry
from counterfoil.files.s3_errors import as_os_error

#: Where it is tried out whether files can be stored. No row ever names one of these.
CHECKS = "checks"


@contextmanager
def publish(folder: str, name: str) -> Iterator[BinaryIO]:
    """Write a file that appears under its name when the block ends, or never.

    It is then stored as ``folder/name``. A name is used once: put what makes it unique into it
    (for results of jobs the attempt, so that a worker that was thought dead spoils nothing).

    Raises:
        OSError: the disk is full, or the storage does not answer.
    """
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        with _published_locally(Path(storage.path(f"{folder}/{name}"))) as stream:
            yield stream
    else:
        with _uploaded(storage, f"{folder}/{name}") as stream:
            yield stream


def check_writable(*, afresh: bool = False) -> None:
    """Find out whether files can be stored here at all.

    ``afresh`` uses connections to a bucket that end with the check: a process that forks must not
    hand any on to its children.

    Raises:
        OSError: they cannot.
    """
    with as_os_error():
        fresh = (
            storages.create_storage(settings.STORAGES[DEFAULT_STORAGE_ALIAS]) if afresh else None
        )
        _try_out(fresh or _storage())


def open_stored(name: str) -> IO[bytes]:
    """Open a stored file for reading.

    Raises:
        FileNotFoundError: it is gone.
        OSError: the storage does not answer.
    """
    with as_os_error():
        stored = _storage().open(name, "rb")
        try:
            stored.open("rb")  # what a bucket holds is fetched by this, and not by the first read
        except Exception:
            stored.close()
            raise
        return cast("IO[bytes]", stored)


def size(name: str) -> int:
    """Return the size of a stored file in bytes.

    Raises:
        FileNotFoundError: it is gone.
        OSError: the storage does not answer.
    """
    with as_os_error():
        return _storage().size(name)


def stored_names() -> Iterator[str]:
    """Go through the names of all files in registered folders, named by a row or not.

    Raises:
        OSError: the storage does not answer.
    """
    for folder, _names in file_registry.registered():
        yield from sorted(_files_in(folder))


def delete(name: str) -> None:
    """Delete a stored file; it may be gone already."""
    with as_os_error():
        _storage().delete(name)


def delete_unnamed(*, older_than: timedelta) -> int:
    """Delete files of registered folders that no row names, once they are old enough.

    Returns how many there were. Names are listed before the rows are asked: a file that appears
    in between is not looked at, and one whose row appears in between is found named. Age is what
    the storage's own clock says: by that of a host which runs an hour ahead, a file that was just
    published would be old.
    """
    deleted = 0
    for folder, references in file_registry.registered():
        present = _files_in(folder)
        if unnamed := sorted(present - references()) if present else []:
            created_before = _storage_time(folder) - older_than
            deleted += sum(_delete_old(name, created_before) for name in unnamed)
    return deleted


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _storage_time(folder: str) -> datetime:
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        os.utime(storage.path(folder))  # on a full disk no file can be stored, and this works
        return storage.get_modified_time(folder)
    with as_os_error():
        return _try_out(storage)


def _try_out(storage: Storage) -> datetime:
    """Store a file and delete it; return when that was by the storage's clock."""
    name = storage.save(f"{CHECKS}/{secrets.token_hex(8)}.txt", ContentFile(b"May be deleted."))
    try:
        return storage.get_modified_time(name)
    finally:
        storage.delete(name)


def _storage() -> Storage:
    return storages[DEFAULT_STORAGE_ALIAS]


@contextmanager
def _published_locally(place: Path) -> Iterator[BinaryIO]:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        with _new_file(draft) as stream:
            yield stream
            failpoints.reach("files.half_written")  # what is still in the buffer is missing
            stream.flush()
            os.fsync(stream.fileno())
        failpoints.reach("files.before_rename")
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(place.parent)
    failpoints.reach("files.renamed")


def _new_file(place: Path) -> BinaryIO:
    # A proxy that sends files itself is another user, and reads them by its group.
    mode = 0o640 if settings.DOWNLOADS == "accel" else 0o600
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
    return os.fdopen(descriptor, "w+b", buffering=256 * 1024)


@contextmanager
def _uploaded(storage: Storage, name: str) -> Iterator[BinaryIO]:
    """Collect a file on the local disk and send it when it is whole."""
    with tempfile.TemporaryFile(buffering=256 * 1024) as stream:
        yield cast("BinaryIO", stream)
        failpoints.reach("files.half_written")
        stream.seek(0)
        failpoints.reach("files.before_rename")
        with as_os_error():
            storage.save(name, File(stream, name=name))
    failpoints.reach("files.renamed")


def _files_in(folder: str) -> set[str]:
    with as_os_error():
        try:
            _folders, names = _storage().listdir(folder)
        except FileNotFoundError:
            return set()
    return {f"{folder}/{name}" for name in names if name}


def _delete_old(name: str, created_before: datetime) -> bool:
    try:
        with as_os_error():
            modified = _storage().get_modified_time(name)
    except FileNotFoundError:
        return False
    if modified > created_before:
        return False
    delete(name)
    return True

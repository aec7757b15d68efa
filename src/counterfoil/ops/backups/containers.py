"""Where a backup lies: in a folder, or in one file (.tar, .tar.gz). Both appear when whole."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol, cast

from counterfoil.ops.backups.manifest import NAME, NoBackup, Piece

_CHUNK = 1024 * 1024
_MODES = {".tar": "w", ".gz": "w:gz", ".tgz": "w:gz"}


class Sink(Protocol):
    def add(self, name: str, source: IO[bytes], size: int) -> Piece:
        """Take in ``size`` bytes under a name."""


class Source(Protocol):
    def open(self, name: str) -> IO[bytes]:
        """Open a piece.

        Raises:
            NoBackup: it is missing.
        """


@contextmanager
def new_container(target: Path) -> Iterator[Sink]:
    """Make a folder, or a file if the suffix says so. It has its name only if the block ends well.

    Raises:
        FileExistsError: there is something of that name.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, "There is something of that name already", str(target))
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.suffix in _MODES:
            with _new_archive(draft, _MODES[target.suffix]) as archive:
                yield archive
        else:
            draft.mkdir(mode=0o700)
            yield _Folder(draft)
        os.replace(draft, target)
    finally:
        _remove(draft)


@contextmanager
def open_container(place: Path) -> Iterator[Source]:
    """Open a backup.

    Raises:
        NoBackup: there is none.
    """
    if place.is_dir():
        yield _Folder(place)
        return
    try:
        with tarfile.open(place) as archive:
            yield _Archive(archive)
    except FileNotFoundError:
        raise NoBackup("This backup does not exist.") from None
    except (tarfile.TarError, EOFError, OSError) as problem:
        raise NoBackup(f"This archive cannot be read: {problem}.") from problem


def read_whole(source: Source) -> bytes:
    """Return the manifest's bytes.

    Raises:
        NoBackup: it is missing.
    """
    with source.open(NAME) as stream:
        return stream.read()


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, name: str, source: IO[bytes], size: int) -> Piece:
        place = self._folder / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        watched = _Watched(source)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(cast("IO[bytes]", watched), file, _CHUNK)
            file.flush()
            os.fsync(file.fileno())
        return watched.piece()

    def open(self, name: str) -> IO[bytes]:
        try:
            return (self._folder / name).open("rb")
        except FileNotFoundError:
            raise NoBackup(f"{name} is missing.") from None


class _Archive:
    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive

    def add(self, name: str, source: IO[bytes], size: int) -> Piece:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
        watched = _Watched(source)
        self._archive.addfile(entry, cast("IO[bytes]", watched))
        return watched.piece()

    def open(self, name: str) -> IO[bytes]:
        try:
            member = self._archive.extractfile(name)
        except KeyError:
            member = None
        if member is None:
            raise NoBackup(f"{name} is missing.")
        return member


@contextmanager
def _new_archive(place: Path, mode: str) -> Iterator[_Archive]:
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
            yield _Archive(archive)
        file.flush()
        os.fsync(file.fileno())


class _Watched:
    """Counts and digests what is read through it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._digest.update(chunk)
        self._size += len(chunk)
        return chunk

    def piece(self) -> Piece:
        return Piece(self._size, self._digest.hexdigest())


def verify(source: Source, name: str, expected: Piece) -> None:
    """Read a piece to its end.

    Raises:
        NoBackup: it is missing, or not what was backed up.
    """
    with source.open(name) as stream:
        watched = _Watched(stream)
        while watched.read(_CHUNK):
            pass
    if watched.piece() != expected:
        raise NoBackup(f"{name} is damaged.")


def in_memory(content: bytes) -> IO[bytes]:
    return io.BytesIO(content)


def _remove(draft: Path) -> None:
    if draft.is_dir():
        shutil.rmtree(draft)
    else:
        draft.unlink(missing_ok=True)

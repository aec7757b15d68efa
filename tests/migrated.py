"""Databases with all tables, made once and copied: to migrate takes five seconds of work.

They stay in pytest's cache until a migration changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from servers import TESTS, world

_SOURCES = (TESTS.parent / "src" / "counterfoil", TESTS / "rig")
_DEPENDENCIES = TESTS.parent / "requirements.lock"  # some of their applications have tables


def sqlite_database(cache: Path, settings: str) -> Path:
    """Return a SQLite database that all processes of all runs share: to be copied, not used."""
    made = cache / f"{settings}-{_edition()}.sqlite3"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits for the first, and then has it
        if not made.exists():
            for old in cache.glob(f"{settings}-*.sqlite3"):
                old.unlink()
            _make(made, settings)
    return made


def _make(place: Path, settings: str) -> None:
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), settings=settings) as made:
        ended = made.run("migrate")
        assert ended.returncode == 0, ended.stderr
        part = place.with_suffix(".part")
        shutil.copy(made.folder / "data" / "counterfoil.sqlite3", part)
        part.replace(place)


def _edition() -> str:
    """Return what changes with any migration, ours or a dependency's."""
    digest = hashlib.sha256(sys.version.encode())
    digest.update(_DEPENDENCIES.read_bytes())
    for source in _SOURCES:
        for place in sorted(source.glob("**/migrations/*.py")):
            digest.update(os.fsencode(place.relative_to(TESTS.parent)))
            digest.update(place.read_bytes())
    return digest.hexdigest()[:16]

"""Where things are kept on this machine: the data folder, its key, its disk, fonts."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from counterfoil.ops.checks.findings import Finding, note, problem
from counterfoil.render import FontLibrary
from counterfoil.render.fonts.catalog import font_files

LEAST_FREE = 1024**3
_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs"}


def check_filesystem() -> Iterator[Finding]:
    yield from _folder(settings.DATA_DIR)
    yield from _key(settings.DATA_DIR / "secret-key")
    yield from _disk(settings.DATA_DIR)
    yield from _fonts(settings.FONT_DIRS)
    yield from _process()


def _folder(folder: Path) -> Iterator[Finding]:
    state = folder.stat()
    open_to_group = state.st_mode & stat.S_IRWXG and settings.DOWNLOADS != "accel"
    if state.st_mode & stat.S_IRWXO or open_to_group:
        yield problem(
            f"Other users of this machine can read {folder}, which contains tickets. "
            f"Run: chmod 700 {folder}"
        )
    if state.st_uid != os.geteuid():
        yield note(f"{folder} belongs to another user than the one running this check.")
    kind = filesystem_of(folder)
    if kind in _NETWORK and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield problem(
            f"{folder} is on a network file system ({kind}), where SQLite's locks are not reliable."
        )


def _key(place: Path) -> Iterator[Finding]:
    if place.exists() and place.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield problem(
            f"{place} is readable by other users, who could forge sessions. Delete it (everybody "
            "must sign in again) and restart."
        )


def _disk(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        yield problem(f"Only {free // 1024**2} MiB are free in {folder}. Keep at least 1 GiB free.")


def _fonts(folders: list[Path]) -> Iterator[Finding]:
    for folder in folders:
        library = FontLibrary(preferred=[folder])
        for family in library.families:  # whether a document can carry a face, only loading tells
            for bold, italic in library.styles(family):
                library.face(family, bold=bold, italic=italic)
        for path, reason in library.refused.items():
            yield note(f"COUNTERFOIL_FONT_DIRS: {path} is not used. {reason}")
        if next(font_files([folder]), None) is None:
            yield note(f"COUNTERFOIL_FONT_DIRS names {folder}, which contains no fonts.")


def _process() -> Iterator[Finding]:
    if os.geteuid() == 0:
        yield note("Counterfoil runs as root. Use a separate user for safety.")
    if os.environ.get("COUNTERFOIL_FAILPOINTS"):
        yield problem("COUNTERFOIL_FAILPOINTS is set, which kills processes on purpose. Unset it.")


def filesystem_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the kind of file system that a folder lies on; an empty text where nobody says."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    entries = [(fields[1], fields[2]) for fields in map(str.split, lines) if len(fields) > 2]
    above = [(len(place), kind) for place, kind in entries if folder.is_relative_to(place)]
    return max(above)[1] if above else ""

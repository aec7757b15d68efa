"""The folders of stored files, and which of their files some row still names.

A room registers its folder when it is set up (``AppConfig.ready``). Files in a registered folder
that no row names are left-overs of a death, and are deleted once they are old enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

StoredNames = Callable[[], set[str]]

_folders: dict[str, StoredNames] = {}


def register(folder: str, stored_names: StoredNames) -> None:
    """Say who names the files of a folder. ``named`` returns stored names: ``folder/file``."""
    _folders[folder] = stored_names


def registered() -> Iterator[tuple[str, StoredNames]]:
    """Go through the folders and who names their files."""
    yield from sorted(_folders.items())

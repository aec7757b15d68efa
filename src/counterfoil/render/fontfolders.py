"""Where this machine keeps fonts: for large faces (Chinese, Japanese, Korean, emoji) that we do
not install ourselves.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

FONT_DIRS = "COUNTERFOIL_FONT_DIRS"


def font_folders(
    first: Iterable[Path] = (), environment: Mapping[str, str] = os.environ
) -> tuple[Path, ...]:
    """Return the folders to look for fonts in: those given, those set, then the system's.

    Args:
        first: folders that come before all others.
        environment: holds COUNTERFOIL_FONT_DIRS, a list of folders as PATH is one.
    """
    folders = [*first, *configured_folders(environment), *_system_folders(environment)]
    return tuple(dict.fromkeys(folder for folder in folders if folder.is_dir()))


def configured_folders(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the folders that COUNTERFOIL_FONT_DIRS names."""
    return tuple(Path(part) for part in environment.get(FONT_DIRS, "").split(os.pathsep) if part)


def _system_folders(environment: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environment.get("HOME") or Path.home())
    match sys.platform:
        case "darwin":
            yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"))
            yield home / "Library/Fonts"
        case "win32":
            yield Path(environment.get("WINDIR", r"C:\Windows")) / "Fonts"
        case _:
            yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
            yield from (home / ".local/share/fonts", home / ".fonts")

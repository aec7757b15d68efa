"""The pages' scripts, styles and symbols, and which edition of them this is.

The edition is part of their addresses, so browsers may keep them for ever, modules can import each
other by plain relative paths, and no step of a build has to rewrite these. Imports nothing of
Django: settings ask.
"""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "static"

# Its files stand below the same address.
_SIDECAR = "drf-spectacular-sidecar"


def edition() -> str:
    """Return a name that is the same on all hosts with the same files, and on no others."""
    digest = hashlib.sha256(metadata.version(_SIDECAR).encode())
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(f"\n{path.relative_to(FOLDER).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]

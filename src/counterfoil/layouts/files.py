"""Which stored files backgrounds and pictures need.

Apart from the rest: every process asks this at its start, and few of them need the engine.
"""

from __future__ import annotations

from counterfoil.layouts.models import Background, Picture

FOLDER = "backgrounds"
PICTURES = "layoutpictures"


def referenced_files() -> set[str]:
    """Return the stored names of the files that some background needs."""
    rows = Background.objects.values_list("original", "compiled")
    return {name for row in rows for name in row if name}


def referenced_pictures() -> set[str]:
    """Return the stored names of the files of pictures."""
    return set(Picture.objects.values_list("stored", flat=True))

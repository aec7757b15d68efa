"""Which stored files backgrounds need. Apart from the rest: every process asks this at its start,
and few of them need the engine.
"""

from __future__ import annotations

from counterfoil.layouts.models import Background

FOLDER = "backgrounds"


def referenced_files() -> set[str]:
    """Return the stored names of the files that some background needs."""
    rows = Background.objects.values_list("original", "compiled")
    return {name for row in rows for name in row if name}

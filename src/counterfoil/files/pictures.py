"""Pictures of products, which rows of the catalog name."""

from __future__ import annotations

from counterfoil.catalog.models import Item

FOLDER = "pictures"


def named_files() -> set[str]:
    """Return the stored names of all pictures that items name."""
    named = Item.objects.exclude(picture=None).values_list("picture", flat=True)
    return {name for name in named if name}

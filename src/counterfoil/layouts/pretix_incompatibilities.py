"""What stands in a layout that pretix would refuse: said where a layout is taken there."""

from __future__ import annotations

from functools import cache
from typing import Any

from counterfoil.layouts.pictures import PREFIX
from counterfoil.render import describe


def pretix_incompatibilities(elements: list[dict[str, Any]]) -> list[str]:
    """Return what only our engine knows, as ``type`` or ``type.attribute``, each once, sorted."""
    kinds, attributes = _ours()
    problems = set()
    for element in elements:
        kind = str(element.get("type"))
        if kind in kinds:
            problems.add(kind)
        else:
            problems |= {f"{kind}.{name}" for name in element if (kind, name) in attributes}
            if str(element.get("content")).startswith(PREFIX):
                problems.add(f"{kind}.content")
    return sorted(problems)


@cache
def _ours() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    described = describe()
    kinds = frozenset(kind["type"] for kind in described if kind["ours"])
    attributes = frozenset(
        (kind["type"], attribute["name"])
        for kind in described
        for attribute in kind["attributes"]
        if attribute["ours"]
    )
    return kinds, attributes

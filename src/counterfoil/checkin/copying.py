"""What of an event's gate a clone of the event gets: its check-in lists with their rules."""

from __future__ import annotations

from typing import Any

from counterfoil.catalog.cloning import Clone
from counterfoil.catalog.models import Item, ItemVariation
from counterfoil.checkin.models import CheckinList

#: Variables and kinds of objects in rules whose values are ids.
_KINDS = {"product": Item, "variation": ItemVariation}


def copy_lists(clone: Clone) -> None:
    """Copy the lists that belong to no date of a series."""
    lists = clone.copy(CheckinList.objects.filter(event=clone.source, subevent=None).order_by("pk"))
    clone.link(CheckinList, "limit_products")
    for checkin_list in lists:
        checkin_list.rules = _about_copies(clone, checkin_list.rules)
    CheckinList.objects.bulk_update(lists, ["rules"])


def _about_copies(clone: Clone, node: Any, kind: str = "") -> Any:
    """Have rules speak of the clone's products; ``kind`` is what plain values here are ids of."""
    if isinstance(node, list):
        return [_about_copies(clone, each, kind) for each in node]
    if isinstance(node, dict):
        return {name: _arguments(clone, name, given, kind) for name, given in node.items()}
    if kind in _KINDS and not isinstance(node, bool):
        copy = clone.id_of(_KINDS[kind], node)
        return node if copy is None else type(node)(copy)
    return node


def _arguments(clone: Clone, name: str, given: Any, kind: str) -> Any:
    if name == "var":
        return given
    if name == "lookup" and isinstance(given, list) and given and str(given[0]) in _KINDS:
        looked_up = _about_copies(clone, given[1:2], str(given[0]))
        return [given[0], *looked_up, *given[2:]]
    if name in {"==", "inList"}:
        asked = [each.get("var") for each in given if isinstance(each, dict)]
        named = [str(each[0] if isinstance(each, list) else each) for each in asked if each]
        kind = next((each for each in named if each in _KINDS), "")
    return _about_copies(clone, given, kind)

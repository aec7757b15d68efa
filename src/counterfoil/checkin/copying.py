"""Copy check-in lists and their rules to a clone of an event."""

from __future__ import annotations

from typing import Any

from counterfoil.catalog.cloning import Clone
from counterfoil.catalog.models import Item, ItemVariation
from counterfoil.checkin.models import CheckinList

#: Variables and lookups in rules whose values are ids.
_KINDS = {"product": Item, "variation": ItemVariation}


def copy_lists(clone: Clone) -> None:
    """Copy the lists that belong to no date of a series."""
    lists = clone.copy(CheckinList.objects.filter(event=clone.source, subevent=None).order_by("pk"))
    clone.link(CheckinList, "limit_products")
    for checkin_list in lists:
        checkin_list.rules = _about_copies(clone, checkin_list.rules)
    CheckinList.objects.bulk_update(lists, ["rules"])


def _about_copies(clone: Clone, node: Any, kind: str = "") -> Any:
    """Replace product ids in rules by those of the clone; ``kind`` is the model of plain values."""
    if isinstance(node, list):
        return [_about_copies(clone, each, kind) for each in node]
    if isinstance(node, dict):
        return {name: _arguments(clone, name, arguments, kind) for name, arguments in node.items()}
    if kind in _KINDS and not isinstance(node, bool):
        copy = clone.id_of(_KINDS[kind], node)
        return node if copy is None else type(node)(copy)
    return node


def _arguments(clone: Clone, name: str, arguments: Any, kind: str) -> Any:
    if name == "var":
        return arguments
    if (
        name == "lookup"
        and isinstance(arguments, list)
        and arguments
        and str(arguments[0]) in _KINDS
    ):
        translated = _about_copies(clone, arguments[1:2], str(arguments[0]))
        return [arguments[0], *translated, *arguments[2:]]
    if name in {"==", "inList"}:
        variables = [each.get("var") for each in arguments if isinstance(each, dict)]
        values = [str(each[0] if isinstance(each, list) else each) for each in variables if each]
        kind = next((each for each in values if each in _KINDS), "")
    return _about_copies(clone, arguments, kind)

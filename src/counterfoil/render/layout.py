"""From layout JSON to elements, and a description of what layout JSON may say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from counterfoil.render.elements import ELEMENTS
from counterfoil.render.elements.base import Element
from counterfoil.render.errors import LayoutError, Problem
from counterfoil.render.messages import Message
from counterfoil.render.reader import JsonPointer, describe_object, read_attributes

_TYPE = "type"


@dataclass(frozen=True, slots=True)
class Layout:
    """Elements in the order in which they are drawn; the index is the JSON pointer's."""

    elements: tuple[Element, ...]


def read_layout(source: object) -> Layout:
    """Read parsed layout JSON: a list of flat objects.

    Raises:
        LayoutError: it is not a layout, or asks for what can never be printed. Lists all
            problems with their places.
    """
    elements, problems = read_elements(source)
    if problems:
        raise LayoutError(problems)
    return Layout(tuple(element for element in elements if element is not None))


def read_elements(source: object) -> tuple[list[Element | None], tuple[Problem, ...]]:
    """Read the elements that can be read, with None in the place of others, and all problems."""
    problems: list[Problem] = []
    place = JsonPointer(problems)
    if not isinstance(source, list):
        place.note(Message("layout.list"))
        return [], tuple(problems)
    elements = [_read_element(item, place.inside(index)) for index, item in enumerate(source)]
    return elements, tuple(problems)


def _read_element(source: object, place: JsonPointer) -> Element | None:
    if not isinstance(source, dict):
        place.note(Message("layout.object"))
        return None
    kind = source.get(_TYPE)
    if not isinstance(kind, str) or kind not in ELEMENTS:
        unknown = Message("layout.choice", words=", ".join(ELEMENTS))
        place.inside(_TYPE).note(unknown if _TYPE in source else Message("layout.missing"))
        return None
    before = place.noted
    element = ELEMENTS[kind]
    values = read_attributes(element, source, place, other_keys=frozenset([_TYPE]))
    element.check(values, place)
    return element(**values) if place.noted == before else None


def describe() -> list[dict[str, Any]]:
    """Describe every kind of element and its attributes, in JSON.

    Made from the declarations that ``read_layout`` reads by. An attribute or a kind that is
    ``ours`` is unknown to pretix, which refuses layouts that use it.
    """
    return [
        {
            "type": element.kind,
            "label": element.label,
            "about": element.about,
            "ours": element.ours,
            "attributes": describe_object(element),
        }
        for element in ELEMENTS.values()
    ]

"""Reads JSON objects into frozen dataclasses, and describes what it would read.

A field's metadata says what may stand there (an ``Attribute``). One generic reader and one
generic description walk the same fields, so validation, the editor's form and the documentation
cannot disagree. Every problem is collected with its JSON pointer (RFC 6901); nothing stops at
the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, Protocol

from counterfoil.render.errors import Problem
from counterfoil.render.messages import Message

_KEY = "attribute"


class JsonPointer:
    """A spot in a JSON document, and the list on which its problems are noted."""

    __slots__ = ("_problems", "pointer")

    def __init__(self, problems: list[Problem], pointer: str = "") -> None:
        self._problems = problems
        self.pointer = pointer

    @property
    def noted(self) -> int:
        """How many problems the whole document has so far."""
        return len(self._problems)

    def note(self, message: Message) -> None:
        self._problems.append(Problem(self.pointer, message))

    def inside(self, key: str | int) -> JsonPointer:
        token = str(key).replace("~", "~0").replace("/", "~1")
        return JsonPointer(self._problems, f"{self.pointer}/{token}")


class FieldType(Protocol):
    """What may stand in an attribute."""

    def read(self, value: object, place: JsonPointer) -> Any:
        """Return the value as the engine wants it; on a problem note it and return anything."""

    def describe(self) -> dict[str, object]:
        """Say in JSON what ``read`` accepts."""

    def plain(self, value: Any) -> object:
        """Turn a value that was read back into JSON."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """What one attribute of an element is: for reading, for a form and for the documentation."""

    kind: FieldType
    label: str
    help: str = ""
    ours: bool = False


def attribute(
    kind: FieldType, label: str, help: str = "", *, ours: bool = False
) -> dict[str, object]:
    """Return the metadata of a dataclass field that is read from JSON.

    Args:
        ours: pretix does not know the attribute, and refuses a layout that has it.
    """
    return {_KEY: Attribute(kind, label, help, ours)}


def declared(cls: type[Any]) -> Iterator[tuple[Field[Any], Attribute]]:
    """Walk the fields of ``cls`` that are read from JSON, in the order of declaration."""
    for field in fields(cls):
        if _KEY in field.metadata:
            yield field, field.metadata[_KEY]


def is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def default_of(field: Field[Any]) -> Any:
    """Return what an optional field is when its key is absent."""
    return field.default if field.default_factory is MISSING else field.default_factory()


def read_attributes(
    cls: type[Any],
    source: Mapping[str, object],
    place: JsonPointer,
    *,
    other_keys: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Read one JSON object: note all of its problems, and return what has none.

    Args:
        known: keys that somebody else has read already.
    """
    values: dict[str, Any] = {}
    declarations = {field.name: (field, declared.kind) for field, declared in declared(cls)}
    for name, (field, kind) in declarations.items():
        before = place.noted
        value = _read(field, kind, source, place.inside(name))
        if place.noted == before:
            values[name] = value
    for key in source:
        if key not in declarations and key not in other_keys:
            place.inside(key).note(Message("layout.unknown"))
    return values


def _read(
    field: Field[Any], kind: FieldType, source: Mapping[str, object], place: JsonPointer
) -> Any:
    if field.name in source:
        return kind.read(source[field.name], place)
    if is_required(field):
        place.note(Message("layout.missing"))
        return None
    return default_of(field)


def describe_object(cls: type[Any]) -> list[dict[str, Any]]:
    """Describe the attributes of ``cls`` in JSON, in the order of declaration."""
    return [_describe(field, declaration) for field, declaration in declared(cls)]


def _describe(field: Field[Any], declaration: Attribute) -> dict[str, Any]:
    required = is_required(field)
    default = None if required else declaration.kind.plain(default_of(field))
    return {
        "name": field.name,
        "label": declaration.label,
        "help": declaration.help,
        "required": required,
        "ours": declaration.ours,
        **declaration.kind.describe(),
        **({} if required else {"default": default}),
    }

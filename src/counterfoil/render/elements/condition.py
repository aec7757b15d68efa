"""When an element is shown: depending on one variable of the ticket."""

from __future__ import annotations

from dataclasses import dataclass

from counterfoil.render.elements.field_types import VARIABLE
from counterfoil.render.messages import Message
from counterfoil.render.reader import JsonPointer
from counterfoil.render.values import PROPERTIES, Key, Ticket

_TESTS = ("is", "is_not", "empty")
_VALUES = {"is": ["text", "texts"], "is_not": ["text", "texts"], "empty": ["flag"]}


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one variable, in the ticket's language and without outer whitespace.

    ``expected`` are the values that pass, or that fail if ``negated``. A variable that is unknown
    or has no value is the empty string; a picture that is there counts as not empty.
    """

    variable: str
    expected: frozenset[str]
    negated: bool

    def matches(self, ticket: Ticket) -> bool:
        value = (ticket.values.get(self.variable) or "").strip()
        if not value and ticket.images.get(self.variable):
            value = self.variable
        return (value in self.expected) is not self.negated

    def is_unknown(self, ticket: Ticket) -> bool:
        """Tell whether the ticket has no such variable, not even an empty one."""
        return (
            self.variable not in ticket.values
            and self.variable not in ticket.images
            and not self.variable.startswith(PROPERTIES)
        )

    def needs(self) -> frozenset[Key]:
        return frozenset([self.variable])


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """``{"variable": KEY}`` with one of ``is``, ``is_not`` (a text or a list of texts), ``empty``.

    ``empty`` is true or false.
    """

    def read(self, value: object, place: JsonPointer) -> Condition | None:
        if value is None:
            return None
        if not isinstance(value, dict):
            place.note(Message("layout.condition"))
            return None
        for key in value.keys() - {"variable", *_TESTS}:
            place.inside(key).note(Message("layout.unknown"))
        variable = value.get("variable")
        if not isinstance(variable, str) or not variable:
            place.inside("variable").note(Message("layout.condition_variable"))
        else:
            VARIABLE.read(variable, place.inside("variable"))
        test = [key for key in _TESTS if key in value]
        if len(test) != 1:
            place.note(Message("layout.condition_test", words=", ".join(_TESTS)))
            return None
        expected, negated = _read_test(test[0], value[test[0]], place.inside(test[0]))
        return Condition(str(variable), expected, negated)

    def describe(self) -> dict[str, object]:
        return {"kind": "condition", "tests": list(_TESTS), "values": _VALUES}

    def plain(self, value: Condition | None) -> object:
        return None


def _read_test(test: str, value: object, place: JsonPointer) -> tuple[frozenset[str], bool]:
    if test == "empty":
        if not isinstance(value, bool):
            place.note(Message("layout.flag"))
        return frozenset([""]), value is False
    texts = value if isinstance(value, list) else [value]
    expected = frozenset(text.strip() for text in texts if isinstance(text, str))
    if not expected or not all(isinstance(text, str) for text in texts):
        place.note(Message("layout.condition_texts"))
    return expected, test == "is_not"

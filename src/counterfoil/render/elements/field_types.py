"""What may stand in an attribute of a layout element: numbers, colours, choices, texts.

The forms are those that pretix accepts, since its layouts are read here: its editor writes
lengths as strings with two decimals (``"130.40"``), other programs write JSON numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from counterfoil.render.messages import Message
from counterfoil.render.reader import JsonPointer
from counterfoil.render.units import Mm

Colour = tuple[float, float, float]
"""Red, green and blue, each 0 to 1."""

BLACK: Colour = (0.0, 0.0, 0.0)

# Beyond a kilometre a length is a slip, and PDF readers keep no such numbers apart.
_FARTHEST = 1_000_000.0
FINEST = Mm(0.001)
"""Less than what any printer can do."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def to_number(value: object) -> float | None:
    """Read a JSON number, or None: Python's reader also lets NaN and infinities through."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or (unless ``strings`` is off) a string that spells one.

    ``above`` is the largest number that is too small; ``lowest`` the smallest that is not. One that
    is good but below ``finest`` is taken for that, so that others can be divided by it.
    """

    name: str
    unit: str = ""
    lowest: float | None = None
    above: float | None = None
    highest: float | None = None
    strings: bool = True
    finest: float = -math.inf

    def read(self, value: object, place: JsonPointer) -> float:
        if self.strings and isinstance(value, str) and _NUMBER.fullmatch(value):
            # A string of 400 digits is infinite, and is refused below like any other infinity.
            value = float(value)
        number = to_number(value)
        if number is None:
            place.note(self._expected())
            return 0.0
        if not self._is_in_range(number):
            place.note(self._limits())
        return max(number, self.finest)

    def describe(self) -> dict[str, object]:
        limits = {"minimum": self.lowest, "above": self.above, "maximum": self.highest}
        return {
            "kind": self.name,
            **({"unit": self.unit} if self.unit else {}),
            **{name: limit for name, limit in limits.items() if limit is not None},
            "strings": self.strings,
        }

    def plain(self, value: float | None) -> object:
        return int(value) if value is not None and value == int(value) else value

    def _expected(self) -> Message:
        if not self.strings:
            return Message("layout.number")
        if not self.unit:
            return Message("layout.number_or_text")
        return Message("layout.measure", unit=self.unit)

    def _is_in_range(self, number: float) -> bool:
        return (
            (self.lowest is None or number >= self.lowest)
            and (self.above is None or number > self.above)
            and (self.highest is None or number <= self.highest)
        )

    def _limits(self) -> Message:
        """Describe the limits. A number that has any has a highest, and a lowest or one above."""
        most = f"{self.highest:,.0f}"
        if self.above is not None:
            return Message("layout.above", least=f"{self.above:g}", most=most)
        return Message("layout.between", least=f"{self.lowest:,.0f}", most=most)


LENGTH = Number("length", "mm", lowest=-_FARTHEST, highest=_FARTHEST)
POSITIVE_LENGTH = Number("length", "mm", above=0, highest=_FARTHEST, finest=FINEST)
THICKNESS = Number("length", "mm", lowest=0, highest=1000)
FONT_SIZE = Number("fontsize", "pt", above=0, highest=_FARTHEST)
FACTOR = Number("factor", lowest=-1000, highest=1000)
DEGREES = Number("angle", "°")
PAGE = Number("page", strings=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A string; or null where that means the same as an empty one.

    A ``whole`` one is a name, which goes where half a character (a lone surrogate) cannot.
    """

    name: str = "text"
    nullable: bool = False
    whole: bool = False

    def read(self, value: object, place: JsonPointer) -> str:
        if isinstance(value, str):
            if self.whole and _SURROGATE.search(value):
                place.note(Message("layout.half_character"))
            return value
        if value is not None or not self.nullable:
            place.note(Message("layout.text_or_null" if self.nullable else "layout.text"))
        return ""

    def describe(self) -> dict[str, object]:
        return {"kind": self.name, **({"nullable": True} if self.nullable else {})}

    def plain(self, value: str) -> object:
        return value


TEXT = Text()
VARIABLE = Text("variable", whole=True)
FAMILY = Text("fontfamily", whole=True)
LOCALE = Text("locale", nullable=True, whole=True)


@dataclass(frozen=True, slots=True)
class Translations:
    """An object of texts by language."""

    def read(self, value: object, place: JsonPointer) -> Mapping[str, str]:
        if not isinstance(value, dict):
            place.note(Message("layout.translations"))
            return {}
        return {
            language: TEXT.read(text, place.inside(language)) for language, text in value.items()
        }

    def describe(self) -> dict[str, object]:
        return {"kind": "translations"}

    def plain(self, value: Mapping[str, str]) -> object:
        return dict(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words (which may be members of a ``StrEnum``), each with a label for people."""

    options: Mapping[Any, str] = field(hash=False)

    def read(self, value: object, place: JsonPointer) -> Any:
        for option in self.options:
            if option == value:
                return option
        place.note(Message("layout.choice", words=", ".join(self.options)))
        return ""

    def describe(self) -> dict[str, object]:
        options = [{"value": str(value), "label": text} for value, text in self.options.items()]
        return {"kind": "choice", "options": options}

    def plain(self, value: str | None) -> object:
        return value and str(value)


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: object, place: JsonPointer) -> bool:
        if not isinstance(value, bool):
            place.note(Message("layout.flag"))
        return value is True

    def describe(self) -> dict[str, object]:
        return {"kind": "flag"}

    def plain(self, value: bool) -> object:
        return value


FLAG = Flag()


@dataclass(frozen=True, slots=True)
class RGB:
    """Three numbers from 0 to 255. pretix writes a fourth, which it ignores; so is it here."""

    nullable: bool = False

    def read(self, value: object, place: JsonPointer) -> Colour | None:
        if value is None and self.nullable:
            return None
        if not isinstance(value, list) or not 3 <= len(value) <= 4:
            place.note(Message("layout.color_or_null" if self.nullable else "layout.color"))
            return BLACK
        parts = [_COMPONENT.read(part, place.inside(index)) for index, part in enumerate(value)]
        return parts[0] / 255, parts[1] / 255, parts[2] / 255

    def describe(self) -> dict[str, object]:
        return {
            "kind": "colour",
            "items": [3, 4],
            "minimum": _COMPONENT.lowest,
            "maximum": _COMPONENT.highest,
            **({"nullable": True} if self.nullable else {}),
        }

    def plain(self, value: Colour | None) -> object:
        return value and [round(part * 255) for part in value]


_COMPONENT = Number("component", lowest=0, highest=255, strings=False)
COLOUR = RGB()
COLOUR_OR_NONE = RGB(nullable=True)

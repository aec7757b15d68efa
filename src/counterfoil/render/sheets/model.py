"""A sheet of paper with places for tickets: its declaration, read from JSON and checked.

Lengths are millimetres; the origin is the top left corner of the sheet, y runs down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from counterfoil.render.elements.field_types import FLAG, Choice, Number, Text, to_number
from counterfoil.render.errors import Problem, RenderError
from counterfoil.render.messages import Message
from counterfoil.render.reader import FieldType, JsonPointer, attribute, read_attributes

MAX_CELLS = 1000
#: Millimetres of rounding that nobody can cut.
SLACK = 0.005
_LONGEST = 5000
_HIGHEST_LIFT = 1_000_000
#: What lists of sheets tell besides: somebody may send back what they were shown.
_ELSEWHERE = frozenset(["id", "key", "kind"])


class Order(StrEnum):
    ROWS = "rows"
    COLUMNS = "columns"
    CUT_AND_STACK = "cut_and_stack"


class Tail(StrEnum):
    COMPACT = "compact"
    WHOLE_BOOKS = "whole_books"


class Duplex(StrEnum):
    """The edge about which the printer turns the sheet."""

    LONG = "long"
    SHORT = "short"


class SheetError(RenderError):
    """A sheet cannot be used. Carries all of its problems, each with its JSON pointer."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[SheetError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two others."""

    lowest: int
    highest: int

    def read(self, value: object, place: JsonPointer) -> int:
        number = to_number(value)
        if number is None or number != int(number):
            place.note(Message("sheet.whole"))
            return self.lowest
        if not self.lowest <= number <= self.highest:
            place.note(Message("sheet.between", least=self.lowest, most=self.highest))
            return self.lowest
        return int(number)

    def describe(self) -> dict[str, object]:
        return {"kind": "whole", "minimum": self.lowest, "maximum": self.highest}

    def plain(self, value: int) -> object:
        return value


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few whole numbers."""

    options: tuple[int, ...]

    def read(self, value: object, place: JsonPointer) -> int:
        number = to_number(value)
        for option in self.options:
            if option == number:
                return option
        place.note(Message("layout.choice", words=", ".join(map(str, self.options))))
        return self.options[0]

    def describe(self) -> dict[str, object]:
        return {"kind": "choice", "options": list(self.options)}

    def plain(self, value: int) -> object:
        return value


@dataclass(frozen=True, slots=True)
class Nullable:
    """Something, or null."""

    kind: FieldType

    def read(self, value: object, place: JsonPointer) -> Any:
        return None if value is None else self.kind.read(value, place)

    def describe(self) -> dict[str, object]:
        return {**self.kind.describe(), "nullable": True}

    def plain(self, value: Any) -> object:
        return None if value is None else self.kind.plain(value)


@dataclass(frozen=True, slots=True)
class Group:
    """An object with declared attributes."""

    cls: type[Any]

    def read(self, value: object, place: JsonPointer) -> Any:
        if not isinstance(value, dict):
            place.note(Message("layout.object"))
            return None
        before = place.noted
        values = read_attributes(self.cls, value, place)
        return self.cls(**values) if place.noted == before else None

    def describe(self) -> dict[str, object]:
        return {"kind": "object"}

    def plain(self, value: Any) -> object:
        return {each.name: getattr(value, each.name) for each in fields(value)}


@dataclass(frozen=True, slots=True)
class Many:
    """A list of objects."""

    kind: Group
    most: int

    def read(self, value: object, place: JsonPointer) -> tuple[Any, ...]:
        if not isinstance(value, list):
            place.note(Message("sheet.list"))
            return ()
        if len(value) > self.most:
            place.note(Message("sheet.too_many_entries", most=self.most))
            return ()
        return tuple(self.kind.read(each, place.inside(at)) for at, each in enumerate(value))

    def describe(self) -> dict[str, object]:
        return {"kind": "list"}

    def plain(self, value: Any) -> object:
        return [self.kind.plain(each) for each in value]


_LENGTH = Number("length", "mm", above=0, highest=_LONGEST)
_DISTANCE = Number("length", "mm", lowest=0, highest=_LONGEST)
_BLEED = Number("length", "mm", lowest=0, highest=50)
_SHIFT = Number("length", "mm", lowest=-50, highest=50)
_SCALE = Number("factor", lowest=None, above=0.8, highest=1.25)
_COUNT = Whole(1, MAX_CELLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is printed outside the bleed for those who cut."""

    crop: bool = field(default=False, metadata=attribute(FLAG, "Crop marks"))
    slug: bool = field(
        default=False,
        metadata=attribute(FLAG, "Slug", "A line that names job, lift, sheet and numbers."),
    )
    registration: bool = field(default=False, metadata=attribute(FLAG, "Registration marks"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Perforation:
    """A line across each ticket, measured from the left or upper edge of its cell."""

    axis: str = field(
        metadata=attribute(Choice({"x": "Vertical line", "y": "Horizontal line"}), "Axis")
    )
    at: float = field(metadata=attribute(_LENGTH, "Position"))
    draw: str = field(
        default="ticks",
        metadata=attribute(
            Choice({"ticks": "Ticks", "dashed": "Dashed line", "none": "Nothing"}), "Drawn as"
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What puts right how a printer moves and stretches what it prints."""

    dx: float = field(default=0.0, metadata=attribute(_SHIFT, "Right"))
    dy: float = field(default=0.0, metadata=attribute(_SHIFT, "Down"))
    scale_x: float = field(default=1.0, metadata=attribute(_SCALE, "Width"))
    scale_y: float = field(default=1.0, metadata=attribute(_SCALE, "Height"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Paper, its cells, and the order in which tickets fill them."""

    name: str = field(default="", metadata=attribute(Text("name", whole=True), "Name"))
    width: float = field(metadata=attribute(_LENGTH, "Width"))
    height: float = field(metadata=attribute(_LENGTH, "Height"))
    columns: int = field(metadata=attribute(_COUNT, "Columns"))
    rows: int = field(metadata=attribute(_COUNT, "Rows"))
    cell_width: float | None = field(
        default=None,
        metadata=attribute(Nullable(_LENGTH), "Cell width", "Null: the layout's trim size."),
    )
    cell_height: float | None = field(
        default=None,
        metadata=attribute(Nullable(_LENGTH), "Cell height", "Null: the layout's trim size."),
    )
    left: float | None = field(
        default=None, metadata=attribute(Nullable(_DISTANCE), "Left", "Null: centred.")
    )
    top: float | None = field(
        default=None, metadata=attribute(Nullable(_DISTANCE), "Top", "Null: centred.")
    )
    gap_x: float = field(default=0.0, metadata=attribute(_DISTANCE, "Horizontal gap"))
    gap_y: float = field(default=0.0, metadata=attribute(_DISTANCE, "Vertical gap"))
    bleed: float = field(default=0.0, metadata=attribute(_BLEED, "Bleed"))
    order: Order = field(
        default=Order.ROWS,
        metadata=attribute(
            Choice(
                {
                    Order.ROWS: "Row by row",
                    Order.COLUMNS: "Column by column",
                    Order.CUT_AND_STACK: "Cut and stack",
                }
            ),
            "Order",
        ),
    )
    lift: int | None = field(
        default=None,
        metadata=attribute(
            Nullable(Whole(1, _HIGHEST_LIFT)), "Lift", "Sheets that are cut together; null: all."
        ),
    )
    tail: Tail = field(
        default=Tail.COMPACT,
        metadata=attribute(
            Choice({Tail.COMPACT: "Compact", Tail.WHOLE_BOOKS: "Whole books"}), "Last lift"
        ),
    )
    descending: bool = field(
        default=False, metadata=attribute(FLAG, "Descending", "The last sheet comes first.")
    )
    start_position: int | None = field(
        default=None,
        metadata=attribute(
            Nullable(_COUNT), "Start position", "The first free place of the first sheet."
        ),
    )
    rotate: int = field(
        default=0,
        metadata=attribute(OneOf((0, 90, 180, 270)), "Turn", "Of each ticket, clockwise."),
    )
    duplex: Duplex | None = field(
        default=None,
        metadata=attribute(
            Nullable(Choice({Duplex.LONG: "Long edge", Duplex.SHORT: "Short edge"})), "Duplex"
        ),
    )
    marks: Marks = field(default=Marks(), metadata=attribute(Group(Marks), "Marks"))
    perforations: tuple[Perforation, ...] = field(
        default=(), metadata=attribute(Many(Group(Perforation), 50), "Perforations")
    )
    calibration: Calibration = field(
        default=Calibration(), metadata=attribute(Group(Calibration), "Calibration")
    )

    @property
    def cells(self) -> int:
        return self.columns * self.rows

    @property
    def sides(self) -> int:
        return 2 if self.duplex else 1


def read_sheet(source: object) -> Sheet:
    """Read parsed JSON.

    Raises:
        SheetError: it is no sheet, or its cells do not fit. Lists all problems with their places.
    """
    problems: list[Problem] = []
    place = JsonPointer(problems)
    if not isinstance(source, dict):
        place.note(Message("layout.object"))
        raise SheetError(problems)
    values = read_attributes(Sheet, source, place, other_keys=_ELSEWHERE)
    _check(values, place)
    if problems:
        raise SheetError(problems)
    return Sheet(**values)


def sheet_json(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as JSON that ``read_sheet`` reads."""
    values = {each.name: getattr(sheet, each.name) for each in fields(sheet)}
    values["order"], values["tail"] = str(sheet.order), str(sheet.tail)
    values["duplex"] = sheet.duplex and str(sheet.duplex)
    for name in ("marks", "calibration"):
        values[name] = Group(type(values[name])).plain(values[name])
    values["perforations"] = [Group(Perforation).plain(each) for each in sheet.perforations]
    return values


def _check(values: Mapping[str, Any], place: JsonPointer) -> None:
    """Note what no single attribute can tell. ``values`` lacks those with problems."""
    columns, rows = values.get("columns"), values.get("rows")
    if columns and rows and columns * rows > MAX_CELLS:
        for name in ("columns", "rows"):
            place.inside(name).note(Message("sheet.too_many_cells", most=MAX_CELLS))
        return
    for axis in (HORIZONTAL, VERTICAL):
        check_fit(values, axis, values.get(axis.cell), place)
    start, order = values.get("start_position"), values.get("order")
    if start is not None and start > 1 and order is not None:
        if order is Order.CUT_AND_STACK:
            place.inside("start_position").note(Message("sheet.starts_at_first"))
        elif columns and rows and start > columns * rows:
            place.inside("start_position").note(Message("sheet.no_such_cell"))
    for at, perforation in enumerate(values.get("perforations") or ()):
        axis = HORIZONTAL if perforation.axis == "x" else VERTICAL
        check_perforation(perforation, values.get(axis.cell), place.inside("perforations"), at)


@dataclass(frozen=True, slots=True)
class Axis:
    """The names of what lies along one axis."""

    paper: str
    count: str
    cell: str
    start: str
    gap: str


HORIZONTAL = Axis("width", "columns", "cell_width", "left", "gap_x")
VERTICAL = Axis("height", "rows", "cell_height", "top", "gap_y")


def check_fit(
    values: Mapping[str, Any], axis: Axis, cell: float | None, place: JsonPointer
) -> None:
    """Note cells that need more paper than there is. A cell of unknown size takes up nothing."""
    names = (axis.paper, axis.count, axis.gap, axis.start)
    if any(name not in values for name in names) or axis.cell not in values:
        return
    paper, count, gap, start = (values[name] for name in names)
    needed = count * (cell or 0) + (count - 1) * gap
    if needed > paper + SLACK:
        place.inside(axis.count).note(
            Message("sheet.cells_too_large", needed=f"{needed:g}", most=f"{paper:g}")
        )
    elif start is not None and start + needed > paper + SLACK:
        place.inside(axis.start).note(
            Message("sheet.cells_outside", needed=f"{start + needed:g}", most=f"{paper:g}")
        )


def check_perforation(
    perforation: Perforation, cell: float | None, place: JsonPointer, index: int
) -> None:
    if cell is not None and perforation.at >= cell - SLACK:
        place.inside(index).inside("at").note(Message("sheet.outside_cell"))

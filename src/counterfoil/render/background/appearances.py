"""Appearances for annotations and form fields that come without any, as viewers make them up.

Text is set by our own engine, in fonts of ours that are embedded: it has all letters, is aligned
and broken into lines, and looks the same on every printer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name

from counterfoil.render.background.compiled import blank_background
from counterfoil.render.background.copying import entry, name_of
from counterfoil.render.background.pages import Box, read_number
from counterfoil.render.document import render_pdf
from counterfoil.render.errors import RenderError
from counterfoil.render.fonts.library import FontLibrary
from counterfoil.render.layout import read_layout
from counterfoil.render.messages import Message
from counterfoil.render.pdf.content import ellipse
from counterfoil.render.plan import compile_plan
from counterfoil.render.units import Pt, mm
from counterfoil.render.values import Key, Ticket

Colour = tuple[float, ...]
Points = list[tuple[float, float]]

_MAX_TEXT = 20_000
_MAX_MENTIONED = 20
_MAX_LEVELS = 20
_LEAST_AUTO, _MOST_AUTO = 4.0, 12.0
"""Points a text shrinks to, and starts at where it has several lines."""
_MULTILINE, _PASSWORD, _RADIO, _PUSH, _COMBO, _COMB = (
    1 << 12,
    1 << 13,
    1 << 15,
    1 << 16,
    1 << 17,
    1 << 24,
)
_SELECTED: Colour = (0.6, 0.75, 0.85)
_ALIGN = ("left", "center", "right")


class NotDrawnError(Exception):
    """An appearance that we do not know how to make."""


@dataclass(frozen=True, slots=True)
class _DefaultAppearance:
    """How a field's text is set: its /DA, read."""

    size: float
    colour: tuple[int, int, int]
    family: str
    bold: bool
    italic: bool


class Title(NamedTuple):
    """How people find an annotation or a form field."""

    kind: str
    """``annotation`` or ``field``, as codes of messages begin."""
    name: str

    def message(self, what: str, page: int) -> Message:
        return Message(f"background.{self.kind}.{what}", page=page, name=self.name)


class Maker:
    """Makes appearances within one PDF, and remembers what to say about them."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.findings: list[Message] = []
        self._pdf = pdf
        self._form = entry(pdf.Root, "/AcroForm")

    def mention(self, finding: Message) -> None:
        if finding not in self.findings and len(self.findings) < _MAX_MENTIONED:
            self.findings.append(finding)

    def appearance(
        self, item: pikepdf.Object, kind: str, rect: Box, title: Title, page: int
    ) -> pikepdf.Object | None:
        """Return a form XObject; None: there is nothing to see.

        Raises:
            NotDrawnError: we do not know how it looks.
        """
        make = _MAKERS.get(kind)
        if make is None:
            raise NotDrawnError
        try:
            drawing = make(self, item, rect)
        except RenderError as error:  # a place or a size that no text can have
            raise NotDrawnError from error
        if drawing is None:
            return None
        if drawing.has_text:
            self.mention(title.message("drawn", page))
        if drawing.lacks_glyphs:
            self.mention(title.message("glyphs", page))
        return self._pdf.make_stream(
            drawing.content,
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, *drawing.size]),
            Matrix=Array(list(drawing.matrix)),
            Resources=drawing.resources or Dictionary(),
        )

    def inherited(self, field: pikepdf.Object, key: str) -> pikepdf.Object | None:
        """Return an entry of a field, an ancestor, or the form."""
        node: object = field
        for _ in range(_MAX_LEVELS):
            if not isinstance(node, pikepdf.Dictionary):
                break
            if (value := entry(node, key)) is not None:
                return value
            node = entry(node, "/Parent")
        return entry(self._form, key) if key in ("/DA", "/Q") else None

    def default_appearance(self, item: pikepdf.Object) -> _DefaultAppearance:
        """Read a default appearance (12.7.3.3): font, size, colour."""
        written = self.inherited(item, "/DA")
        words = bytes(written).split() if isinstance(written, pikepdf.String) else []
        size, font, colour = 0.0, "", (0, 0, 0)
        for place, word in enumerate(words):
            if word == b"Tf" and place >= 2:
                font, size = words[place - 2].decode("latin-1"), abs(_float(words[place - 1]))
            elif word in _COMPONENTS and place >= _COMPONENTS[word]:
                count = _COMPONENTS[word]
                colour = rgb(tuple(map(_float, words[place - count : place])))
        lowered = f"{font} {self._base_font(font)}".lower()
        return _DefaultAppearance(
            size,
            colour,
            "Open Sans",
            "bold" in lowered or lowered.startswith(("/hebo", "/tibo", "/cobo")),
            "italic" in lowered or "oblique" in lowered,
        )

    def text(self, boxes: list[_TextBox], width: float, height: float) -> _Drawing:
        """Set texts by the engine; the page it makes becomes a form."""
        elements = [box.element(f"text{number}") for number, box in enumerate(boxes)]
        values: dict[Key, str | None] = {
            f"text{number}": box.text for number, box in enumerate(boxes)
        }
        paper = blank_background(Pt(width), Pt(height))
        plan = compile_plan(read_layout(elements), paper, self._fonts)
        sink = BytesIO()
        report = render_pdf(sink, [(plan, Ticket("", values))], title="", language="en")
        with pikepdf.open(sink) as document:
            page = self._pdf.copy_foreign(document.make_indirect(document.pages[0].obj.Resources))
            content = document.pages[0].obj.Contents.read_bytes()
        missing_permissions = any(
            "glyph" in finding.concern.name.lower() for finding in report.findings
        )
        return _Drawing(
            content, (width, height), page, has_text=True, lacks_glyphs=missing_permissions
        )

    def _base_font(self, name: str) -> str:
        fonts = entry(entry(self._form, "/DR"), "/Font")
        return name_of(entry(entry(fonts, name or "/?"), "/BaseFont")) or ""

    @cached_property
    def _fonts(self) -> FontLibrary:
        return FontLibrary()


@dataclass(frozen=True, slots=True)
class _TextBox:
    """A text and its place, in points. It shrinks where it does not fit: none of it is lost."""

    text: str
    place: Box
    appearance: _DefaultAppearance
    size: float
    align: str
    multiline: bool = False

    def element(self, variable: str) -> dict[str, Any]:
        left, bottom, right, top = self.place
        return {
            "type": "textcontainer",
            "left": mm(Pt(left)),
            "bottom": mm(Pt(bottom)),
            "width": max(0.1, mm(Pt(right - left))),
            "height": max(0.1, mm(Pt(top - bottom))),
            "fontsize": self.size,
            "fontfamily": self.appearance.family,
            "bold": self.appearance.bold,
            "italic": self.appearance.italic,
            "align": self.align,
            "verticalalign": "top" if self.multiline else "middle",
            "autoresize": True,
            "splitlongwords": self.multiline,
            "color": list(self.appearance.colour),
            "content": variable,
        }


@dataclass(frozen=True, slots=True)
class _Drawing:
    """Content of an appearance whose lower left corner is the origin."""

    content: bytes
    size: tuple[float, float]
    resources: pikepdf.Object | None = None
    matrix: tuple[float, ...] = (1, 0, 0, 1, 0, 0)
    has_text: bool = False
    lacks_glyphs: bool = False


def _widget(maker: Maker, item: pikepdf.Object, rect: Box) -> _Drawing | None:
    """Draw a form field: its ground, its border, and what was filled in."""
    turn = int(read_number(entry(entry(item, "/MK"), "/R")) or 0) // 90 % 4
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    if turn % 2:
        width, height = height, width
    if width <= 0 or height <= 0:
        return None
    border = _border_width(item) if _colour(entry(entry(item, "/MK"), "/BC")) else 0.0
    ground = _ground(item, width, height, border)
    filled = _filled(maker, item, (width, height), max(2.0, 2 * border))
    if filled is None:
        drawing = _Drawing(ground, (width, height))
        if not ground:
            return None
    else:
        inner = b"q %b re W n\n%b\nQ" % (
            _n(border, border, width - 2 * border, height - 2 * border),
            filled.content,
        )
        drawing = _Drawing(
            ground + b"\n" + inner,
            (width, height),
            filled.resources,
            has_text=filled.has_text,
            lacks_glyphs=filled.lacks_glyphs,
        )
    turned = (
        (1, 0, 0, 1, 0, 0),
        (0, 1, -1, 0, height, 0),
        (-1, 0, 0, -1, width, height),
        (0, -1, 1, 0, 0, width),
    )
    return replace(drawing, matrix=turned[turn])


def _filled(
    maker: Maker, item: pikepdf.Object, size: tuple[float, float], margin: float
) -> _Drawing | None:
    kind = name_of(maker.inherited(item, "/FT"))
    flags = int(read_number(maker.inherited(item, "/Ff")) or 0)
    if kind == "Btn":
        return _button(maker, item, flags, size)
    if kind == "Ch" and not flags & _COMBO:
        return _list(maker, item, size, margin)
    if kind not in ("Tx", "Ch"):
        raise NotDrawnError  # a signature, or nothing we know
    text = _value_text(maker, item, kind)
    if not text.strip():
        return None
    if flags & _PASSWORD:
        text = "*" * len(text)
    appearance = maker.default_appearance(item)
    align = _align(maker, item)
    if kind == "Tx" and flags & _COMB and not flags & _MULTILINE:
        return _comb(maker, item, text, appearance, size)
    multiline = kind == "Tx" and bool(flags & _MULTILINE)
    return _set_text(maker, text, appearance, align, _Room(*size, margin, multiline))


@dataclass(frozen=True, slots=True)
class _Room:
    """Where a text goes, in points."""

    width: float
    height: float
    margin: float = 2.0
    multiline: bool = False


def _set_text(
    maker: Maker, text: str, appearance: _DefaultAppearance, align: str, room: _Room
) -> _Drawing:
    width, height, margin = room.width, room.height, room.margin
    right = max(margin + 1, width - margin)
    if room.multiline:
        place = (margin, margin, right, height - margin)
        points = appearance.size or min(_MOST_AUTO, max(_LEAST_AUTO, height - 2 * margin))
    else:
        text = re.sub(r"\s", "\u00a0", text)  # one line
        place = (margin, 0.0, right, height)  # descenders may use the margin, as in viewers
        points = appearance.size or min(max(_LEAST_AUTO, 0.7 * (height - margin)), 144.0)
    box = _TextBox(text, place, appearance, points, align, room.multiline)
    return maker.text([box], width, height)


def _comb(
    maker: Maker,
    item: pikepdf.Object,
    text: str,
    appearance: _DefaultAppearance,
    size: tuple[float, float],
) -> _Drawing:
    """Set each character into a cell of its own."""
    cells = int(read_number(maker.inherited(item, "/MaxLen")) or 0) or len(text)
    if not 1 <= cells <= 1000:
        raise NotDrawnError
    step = size[0] / cells
    points = appearance.size or min(0.7 * size[1], 1.2 * step)
    first = {"left": 0, "center": (cells - len(text)) // 2, "right": cells - len(text)}
    start = max(0, first[_align(maker, item)])
    boxes = [
        _TextBox(
            sign,
            ((start + at) * step, 0, (start + at + 1) * step, size[1]),
            appearance,
            points,
            "center",
        )
        for at, sign in enumerate(text[:cells])
        if sign.strip()
    ]
    return maker.text(boxes, *size)


def _list(
    maker: Maker, item: pikepdf.Object, size: tuple[float, float], margin: float
) -> _Drawing | None:
    """Draw a list box: as many of its lines as there is room for, the chosen ones marked."""
    options = list(_options(maker, item))
    if not options:
        return None
    appearance = maker.default_appearance(item)
    points = appearance.size or _MOST_AUTO
    step = points * 1.2
    top = max(0, int(read_number(entry(item, "/TI")) or 0))
    visible = options[top : top + max(1, math.ceil(size[1] / step))]
    chosen = set(_chosen(maker, item))
    marks, boxes = [], []
    for line, (value, label) in enumerate(visible):
        bottom = size[1] - margin - (line + 1) * step
        if value in chosen:
            marks.append(_fill(_SELECTED) + _n(0, bottom, size[0], step) + b" re f\n")
        if label.strip():
            place = (margin, bottom, size[0] - margin, bottom + step)
            boxes.append(_TextBox(label, place, appearance, points, _align(maker, item)))
    if not boxes:
        return None
    text = maker.text(boxes, *size)
    return replace(text, content=b"q " + b"".join(marks) + b"Q\n" + text.content)


def _button(
    maker: Maker, item: pikepdf.Object, flags: int, size: tuple[float, float]
) -> _Drawing | None:
    caption = entry(entry(item, "/MK"), "/CA")
    text = str(caption) if isinstance(caption, pikepdf.String) else ""
    appearance = maker.default_appearance(item)
    if flags & _PUSH:
        return _set_text(maker, text, appearance, "center", _Room(*size)) if text.strip() else None
    state = entry(item, "/AS")
    value = maker.inherited(item, "/V") if state is None else state
    if name_of(value) in (None, "Off"):
        return None
    mark = _MARKS.get(text or ("l" if flags & _RADIO else "4"))
    if mark is None:
        raise NotDrawnError
    side = min(size) * 0.7
    x, y = (size[0] - side) / 2, (size[1] - side) / 2
    red, green, blue = (part / 255 for part in appearance.colour)
    content = b"q %b%b cm\n%b\nQ" % (
        _fill((red, green, blue)),
        _n(side, 0, 0, side, x, y),
        mark,
    )
    return _Drawing(content, size)


def _value_text(maker: Maker, item: pikepdf.Object, kind: str) -> str:
    value = maker.inherited(item, "/V")
    if isinstance(value, pikepdf.Array):
        value = value[0] if len(value) else None
    text = _text_of(value)
    if kind == "Ch":
        text = dict(_options(maker, item)).get(text, text)
    if len(text) > _MAX_TEXT:
        raise NotDrawnError
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text_of(value: object) -> str:
    if isinstance(value, pikepdf.String):
        return str(value)
    if isinstance(value, pikepdf.Stream):  # long texts; bounded like any other
        data = value.read_raw_bytes()
        if len(data) > _MAX_TEXT:
            raise NotDrawnError
        return str(pikepdf.String(value.read_bytes()[:_MAX_TEXT]))
    return ""


def _options(maker: Maker, item: pikepdf.Object) -> Iterator[tuple[str, str]]:
    """Yield a choice's values, each with what is shown for it."""
    options = maker.inherited(item, "/Opt")
    if isinstance(options, pikepdf.Array):
        for option in list(options)[:1000]:
            if isinstance(option, pikepdf.Array) and len(option) >= 2:
                yield _text_of(option[0]), _text_of(option[1])
            else:
                yield _text_of(option), _text_of(option)


def _chosen(maker: Maker, item: pikepdf.Object) -> Iterator[str]:
    value = maker.inherited(item, "/V")
    values = list(value) if isinstance(value, pikepdf.Array) else [value]
    yield from (_text_of(each) for each in values if each is not None)


def _align(maker: Maker, item: pikepdf.Object) -> str:
    place = int(read_number(maker.inherited(item, "/Q")) or 0)
    return _ALIGN[place] if 0 <= place < len(_ALIGN) else "left"


def _ground(item: pikepdf.Object, width: float, height: float, border: float) -> bytes:
    """Fill and frame a field as its appearance characteristics say (12.5.6.19)."""
    appearance = entry(item, "/MK")
    parts = []
    if ground := _colour(entry(appearance, "/BG")):
        parts.append(_fill(ground) + _n(0, 0, width, height) + b" re f")
    if (line := _colour(entry(appearance, "/BC"))) and border:
        style = name_of(entry(entry(item, "/BS"), "/S"))
        if style in ("B", "I"):
            raise NotDrawnError
        half = border / 2
        frame = _n(half, half, width - border, height - border) + b" re S"
        if style == "U":
            frame = _n(0, half) + b" m " + _n(width, half) + b" l S"
        parts.append(_stroke(line) + _n(border) + b" w " + _dash(item) + frame)
    return b"q " + b"\n".join(parts) + b" Q" if parts else b""


def _free_text(maker: Maker, item: pikepdf.Object, rect: Box) -> _Drawing | None:
    if entry(item, "/CL") is not None or _cloudy(item):
        raise NotDrawnError
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    text = _text_of(entry(item, "/Contents")).replace("\r\n", "\n").replace("\r", "\n")
    border = _border_width(item)
    appearance = maker.default_appearance(item)
    parts = []
    if ground := _colour(entry(item, "/C")):
        parts.append(_fill(ground) + _n(0, 0, width, height) + b" re f")
    if border:
        red, green, blue = (part / 255 for part in appearance.colour)
        inside = _n(border / 2, border / 2, width - border, height - border)
        parts.append(
            _stroke((red, green, blue)) + _n(border) + b" w " + _dash(item) + inside + b" re S"
        )
    ground_content = b"q " + b"\n".join(parts) + b" Q\n"
    if not text.strip() or width <= 4 or height <= 0:
        return _Drawing(ground_content, (width, height)) if parts else None
    if len(text) > _MAX_TEXT:
        raise NotDrawnError
    drawing = _set_text(
        maker,
        text,
        appearance,
        _align(maker, item),
        _Room(width, height, max(2.0, 2 * border), multiline=True),
    )
    return replace(drawing, content=ground_content + drawing.content)


def _shape(maker: Maker, item: pikepdf.Object, rect: Box) -> _Drawing | None:
    """Draw a square or a circle, which lies within its rectangle by half its line."""
    if _cloudy(item):
        raise NotDrawnError
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    line, ground = _colour(entry(item, "/C")), _colour(entry(item, "/IC"))
    thick = _border_width(item) if line else 0.0
    inset = [thick / 2] * 4
    if isinstance(differences := entry(item, "/RD"), pikepdf.Array) and len(differences) == 4:
        inset = [(read_number(each) or 0.0) + thick / 2 for each in list(differences)]
    box = (inset[0], inset[1], width - inset[0] - inset[2], height - inset[1] - inset[3])
    if box[2] <= 0 or box[3] <= 0:
        return None
    is_circle = name_of(entry(item, "/Subtype")) == "Circle"
    path = ellipse(*box) if is_circle else _n(*box) + b" re"
    return _stroked(maker, item, path, (width, height), (0.0, 0.0), ground)


def _strokes(maker: Maker, item: pikepdf.Object, rect: Box) -> _Drawing | None:
    """Draw a line, a polygon, or what a pen has drawn."""
    has_caption: object = entry(item, "/Cap")
    if _cloudy(item) or entry(item, "/LL") or has_caption is True:
        raise NotDrawnError
    ends = [name_of(end) for end in _listed(entry(item, "/LE"))]
    if any(end not in (None, "None") for end in ends):
        raise NotDrawnError
    kind = name_of(entry(item, "/Subtype"))
    if kind == "Ink":
        lines = [_points(each) for each in _listed(entry(item, "/InkList"))]
    else:
        lines = [_points(entry(item, "/L") if kind == "Line" else entry(item, "/Vertices"))]
    lines = [points for points in lines if len(points) > 1]
    if not lines:
        return None
    close = b" h" if kind == "Polygon" else b""
    path = b" ".join(_path(points) + close for points in lines)
    ground = _colour(entry(item, "/IC")) if kind == "Polygon" else None
    size = (rect[2] - rect[0], rect[3] - rect[1])
    return _stroked(maker, item, path, size, rect[:2], ground)


def _stroked(
    maker: Maker,
    item: pikepdf.Object,
    path: bytes,
    size: tuple[float, float],
    origin: tuple[float, float],
    ground: Colour | None,
) -> _Drawing | None:
    line = _colour(entry(item, "/C"))
    thick = _border_width(item) if line else 0.0
    if not thick and not ground:
        return None
    paint = b"B" if thick and ground else b"S" if thick else b"f"
    content = b"q %b%b%b%b w %b1 0 0 1 %b cm\n%b %b\nQ" % (
        b"/G gs " if _opacity(item) is not None else b"",
        _stroke(line) if line else b"",
        _fill(ground) if ground else b"",
        _n(thick),
        _dash(item),
        _n(-origin[0], -origin[1]),
        path,
        paint,
    )
    return _Drawing(content, size, _state(item))


def _markup(maker: Maker, item: pikepdf.Object, rect: Box) -> _Drawing | None:
    """Draw what marks text: highlights, lines under it and through it."""
    kind, colour = name_of(entry(item, "/Subtype")), _colour(entry(item, "/C")) or (0.0,)
    points = _points(entry(item, "/QuadPoints"))
    quads = [points[at : at + 4] for at in range(0, len(points) - 3, 4)]
    if not quads:
        left, bottom, right, top = rect
        quads = [[(left, top), (right, top), (left, bottom), (right, bottom)]]
    parts = []
    for top_left, top_right, bottom_left, bottom_right in quads:
        if kind == "Highlight":
            path = _path([top_left, top_right, bottom_right, bottom_left]) + b" h f"
        else:
            share = 0.5 if kind == "StrikeOut" else 0.08
            start, end = (
                (foot[0] + share * (head[0] - foot[0]), foot[1] + share * (head[1] - foot[1]))
                for head, foot in ((top_left, bottom_left), (top_right, bottom_right))
            )
            thick = max(0.5, math.dist(top_left, bottom_left) / 16)
            path = (
                _n(thick)
                + b" w "
                + _path(_wavy(start, end, thick) if kind == "Squiggly" else [start, end])
                + b" S"
            )
        parts.append(path)
    state = Dictionary(Type=Name.ExtGState)
    if kind == "Highlight":
        state.BM = Name.Multiply
    if (opacity := _opacity(item)) is not None:
        state.ca = state.CA = opacity
    content = b"q /G gs %b%b1 0 0 1 %b cm\n%b\nQ" % (
        _fill(colour),
        _stroke(colour),
        _n(-rect[0], -rect[1]),
        b"\n".join(parts),
    )
    size = (rect[2] - rect[0], rect[3] - rect[1])
    return _Drawing(content, size, Dictionary(ExtGState=Dictionary(G=state)))


def _link(maker: Maker, item: pikepdf.Object, rect: Box) -> _Drawing | None:
    """Draw a link's border, if it has one."""
    thick = _border_width(item)
    size = (rect[2] - rect[0], rect[3] - rect[1])
    if not thick or min(size) <= thick:
        return None
    colour = _colour(entry(item, "/C")) or (0.0,)
    path = _n(thick / 2, thick / 2, size[0] - thick, size[1] - thick) + b" re S"
    content = b"q " + _stroke(colour) + _n(thick) + b" w " + _dash(item) + path + b" Q"
    return _Drawing(content, size)


_MAKERS: Mapping[str, Callable[[Maker, pikepdf.Object, Box], _Drawing | None]] = {
    "Widget": _widget,
    "FreeText": _free_text,
    "Square": _shape,
    "Circle": _shape,
    "Line": _strokes,
    "Polygon": _strokes,
    "PolyLine": _strokes,
    "Ink": _strokes,
    "Highlight": _markup,
    "Underline": _markup,
    "StrikeOut": _markup,
    "Squiggly": _markup,
    "Link": _link,
}

_MARKS = {
    "4": b"0 .45 m .15 .55 l .35 .3 l .85 1 l 1 .9 l .4 0 l h f",
    "8": b"0 .15 m .15 0 l .5 .35 l .85 0 l 1 .15 l .65 .5 l 1 .85 l .85 1 l .5 .65 l .15 1 l "
    b"0 .85 l .35 .5 l h f",
    "l": ellipse(0, 0, 1, 1) + b" f",
    "u": b".5 0 m 1 .5 l .5 1 l 0 .5 l h f",
    "n": b"0 0 1 1 re f",
    "H": b".5 1 m .618 .638 l 1 .638 l .691 .414 l .809 .05 l .5 .275 l .191 .05 l .309 .414 l "
    b"0 .638 l .382 .638 l h f",
}
"""Marks of check boxes and radio buttons, by their character of ZapfDingbats, in a unit square."""


_COMPONENTS = {b"g": 1, b"rg": 3, b"k": 4}


def rgb(colour: Colour) -> tuple[int, int, int]:
    """Return a device colour's RGB, 0 to 255.

    >>> rgb((0, 1, 1, 0))
    (255, 0, 0)
    """
    if len(colour) == 4:
        cyan, magenta, yellow, black = colour
        parts = tuple((1 - ink) * (1 - black) for ink in (cyan, magenta, yellow))
    else:
        parts = colour * 3 if len(colour) == 1 else colour
    red, green, blue = (round(255 * min(1.0, max(0.0, part))) for part in parts)
    return red, green, blue


def _colour(value: object) -> Colour | None:
    """Return a colour of 1, 3 or 4 components; None is transparent."""
    parts = tuple(read_number(each) or 0.0 for each in _listed(value))
    return parts if len(parts) in (1, 3, 4) else None


def _fill(colour: Colour) -> bytes:
    return _n(*colour) + {1: b" g ", 3: b" rg ", 4: b" k "}[len(colour)]


def _stroke(colour: Colour) -> bytes:
    return _n(*colour) + {1: b" G ", 3: b" RG ", 4: b" K "}[len(colour)]


def _border_width(item: pikepdf.Object) -> float:
    width = read_number(entry(entry(item, "/BS"), "/W"))
    if width is None and isinstance(border := entry(item, "/Border"), pikepdf.Array):
        width = read_number(border[2]) if len(border) > 2 else None
    return 1.0 if width is None else min(max(0.0, width), 1000.0)


def _dash(item: pikepdf.Object) -> bytes:
    style = entry(item, "/BS")
    pattern: list[object] = []
    if name_of(entry(style, "/S")) == "D":
        pattern = _listed(entry(style, "/D")) or [3]
    elif style is None and isinstance(border := entry(item, "/Border"), pikepdf.Array):
        pattern = _listed(border[3]) if len(border) > 3 else []
    lengths = [max(0.0, read_number(each) or 0.0) for each in pattern][:10]
    return b"[" + _n(*lengths) + b"] 0 d " if any(lengths) else b""


def _opacity(item: pikepdf.Object) -> float | None:
    value = read_number(entry(item, "/CA"))
    return None if value is None or value >= 1 else max(0.0, value)


def _state(item: pikepdf.Object) -> pikepdf.Object | None:
    opacity = _opacity(item)
    if opacity is None:
        return None
    return Dictionary(ExtGState=Dictionary(G=Dictionary(ca=opacity, CA=opacity)))


def _cloudy(item: pikepdf.Object) -> bool:
    return name_of(entry(entry(item, "/BE"), "/S")) == "C"


def _points(value: object) -> Points:
    numbers = [read_number(each) or 0.0 for each in _listed(value)[:20_000]]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def _path(points: Points) -> bytes:
    first, *others = (_n(*point) for point in points)
    return first + b" m " + b" ".join(point + b" l" for point in others)


def _wavy(start: tuple[float, float], end: tuple[float, float], height: float) -> Points:
    """Return a zigzag from one point to another."""
    length = math.dist(start, end)
    count = min(2000, max(2, round(length / max(0.5, 2 * height))))
    across = ((end[1] - start[1]) / (length or 1), (start[0] - end[0]) / (length or 1))
    return [
        (
            start[0] + (end[0] - start[0]) * at / count + across[0] * height * (at % 2),
            start[1] + (end[1] - start[1]) * at / count + across[1] * height * (at % 2),
        )
        for at in range(count + 1)
    ]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, pikepdf.Array) else []


def _float(word: bytes) -> float:
    try:
        value = float(word)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) and abs(value) < 1e6 else 0.0


def _n(*values: float) -> bytes:
    return b" ".join(b"%.4f" % value for value in values)

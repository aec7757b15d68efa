"""Codes that machines read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, ClassVar

from counterfoil.render.codes import SHAPES, BarcodePlacement, DrawnCode, Level, Symbology, encode
from counterfoil.render.diagnostics import Concern, Diagnostic
from counterfoil.render.elements.base import NOTHING, Box, Drawing, Element, Extent, Frame, Slot
from counterfoil.render.elements.field_types import (
    BLACK,
    COLOUR,
    FLAG,
    LENGTH,
    POSITIVE_LENGTH,
    TEXT,
    VARIABLE,
    Choice,
    Colour,
    Translations,
)
from counterfoil.render.elements.shape import is_light
from counterfoil.render.errors import CodeError, TooLongError
from counterfoil.render.messages import Message
from counterfoil.render.pdf import content
from counterfoil.render.reader import JsonPointer, attribute
from counterfoil.render.units import Mm, Pt, mm, pt
from counterfoil.render.values import SECRET, Ticket, Unknown, Value, content_value

_SYMBOLOGIES = {
    Symbology.QR: "QR code",
    Symbology.AZTEC: "Aztec",
    Symbology.DATA_MATRIX: "Data Matrix",
    Symbology.PDF417: "PDF417",
    Symbology.CODE_128: "Code 128",
    Symbology.EAN_13: "EAN-13",
}
_LEVELS = {
    Level.L: "Low",
    Level.M: "Medium",
    Level.Q: "Quartile",
    Level.H: "High",
}
_WITHOUT_LEVELS = (Symbology.DATA_MATRIX, Symbology.CODE_128, Symbology.EAN_13)
_OBLONG = (Symbology.PDF417, Symbology.CODE_128, Symbology.EAN_13)
# An oblong code is half as high as wide unless told otherwise.
_ASPECT = 2

# Narrower modules get lost between a cheap printer and a dim gate. Bars are read along many
# lines, and GS1 lets EAN-13 be printed at 80 % of its nominal 0.33 mm.
_NARROWEST = {symbology: Mm(0.33) for symbology in Symbology} | {
    symbology: Mm(0.264) for symbology in _OBLONG
}

# The smallest symbol any of our symbologies has.
_FEWEST_MODULES = 10
_TOLERANCE = 0.0005
_LIGHT = Diagnostic.of("low_contrast")
_EMPTY = Diagnostic.of("code_left_out")
_POINTS = 72
# Dots per inch of label printers; office printers have 600 and more.
_LABEL_PRINTERS = (203, 300)
# Dots of a bar from which one more or less does not matter, and how far from whole they may be.
_EVEN_ENOUGH = 4
_WHOLE = 0.02
# Points by which a box may touch another: a hundredth of a millimetre.
_SLACK = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class BarcodeArea(Element):
    """A code that is fitted into its box, quiet zone included unless that is switched off."""

    kind: ClassVar[str] = "barcodearea"
    label: ClassVar[str] = "Code"
    about: ClassVar[str] = (
        "A QR code or one of its relatives. Without `error_correction`, a QR code of 32 "
        "characters or fewer is printed at level H, of 128 or fewer at M, of more at L."
    )

    left: Mm = field(metadata=attribute(LENGTH, "Left"))
    bottom: Mm = field(metadata=attribute(LENGTH, "Bottom"))
    size: Mm = field(metadata=attribute(POSITIVE_LENGTH, "Size", "Width, and height if square."))
    content: str = field(default=SECRET, metadata=attribute(VARIABLE, "Content"))
    text: str = field(
        default="", metadata=attribute(TEXT, "Text", "Used if the content is `other`.")
    )
    text_i18n: dict[str, str] = field(
        default_factory=dict,
        metadata=attribute(Translations(), "Texts", "Used if the content is `other_i18n`."),
    )
    nowhitespace: bool = field(
        default=False,
        metadata=attribute(FLAG, "No quiet zone", "Leave out the blank paper around the code."),
    )
    color: Colour = field(default=BLACK, metadata=attribute(COLOUR, "Colour"))
    symbology: Symbology = field(
        default=Symbology.QR, metadata=attribute(Choice(_SYMBOLOGIES), "Symbology", ours=True)
    )
    error_correction: Level | None = field(
        default=None,
        metadata=attribute(
            Choice(_LEVELS),
            "Error correction",
            "For QR, Aztec and PDF417; absent: as the symbology recommends.",
            ours=True,
        ),
    )
    height: Mm | None = field(
        default=None,
        metadata=attribute(
            POSITIVE_LENGTH,
            "Height",
            "For PDF417, Code 128 and EAN-13; absent: half the size.",
            ours=True,
        ),
    )

    @classmethod
    def check(cls, values: Mapping[str, Any], place: JsonPointer) -> None:
        symbology, level = values.get("symbology"), values.get("error_correction")
        if symbology is None:
            return
        if values.get("height") is not None and symbology not in _OBLONG:
            message = Message("layout.square_code", symbology=str(symbology))
            place.inside("height").note(message)
        if level and symbology in _WITHOUT_LEVELS:
            message = Message("layout.no_error_correction", symbology=str(symbology))
            place.inside("error_correction").note(message)
            level = None
        if {"content", "text", "text_i18n", "error_correction"} <= values.keys():
            value = content_value(values["content"], values["text"], values["text_i18n"])
            for keys, text in value.constants():
                if impossible := _impossible(text.strip(), symbology, level):
                    reduce(JsonPointer.inside, keys, place).note(impossible)

    def extent(self, ticket: Ticket, frame: Frame) -> Extent:
        return Extent(self.left, self.bottom, self.size, self._height())

    def compile(self, frame: Frame) -> Drawing | Slot:
        value = self._value()
        always = (_LIGHT,) if is_light(self.color) else ()
        empty = Drawing(diagnostics=(_EMPTY,)) if SECRET in value.needs() else NOTHING
        painter = _Painter(self._placement(frame), frame.ink.fill(self.color), frame, always, empty)
        return Slot(
            value=value if self.content == SECRET else _Stripped(value),
            draw=painter.draw,
            needs=value.needs(),
            reach=painter.reach(),
        )

    def _value(self) -> Value:
        return content_value(self.content, self.text, self.text_i18n)

    def _height(self) -> Mm:
        oblong = self.height or Mm(self.size / _ASPECT)
        return oblong if self.symbology in _OBLONG else self.size

    def _placement(self, frame: Frame) -> BarcodePlacement:
        return BarcodePlacement(
            symbology=self.symbology,
            left=pt(self.left),
            bottom=pt(self.bottom),
            width=pt(self.size),
            height=pt(self._height()),
            quiet_zone=not self.nowhitespace,
            level=self.error_correction,
            dot=Pt(_POINTS / frame.printer_dpi) if frame.printer_dpi else None,
        )


def _impossible(text: str, symbology: Symbology, level: Level | None) -> Message | None:
    """Return why a text that every ticket would print cannot be encoded."""
    try:
        if text:
            encode(symbology, text, level=level)
    except CodeError as error:
        return error.message
    return None


@dataclass(frozen=True, slots=True)
class _Stripped:
    """A value without the white space that people leave around it."""

    value: Value

    def __call__(self, ticket: Ticket) -> str:
        text = self.value(ticket)
        if type(text) is Unknown:
            return Unknown.named(text.strip(), text.names)
        return text.strip()


@dataclass(frozen=True, slots=True)
class _Painter:
    """Draws any text as a code at one place."""

    placement: BarcodePlacement
    colour: bytes
    frame: Frame
    always: tuple[Diagnostic, ...]
    empty: Drawing

    def draw(self, text: str, locale: str) -> Drawing:
        if not text.strip():
            return self.empty
        try:
            code = self.placement.draw(text)
        except TooLongError as error:
            return Drawing(diagnostics=(Diagnostic(Concern.CODE_LEFT_OUT, error.message),))
        parts = [content.SAVE, self.colour, code.operators + content.RESTORE]
        blank = _with_quiet_zone(code)
        return Drawing(
            content=b"\n".join(parts),
            diagnostics=(*self.always, *self._diagnostics(code, blank)),
            ink=(code.box,),
            blank=blank,
        )

    def reach(self) -> Box:
        """Return the paper that the largest quiet zone needs: that of the fewest modules."""
        placement, shape = self.placement, SHAPES[self.placement.symbology]
        widest = max(shape.quiet_left, shape.quiet_right, shape.quiet_vertical)
        margin = 0 if placement.quiet_zone else placement.width * widest / _FEWEST_MODULES
        return (
            placement.left - margin,
            placement.bottom - margin,
            placement.left + placement.width + margin,
            placement.bottom + placement.height + margin,
        )

    def _diagnostics(self, code: DrawnCode, blank: Box) -> Iterator[Diagnostic]:
        module, narrowest = mm(code.module), _NARROWEST[self.placement.symbology]
        if module < narrowest - _TOLERANCE:
            yield Diagnostic.of("small_module", width=f"{module:.2f}", least=narrowest)
        is_small = module < narrowest - _TOLERANCE
        if self.placement.symbology in _OBLONG and (self.frame.printer_dpi or not is_small):
            yield from self._unevenness(code)
        left, bottom, right, top = blank
        if (
            min(left, bottom) < -_SLACK
            or right > self.frame.width + _SLACK
            or (top > self.frame.height + _SLACK)
        ):
            yield Diagnostic.of("quiet_zone_covered.page")

    def _unevenness(self, code: DrawnCode) -> Iterator[Diagnostic]:
        """Remark bars that a coarse printer makes one dot wider or narrower than their like."""
        aligned = self.frame.printer_dpi
        for dpi in (aligned,) if aligned else _LABEL_PRINTERS:
            dots = code.module * dpi / _POINTS
            if dots < _EVEN_ENOUGH and abs(dots - round(dots)) > _WHOLE * dots:
                yield Diagnostic.of("uneven_bars", dpi=dpi, dots=f"{dots:.1f}")
                return
        if aligned and code.box[2] - code.box[0] > self.placement.width + _SLACK:
            yield Diagnostic.of("uneven_bars.too_small", dpi=aligned)


def _with_quiet_zone(code: DrawnCode) -> Box:
    left, bottom, right, top = code.box
    quiet_left, quiet_right, quiet_vertical = code.quiet
    return (
        left - quiet_left,
        bottom - quiet_vertical,
        right + quiet_right,
        top + quiet_vertical,
    )

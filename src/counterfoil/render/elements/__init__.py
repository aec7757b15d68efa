"""The kinds of element a layout may hold. This table is the only place that lists them."""

from __future__ import annotations

from counterfoil.render.elements.barcodearea import BarcodeArea
from counterfoil.render.elements.base import Element
from counterfoil.render.elements.ellipse import Ellipse
from counterfoil.render.elements.imagearea import ImageArea
from counterfoil.render.elements.line import Line
from counterfoil.render.elements.poweredby import PoweredBy
from counterfoil.render.elements.rectangle import Rectangle
from counterfoil.render.elements.textarea import TextArea
from counterfoil.render.elements.textcontainer import TextContainer

ELEMENTS: dict[str, type[Element]] = {
    element.kind: element
    for element in (
        TextContainer,
        TextArea,
        BarcodeArea,
        ImageArea,
        PoweredBy,
        Line,
        Rectangle,
        Ellipse,
    )
}

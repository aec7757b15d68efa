"""The engine: layouts and tickets in, one PDF out. Plain Python, usable alone.

    plan = compile_plan(read_layout(json), compile_background(pdf), FontLibrary())
    render_pdf(file, ((plan, ticket) for ticket in tickets), title="Tickets")

What stands here is the public interface; ``render.preview`` draws PNGs and is not imported, since
it loads a PDF viewer.
"""

from __future__ import annotations

from counterfoil.render.background import (
    COMPILER_VERSION,
    CompiledBackground,
    blank_background,
    compile_background,
)
from counterfoil.render.budget import Budget
from counterfoil.render.diagnostics import Concern, Diagnostic
from counterfoil.render.document import Report, render_pdf
from counterfoil.render.elements.base import Extent
from counterfoil.render.errors import (
    BackgroundError,
    CodeError,
    CostlyTicketError,
    FontError,
    ImageError,
    InterruptedBackgroundError,
    LayoutError,
    Problem,
    RenderError,
    TicketError,
)
from counterfoil.render.fontfolders import configured_folders, font_folders
from counterfoil.render.fonts.library import FontLibrary
from counterfoil.render.images import Image, read_image
from counterfoil.render.inspection import Inspected, inspect, print_inspected
from counterfoil.render.layout import Layout, describe, read_elements, read_layout
from counterfoil.render.messages import MESSAGES, Message
from counterfoil.render.pdf.inks import Ink
from counterfoil.render.plan import Plan, compile_plan
from counterfoil.render.preflight import Finding, Occurrence
from counterfoil.render.values import Overprint, Ticket

__all__ = [
    "COMPILER_VERSION",
    "MESSAGES",
    "BackgroundError",
    "Budget",
    "CodeError",
    "CompiledBackground",
    "Concern",
    "CostlyTicketError",
    "Diagnostic",
    "Extent",
    "Finding",
    "FontError",
    "FontLibrary",
    "Image",
    "ImageError",
    "Ink",
    "Inspected",
    "InterruptedBackgroundError",
    "Layout",
    "LayoutError",
    "Message",
    "Occurrence",
    "Overprint",
    "Plan",
    "Problem",
    "RenderError",
    "Report",
    "Ticket",
    "TicketError",
    "blank_background",
    "compile_background",
    "compile_plan",
    "configured_folders",
    "describe",
    "font_folders",
    "inspect",
    "print_inspected",
    "read_elements",
    "read_image",
    "read_layout",
    "render_pdf",
]

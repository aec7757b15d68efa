"""Imposition: many tickets on a sheet, in an order that cutting and stacking keeps.

    sheet = read_sheet(json)
    plan = SheetPlan.of(sheet, amount=500)
    run = SheetRun(sheet, plan)
    render_sheets(file, run, tickets_in(plan.sequence()), title="Tickets")

``model`` reads and checks a sheet, ``plan`` says which ticket goes where, ``geometry`` turns that
into coordinates, ``marks`` draws what stands outside the tickets, ``document`` writes the PDF.
A sheet knows no ticket, and elements know no sheet.
"""

from __future__ import annotations

from counterfoil.render.sheets.document import SheetRun, SlugInfo, render_sheets
from counterfoil.render.sheets.geometry import Imposition
from counterfoil.render.sheets.model import (
    Calibration,
    Duplex,
    Marks,
    Order,
    Perforation,
    Sheet,
    SheetError,
    Tail,
    read_sheet,
    sheet_json,
)
from counterfoil.render.sheets.plan import SheetPlan
from counterfoil.render.sheets.presets import PRESETS, Preset, find_preset, fit

__all__ = [
    "PRESETS",
    "Calibration",
    "Duplex",
    "Imposition",
    "Marks",
    "Order",
    "Perforation",
    "Preset",
    "Sheet",
    "SheetError",
    "SheetPlan",
    "SheetRun",
    "SlugInfo",
    "Tail",
    "find_preset",
    "fit",
    "read_sheet",
    "render_sheets",
    "sheet_json",
]

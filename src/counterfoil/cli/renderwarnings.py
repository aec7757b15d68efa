"""What a person should know before tickets are printed from files, and what keeps them from it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import click

from counterfoil.cli.ticketdata import DataError, TicketData
from counterfoil.render import FontLibrary, Plan
from counterfoil.render.elements.text import TextElement
from counterfoil.render.values import PROPERTIES


def warn_of_missing_columns(plan: Plan, tickets: TicketData, path: Path) -> None:
    """Warn of columns that a layout's texts lack.

    Raises:
        DataError: a code lacks one, and no gate would let its ticket in.
    """
    columns = tickets.columns()
    if columns is None:
        return
    needed = {key if isinstance(key, str) else key[0] for key in plan.needs} | plan.images
    missing_permissions = {
        name for name in needed - set(columns) if not name.startswith(PROPERTIES)
    }
    coded = [
        f"{name} ({code.pointer})"
        for code in plan.codes
        for name in code.names & missing_permissions
    ]
    if coded:
        listed, there = ", ".join(sorted(coded)), ", ".join(columns)
        raise DataError(
            f"{path.name} lacks columns that the layout's codes print: {listed}. It has: {there}."
        )
    if missing_permissions:
        listed = ", ".join(sorted(missing_permissions))
        _warn(f"the layout uses {listed}; {path.name} has no such column.")


def warn_of_refused_fonts(fonts: FontLibrary, folders: Collection[Path]) -> None:
    """Warn of files in the folders that somebody named that are no fonts to print with.

    A layout without texts needs no fonts; then none are read, and none are warned of.
    """
    for path, reason in fonts.refused.items():
        if any(path.is_relative_to(folder) for folder in folders):
            _warn(f"{path} is not used: {reason}")


def warn_of_lost_parts(plan: Plan) -> None:
    """Warn of what of a background could not come along."""
    for finding in plan.background.warnings:
        _warn(finding)


def warn_of_missing_fonts(plan: Plan) -> None:
    """Warn of fonts that a background only names; while printing, preflight does."""
    for font in plan.background.missing_fonts:
        _warn(
            f"the background does not embed the font “{font}”, so printers may substitute another."
        )


def warn_of_changed_rendering(plan: Plan) -> None:
    """Warn of what will not be printed as it was designed, whatever the tickets say."""
    for off_page in plan.unplaced:
        _warn(f"/{off_page.order}: {off_page.diagnostic.detail}")
    for page in plan.pages:
        for placed in page.placed:
            if isinstance(placed.element, TextElement):
                for diagnostic in placed.element.diagnostics(page.frame):
                    _warn(f"{placed.pointer}: {diagnostic.detail}")


def _warn(sentence: str) -> None:
    click.echo(f"Warning: {sentence}", err=True)

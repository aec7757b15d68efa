"""Printing from files: a layout, and the command that prints with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pypdfium2
from click.testing import CliRunner, Result

from counterfoil.cli.render import render
from render.rendering import text_box

BOX = text_box("{item} for {name}", bottom=200, width=100)


def printed(
    folder: Path, data: Path, *options: str, layout: Iterable[dict[str, Any]] = (BOX,)
) -> Result:
    """Print data into a folder's out.pdf."""
    (folder / "layout.json").write_text(json.dumps(list(layout)))
    fixed = ["--layout", str(folder / "layout.json"), "-o", str(folder / "out.pdf")]
    return CliRunner().invoke(render, [*fixed, "--data", str(data), *options])


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def texts(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]

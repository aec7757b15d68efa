"""Sheets for ``counterfoil render``: finding one, and reading tickets in the order of its plan."""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

from counterfoil.cli.ticketdata import Row
from counterfoil.render.sheets import PRESETS, Sheet, find_preset, read_sheet
from counterfoil.render.values import Key


def find_sheet(name: str) -> Sheet:
    """Read a sheet from a JSON file, or take a built-in one.

    Raises:
        SheetError: the file holds no usable sheet.
    """
    path = Path(name)
    if not path.is_file():
        preset = find_preset(name)
        if preset is None:
            keys = ", ".join(PRESETS)
            raise click.ClickException(f"There is no file {name}. Built-in sheets: {keys}.")
        return preset.sheet
    try:
        source = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"{path} is not valid JSON: {error}") from error
    return read_sheet(source)


class SpooledRows:
    """Rows in a temporary file, to be read in any order. Memory holds eight bytes of each."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._offsets = array("Q")
        try:
            for row in rows:
                self._append(row)
        except BaseException:
            self._file.close()
            raise

    def _append(self, row: Row) -> None:
        self._offsets.append(self._file.tell())
        values = [[key, value] for key, value in row.values.items()]
        line = json.dumps([row.label, values, dict(row.images)])
        self._file.write(line.encode() + b"\n")

    def __len__(self) -> int:
        return len(self._offsets)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def read(self, sequence: Iterable[int]) -> Iterator[Row]:
        """Yield rows in this order."""
        for index in sequence:
            self._file.seek(self._offsets[index])
            label, values, images = json.loads(self._file.readline())
            yield Row(label, {_key(key): value for key, value in values}, images)


def _key(stored: Any) -> Key:
    return tuple(stored) if isinstance(stored, list) else stored

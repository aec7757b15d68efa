from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from cli.printing import BOX, printed, texts

SHEET = "xl/worksheets/sheet1.xml"


def workbook(
    path: Path, rows: Iterable[Iterable[Any]], change: Callable[[Worksheet], None] | None = None
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    book.save(path)
    return path


def colour(sheet: Worksheet) -> None:
    sheet["B2"].fill = PatternFill("solid", fgColor="FFFF00")


def edited(path: Path, name: str, pattern: bytes, by: bytes) -> Path:
    """Edit one file in a workbook's archive."""
    with zipfile.ZipFile(path) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    files[name], done = re.subn(pattern, by, files[name])
    assert done
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in files.items():
            archive.writestr(each, content)
    return path


@pytest.mark.parametrize("stated", [b"A1", b"A1:B2", b"A1:XFD1048576"])
def test_all_rows_are_printed_whatever_size_the_workbook_states(
    tmp_path: Path, stated: bytes
) -> None:
    data = workbook(tmp_path / "data.xlsx", [("item", "name"), *[("VIP", n) for n in "abcd"]])
    edited(data, SHEET, rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % stated)

    result = printed(tmp_path, data)

    assert result.exit_code == 0, result.output
    assert texts(tmp_path / "out.pdf") == [f"VIP for {name}" for name in "abcd"]


@pytest.mark.parametrize("error", ["#N/A", "#REF!"])
def test_a_cell_with_an_error_is_refused_with_row_and_column(tmp_path: Path, error: str) -> None:
    data = workbook(tmp_path / "data.xlsx", [("item", "name"), ("a", "b"), ("VIP", error)])

    result = printed(tmp_path, data)

    assert result.exit_code == 1
    assert f"data.xlsx: row 3, column B holds the error {error}." in result.output


def test_a_formula_without_its_result_is_refused_with_row_and_column(tmp_path: Path) -> None:
    rows = [("item", "name"), ("VIP", None), ("VIP", '=CONCATENATE("A", "da")')]
    data = workbook(tmp_path / "data.xlsx", rows, colour)

    result = printed(tmp_path, data)

    assert result.exit_code == 1
    assert "data.xlsx: row 3, column B is a formula without its result" in result.output


@pytest.mark.parametrize(
    ("cell", "text"),
    [(b"><f>1+1</f><v>2</v>", "VIP for 2"), (b' t="str"><f>""</f><v></v>', "VIP for")],
)
def test_a_formula_prints_its_result_which_may_be_empty(
    tmp_path: Path, cell: bytes, text: str
) -> None:
    data = workbook(tmp_path / "data.xlsx", [("item", "name"), ("VIP", "=1+1")])
    edited(data, SHEET, rb"><f>.*?</f><v\s*/>|><f>.*?</f><v></v>", cell)

    result = printed(tmp_path, data)

    assert result.exit_code == 0, result.output
    assert texts(tmp_path / "out.pdf") == [text]


def test_a_cell_that_is_only_coloured_is_empty(tmp_path: Path) -> None:
    data = workbook(tmp_path / "data.xlsx", [("item", "name"), ("VIP", None)], colour)

    result = printed(tmp_path, data)

    assert result.exit_code == 0, result.output
    assert texts(tmp_path / "out.pdf") == ["VIP for"]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (49.5, "0.00", "49.50"),
        (2.675, "0.00", "2.68"),
        (-0.5, "00.0", "-00.5"),
        (1067, "00000", "01067"),
        (49.5, "0", "50"),
        (0.25, "0%", "25%"),
        (0.1234, "0.00%", "12.34%"),
        (1e20, "0.00", "100000000000000000000.00"),
        (1234.5, "#,##0.00", "1234.5"),
        (12.0, "General", "12"),
        (timedelta(hours=30, minutes=5), "[h]:mm:ss", "30:05:00"),
    ],
)
def test_numbers_are_printed_as_a_workbook_shows_them(
    tmp_path: Path, value: object, number_format: str, text: str
) -> None:
    def shape(sheet: Worksheet) -> None:
        sheet["A2"].number_format = number_format

    data = workbook(tmp_path / "data.xlsx", [("item",), (value,)], shape)

    printed(tmp_path, data, layout=[BOX | {"text": "{item}"}])

    assert texts(tmp_path / "out.pdf") == [text]


def test_a_damaged_workbook_is_refused_in_words(tmp_path: Path) -> None:
    data = workbook(tmp_path / "data.xlsx", [("item",), ("VIP",)])
    with zipfile.ZipFile(data) as archive:
        start = archive.getinfo(SHEET).header_offset + 60
    damaged = bytearray(data.read_bytes())
    damaged[start : start + 30] = bytes(octet ^ 0xFF for octet in damaged[start : start + 30])
    data.write_bytes(damaged)

    result = printed(tmp_path, data)

    assert isinstance(result.exception, SystemExit)
    assert "data.xlsx: this is not an XLSX file, or a damaged one" in result.output


def test_a_workbook_without_a_sheet_of_cells_is_refused_in_words(tmp_path: Path) -> None:
    data = workbook(tmp_path / "data.xlsx", [("item",), ("VIP",)])
    edited(data, "xl/workbook.xml", rb"<sheet [^>]*>", b"")

    result = printed(tmp_path, data)

    assert isinstance(result.exception, SystemExit)
    assert "data.xlsx: this is not an XLSX file, or a damaged one: it has no sheet" in result.output


def test_a_chart_that_openpyxl_cannot_read_is_refused_in_words(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_chartsheet(index=0)
    book.save(tmp_path / "data.xlsx")

    result = printed(tmp_path, tmp_path / "data.xlsx")

    assert isinstance(result.exception, SystemExit)
    assert "data.xlsx: this is not an XLSX file, or a damaged one" in result.output


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("CODE_x0041_7", "CODEA7"),
        ("_x005F_x0041_", "_x0041_"),
        ("A_x000D_\nB", "A\nB"),
        ("_xD83C__xDFAB_", "🎫"),
        ("_x00e4_ _x41_ _x004G_ x0041_", "ä _x41_ _x004G_ x0041_"),
    ],
)
@pytest.mark.parametrize("kind", ["shared", "inline"])
def test_escaped_characters_are_what_they_stand_for(
    tmp_path: Path, kind: str, stored: str, expected: str
) -> None:
    data = tmp_path / "data.xlsx"
    if kind == "inline":
        workbook(data, [("item", "name"), ("VIP", "PLACE")])
        edited(data, SHEET, b"PLACE", stored.encode())
    else:
        with xlsxwriter.Workbook(str(data)) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ("item", "name"))
            sheet.write_row(1, 0, ("VIP", "PLACE"))
        edited(data, "xl/sharedStrings.xml", b"PLACE", stored.encode())

    result = printed(tmp_path, data)

    assert result.exit_code == 0, result.output
    assert texts(tmp_path / "out.pdf")[0].replace("\r", "") == f"VIP for {expected}"

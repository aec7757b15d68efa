from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pikepdf
import psutil
import pytest
from click.testing import CliRunner, Result
from pikepdf import Dictionary, Name

from cli.printing import BOX, written
from counterfoil.cli.render import render
from render.background.pdfs import form, make
from render.fonts.making import with_permissions
from servers import DEADLINE_S, eventually


def test_check_tells_all_problems_of_a_layout(tmp_path: Path) -> None:
    layout = written(tmp_path / "layout.json", json.dumps([BOX | {"width": 0}, {"type": "x"}]))

    result = CliRunner().invoke(render, ["--layout", str(layout), "--check"])

    assert result.exit_code == 1
    assert "/0/width: must be greater than 0" in result.output
    assert "/1/type: must be one of" in result.output


def test_check_needs_no_data_and_printing_does(tmp_path: Path) -> None:
    layout = written(tmp_path / "layout.json", json.dumps([BOX]))

    checked = CliRunner().invoke(render, ["--layout", str(layout), "--check"])
    without = CliRunner().invoke(render, ["--layout", str(layout)])

    assert (checked.exit_code, without.exit_code) == (0, 2)
    assert "can be printed" in checked.output


def test_a_layout_that_is_no_json_and_a_background_that_is_no_pdf_are_refused(
    tmp_path: Path,
) -> None:
    broken = written(tmp_path / "broken.json", "[")
    layout = written(tmp_path / "layout.json", "[]")

    no_json = CliRunner().invoke(render, ["--layout", str(broken), "--check"])
    no_pdf = CliRunner().invoke(
        render, ["--layout", str(layout), "--background", str(broken), "--check"]
    )

    assert (no_json.exit_code, no_pdf.exit_code) == (1, 1)
    assert "is not valid JSON" in no_json.output
    assert "Error:" in no_pdf.output


def check(layout: Path, *options: str | Path) -> Result:
    return CliRunner().invoke(render, ["--layout", str(layout), "--check", *map(str, options)])


def test_a_layout_nested_too_deeply_is_refused_in_words(tmp_path: Path) -> None:
    layout = written(tmp_path / "layout.json", "[" * 100_000)

    result = check(layout)

    assert isinstance(result.exception, SystemExit)
    assert f"{layout} is nested too deeply" in result.output


def test_check_tells_of_elements_on_pages_that_are_not_there(tmp_path: Path) -> None:
    layout = written(tmp_path / "layout.json", json.dumps([BOX, BOX | {"page": 2}]))

    result = check(layout)

    assert result.exit_code == 0
    assert "Warning: /1: There is no page 2, so this is never printed." in result.output
    assert "/0" not in result.output


def test_check_tells_of_fonts_that_no_folder_has(tmp_path: Path) -> None:
    layout = written(tmp_path / "layout.json", json.dumps([BOX, BOX | {"fontfamily": "Nowhere"}]))

    result = check(layout)

    assert result.exit_code == 0
    assert "Warning: /1: There is no font “Nowhere”" in result.output
    assert "/0" not in result.output


def test_check_tells_of_styles_that_a_font_lacks(tmp_path: Path) -> None:
    box = BOX | {"fontfamily": "Noto Sans Symbols", "bold": True}
    layout = written(tmp_path / "layout.json", json.dumps([box, box | {"italic": True}]))

    result = check(layout)

    assert "Warning: /1: The font “Noto Sans Symbols” lacks this style" in result.output
    assert "/0" not in result.output


def with_helvetica(_: pikepdf.Pdf, page: pikepdf.Object) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(Font=Dictionary(F=font))


def test_check_and_preflight_tell_of_fonts_that_the_background_does_not_bring_along(
    tmp_path: Path,
) -> None:
    layout = written(tmp_path / "layout.json", "[]")
    data = written(tmp_path / "data.csv", "item\nx")
    background = tmp_path / "background.pdf"
    background.write_bytes(make(b"BT /F 20 Tf (Ticket) Tj ET", change=with_helvetica))
    printing = ["--layout", layout, "--background", background, "--data", data]

    checked = check(layout, "--background", background)
    printed = CliRunner().invoke(
        render, [*map(str, printing), "--preflight", "-o", str(tmp_path / "out.pdf")]
    )

    for result in (checked, printed):
        assert result.exit_code == 0, result.output
        assert "does not embed the font “Helvetica”" in result.output


@pytest.mark.parametrize(("content", "warned"), [(b"0 0 0 rg", True), (b"0 g", False)])
def test_check_warns_of_a_background_with_black_in_rgb(
    tmp_path: Path, content: bytes, warned: bool
) -> None:
    layout = written(tmp_path / "layout.json", "[]")
    background = tmp_path / "background.pdf"
    background.write_bytes(make(content + b" 9 9 50 50 re f"))

    checked = check(layout, "--background", background)

    assert checked.exit_code == 0, checked.output
    assert ("black as an RGB color" in checked.output) is warned


def test_check_looks_at_the_columns_of_data_too(tmp_path: Path) -> None:
    code = {"type": "barcodearea", "left": 1, "bottom": 1, "size": 40}
    layout = written(tmp_path / "layout.json", json.dumps([BOX]))
    coded = written(tmp_path / "coded.json", json.dumps([code]))
    data = written(tmp_path / "data.csv", "item\nx")

    warned = check(layout, "--data", data)
    refused = check(coded, "--data", data)

    assert (warned.exit_code, refused.exit_code) == (0, 1)
    assert "the layout uses name; data.csv has no such column" in warned.output
    assert "can be printed" not in refused.output


def test_fonts_that_may_not_be_used_are_warned_of_with_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "fonts"
    folder.mkdir()
    refused = with_permissions(folder, "Corporate", 2)
    (folder / "broken.ttf").write_bytes(b"no font")
    layout = written(tmp_path / "layout.json", json.dumps([BOX]))

    result = check(layout, "--fonts", folder)

    assert f"Warning: {refused} is not used: Corporate.ttf forbids embedding" in result.output
    assert f"Warning: {folder / 'broken.ttf'} is not used: " in result.output
    assert "Warning" not in check(layout).output


def test_fonts_of_the_environment_that_cannot_be_used_are_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "fonts"
    folder.mkdir()
    (folder / "broken.woff").write_bytes(b"wOFF and no more")
    layout = written(tmp_path / "layout.json", json.dumps([BOX | {"fontfamily": "Broken"}]))
    monkeypatch.setenv("COUNTERFOIL_FONT_DIRS", str(folder))

    assert f"Warning: {folder / 'broken.woff'} is not used: " in check(layout).output


def endless() -> bytes:
    """Return a PDF that takes all the time there is."""

    def tile(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        inner = form(pdf, b"0 0 200 100 re f " * 2000)
        for _ in range(2):
            inner = form(pdf, b"/F Do " * 99, Resources=Dictionary(XObject=Dictionary(F=inner)))
        page.Resources = Dictionary(XObject=Dictionary(F=inner))

    return make(b"/F Do", change=tile)


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process does anything; dead ones may wait to be taken note of."""
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_background_is_no_longer_read_once_the_command_is_broken_off(
    tmp_path: Path, number: int
) -> None:
    layout = written(tmp_path / "layout.json", "[]")
    (tmp_path / "endless.pdf").write_bytes(endless())
    command = [sys.executable, "-m", "counterfoil", "render", "--layout", layout, "--check"]

    with subprocess.Popen(
        [*command, "--background", tmp_path / "endless.pdf"], stderr=subprocess.PIPE
    ) as checking:
        children = eventually(psutil.Process(checking.pid).children, "it reads the background")
        checking.send_signal(number)
        ended = checking.wait(DEADLINE_S)

    assert ended == 1
    eventually(lambda: not any(map(is_alive, children)), "nobody is left behind")

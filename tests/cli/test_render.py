from __future__ import annotations

import json
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from click.testing import CliRunner

from cli.printing import BOX, printed, texts, written
from counterfoil.cli.render import render
from servers import DEADLINE_S, eventually

CODE = {"type": "barcodearea", "left": 1, "bottom": 1, "size": 40}
PHOTO = {"type": "imagearea", "left": 1, "bottom": 1, "width": 9, "height": 9, "content": "photo"}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001488f66290000000049454e44ae426082"
)


@pytest.fixture
def run(tmp_path: Path) -> Any:
    return partial(printed, tmp_path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_printed_row_by_row(run: Any, tmp_path: Path, delimiter: str) -> None:
    lines = ["item,name", "VIP,Ada", "", "Normal,Jörg", "VIP,"]
    data = written(tmp_path / "data.csv", "\n".join(lines).replace(",", delimiter))

    result = run(data)

    assert result.exit_code == 0, result.output
    assert "3 tickets on 3 pages" in result.output
    assert texts(tmp_path / "out.pdf") == ["VIP for Ada", "Normal for Jörg", "VIP for"]


def test_excels_line_above_the_header_names_the_delimiter(run: Any, tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", "\ufeffsep=;\r\nitem;name\r\nA,B;Ada\r\n")
    wrong = written(tmp_path / "wrong.csv", "sep=;\nitem;name\na;b;c\n")

    assert run(data).exit_code == 0
    assert texts(tmp_path / "out.pdf") == ["A,B for Ada"]
    assert "wrong.csv: row 3 has 3 cells" in run(wrong).output


def test_a_workbook_is_printed_row_by_row(run: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [("item", "name"), (12, 1.5), ("VIP", None)]:
        book.active.append(row)
    book.save(tmp_path / "data.xlsx")

    result = run(tmp_path / "data.xlsx")

    assert result.exit_code == 0, result.output
    assert texts(tmp_path / "out.pdf") == ["12 for 1.5", "VIP for"]


def test_json_is_printed_ticket_by_ticket_with_its_properties(run: Any, tmp_path: Path) -> None:
    ticket = {
        "variables": {"item": 3, "name": "Ω"},
        "event_meta": {"T": "x"},
        "item_meta": {"C": "y"},
    }
    source = {"tickets": [ticket, ticket | {"variables": {}}], "locale": "de", "site_url": "-"}
    box = BOX | {"text": "{item}{name}[{meta:T}{itemmeta:C}]"}

    result = run(written(tmp_path / "data.json", json.dumps(source)), layout=[box])

    assert result.exit_code == 0, result.output
    assert texts(tmp_path / "out.pdf") == ["3Ω[xy]", "{item}{name}[xy]"]


def test_long_json_is_read_in_pieces(run: Any, tmp_path: Path) -> None:
    tickets = [{"variables": {"item": "x" * number, "name": number}} for number in range(0, 900, 3)]

    result = run(written(tmp_path / "data.json", json.dumps({"tickets": tickets}, indent=1)))

    assert "300 tickets" in result.output


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("data.csv", "", "data.csv: The first row must name the variables"),
        ("data.csv", "a,b\n", "The data contains no tickets"),
        ("data.json", '{"tickets": []}', "The data contains no tickets"),
        ("data.csv", "a,,b\n1,2,3", "column 2 has no name"),
        ("data.csv", "a,a\n1,2", "two columns are called a"),
        ("data.csv", "a,b\n1,2\n1,2,3", "data.csv: row 3 has 3 cells, the header 2"),
        ("data.csv", 'a,b\n1,"2"x', "data.csv: row 2 is not valid CSV"),
        ("data.xlsx", "PK", "data.xlsx: this is not an XLSX file"),
        ("data.csv", 'a,b\n"1\n1",2\n\n1,2,3', "data.csv: row 4 has 3 cells"),
        ("data.csv", 'a,b\n"1\n1",2\n\n1,"2"x', "data.csv: row 4 is not valid CSV"),
        ("data.yaml", "a: 1", "read from .json, .csv and .xlsx"),
        ("data.json", "[]", "expected “{” at character 1"),
        ("data.json", '{"tickets": [{}', "expected “]” at character 16"),
        ("data.json", '{"tickets": [{]}', "expected a value"),
        ("data.json", '{"tickets": []} x', "expected the end"),
        (
            "data.json",
            '{"tickets": [{}, ' + "[" * 100_000,
            "data.json: the value at character 18 is nested too deeply (after ticket 1)",
        ),
        (
            "data.json",
            '{"tickets": [{"variables": {"a": ' + "9" * 5000 + "}}]}",
            "data.json: the value at character 14 has too long a number",
        ),
        ("data.json", "{3: 4}", "expected a name in quotes"),
        ("data.json", '{"tickets": [3]}', "data.json: ticket 1 must be an object"),
        ("data.json", '{"tickets": [{}, {"x": 3}]}', "ticket 2, /x: is not known here"),
        ("data.json", '{"tickets": [{"variables": []}]}', "ticket 1, /variables: must be"),
        (
            "data.json",
            '{"tickets": [{"variables": {"a": []}}]}',
            "ticket 1, /variables/a: must be a text",
        ),
    ],
)
def test_wrong_data_is_refused_with_its_place_and_leaves_no_file(
    run: Any, tmp_path: Path, name: str, text: str, message: str
) -> None:
    result = run(written(tmp_path / name, text))

    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    assert message in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "layout.json"])


def test_data_that_is_not_utf_8_is_refused(run: Any, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes("item\nAda\nJörg".encode("latin-1"))

    assert "data.csv: line 3 is not in UTF-8" in run(tmp_path / "data.csv").output


def test_a_code_without_its_column_is_refused_before_anything_is_printed(
    run: Any, tmp_path: Path
) -> None:
    link = CODE | {"content": "other", "text": "https://example.org/{order}/{item}"}
    data = written(tmp_path / "data.csv", "item\nVIP")

    result = run(data, layout=[BOX, CODE, link])

    assert result.exit_code == 1
    assert "data.csv lacks columns that the layout's codes print" in result.output
    assert "order (/2), secret (/1). It has: item." in result.output


def test_a_row_of_a_table_whose_code_would_be_empty_is_refused(run: Any, tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", "secret,x\na,1\n ,2")

    result = run(data, layout=[CODE])

    assert result.exit_code == 1
    assert "row 3, /0: The code is empty: see secret." in result.output
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"secret": ""}, "The ticket has no secret"),
        ({}, "The ticket has no secret"),
        ({"secret": "x" * 3000}, "A QR code with error correction L holds at most 2953"),
    ],
)
def test_a_code_that_json_data_cannot_fill_is_left_out_and_told_unasked(
    run: Any, tmp_path: Path, variables: dict[str, str], told: str
) -> None:
    tickets = [{"variables": {"secret": "a"}}, {"variables": variables}]
    data = written(tmp_path / "data.json", json.dumps({"tickets": tickets}))

    result = run(data, layout=[CODE])

    assert result.exit_code == 0, result.output
    assert f"Preflight: /0: {told}" in result.output
    assert "(1 ticket, first: ticket 2)" in result.output
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as document:
        assert [bool(list(page.get_objects())) for page in document] == [True, False]


def test_a_code_may_be_empty_where_a_condition_leaves_it_out(run: Any, tmp_path: Path) -> None:
    optional = CODE | {"condition": {"variable": "secret", "empty": False}}

    result = run(written(tmp_path / "data.csv", "secret,x\na,1\n,2"), layout=[optional])

    assert result.exit_code == 0, result.output


def test_texts_without_their_columns_are_warned_of_once(run: Any, tmp_path: Path) -> None:
    box = BOX | {"text": "{item}{name}{meta:T}"}

    result = run(written(tmp_path / "data.csv", "item\nx\ny"), layout=[box])

    assert result.exit_code == 0
    assert result.output.count("the layout uses name; data.csv has no such column") == 1


def test_pictures_are_found_in_their_folder(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "ada.png").write_bytes(PIXEL)
    data = written(tmp_path / "data.csv", "photo,item\nada.png,x\n,y")

    result = run(data, "--images", str(folder), "--preflight", layout=[PHOTO])

    assert result.exit_code == 0, result.output
    assert "Preflight: /0: The picture has 3 dpi" in result.output


def test_a_text_where_json_data_should_have_a_picture_is_an_unknown_variable(
    run: Any, tmp_path: Path
) -> None:
    ticket = {"variables": {"item": "VIP"}, "images": {}}
    data = written(tmp_path / "data.json", json.dumps({"tickets": [ticket]}))

    result = run(data, "--preflight", layout=[PHOTO | {"content": "item"}])

    assert result.exit_code == 0, result.output
    assert "Preflight: /0: There is no variable called item." in result.output


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("none.png", "row 2, /0: The picture none.png cannot be used"),
        ("bad.png", "row 2, /0: The picture bad.png cannot be used"),
        ("../data.csv", "row 2, /0: The picture ../data.csv is outside the --images folder"),
    ],
)
def test_a_picture_that_cannot_be_used_names_row_and_element(
    run: Any, tmp_path: Path, file: str, message: str
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "bad.png").write_bytes(b"no picture")
    data = written(tmp_path / "data.csv", f"photo\n{file}")

    result = run(data, "--images", str(folder), layout=[PHOTO])

    assert result.exit_code == 1
    assert message in result.output
    assert "--images" in run(data, layout=[PHOTO]).output


@pytest.mark.parametrize("name", ["a\u0000.png", "\ud800.png", "loop.png"])
def test_a_picture_with_an_odd_name_is_refused_in_words(
    run: Any, tmp_path: Path, name: str
) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "loop.png").symlink_to("loop.png")
    ticket = {"variables": {}, "images": {"photo": name}}
    data = written(tmp_path / "data.json", json.dumps({"tickets": [ticket]}))

    result = run(data, "--images", str(tmp_path / "pictures"), layout=[PHOTO])

    assert isinstance(result.exception, SystemExit)
    assert "ticket 1, /0: The picture" in result.output
    assert "cannot be used" in result.output


def test_preflight_names_several_tickets_each_with_its_own_words(run: Any, tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", "item\nক\nVIP\nত")

    result = run(data, "--preflight", layout=[BOX | {"text": "{item}"}])

    assert "(2 tickets, first: row 2)" in result.output
    assert "\n  row 2: No font has ক (U+0995).\n  row 4: No font has ত (U+09A4).\n" in result.output


def test_a_name_that_the_terminal_cannot_show_is_shown_in_part(tmp_path: Path) -> None:
    layout = written(tmp_path / "layout.json", "[]")
    data = written(tmp_path / "data.csv", "item\nx")
    output = str(tmp_path / "out\udcff.pdf")

    result = CliRunner().invoke(
        render, ["--layout", str(layout), "--data", str(data), "-o", output]
    )

    assert result.exit_code == 0, result.output
    assert "out?.pdf: 1 ticket on 1 page." in result.output


def test_preflight_lists_what_may_look_wrong(run: Any, tmp_path: Path) -> None:
    data = written(tmp_path / "data.csv", "item\nVIP")

    assert "no variable called name. (1 ticket, first: row 2)" in run(data, "--preflight").output
    assert "no problems found" in run(data, "--preflight", layout=[]).output


@pytest.mark.parametrize("output", ["/dev/null", "/dev/full"])
def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path: Path, output: str) -> None:
    layout = written(tmp_path / "layout.json", "[]")
    data = written(tmp_path / "data.csv", "item\nx")

    result = CliRunner().invoke(
        render, ["--layout", str(layout), "--data", str(data), "-o", output]
    )

    assert Path(output).is_char_device()
    assert ("1 ticket on 1 page." in result.output) is (output == "/dev/null")
    assert ("cannot be written: No space left" in result.output) is (output == "/dev/full")


def test_the_pdf_gets_the_permissions_of_a_common_file_or_keeps_those_it_has(
    run: Any, tmp_path: Path
) -> None:
    data = written(tmp_path / "data.csv", "item\nx")
    common = written(tmp_path / "common", "").stat().st_mode

    run(data)
    made = (tmp_path / "out.pdf").stat().st_mode
    (tmp_path / "out.pdf").chmod(0o640)
    run(data)

    assert made == common
    assert (tmp_path / "out.pdf").stat().st_mode & 0o777 == 0o640


def test_a_link_leads_to_the_new_pdf_and_stays_a_link(run: Any, tmp_path: Path) -> None:
    target = written(tmp_path / "kept.pdf", "")
    (tmp_path / "out.pdf").symlink_to(target)

    run(written(tmp_path / "data.csv", "item\nx"))

    assert (tmp_path / "out.pdf").is_symlink()
    assert target.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_broken_off_leaves_nothing_behind(tmp_path: Path, number: int) -> None:
    layout = written(tmp_path / "layout.json", json.dumps([BOX]))
    data = written(tmp_path / "data.csv", "item,name\n" + "VIP,Ada\n" * 500_000)
    place = tmp_path / "prints"
    place.mkdir()
    command = [sys.executable, "-m", "counterfoil", "render", "--layout", layout, "--data", data]

    with subprocess.Popen([*command, "-o", place / "out.pdf"], stderr=subprocess.PIPE) as printing:
        eventually(lambda: any(place.iterdir()), "it prints")
        printing.send_signal(number)
        ended = printing.wait(DEADLINE_S)

    assert ended == 1
    assert not any(place.iterdir())


def test_a_picture_that_only_a_condition_asks_for_counts_as_a_value(
    run: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(PIXEL)
    rows = [{"variables": {}, "images": {"photo": "a.png"}}, {"variables": {}, "images": {}}]
    data = written(tmp_path / "data.json", json.dumps({"tickets": rows}))
    layout = [{**BOX, "text": "seen", "condition": {"variable": "photo", "empty": False}}]

    result = run(data, "--images", str(tmp_path), layout=layout)

    assert result.exit_code == 0, result.output
    assert ["seen" in text for text in texts(tmp_path / "out.pdf")] == [True, False]


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    layout = written(tmp_path / "layout.json", "[]")
    data = written(tmp_path / "data.csv", "item\nx")
    output = tmp_path / "nowhere" / "out.pdf"

    result = CliRunner().invoke(
        render, ["--layout", str(layout), "--data", str(data), "-o", str(output)]
    )

    assert result.exit_code == 1
    assert "cannot be written" in result.output

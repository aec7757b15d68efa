"""Fonts that are odd or damaged: used where they can be, else refused by name."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from counterfoil.render.fonts import FontLibrary
from render.fonts import making
from render.text.paper import lines, page, pdfium_text, picture, style

FAMILY = "Odd Sans"


def remade(path: Path, suffix: str, flavor: str) -> Path:
    with TTFont(path) as font:
        font.flavor = flavor
        packed = path.with_suffix(suffix)
        font.save(packed)
    path.unlink()
    return packed


def overwritten(path: Path, table: str, by: bytes = b"\xff") -> Path:
    """Overwrite a table of a font file."""
    with TTFont(path) as font:
        entry = font.reader.tables[table]
    data = bytearray(path.read_bytes())
    data[entry.offset : entry.offset + entry.length] = by * entry.length
    path.write_bytes(data)
    return path


def shown(folder: Path, text: str = "Ticket 7") -> bytes:
    library = FontLibrary(preferred=[folder])
    return page(lines(text, how=style(family=FAMILY, library=library)))


def program(data: bytes) -> str:
    with pikepdf.open(io.BytesIO(data)) as document:
        (font,) = document.pages[0].Resources.Font.values()
        return str(font.BaseFont).rpartition("+")[2]


@pytest.mark.parametrize("flavor", ["woff", "woff2"])
@pytest.mark.parametrize("named", ["woff", "ttf"])
@pytest.mark.parametrize("make", [making.altered, making.with_cff_outlines])
def test_web_fonts_print_as_the_fonts_they_are_made_of(
    tmp_path: Path, flavor: str, named: str, make: Callable[[Path, str], Path]
) -> None:
    plain = make(tmp_path, FAMILY)
    expected = picture(shown(tmp_path))
    remade(plain, f".{named}", flavor) if named != "ttf" else remade(
        plain.rename(plain.with_suffix(".x")), ".ttf", flavor
    )

    data = shown(tmp_path)

    assert "OddSans" in program(data)
    assert (picture(data) == expected).all()


@pytest.mark.parametrize("flavor", ["woff", "woff2"])
@pytest.mark.parametrize("share", [0.001, 0.5, 0.99])
def test_a_damaged_web_font_is_refused_by_name(tmp_path: Path, flavor: str, share: float) -> None:
    packed = remade(making.altered(tmp_path, FAMILY), f".{flavor}", flavor)
    packed.write_bytes(packed.read_bytes()[: int(packed.stat().st_size * share)])
    library = FontLibrary(preferred=[tmp_path])

    assert not library.knows(FAMILY)
    assert packed.name in library.refused[packed]


def test_a_web_font_that_claims_to_be_huge_is_not_unpacked(tmp_path: Path) -> None:
    packed = remade(making.altered(tmp_path, FAMILY), ".woff2", "woff2")
    data = bytearray(packed.read_bytes())
    data[16:20] = (2**31).to_bytes(4, "big")
    packed.write_bytes(data)
    library = FontLibrary(preferred=[tmp_path])

    assert not library.knows(FAMILY)
    assert "too large" in library.refused[packed]


def test_a_font_without_a_family_name_is_called_by_its_file(tmp_path: Path) -> None:
    def unname(font: TTFont) -> None:
        font["name"].names = []

    making.altered(tmp_path, FAMILY, unname)

    assert FontLibrary(preferred=[tmp_path]).knows(FAMILY)
    assert pdfium_text(shown(tmp_path)) == ["Ticket 7"]


def test_a_font_may_be_called_by_its_name_in_any_language(tmp_path: Path) -> None:
    def name_in_japanese(font: TTFont) -> None:
        font["name"].names = [n for n in font["name"].names if n.nameID not in (1, 16)]
        font["name"].setName("奇妙", 1, 3, 1, 0x411)

    making.altered(tmp_path, FAMILY, name_in_japanese)

    assert FontLibrary(preferred=[tmp_path]).knows("奇妙")


@pytest.mark.parametrize(
    ("axis", "regular", "bold"),
    [
        ((100, 300), 300, None),
        ((500, 600), 500, 600),
        ((450, 550), 450, None),
        ((800, 900), None, 800),
    ],
)
def test_an_axis_without_the_usual_weights_offers_the_nearest(
    tmp_path: Path, axis: tuple[int, int], regular: int | None, bold: int | None
) -> None:
    making.variable(tmp_path, FAMILY, {"wght": axis})
    library = FontLibrary(preferred=[tmp_path])

    found = {style: library.face(FAMILY, bold=style).weight for style in (False, True)}
    styles = {is_bold for is_bold, _ in library.styles(FAMILY)}

    assert {is_bold: found[is_bold] for is_bold in styles} == {
        key: weight for key, weight in ((False, regular), (True, bold)) if weight
    }


@pytest.mark.parametrize("table", ["cmap", "GSUB", "GPOS", "GDEF", "post", "name", "OS/2"])
def test_a_damaged_table_beside_the_outlines_spoils_no_document(tmp_path: Path, table: str) -> None:
    path = overwritten(making.altered(tmp_path, FAMILY), table)
    library = FontLibrary(preferred=[tmp_path])

    data = page(lines("Ticket 7", how=style(family=FAMILY, library=library)))

    assert library.knows(FAMILY) or library.knows(path.stem) or path in library.refused
    assert picture(data).min() < 128


@pytest.mark.parametrize("table", ["head", "maxp", "hhea"])
@pytest.mark.parametrize("by", [b"\0", b"\xff"])
def test_a_font_whose_header_is_damaged_is_refused_by_name(
    tmp_path: Path, table: str, by: bytes
) -> None:
    path = overwritten(making.altered(tmp_path, FAMILY), table, by)
    library = FontLibrary(preferred=[tmp_path])

    data = page(lines("Ticket 7", how=style(family=FAMILY, library=library)))

    assert path in library.refused or library.knows(FAMILY)
    assert pdfium_text(data) == ["Ticket 7"]


def test_a_font_that_cannot_be_subset_comes_whole(tmp_path: Path) -> None:
    def spoil(font: TTFont) -> None:
        font["GSUB"] = font["GSUB"]

    path = making.altered(tmp_path, FAMILY, spoil)
    expected = picture(shown(tmp_path))
    with TTFont(path) as font:
        entry = font.reader.tables["cmap"]
    data = bytearray(path.read_bytes())
    # One subtable too many: letters are found, but the table is no longer sound.
    count = int.from_bytes(data[entry.offset + 2 : entry.offset + 4], "big")
    data[entry.offset + 2 : entry.offset + 4] = (count + 5000).to_bytes(2, "big")
    path.write_bytes(data)

    assert (picture(shown(tmp_path)) == expected).all()


def test_a_font_without_a_space_hides_what_is_invisible(tmp_path: Path) -> None:
    making.with_characters(tmp_path, FAMILY, "ab")
    library = FontLibrary(preferred=[tmp_path])

    (line,) = lines("\u200b", how=style(family=FAMILY, library=library))
    (letters,) = lines("a\u200bb", how=style(family=FAMILY, library=library))

    assert line.missing == letters.missing == ()
    assert line.width == 0

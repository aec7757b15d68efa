from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from counterfoil.render.fonts import FontLibrary, GlyphUse, UsedGlyphs
from counterfoil.render.fonts.embed import subset
from counterfoil.render.pdf.writer import Writer
from render.fonts import making
from render.text.paper import LIBRARY, lines, page, pdfium_text, poppler_text, style

FontOf = Callable[[bytes], pikepdf.Dictionary]

TEXT = "Hello (Wörld) \\ 49,50"


@pytest.fixture
def font_of() -> Iterator[FontOf]:
    """Return the only font of a page; its document stays open until the test is over."""
    with ExitStack() as stack:

        def read(data: bytes) -> pikepdf.Dictionary:
            document = stack.enter_context(pikepdf.open(io.BytesIO(data)))
            (font,) = document.pages[0].Resources.Font.values()
            return font

        yield read


def picture(data: bytes) -> np.ndarray:
    with pypdfium2.PdfDocument(data) as document:
        return np.asarray(document[0].render(scale=2).to_pil().convert("L"), dtype=float)


def test_only_glyphs_that_were_shown_are_embedded(font_of: FontOf) -> None:
    font = font_of(page(lines("abc")))

    program = font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
    glyphs = TTFont(io.BytesIO(program))["glyf"]
    drawn = [name for name in glyphs.keys() if glyphs[name].numberOfContours]  # noqa: SIM118

    assert len(drawn) == 4  # and .notdef
    assert len(program) < 10_000


def test_widths_are_the_fonts_own(font_of: FontOf) -> None:
    face = LIBRARY.face("Open Sans")
    widths = font_of(page(lines("AB z"))).DescendantFonts[0].W

    told = {
        int(first) + index: float(width)
        for first, group in zip(widths[::2], widths[1::2], strict=True)
        for index, width in enumerate(group)
    }

    assert told == {
        gid: pytest.approx(face.advance(gid) * 1000, abs=1e-3)
        for gid in (0, *map(face.gid, "AB z"))
    }


def test_the_descriptor_tells_the_fonts_real_metrics() -> None:
    italic = LIBRARY.face("Open Sans", italic=True)
    used = UsedGlyphs()
    used.add([GlyphUse(italic, "a")])
    file = io.BytesIO()
    writer = Writer(file)

    fonts = used.embed(writer)
    writer.finish(title="Font", language="en")

    with pikepdf.open(io.BytesIO(file.getvalue())) as document:
        (number,) = (int(ref.split()[0]) for ref in fonts.values())
        descriptor = document.get_object(number, 0).DescendantFonts[0].FontDescriptor
        assert (descriptor.Ascent, descriptor.Descent) == (765, -240)
        assert descriptor.ItalicAngle == -12
        assert descriptor.Flags == 4 + 64
        assert 50 < descriptor.StemV < 120
        assert list(fonts) == [italic.resource.decode()[1:]]


@pytest.mark.parametrize("cid_keyed", [False, True])
def test_postscript_outlines_are_drawn_and_copied(
    font_of: FontOf, tmp_path: Path, cid_keyed: bool
) -> None:
    making.with_cff_outlines(tmp_path, "Outlines", cid_keyed=cid_keyed)
    library = FontLibrary([tmp_path])

    data = page(lines(TEXT, how=style(family="Outlines", library=library)))

    assert font_of(data).DescendantFonts[0].Subtype == "/CIDFontType0"
    assert pdfium_text(data) == [TEXT]
    assert poppler_text(data, tmp_path) == [TEXT]
    assert abs(picture(data) - picture(page(lines(TEXT)))).mean() < 0.05


def test_variable_fonts_are_drawn_at_their_place_on_the_axes() -> None:
    bold = LIBRARY.face("Noto Sans", bold=True)

    program = subset(bold, [bold.gid("a")])

    with TTFont(io.BytesIO(program)) as font:
        assert "fvar" not in font
        width, _ = font["hmtx"][font.getGlyphName(bold.gid("a"))]
    assert width / bold.metrics.upem == bold.advance(bold.gid("a"))


def test_a_font_that_forbids_subsetting_is_embedded_whole(font_of: FontOf, tmp_path: Path) -> None:
    making.with_permissions(tmp_path, "Whole", 0x0100)
    library = FontLibrary([tmp_path])

    data = page(lines("a", how=style(family="Whole", library=library)))

    descendant = font_of(data).DescendantFonts[0]
    assert descendant.BaseFont == "/Whole"
    program = descendant.FontDescriptor.FontFile2.read_bytes()
    assert len(TTFont(io.BytesIO(program))["glyf"].keys()) > 900


def test_what_lines_show_adds_up() -> None:
    used = UsedGlyphs()
    for line in (*lines("ab"), *lines("bc"), *lines("אב")):
        used.add(line.glyphs)
    writer = Writer(io.BytesIO())

    fonts = used.embed(writer)

    assert len(fonts) == 2


def test_the_same_glyphs_give_the_same_fonts_in_any_order() -> None:
    def embedded(*texts: str) -> bytes:
        used, file = UsedGlyphs(), io.BytesIO()
        for text in texts:
            used.add(lines(text)[0].glyphs)
        writer = Writer(file)
        used.embed(writer)
        writer.finish(title="Fonts", language="en")
        return file.getvalue()

    assert embedded("abc", "xyz שלום") == embedded("xyz שלום", "cab")


def test_glyphs_that_stand_for_nothing_alone_are_mapped_to_nothing(font_of: FontOf) -> None:
    (line,) = lines("بيت")
    assert "" in {text for _, text in line.glyphs[0].others}

    mapping = font_of(page([line])).ToUnicode.read_bytes()

    assert b"<>" in mapping


def test_large_fonts_map_back_to_text_in_blocks() -> None:
    many = "".join(map(chr, range(0x400, 0x480)))

    assert pdfium_text(page(lines(many))) == [many]


@pytest.mark.parametrize(("family", "flag"), [("Typewriter", 1), ("Roman", 2)])
def test_readers_are_told_what_kind_of_font_it_is(
    font_of: FontOf, tmp_path: Path, family: str, flag: int
) -> None:
    def change(font: TTFont) -> None:
        font["post"].isFixedPitch = flag == 1
        font["OS/2"].sFamilyClass = 0x0100 if flag == 2 else 0

    making.altered(tmp_path, family, change)
    library = FontLibrary([tmp_path])

    data = page(lines("a", how=style(family=family, library=library)))

    assert int(font_of(data).DescendantFonts[0].FontDescriptor.Flags) & flag

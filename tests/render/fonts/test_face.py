from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from counterfoil.render.errors import FontError
from counterfoil.render.fonts import Face, FontLibrary
from counterfoil.render.fonts.face import CODES, Source
from counterfoil.render.fonts.script import is_plain_character, script_of
from render.fonts import making

LIBRARY = FontLibrary()
OPEN_SANS = LIBRARY.face("Open Sans")


def test_plain_characters_stand_for_their_glyphs() -> None:
    assert OPEN_SANS.written["A"] == OPEN_SANS.gid("A").to_bytes(2, "big")
    assert OPEN_SANS.widths["A"] == OPEN_SANS.advance(OPEN_SANS.gid("A"))


@pytest.mark.parametrize("character", ["\u0301", "ا", "ก", "漢", "\u200b", "\x07", "\u2044", "ẞ"])
def test_characters_that_need_more_than_a_glyph_are_not_plain(character: str) -> None:
    with pytest.raises(KeyError):
        OPEN_SANS.written[character]
    with pytest.raises(KeyError):
        OPEN_SANS.widths[character]


def test_two_characters_of_one_glyph_cannot_both_be_plain(tmp_path: Path) -> None:
    making.with_characters(tmp_path, "Same", "\u00b5\u03bc")
    face = FontLibrary([tmp_path]).face("Same")

    assert face.written["\u03bc"]
    with pytest.raises(KeyError):
        face.written["\u00b5"]


@pytest.mark.parametrize(
    ("gid", "written"), [(1, b"\0\x01"), (0x28, b"\0\\("), (0x5C29, b"\\\\\\)"), (0xD, b"\0\\r")]
)
def test_glyph_ids_are_escaped_for_strings(gid: int, written: bytes) -> None:
    assert CODES[gid] == written


def test_arabic_letters_join_across_the_part_that_is_shaped() -> None:
    face = LIBRARY.face("Noto Sans Arabic")

    alone = face.shape("ه", 0, 1, rtl=True, script="Arab", language="")
    within = face.shape("ههه", 1, 2, rtl=True, script="Arab", language="")

    assert alone[0].gid != within[0].gid


def test_brackets_are_mirrored_where_text_runs_right_to_left() -> None:
    (glyph,) = OPEN_SANS.shape("(", 0, 1, rtl=True, script="Hebr", language="he")

    assert glyph.gid == OPEN_SANS.gid(")")


def test_a_resource_name_is_the_same_in_every_process_and_for_no_other_face() -> None:
    faces = [
        LIBRARY.face(family, bold=bold)
        for family in ("Open Sans", "Noto Sans", "Noto Sans Thai")
        for bold in (False, True)
    ]

    assert len({face.resource for face in faces}) == len(faces)
    assert [pickle.loads(pickle.dumps(face)).resource for face in faces] == [
        face.resource for face in faces
    ]


def test_a_face_shows_its_name() -> None:
    assert repr(OPEN_SANS) == "<Face OpenSans-Regular>"


def test_a_font_without_a_postscript_name_is_called_by_its_file(tmp_path: Path) -> None:
    def nameless(font: TTFont) -> None:
        font["name"].names = [record for record in font["name"].names if record.nameID != 6]

    path = making.altered(tmp_path, "No (name) é", nameless)

    assert Face(Source(path)).postscript_name == "Noname"


def test_a_face_needs_a_readable_file(tmp_path: Path) -> None:
    with pytest.raises(FontError, match=r"gone\.ttf cannot be read"):
        Face(Source(tmp_path / "gone.ttf")).hb_face.upem  # noqa: B018


def test_a_face_needs_outlines(tmp_path: Path) -> None:
    def strip(font: TTFont) -> None:
        del font["glyf"], font["loca"]

    path = making.altered(tmp_path, "Bitmaps", strip)

    with pytest.raises(FontError, match="no font with outlines"):
        Face(Source(path)).hb_face.upem  # noqa: B018


def test_fonts_without_an_os2_table_have_the_metrics_of_the_others(tmp_path: Path) -> None:
    def strip(font: TTFont) -> None:
        del font["OS/2"]
        font["head"].macStyle = 3

    face = Face(Source(making.altered(tmp_path, "Old", strip)))

    assert face.metrics.ascender == face.metrics.cap_height == 2189
    assert face.metrics.descender == -600
    assert (face.metrics.weight, face.metrics.italic) == (700, True)
    assert face.metrics.embeddable


@pytest.mark.parametrize(
    ("character", "script"), [("a", "Latn"), ("ж", "Cyrl"), ("क", "Deva"), ("1", "Zyyy")]
)
def test_harfbuzz_tells_the_script(character: str, script: str) -> None:
    assert script_of(character) == script


def test_no_letter_that_joins_or_combines_is_plain() -> None:
    assert all(map(is_plain_character, "aÉ1-– €Ωж"))
    assert not any(map(is_plain_character, "\u0308\u200dאاกक漢ア한🎉"))

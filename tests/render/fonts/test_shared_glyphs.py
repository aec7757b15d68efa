"""Letters that share a glyph are told apart by readers that go glyph by glyph."""

from __future__ import annotations

import io
import unicodedata

import pytest
from pdfminer.high_level import extract_text

from counterfoil.render import FontLibrary
from counterfoil.render.fonts.face import Face
from render.text.paper import lines, page


@pytest.fixture(scope="module")
def arabic() -> Face:
    return FontLibrary().face("Noto Sans Arabic", bold=False, italic=False)


def test_letters_with_one_body_have_ids_of_their_own(arabic: Face) -> None:
    letters = {letter for _, letter in arabic.aliases}

    assert {"ذ", "ة"} <= letters
    assert len(set(arabic.aliases.values())) == len(arabic.aliases)


def test_an_alias_shows_the_glyph_it_stands_for(arabic: Face) -> None:
    for (gid, _), cid in arabic.aliases.items():
        assert cid >= arabic.glyph_count
        assert arabic.glyph_of(cid) == gid
        assert arabic.advance(cid) == arabic.advance(gid)


def test_fonts_of_other_scripts_have_none() -> None:
    assert FontLibrary().face("Open Sans", bold=False, italic=False).aliases == {}


def test_readers_that_know_no_actual_text_read_the_right_letters() -> None:
    pdf = io.BytesIO(page(lines("تذكرة أحمد")))

    read = unicodedata.normalize("NFKC", extract_text(pdf))

    assert sorted(filter(str.isalpha, read)) == sorted("تذكرةأحمد")

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.render.fonts import Face, FontLibrary
from render.fonts import making

LIBRARY = FontLibrary()


def name(face: Face | None) -> str:
    return face.postscript_name if face else ""


@pytest.mark.parametrize(
    ("bold", "italic", "expected"),
    [
        (False, False, "OpenSans-Regular"),
        (True, False, "OpenSans-Bold"),
        (False, True, "OpenSans-Italic"),
        (True, True, "OpenSans-BoldItalic"),
    ],
)
@pytest.mark.parametrize("family", ["Open Sans", "Nonexistent", "open sans"])
def test_unknown_families_print_in_open_sans_of_the_same_style(
    family: str, bold: bool, italic: bool, expected: str
) -> None:
    assert name(LIBRARY.face(family, bold=bold, italic=italic)) == expected


def test_a_known_family_without_the_style_prints_in_plain_open_sans() -> None:
    assert name(LIBRARY.face("Noto Sans Hebrew", bold=True)) == "NotoSansHebrew-Bold"
    assert name(LIBRARY.face("Noto Sans Hebrew", bold=True, italic=True)) == "OpenSans-Regular"


def test_other_weights_are_families_of_their_own() -> None:
    assert name(LIBRARY.face("Open Sans Light")) == "OpenSans-Light"


def test_variable_fonts_are_pinned_to_each_style() -> None:
    regular = LIBRARY.face("Noto Sans")
    bold = LIBRARY.face("Noto Sans", bold=True)

    assert (regular.weight, bold.weight) == (400, 700)
    assert bold.advance(bold.gid("a")) > regular.advance(regular.gid("a"))


def test_variable_fonts_offer_the_styles_that_their_axes_reach(tmp_path: Path) -> None:
    making.variable(tmp_path, "Light Only", {"wght": (100, 500)})
    making.variable(tmp_path, "Width Only", {"wght": 700})
    library = FontLibrary([tmp_path])

    assert library.face("Light Only").weight == 400
    assert name(library.face("Light Only", bold=True)) == "OpenSans-Regular"
    assert dict(library.face("Width Only", bold=True).source.axes) == {"wdth": 100}


def test_the_metrics_are_those_that_layouts_were_drawn_for() -> None:
    face = LIBRARY.face("Open Sans")

    assert face.ascent == pytest.approx(0.765137, abs=1e-6)
    assert face.descent == pytest.approx(-0.240234, abs=1e-6)


def test_families_are_listed_for_editors() -> None:
    assert {"Open Sans", "Noto Sans", "Noto Sans Hebrew"} < set(LIBRARY.families)
    assert "Noto Sans Japanese" not in LIBRARY.families
    assert LIBRARY.knows("Noto Sans Arabic")
    assert not LIBRARY.knows("Comic Sans")


def test_each_family_tells_its_styles_to_editors() -> None:
    assert len(LIBRARY.styles("Open Sans")) == 4
    assert LIBRARY.styles("Noto Sans Symbols") == ((False, False), (True, False))
    assert LIBRARY.styles("Comic Papyrus") == ()


def test_folders_add_families_under_their_own_name_and_under_pretixs(tmp_path: Path) -> None:
    making.with_characters(tmp_path, "Noto Sans CJK TC", "票")
    library = FontLibrary([tmp_path])

    assert name(library.face("Noto Sans Traditional Chinese")) == "NotoSansCJKTC"
    assert "Noto Sans Traditional Chinese" in library.families


def test_folders_cannot_change_what_everybody_has(tmp_path: Path) -> None:
    making.with_characters(tmp_path, "Open Sans", "x")

    face = FontLibrary([tmp_path]).face("Open Sans")

    assert face.source.path == LIBRARY.face("Open Sans").source.path


def test_faces_in_a_collection_are_found(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    together = tmp_path / "together"
    together.mkdir()
    first = making.with_characters(parts, "First", "a")
    second = making.with_characters(parts, "Second", "b")
    making.collection(together, first, second)
    library = FontLibrary([together])

    assert library.face("First").has("a")
    assert library.face("Second").has("b")
    assert library.face("First").resource != library.face("Second").resource


def test_what_a_font_draws_in_colours_only_is_not_there(tmp_path: Path) -> None:
    making.with_colours(tmp_path, "Colourful", "\u9999")
    library = FontLibrary([tmp_path])

    face = library.face("Colourful")

    assert face.has("A ")
    assert not face.has("\u9999")
    assert library.covering("\u9999", library.face("Open Sans")) is None


@pytest.mark.parametrize(
    ("bits", "allowed"), [(0, True), (2, False), (4, True), (8, True), (0x200, False)]
)
def test_fonts_that_forbid_embedding_are_not_used(tmp_path: Path, bits: int, allowed: bool) -> None:
    path = making.with_permissions(tmp_path, "Licensed", bits)
    library = FontLibrary([tmp_path])

    assert library.knows("Licensed") is allowed
    refusal = "Licensed.ttf forbids embedding in documents."
    assert library.refused == ({} if allowed else {path: refusal})
    assert library.covering("\u9999", library.face("Open Sans")) is None


def test_damaged_files_are_told_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "empty.ttf").touch()
    (tmp_path / "text.otf").write_text("This is no font.")
    (tmp_path / "readme.txt").touch()
    whole = making.OPEN_SANS.read_bytes()
    (tmp_path / "cut.ttf").write_bytes(whole[:20_000])
    library = FontLibrary([tmp_path])

    families = library.families

    assert families == LIBRARY.families
    assert {path.name for path in library.refused} == {"cut.ttf", "empty.ttf", "text.otf"}


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone.ttf").symlink_to(tmp_path / "nowhere")
    folder = tmp_path / "folder.ttf"
    folder.mkdir()

    library = FontLibrary([tmp_path, tmp_path / "missing"])

    assert library.families == LIBRARY.families


def test_help_comes_in_the_same_style() -> None:
    bold = LIBRARY.face("Open Sans", bold=True)

    assert name(LIBRARY.covering("ا", bold)) == "NotoSansArabic-Regular-wdth100-wght700"
    assert name(LIBRARY.covering("א", bold)) == "NotoSansHebrew-Bold"


def test_help_comes_in_the_nearest_style_there_is(tmp_path: Path) -> None:
    making.with_characters(tmp_path, "Runic", "ᚠ")
    library = FontLibrary([tmp_path])
    slanted = library.face("Open Sans", bold=True, italic=True)

    assert name(library.covering("ᚠ", slanted)) == "Runic"


def test_noto_helps_before_others_do(tmp_path: Path) -> None:
    making.with_characters(tmp_path, "A Runic", "ᚠ")
    making.with_characters(tmp_path, "Noto Sans Runic", "ᚠ")
    library = FontLibrary([tmp_path])

    assert name(library.covering("ᚠ", library.face("Open Sans"))) == "NotoSansRunic"


def test_nothing_is_read_before_it_is_needed(tmp_path: Path) -> None:
    library = FontLibrary([tmp_path])
    library.face("Open Sans")
    making.with_characters(tmp_path, "Late", "ᚠ")

    assert library.knows("Late")


def test_only_faces_that_are_preferred_come_before_ours_and_the_rest_stays(tmp_path: Path) -> None:
    mine = making.altered(tmp_path, "Open Sans")

    found = FontLibrary([tmp_path]).face("Open Sans")
    preferring = FontLibrary(preferred=[tmp_path])

    assert found.source.path != mine
    assert preferring.face("Open Sans").source.path == mine
    assert (
        preferring.face("Open Sans", bold=True).source
        == FontLibrary().face("Open Sans", bold=True).source
    )

from __future__ import annotations

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.render.codes import Level, Matrix, Symbology, encode, libzint
from counterfoil.render.codes.qr import Mode, Segment, plan
from counterfoil.render.errors import CodeError
from render.codes.reading import picture, read

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
KANJI = "点茗日本語入場券東京大阪祭漢字"
LEVELS: tuple[Level | None, ...] = (None, *Level)


def expected(text: str, level: str, mode: str) -> segno.QRCode:
    content = text if mode == "kanji" else text.encode()
    return segno.make_qr(content, error=level, mode=mode, boost_error=False)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("mode", "character", "lengths"),
    [
        ("numeric", "7", (1, 16, 17, 18, 32, 33, 41, 128, 129, 500, 1000, 2500, 3057)),
        ("alphanumeric", "Q", (1, 10, 11, 32, 33, 128, 129, 600, 1200, 1852)),
        ("kanji", "茗", (1, 4, 5, 32, 33, 128, 129, 400, 784)),
        ("byte", "q", (1, 7, 8, 31, 32, 33, 34, 127, 128, 129, 130, 600, 1000, 1273)),
        ("byte", "é", (1, 4, 16, 17, 32, 33, 128, 129, 300, 636)),
    ],
)
def test_the_version_is_the_smallest_for_the_whole_text_in_one_mode(
    mode: str, character: str, lengths: tuple[int, ...], level: Level | None
) -> None:
    for length in lengths:
        text = character * length

        matrix = encode(Symbology.QR, text, level=level)

        by_length = "H" if length <= 32 else "M" if length <= 128 else "L"
        symbol = expected(text, level or by_length, mode)
        assert matrix.width == matrix.height == symbol.symbol_size(border=0)[0], length


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text("0123456789", min_size=1, max_size=300).map(lambda text: ("numeric", text)),
        st.text(ALPHANUMERIC, min_size=1, max_size=300)
        .filter(lambda text: not text.isdigit())
        .map(lambda text: ("alphanumeric", text)),
        st.text(KANJI, min_size=1, max_size=100).map(lambda text: ("kanji", text)),
        st.text("abc0189XYZ:/éЖ中🎫", min_size=1, max_size=200)
        .map(lambda text: text + "b")
        .map(lambda text: ("byte", text)),
    ),
    st.sampled_from(LEVELS),
)
def test_any_text_takes_the_version_of_the_standard_and_reads_back(
    drawn: tuple[str, str], level: Level | None
) -> None:
    mode, text = drawn

    matrix = encode(Symbology.QR, text, level=level)

    by_length = "H" if len(text) <= 32 else "M" if len(text) <= 128 else "L"
    symbol = expected(text, level or by_length, mode)
    found = read(picture(matrix))
    assert matrix.width == symbol.symbol_size(border=0)[0]
    assert found.text == text
    assert found.ec_level == (level or by_length)
    assert found.symbology_identifier == "]Q1"  # no ECI


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=60))
def test_any_unicode_text_survives_a_qr_code(text: str) -> None:
    segment = plan(text, None)

    found = read(picture(encode(Symbology.QR, text)))

    assert found.bytes == segment.payload if segment.mode is Mode.BYTE else found.text == text


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("0123", Mode.NUMERIC),
        ("٣", Mode.BYTE),  # a digit, yet not one of the ten
        ("A-1:B", Mode.ALPHANUMERIC),
        ("a-1", Mode.BYTE),
        ("茗荷", Mode.KANJI),
        ("茗荷a", Mode.BYTE),
        ("Жук", Mode.KANJI),  # Cyrillic is among the double bytes
        ("ｶﾅ", Mode.BYTE),  # half-width: one byte each
        ("×÷", Mode.KANJI),  # signs of Latin-1 that are double bytes, too
    ],
)
def test_the_mode_is_chosen_for_the_whole_text(text: str, mode: Mode) -> None:
    assert plan(text, None).mode is mode


def test_the_level_goes_by_characters_not_bytes() -> None:
    levels = {n: plan("é" * n, None).level for n in (32, 33, 128, 129)}

    assert levels == {32: Level.H, 33: Level.M, 128: Level.M, 129: Level.L}


def test_the_longest_qr_code_takes_2953_bytes() -> None:
    assert encode(Symbology.QR, "x" * 2953).width == 177


@pytest.mark.parametrize(
    ("text", "level"), [("x" * 2954, None), ("x" * 1274, Level.H), ("7" * 7090, None)]
)
def test_a_text_beyond_the_standards_capacity_is_refused(text: str, level: Level | None) -> None:
    with pytest.raises(CodeError, match="holds at most"):
        encode(Symbology.QR, text, level=level)


@pytest.mark.parametrize("symbology", Symbology)
@pytest.mark.parametrize("text", ["", "\ud800"])
def test_nothing_and_half_a_character_are_refused(symbology: Symbology, text: str) -> None:
    with pytest.raises(CodeError):
        encode(symbology, text)


@pytest.mark.parametrize(
    ("symbology", "text", "format_name"),
    [
        (Symbology.AZTEC, "hello, 5f", "Aztec"),
        (Symbology.AZTEC, "Zürich – Ж", "Aztec"),
        (Symbology.AZTEC, "a" * 1500, "Aztec"),
        (Symbology.DATA_MATRIX, "A1B2C-1", "DataMatrix"),
        (Symbology.DATA_MATRIX, "Zürich – 中", "DataMatrix"),
        (Symbology.PDF417, "A1B2C-1", "PDF417"),
        (Symbology.PDF417, "Zürich – 中" * 20, "PDF417"),
        (Symbology.CODE_128, "A1B2C-1 xyz", "Code128"),
        (Symbology.CODE_128, "00123456789012", "Code128"),
        (Symbology.EAN_13, "590123412345", "EAN13"),
        (Symbology.EAN_13, "5901234123457", "EAN13"),
    ],
)
def test_every_symbology_reads_back(symbology: Symbology, text: str, format_name: str) -> None:
    found = read(picture(encode(symbology, text)))

    assert found.format.name == format_name
    assert found.text == (text if symbology is not Symbology.EAN_13 else "5901234123457")


@pytest.mark.parametrize("length", [1, 5, 6, 10, 16, 22, 31, 62, 100, 200, 500, 1000])
def test_a_data_matrix_is_always_square(length: int) -> None:
    matrix = encode(Symbology.DATA_MATRIX, "x" * length)

    assert matrix.width == matrix.height


@pytest.mark.parametrize("symbology", [Symbology.AZTEC, Symbology.PDF417])
def test_more_error_correction_takes_more_room(symbology: Symbology) -> None:
    sizes = [_area(encode(symbology, "A" * 60, level=level)) for level in Level]

    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def _area(matrix: Matrix) -> int:
    return matrix.width * matrix.height


@pytest.mark.parametrize("symbology", [Symbology.DATA_MATRIX, Symbology.CODE_128, Symbology.EAN_13])
def test_symbologies_without_levels_say_so(symbology: Symbology) -> None:
    with pytest.raises(CodeError, match="no choice of error correction"):
        encode(symbology, "590123412345", level=Level.M)


def test_a_wrong_check_digit_is_refused_with_the_right_one() -> None:
    with pytest.raises(CodeError, match="should be 7"):
        encode(Symbology.EAN_13, "5901234123458")


@pytest.mark.parametrize("text", ["59012341234", "59012341234578", "59012341234x", "٣" * 12])
def test_ean_13_needs_twelve_or_thirteen_digits(text: str) -> None:
    with pytest.raises(CodeError, match="12 digits"):
        encode(Symbology.EAN_13, text)


def test_code_128_refuses_what_it_cannot_carry() -> None:
    with pytest.raises(CodeError, match="ASCII"):
        encode(Symbology.CODE_128, "Zürich")


@pytest.mark.parametrize(
    ("symbology", "text"),
    [
        (Symbology.AZTEC, "x" * 4000),
        (Symbology.DATA_MATRIX, "x" * 4000),
        (Symbology.PDF417, "x" * 4000),
        (Symbology.CODE_128, "x" * 400),
    ],
)
def test_too_long_a_text_is_refused_by_every_symbology(symbology: Symbology, text: str) -> None:
    with pytest.raises(CodeError, match="cannot be printed as"):
        encode(symbology, text, aspect=1.0)


@pytest.mark.parametrize("aspect", [0.2, 1.0, 2.0, 4.0, 12.0])
@pytest.mark.parametrize("length", [1, 30, 300, 500])
def test_pdf417_takes_the_columns_that_print_largest(aspect: float, length: int) -> None:
    text = "x1" * length

    chosen = encode(Symbology.PDF417, text, aspect=aspect)

    assert read(picture(chosen)).text == text
    assert _module(chosen, aspect) == max(_all_modules(text, aspect))


def _all_modules(text: str, aspect: float) -> list[float]:
    modules = []
    for columns in range(1, 31):
        try:
            modules.append(_module(libzint.pdf417(text, None, columns), aspect))
        except CodeError:
            continue
    return modules


def _module(matrix: Matrix, aspect: float) -> float:
    return min(aspect / (matrix.width + 4), 1 / (3 * matrix.height + 4))


def test_the_same_text_gives_the_same_modules() -> None:
    text = "A1B2C-1"

    assert all(encode(s, text) == encode(s, text) for s in Symbology if s is not Symbology.EAN_13)


def test_a_segment_names_what_the_symbol_will_be() -> None:
    assert plan("A1B2C", None) == Segment(Mode.ALPHANUMERIC, b"A1B2C", Level.H, 1)

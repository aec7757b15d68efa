from __future__ import annotations

import sys
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.render.text.prepare import prepare


def pieces(text: str) -> list[list[str]]:
    """Return each paragraph's items; a leading space shows that a gap precedes."""
    return [
        [" " * item.spaced + paragraph.text[item.start : item.end] for item in paragraph.items]
        for paragraph in prepare(text).paragraphs
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one  two\t three", [["one", " two", " three"]]),
        ("  edges  ", [["edges"]]),
        ("well-known", [["well-", "known"]]),
        ("--a--", [["-", "-", "a-", "-"]]),
        ("no\u00a0break at\u00a0all", [["no\u00a0break", " at\u00a0all"]]),
        ("a\u2007b\u202fc\u3000d", [["a", " b", " c", " d"]]),
        ("dash–slash/colon:", [["dash–slash/colon:"]]),
        ("a\u200bb", [["a\u200bb"]]),
        ("<b>bold</b> & more", [["<b>bold</b>", " &", " more"]]),
    ],
)
def test_words_end_at_white_space_and_pieces_at_hyphens(
    text: str, expected: list[list[str]]
) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [("", 0), ("\n", 1), ("a\n", 1), ("a\n\n", 2), ("\n\na", 3), ("a\r\nb", 2), ("   ", 1)],
)
def test_only_line_feeds_make_paragraphs_and_the_last_one_none(text: str, paragraphs: int) -> None:
    assert len(prepare(text).paragraphs) == paragraphs


def test_all_white_space_but_the_no_break_space_divides_words() -> None:
    white = [c for c in map(chr, range(sys.maxunicode + 1)) if c.isspace() and c not in "\n\u00a0"]

    assert all(pieces(f"a{space}b") == [["a", " b"]] for space in white)


def test_soft_hyphens_are_gone_from_the_text_but_remembered() -> None:
    (paragraph,) = prepare("on \u00adDampf\u00adschiff\u00ad\u00adfahrt-x \u00ad").paragraphs

    assert paragraph.text == "on Dampfschifffahrt-x"
    assert [item.hyphens for item in paragraph.items] == [(), (8, 14, 14), ()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("「東京」は、首都です。", [["「東", "京」", "は、", "首", "都", "で", "す。"]]),
        ("서울 한강", [["서", "울", " 한", "강"]]),
        ("สวัสดีชาวโลก", [["สวัสดี", "ชาว", "โลก"]]),
        ("Tokyo東京Tower/x", [["Tokyo", "東", "京", "Tower/x"]]),
        ("🎉🎟️ok", [["🎉", "🎟️", "ok"]]),
    ],
)
def test_scripts_without_spaces_break_as_browsers_break_them(
    text: str, expected: list[list[str]]
) -> None:
    assert pieces(text) == expected


def test_equal_values_share_their_preparation() -> None:
    assert prepare("a value") is prepare("a value")


@given(st.text())
def test_any_text_can_be_prepared(text: str) -> None:
    for paragraph in prepare(text).paragraphs:
        assert is_normalized("NFC", paragraph.text)
        assert not any("\ud800" <= character <= "\udfff" for character in paragraph.text)
        joined = "".join(
            " " * item.spaced + paragraph.text[item.start : item.end] for item in paragraph.items
        )
        assert joined == paragraph.text

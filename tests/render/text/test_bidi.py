from __future__ import annotations

from unicodedata import bidirectional, name

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.render.text.bidi import line_levels, needs_ordering, resolve, visual_order

HEBREW = "אבגדה\u05b0"
ARABIC = "ابت٣٤\u064b"
CONTROLS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b"
LATIN = "aBé\u0301 12+-.,:/%$€!?\u00a0"
BRACKETS = "()[]{}<>«»〈〉\u2329\u232a（）"
# Both leave it to the next stage what happens to characters that nobody sees.
UNSEEN = {"RLE", "LRE", "RLO", "LRO", "PDF", "BN", "LRI", "RLI", "FSI", "PDI"}


def seen(text: str) -> str:
    return "".join(character for character in text if bidirectional(character) not in UNSEEN)


def displayed(text: str) -> str:
    levels = line_levels(text, resolve(text), 0, len(text))
    return "".join(text[place] for place in visual_order(levels))


@given(st.text(st.sampled_from(HEBREW + ARABIC + CONTROLS + LATIN + BRACKETS), max_size=30))
@settings(max_examples=1000, deadline=None)
def test_any_mixture_is_ordered_as_another_implementation_orders_it(text: str) -> None:
    assert seen(displayed(text)) == seen(get_display(text))


@given(st.text(st.characters(codec="utf-8"), max_size=40))
@settings(max_examples=300)
def test_ordering_loses_no_character_of_any_text(text: str) -> None:
    assert sorted(displayed(text)) == sorted(text)


@pytest.mark.parametrize("depth", [60, 124, 125, 126, 200])
@pytest.mark.parametrize("opening", ["\u202b", "\u2067", "\u202e\u2066"])
def test_nesting_beyond_the_limit_is_ignored_alike(opening: str, depth: int) -> None:
    closing = {"\u202b": "\u202c", "\u2067": "\u2069"}.get(opening, "\u2069\u202c")
    text = "a" + opening * depth + "ב1)" + closing * depth + "c" + opening + "ד" + closing

    assert seen(displayed(text)) == seen(get_display(text))


def test_pairing_ends_with_the_sixty_fourth_open_bracket() -> None:
    text = "א" + "(" * 64 + "a" + ")" * 64

    assert seen(displayed(text)) == seen(get_display(text))


def test_the_first_strong_letter_gives_the_direction() -> None:
    assert resolve("12 אב ab").base == 1
    assert resolve("12 ab אב").base == 0
    assert resolve("\u2067אב\u2069 ab").base == 0
    assert resolve("...").base == 0


def test_white_space_at_the_end_of_a_line_belongs_to_the_paragraph() -> None:
    text = "אב cd ef"
    levels = resolve(text)

    assert levels.of[5] == 2
    assert line_levels(text, levels, 0, 6)[5] == 1


def test_lines_are_ordered_after_they_were_broken() -> None:
    levels = resolve("אבג דהו")

    first = line_levels("אבג דהו", levels, 0, 3)

    assert visual_order(first) == [2, 1, 0]


def test_an_empty_line_has_an_order() -> None:
    assert visual_order([]) == []


@pytest.mark.parametrize(
    "text", ["Müller", "Ωμέγα Ж", "漢字", "ไทย", "हिन्दी", "(1) – 50 €", "\u2066a\u2069"]
)
def test_most_texts_need_no_ordering(text: str) -> None:
    assert not needs_ordering(text)


def test_every_right_to_left_letter_needs_ordering() -> None:
    letters = [
        character
        for character in map(chr, range(0x110000))
        if bidirectional(character) in ("R", "AL", "AN", "RLE", "RLO", "RLI")
        and name(character, "")
    ]

    assert [letter for letter in letters if not needs_ordering(letter)] == []

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.render.text.prepare import prepare
from counterfoil.render.text.wrapping import Measure, Span, wrap

# Every character is one em wide, so widths are numbers of characters.
TYPEWRITER = Measure(text=len, space=1.0, hyphen=1.0)


def wrapped(text: str, width: float, *, split: bool = True) -> list[str]:
    (paragraph,) = prepare(text).paragraphs
    spans = wrap(paragraph, TYPEWRITER, width, split_long_words=split)
    return [paragraph.text[span.start : span.end] + "-" * span.hyphen for span in spans]


def test_lines_take_as_many_words_as_fit() -> None:
    assert wrapped("one two three four", 9) == ["one two", "three", "four"]


def test_spaces_may_shrink_by_a_twentieth_to_keep_a_word() -> None:
    assert wrapped("one two three", 13 - 0.1) == ["one two three"]
    assert wrapped("one two three", 13 - 0.11) == ["one two", "three"]


def test_pieces_join_without_a_gap() -> None:
    assert wrapped("up-to-date", 6) == ["up-to-", "date"]


def test_a_long_word_first_fills_the_line_that_is_open() -> None:
    assert wrapped("ab abcdefghij yz", 5) == ["ab ab", "cdefg", "hij", "yz"]


def test_words_go_on_after_the_end_of_a_long_word() -> None:
    assert wrapped("abcdefg hi", 5) == ["abcde", "fg hi"]


def test_a_long_word_leaves_a_line_that_is_full() -> None:
    assert wrapped("abcd abcdefg", 5) == ["abcd", "abcde", "fg"]


def test_a_line_too_narrow_for_a_character_takes_it_anyway() -> None:
    assert wrapped("abc", 0.5) == ["a", "b", "c"]


def test_letters_keep_their_marks_when_a_word_is_cut() -> None:
    assert wrapped("q\u0301q\u0301q\u0301", 2) == ["q\u0301"] * 3


def test_a_long_word_that_may_not_be_split_stands_alone() -> None:
    assert wrapped("ab abcdefghij yz", 5, split=False) == ["ab", "abcdefghij", "yz"]


def test_a_soft_hyphen_shows_where_a_line_ends_at_it() -> None:
    text = "Do\u00adnau\u00addampf\u00adschiff"

    assert wrapped(text, 30) == ["Donaudampfschiff"]
    assert wrapped(text, 12) == ["Donaudampf-", "schiff"]
    assert wrapped(text, 6) == ["Donau-", "dampf-", "schiff"]
    assert wrapped("ab " + text, 6) == ["ab Do-", "nau-", "dampf-", "schiff"]


def test_a_soft_hyphen_that_does_not_help_changes_nothing() -> None:
    assert wrapped("abc defg\u00adhij", 6) == ["abc", "defg-", "hij"]
    assert wrapped("abcdefg\u00adhij", 5) == ["abcde", "fghij"]


def test_an_empty_paragraph_is_an_empty_line() -> None:
    assert wrapped(" ", 10) == [""]


def test_items_count_pieces_and_no_break_spaces() -> None:
    (paragraph,) = prepare("one-two a\u00a0b\u00a0c").paragraphs

    spans = wrap(paragraph, TYPEWRITER, 100, split_long_words=True)

    assert spans == [Span(0, 13, hyphen=False, items=5)]


@pytest.mark.parametrize("text", ["x" * 20_000, "x\u00ad" * 20_000])
def test_twenty_thousand_letters_without_a_space_are_broken(text: str) -> None:
    found = wrapped(text, 50)

    assert "".join(found).replace("-", "") == "x" * 20_000
    assert max(map(len, found)) <= 50


@given(
    st.text(st.sampled_from("abc -\u00ad\u00a0é"), max_size=60),
    st.floats(1, 20),
    st.booleans(),
)
@settings(max_examples=300)
def test_wrapping_loses_nothing_and_keeps_to_the_width(
    text: str, width: float, split: bool
) -> None:
    for paragraph in prepare(text).paragraphs:
        spans = wrap(paragraph, TYPEWRITER, width, split_long_words=split)
        shown = [paragraph.text[span.start : span.end] for span in spans]

        assert "".join(shown).replace(" ", "") == paragraph.text.replace(" ", "")
        for line, span in zip(shown, spans, strict=True):
            room = width + 0.05 * line.count(" ") + 1e-6
            assert not split or len(line) + span.hyphen <= max(room, 1)

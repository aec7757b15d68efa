from __future__ import annotations

import itertools
import random
import re

import pytest

from counterfoil.catalog.models import Event
from counterfoil.orders import bulk, codes
from counterfoil.orders.codes import draw_codes
from counterfoil.orders.models import Order
from counterfoil.orders.profanity import PROFANITY, is_profane
from counterfoil.orders.secrets import READABLE_LETTERS
from makers import make_event, make_item, make_order, make_organizer

pytestmark = pytest.mark.django_db


def _fill(event: Event, used: list[str]) -> None:
    """Insert orders with these codes, as quickly as a test needs it."""
    order = make_order(event, items=[], code="PATTERN")
    pattern = bulk.BulkInserter(order, ["id", "code"])
    pattern.insert(zip(bulk.draw_ids(Order, len(used)), used, strict=True))


def test_codes_are_five_readable_letters_different_and_sorted() -> None:
    drawn = draw_codes(make_organizer(), 10_000)

    assert len(set(drawn)) == 10_000
    assert drawn == sorted(drawn)
    assert all(re.fullmatch(f"[{READABLE_LETTERS}]{{5}}", code) for code in drawn)


def test_the_second_character_of_a_test_code_is_a_zero() -> None:
    drawn = draw_codes(make_organizer(), 500, testmode=True)

    assert all(re.fullmatch(f"[{READABLE_LETTERS}]0[{READABLE_LETTERS}]{{3}}", x) for x in drawn)


def test_every_letter_comes_as_often_as_any_other() -> None:
    text = "".join(draw_codes(make_organizer(), 20_000))

    shares = [text.count(letter) / len(text) for letter in READABLE_LETTERS]

    assert max(shares) < 1.15 / 27
    assert min(shares) > 0.85 / 27


def test_a_code_in_use_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two letters make a space small enough to draw what is taken, again and again.
    monkeypatch.setattr(codes, "READABLE_LETTERS", "XY")
    monkeypatch.setattr(codes, "_FULL", 1.0)
    event = make_event()
    everything = {f"{n:05b}".replace("0", "X").replace("1", "Y") for n in range(32)}
    _fill(event, sorted(everything - {"XYXYX", "YYXXY"}))

    assert draw_codes(event.organizer, 2) == ["XYXYX", "YYXXY"]


def test_codes_of_another_organizer_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "READABLE_LETTERS", "XY")
    monkeypatch.setattr(codes, "_FULL", 1.0)
    _fill(make_event(), ["XXXXX"])

    assert len(draw_codes(make_organizer(), 32)) == 32


@pytest.mark.parametrize(("used", "length"), [(0.02, 5), (0.1, 6)])
def test_codes_grow_when_a_twentieth_of_the_space_is_used(
    monkeypatch: pytest.MonkeyPatch, used: float, length: int
) -> None:
    letters = "ABCDEFG"  # 7^4 test codes
    monkeypatch.setattr(codes, "READABLE_LETTERS", letters)
    event = make_event()
    every = [f"{a}0{b}{c}{d}" for a, b, c, d in itertools.product(letters, repeat=4)]
    random.shuffle(every)
    _fill(event, every[: int(used * len(every))])

    assert [len(code) for code in draw_codes(event.organizer, 1, testmode=True)] == [length]
    assert [len(code) for code in draw_codes(event.organizer, 1)] == [5]


def test_codes_grow_when_more_are_wanted_than_a_twentieth_of_the_space() -> None:
    organizer = make_organizer()  # 27^4 test codes: 5 % are 26,572

    assert {len(code) for code in draw_codes(organizer, 26_572, testmode=True)} == {5}
    assert {len(code) for code in draw_codes(organizer, 26_573, testmode=True)} == {6}


def test_drawing_takes_two_queries(django_assert_num_queries) -> None:
    organizer = make_organizer()

    with django_assert_num_queries(2):
        draw_codes(organizer, 1, testmode=False)


@pytest.mark.parametrize("code", ["FUCKA", "XHURE", "PU7AX", "H0ERX", "XASSX"])
def test_a_code_is_banned_for_what_people_read_in_it(code: str) -> None:
    assert is_profane(code)


@pytest.mark.parametrize("code", ["TSRNN", "3FBSL", "WMDNJ", "BHW9H"])
def test_most_codes_say_nothing(code: str) -> None:
    assert not is_profane(code)


def test_no_code_holds_a_banned_word() -> None:
    drawn = draw_codes(make_organizer(), 10_000, testmode=True)

    assert not [code for code in drawn if is_profane(code)]


def test_every_banned_word_could_be_spelt_by_a_code() -> None:
    words = [word for listed in PROFANITY.values() for word in listed.split()]

    # The only O is the 0 of test mode, second in the code: first or second in a word.
    assert [word for word in words if set(word) - {*READABLE_LETTERS, "O"}] == []
    assert [word for word in words if "O" in word and (word.rindex("O") > 1)] == []


def test_a_thousand_codes_are_looked_up_at_once(django_assert_num_queries) -> None:
    event = make_event()
    order = make_order(event, items=[make_item(event)])

    with django_assert_num_queries(1):
        found = codes.used_codes(
            event.organizer, {order.code, *(f"Z{number:04}" for number in range(999))}
        )

    assert found == {order.code}

from __future__ import annotations

import pytest

from counterfoil.render import Ticket
from counterfoil.render.values import Template, Translated, Unknown, Variable, content_value
from languages import CHOICES

TICKET = Ticket(
    "A",
    {
        "order": "QX7K2",
        "name": "{order}",
        "empty": None,
        "meta:Track": "Bridges",
        ("item", "de"): "Karte",
    },
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order {order}.", "order QX7K2."),
        ("{{order}}", "{QX7K2}"),
        ("{name}", "{order}"),
        ("{ORDER} {not ok} {a.b}", "{ORDER} {not ok} {a.b}"),
        ("[{meta:Track}] [{meta:None}] [{itemmeta:None}]", "[Bridges] [] []"),
        ("[{empty}]", "[]"),
        ("{order.__class__} {0} {}", "{order.__class__} {0} {}"),
    ],
)
def test_placeholders_are_replaced_once_and_unknown_ones_stay(text: str, expected: str) -> None:
    assert Template(text)(TICKET) == expected


def test_a_text_with_an_unknown_placeholder_says_which() -> None:
    text = Template("{order} {nope} {neither}")(TICKET)

    assert isinstance(text, Unknown)
    assert text.names == ("nope", "neither")


def test_an_absent_variable_is_unknown_and_one_without_value_is_not() -> None:
    assert isinstance(Variable("nope")(TICKET), Unknown)
    assert type(Variable("empty")(TICKET)) is str
    assert type(Variable("meta:nope")(TICKET)) is str


def test_a_variable_in_a_language_falls_back_to_the_tickets_own() -> None:
    assert Variable("item", "de")(TICKET) == "Karte"
    assert Variable("order", "de")(TICKET) == "QX7K2"


@pytest.mark.parametrize(("language", "text", "chosen"), CHOICES)
def test_a_text_is_found_in_the_nearest_language(
    language: str, text: dict[str, str], chosen: str
) -> None:
    assert Translated(text)(Ticket("A", {}, locale=language)) == chosen


def test_a_translated_text_follows_the_ticket_unless_the_element_has_a_language() -> None:
    texts = {"en": "Order {order}", "de": "Bestellung {order}"}
    german = Ticket("B", TICKET.values, locale="de")

    assert Translated(texts)(german) == "Bestellung QX7K2"
    assert Translated(texts, "en")(german) == "Order QX7K2"


def test_a_value_names_what_it_needs() -> None:
    assert content_value("item", "", {}, "de").needs() == {("item", "de")}
    assert content_value("other", "{a} {b} {a}", {}).needs() == {"a", "b"}
    assert content_value("other_i18n", "{a}", {"en": "{b}", "de": "{c}"}).needs() == {"b", "c"}
    assert content_value("", "{a}", {}).needs() == frozenset()

from __future__ import annotations

import pytest

from counterfoil.core.translated import resolve, translated


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", "Karte"),
        ("de-informal", "Karte, du"),
        ("de-at", "Karte"),
        ("pt", "bilhete"),
        ("fr", "ticket"),
    ],
)
def test_a_text_is_found_in_the_nearest_language(language: str, expected: str) -> None:
    text = {"en": "ticket", "de": "Karte", "de-informal": "Karte, du", "pt-br": "bilhete"}

    assert resolve(text, language) == expected


def test_an_empty_translation_counts_as_missing() -> None:
    assert resolve({"de": "", "en": "ticket"}, "de") == "ticket"


def test_without_the_default_language_the_first_text_is_taken() -> None:
    assert resolve({"es": "", "it": "biglietto"}, "de") == "biglietto"


@pytest.mark.parametrize("nothing", [None, {}, {"en": ""}])
def test_no_text_at_all_is_empty(nothing: dict[str, str] | None) -> None:
    assert resolve(nothing, "en") == ""


def test_a_plain_string_is_in_the_default_language() -> None:
    assert translated("ticket") == {"en": "ticket"}
    assert translated({"de": "Karte"}) == {"de": "Karte"}
    assert translated(None) == {}

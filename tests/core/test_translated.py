from __future__ import annotations

import pytest

from counterfoil.core.translated import resolve, translated
from languages import CHOICES


@pytest.mark.parametrize(("language", "text", "chosen"), CHOICES)
def test_a_text_is_found_in_the_nearest_language(
    language: str, text: dict[str, str], chosen: str
) -> None:
    assert resolve(text, language) == chosen


def test_no_text_at_all_is_empty() -> None:
    assert resolve(None, "en") == ""


def test_a_plain_string_is_in_the_default_language() -> None:
    assert translated("ticket") == {"en": "ticket"}
    assert translated({"de": "Karte"}) == {"de": "Karte"}
    assert translated(None) == {}

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from counterfoil.catalog.nameschemes import SCHEMES
from counterfoil.printing.variables.formatter import Formatter
from counterfoil.printing.variables.names import write_for_salutation, write_name, write_parts

GERMAN = Formatter("de", ZoneInfo("UTC"))
ENGLISH = Formatter("en", ZoneInfo("UTC"))
EVERYTHING = {
    "salutation": "Ms",
    "title": "Dr",
    "given_name": "Ada",
    "middle_name": "Byron",
    "family_name": "Lovelace",
    "full_name": "Ada Lovelace",
    "calling_name": "Countess",
    "latin_transcription": "Eda",
    "degree": "PhD",
}
NAMES = {
    "given_family": "Ada Lovelace",
    "title_given_family": "Dr Ada Lovelace",
    "title_given_family_degree": "Dr Ada Lovelace, PhD",
    "given_middle_family": "Ada Byron Lovelace",
    "title_given_middle_family": "Dr Ada Byron Lovelace",
    "family_given": "Lovelace Ada",
    "family_nospace_given": "LovelaceAda",
    "family_comma_given": "Lovelace, Ada",
    "full": "Ada Lovelace",
    "calling_full": "Ada Lovelace",
    "full_transcription": "Ada Lovelace",
    "salutation_given_family": "Ada Lovelace",
    "salutation_title_given_family": "Dr Ada Lovelace",
    "salutation_title_given_family_degree": "Dr Ada Lovelace, PhD",
    "title_salutation_given_family": "Dr Ada Lovelace",
    "title_salutation_given_family_degree": "Dr Ada Lovelace, PhD",
}


def test_every_scheme_has_its_way_to_write_a_name() -> None:
    assert {scheme: write_name(EVERYTHING, scheme) for scheme in SCHEMES} == NAMES


def test_the_scheme_a_name_was_entered_in_wins() -> None:
    parts = {"_scheme": "family_given", "given_name": "Ada", "family_name": "Lovelace"}

    assert write_name(parts, "title_given_family") == "Lovelace Ada"


def test_a_name_from_before_schemes_is_written_as_it_is() -> None:
    assert write_name({"_legacy": "Countess of Lovelace"}, "full") == "Countess of Lovelace"


def test_parts_that_are_missing_leave_no_gap() -> None:
    assert write_name({"given_name": "Ada"}, "title_given_middle_family") == "Ada"
    assert write_name({}, "full") == ""
    assert write_name(None, "full") == ""


@pytest.mark.parametrize(
    ("scheme", "written"),
    [
        ("salutation_given_family", "Frau Lovelace"),
        ("salutation_title_given_family", "Frau Dr Lovelace"),
        ("salutation_title_given_family_degree", "Frau Dr Lovelace"),
        ("title_given_family", "Dr Ada Lovelace"),
    ],
)
def test_the_salutation_is_translated(scheme: str, written: str) -> None:
    assert write_for_salutation(EVERYTHING, scheme, GERMAN) == written


def test_who_is_neither_he_nor_she_is_greeted_by_name() -> None:
    parts = {**EVERYTHING, "salutation": "Mx"}

    assert write_for_salutation(parts, "salutation_given_family", ENGLISH) == "Ada Lovelace"
    assert write_parts(parts, ("salutation", "family_name"), ENGLISH) == "Lovelace"
    assert write_parts(parts, ("salutation",), ENGLISH) == "Mx"


def test_nobody_has_no_name() -> None:
    assert write_for_salutation(None, "full", ENGLISH) == ""
    assert write_parts(None, ("given_name",), ENGLISH) == ""

"""Everything that is said to people is said in German too."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog
from babel.messages.checkers import python_format
from tools import messages


@pytest.fixture(scope="module")
def german() -> Catalog:
    return messages.translations("de")


def _ids(catalog: Catalog) -> set[str]:
    return {str(message.id) for message in catalog if message.id}


def test_the_file_has_the_sentences_of_the_sources_and_no_others(german: Catalog) -> None:
    assert _ids(german) == _ids(messages.collected()), "run `make messages`"


def test_every_sentence_is_translated(german: Catalog) -> None:
    assert messages.missing(german) == []


def test_translations_keep_the_blanks_of_their_sentences(german: Catalog) -> None:
    for message in german:
        if message.id and message.python_format:
            python_format(german, message)


def test_what_is_compiled_is_what_is_written(german: Catalog) -> None:
    place = messages.LOCALE / "de" / "LC_MESSAGES" / "django.mo"

    assert place.read_bytes() == messages.compiled(german), "run `make messages`"

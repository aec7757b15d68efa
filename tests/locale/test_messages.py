"""Everything that is said to people is said in German too."""

from __future__ import annotations

import re
from pathlib import Path

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


_MARKED = re.compile(r"{%\s*(blocktranslate|comment)\b.*?{%\s*end\1\s*%}", re.DOTALL)
_COMMANDS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
_SAID = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[A-Za-z]{2,}")

#: The same in every language: names, units, kinds of files, keys, and a command to be typed.
_NO_WORDS = {"Counterfoil", "UTC", "CSV", "XLSX", "PDF", "JSON", "SHA", "mm", "Esc"}
_TYPED = re.compile(r"counterfoil user reset|editor-page|gate-page|&\w+;|\?item=\S*")


def _untranslated(template: str) -> set[str]:
    """Return the words that a template says outside of all marks."""
    plain = _COMMANDS.sub("", _MARKED.sub("", template))
    said = " ".join([_TAG.sub(" ", plain), *_SAID.findall(plain)])
    return set(_WORD.findall(_TYPED.sub("", said))) - _NO_WORDS


@pytest.mark.parametrize(
    "template",
    sorted(messages.SOURCES.rglob("templates/**/*.html")),
    ids=lambda template: str(template.relative_to(messages.SOURCES)),
)
def test_a_template_marks_all_it_says(template: Path) -> None:
    assert _untranslated(template.read_text("utf-8")) == set()

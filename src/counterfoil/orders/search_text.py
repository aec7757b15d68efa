"""The words by which people find orders and tickets, made alike before they are compared.

SQLite knows the capitals of ASCII only, and no database ignores accents by itself. So names are
stored a second time, without capitals and accents, and what somebody looks for is read alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.db.models.lookups import Contains

from counterfoil.catalog.nameschemes import scheme_of

#: Letters that are no letter with an accent to Unicode, but to who has no such key.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
#: How Germans and Scandinavians write their letters where there are no such keys.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘‛ʼʹ`´＇", ""))

#: PostgreSQL's indexes take 2,700 bytes a row, and a character may have four.
LENGTH = 600
_NAMES_LENGTH = 340

#: More words than that are not looked at: whoever types a sentence finds by its beginning.
_MOST_TERMS = 10


class SearchText(models.CharField):  # type: ignore[type-arg]
    """A normalized search text, updated whenever the row is saved; None if there are no texts.

    The first line holds the words of names, the second all others. The model returns both from
    ``searched_by()``.
    """

    def __init__(self, **kwargs: Any) -> None:
        fixed = {"max_length": LENGTH, "null": True, "blank": True, "editable": False}
        super().__init__(**{**kwargs, **fixed})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = search_text(*model_instance.searched_by())  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, text)
        return text


class NameContains(Contains):
    """Whether the first line of a search text, that of names, contains a text."""

    lookup_name = "name_contains"
    param_pattern = "%%%s%%\n%%"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return str(connection.operators["contains"] % rhs)


SearchText.register_lookup(NameContains)


def search_text(names: Iterable[str], others: Iterable[str]) -> str | None:
    """Return the search text of names and other texts."""
    first = " ".join(_words(names))[:_NAMES_LENGTH]
    second = " ".join(_words(others))
    return f"{first}\n{second}"[:LENGTH] if first or second else None


def name_texts(parts: object) -> Iterator[str]:
    """Yield a name as it is printed, then its parts, whatever the scheme."""
    if not isinstance(parts, Mapping):
        return
    texts = {key: text for key, text in parts.items() if isinstance(text, str) and text}
    yield scheme_of(texts.pop("_scheme", None)).write(texts)
    # Chinese and Japanese names are written without a space, and their parts may lack a scheme.
    yield texts.get("family_name", "") + texts.get("given_name", "")
    yield from texts.values()


def holding(text: str, *, names_only: bool = False) -> Q | None:
    """Rows whose ``search_text`` holds each word that somebody typed, or None if it has none."""
    terms = list(zip(_terms(_plain(text)), _terms(_plain(_spelt_out(text))), strict=False))
    if not terms:
        return None
    lookup = "name_contains" if names_only else "contains"
    condition = Q(search_text__isnull=False)
    for spellings in terms[:_MOST_TERMS]:
        either = Q()
        for spelling in dict.fromkeys(spellings):
            either |= Q(**{f"search_text__{lookup}": spelling})
        condition &= either
    return condition


def beginning(column: str, text: str) -> Q:
    """Rows whose ``column`` begins with a text, as each database finds them in an index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": text, f"{column}__lt": text + "\U0010ffff"})
    return Q(**{f"{column}__startswith": text})


def _words(texts: Iterable[str]) -> list[str]:
    words: dict[str, None] = {}
    for text in texts:
        for spelling in (text, _spelt_out(text)):
            for word in _plain(spelling).split():
                words.setdefault(_without_ends(word))
    words.pop("", None)
    return list(words)


def _terms(plain: str) -> list[str]:
    parts = "".join(sign if _is_of_word(sign) else " " for sign in plain).split()
    return [term for part in parts if (term := _without_ends(part))]


def _is_of_word(sign: str) -> bool:
    return sign in "@._&" or unicodedata.category(sign)[0] in "LMNS"


def _without_ends(word: str) -> str:
    start, end = 0, len(word)
    while start < end and unicodedata.category(word[start])[0] == "P":
        start += 1
    while end > start and unicodedata.category(word[end - 1])[0] == "P":
        end -= 1
    return word[start:end]


def _spelt_out(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().translate(_SPELT_OUT)


def _plain(text: str) -> str:
    """Take away capitals, accents and what cannot be seen, in any alphabet."""
    signs = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    signs = unicodedata.normalize("NFKD", signs).translate(_PLAIN)
    visible = (sign for sign in signs if unicodedata.category(sign) not in ("Mn", "Cf"))
    return unicodedata.normalize("NFC", "".join(visible)).replace("\0", "")

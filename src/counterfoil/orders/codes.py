"""Order codes: five readable letters, unique in the organizer, drawn many at a time."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from counterfoil.catalog.models import Organizer
from counterfoil.orders.models import Order
from counterfoil.orders.profanity import is_profane
from counterfoil.orders.secrets import READABLE_LETTERS, draw_words

SHORTEST = 5

#: A test order's second character. It is no letter of the alphabet, so that everybody sees it, and
#: no test code is ever the code of a real order.
TEST_MARK = "0"

#: Of all codes of a length, how many may be used before new ones get one character more. Above,
#: guessing a code gets easy, and drawing a free one takes more and more rounds.
_FULL = 0.05

#: A sample of this size estimates the used share to one percent.
_SAMPLE = 500


def draw_codes(organizer: Organizer, amount: int, *, testmode: bool = False) -> list[str]:
    """Return codes that no order of the organizer has, in alphabetical order.

    Another transaction may take one before these are inserted: inserting has to mind that. It must
    be done in this order, lest two transactions with codes in common wait for each other.
    """
    length = _length(organizer, amount, testmode)
    codes: set[str] = set()
    while len(codes) < amount:
        candidates = _draw(amount - len(codes), length, testmode) - codes
        codes |= candidates - used_codes(organizer, candidates)
    return sorted(codes)


def used_codes(organizer: Organizer, codes: set[str]) -> set[str]:
    """Return those of the codes that orders of the organizer have."""
    table, column = Order._meta.db_table, "code"
    # Both databases read this as one look-up in the unique index per code. A join with the list
    # would let SQLite's planner walk the whole table once for each code (25 s at 42,000 orders).
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {table} WHERE organizer_id = %s AND {column} {_in_list()}",  # noqa: S608 - names of ours
            [organizer.pk, _list_parameter(codes)],
        )
        return {code for (code,) in cursor.fetchall()}


def _in_list() -> str:
    if connection.vendor == "postgresql":
        return "= ANY(%s)"
    return "IN (SELECT value FROM json_each(%s))"


def _list_parameter(codes: set[str]) -> Any:
    return list(codes) if connection.vendor == "postgresql" else json.dumps(list(codes))


def _draw(amount: int, length: int, testmode: bool) -> set[str]:
    """Draw up to ``amount`` different codes without profanity."""
    words = draw_words(amount, READABLE_LETTERS, length - 1 if testmode else length)
    if testmode:
        words = [word[0] + TEST_MARK + word[1:] for word in words]
    return {word for word in words if not is_profane(word)}


def _length(organizer: Organizer, amount: int, testmode: bool) -> int:
    length = SHORTEST
    while _share_used(organizer, length, testmode) + amount / _space(length, testmode) > _FULL:
        length += 1
    return length


def _space(length: int, testmode: bool) -> int:
    """Return how many codes of a length there are."""
    free_letters = length - 1 if testmode else length
    return int(len(READABLE_LETTERS) ** free_letters)


def _share_used(organizer: Organizer, length: int, testmode: bool) -> float:
    """Estimate which share of the codes of a length is used, whatever the number of orders.

    To count them takes longer with each order: 12 ms at 60,000, in one look at a request's queries.
    """
    sample = _draw(_SAMPLE, length, testmode)
    return len(used_codes(organizer, sample)) / len(sample)

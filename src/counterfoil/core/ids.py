"""Ids of rows, as strangers write them. Python reads the digits of every script, and underscores
between them; an id is written in the ten digits of ASCII, or there would be many for one row.
"""

from __future__ import annotations

_LARGEST = 2**63 - 1


def row_id(written: object) -> int | None:
    """Read an id from a text or from JSON; None is one that no row can have."""
    number = _number(written) if isinstance(written, str) else written
    return number if type(number) is int and 0 <= number <= _LARGEST else None


def _number(text: str) -> int | None:
    is_one = text.isascii() and text.isdecimal() and len(text) <= len(str(_LARGEST))
    return int(text) if is_one else None

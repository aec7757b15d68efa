"""Says what the engine says in the language of whoever reads it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.utils.translation import gettext

from counterfoil.layouts.engine_messages import SENTENCES
from counterfoil.render import Problem, describe

_BLANK = re.compile(r"\{(\w+)\}")


def descriptions() -> list[dict[str, Any]]:
    """Return the engine's description of elements for readers of the page's language."""
    return [_translated(description) for description in describe()]


def told(sentence: str) -> str:
    """Translate what the engine says. What it never said before stays as it is."""
    found = pattern_of(sentence)
    if found is None:
        return sentence
    pattern, blanks = found
    return _BLANK.sub(lambda blank: blanks.get(blank[1], blank[0]), gettext(pattern))


def sentence_about(problem: Problem) -> str:
    """Say where in a layout something is wrong, and what."""
    return f"{problem.pointer}: {told(problem.message)}"


def pattern_of(sentence: str) -> tuple[str, dict[str, str]] | None:
    """Find the pattern of a sentence, and what stands in its blanks."""
    for pattern, expression in _expressions():
        match = expression.fullmatch(sentence)
        if match is not None:
            return pattern, match.groupdict()
    return None


@cache
def _expressions() -> list[tuple[str, re.Pattern[str]]]:
    return [(pattern, re.compile(_expression(pattern), re.DOTALL)) for pattern in SENTENCES]


def _expression(pattern: str) -> str:
    parts = _BLANK.split(pattern)  # words and names of blanks by turns
    return "".join(
        f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )


def _translated(described: dict[str, Any]) -> dict[str, Any]:
    return {key: _translated_part(key, value) for key, value in described.items()}


def _translated_part(key: str, value: Any) -> Any:
    if key in {"label", "help", "about"}:
        return value and gettext(value)
    if key in {"attributes", "options"}:
        return [_translated(part) for part in value]
    return value

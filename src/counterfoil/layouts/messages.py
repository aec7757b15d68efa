"""Says what the engine says in the language of whoever reads it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from counterfoil.render import Message, Problem, describe


def descriptions() -> list[dict[str, Any]]:
    """Return the engine's description of elements for readers of the page's language."""
    return [_translated(description) for description in describe()]


def translated(message: Message) -> str:
    """Return a message of the engine in the active language."""
    return message.translated(gettext)


def sentence_about(problem: Problem) -> str:
    """Say where in a layout something is wrong, and what."""
    return f"{problem.pointer}: {translated(problem.message)}"


def _translated(described: dict[str, Any]) -> dict[str, Any]:
    return {key: _translated_part(key, value) for key, value in described.items()}


def _translated_part(key: str, value: Any) -> Any:
    if key in {"label", "help", "about"}:
        return value and gettext(value)
    if key in {"attributes", "options"}:
        return [_translated(part) for part in value]
    return value

"""The result of a check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One or two sentences: what is wrong and what to do. ``serious``: it will cause failures."""

    text: str
    serious: bool


def problem(text: str) -> Finding:
    return Finding(text, serious=True)


def note(text: str) -> Finding:
    return Finding(text, serious=False)
